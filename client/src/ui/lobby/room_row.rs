//! One room of a list.
use eframe::egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use parlor_protocol::{Nickname, RoomInfo};

use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{paint_glyph, paint_text},
};

/// Shows a room: what it is called, who is there or what it is about, and how hard it is to come in.
pub(super) fn room_row_ui(ui: &mut Ui, room: &RoomInfo, selected: bool) -> Response {
    let palette = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::ROOM_ROW_HEIGHT), Sense::click());
    let name = accessible_name(room);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));

    let painter = ui.painter();
    let fill = if response.hovered() { palette.field_hover } else { palette.card };
    let highlighted = selected || response.has_focus();
    let line = if highlighted { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
    painter.rect(rect, metric::RADIUS_TILE, fill, line, StrokeKind::Inside);

    let icon = Rect::from_min_size(rect.min + vec2(metric::SPACE_M, 10.0), vec2(36.0, 36.0));
    painter.rect_filled(icon, metric::RADIUS_BUTTON, palette.accent_soft);
    let (glyph, color) = if room.locked { (icons::LOCK, palette.warn) } else { (mark(room), palette.accent) };
    paint_glyph(painter, icon.center(), glyph, theme::glyph_fill(metric::GLYPH_S), color);

    let full = room.participants >= room.capacity;
    let count = format!("{}/{}", room.participants, room.capacity);
    let color = if full { palette.warn } else { palette.text2 };
    let right = rect.right_center() - vec2(metric::SPACE_L, 0.0);
    let count = paint_text(painter, right, Align2::RIGHT_CENTER, (&count, theme::chip(), color), rect.width());
    let person = count.left_center() - vec2(6.0 + metric::GLYPH_XS / 2.0, 0.0);
    paint_glyph(painter, person, icons::USER, theme::glyph_fill(metric::GLYPH_XS), palette.text3);

    let left = icon.right() + metric::SPACE_M;
    let width = person.x - metric::SPACE_L - left;
    let title = (room.name.as_str(), theme::button(), palette.text);
    let middle = pos2(left, rect.center().y);
    paint_text(painter, middle - vec2(0.0, 1.0), Align2::LEFT_BOTTOM, title, width);
    let below = below(room);
    let line = (below.as_str(), theme::label(), palette.text3);
    paint_text(painter, middle + vec2(0.0, 3.0), Align2::LEFT_TOP, line, width);
    response.on_hover_text(hint(room)).on_hover_cursor(CursorIcon::PointingHand)
}

fn mark(room: &RoomInfo) -> &'static str {
    if room.passcode { icons::LOCK_KEY } else { icons::USERS_THREE }
}

/// All that the row shows, for those who cannot see it.
fn accessible_name(room: &RoomInfo) -> String {
    let mut name = format!("{}, {} of {} people", room.name, room.participants, room.capacity);
    for (holds, words) in [(room.locked, ", locked"), (room.passcode, ", with a passcode")] {
        if holds {
            name += words;
        }
    }
    if let Some(topic) = &room.topic {
        name += &format!(", {topic}");
    }
    if !room.people.is_empty() {
        name += &format!(", here: {}", names(room));
    }
    name
}

/// The small line: what stops one from coming in, or else what one comes in for.
fn below(room: &RoomInfo) -> String {
    let state = if room.locked {
        Some("Locked")
    } else if room.participants >= room.capacity {
        Some("Full")
    } else if room.passcode {
        Some("Passcode")
    } else {
        None
    };
    let what = match &room.topic {
        Some(topic) => topic.to_string(),
        None if !room.people.is_empty() => names(room),
        None => people(room),
    };
    match state {
        Some(state) => format!("{state} · {what}"),
        None => what,
    }
}

fn hint(room: &RoomInfo) -> String {
    let topic = room.topic.as_ref().map(|topic| format!("{topic}\n")).unwrap_or_default();
    if room.people.is_empty() { topic + &people(room) } else { topic + &names(room) }
}

fn names(room: &RoomInfo) -> String {
    let names: Vec<_> = room.people.iter().map(Nickname::as_str).collect();
    let more = room.participants.saturating_sub(names.len());
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

fn people(room: &RoomInfo) -> String {
    match room.participants {
        0 => "Nobody is here".to_owned(),
        1 => "1 person is here".to_owned(),
        count => format!("{count} people are here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_tells_how_many_are_in_it() {
        assert_eq!(below(&room(0)), "Nobody is here");
        assert_eq!(below(&room(1)), "1 person is here");
        assert_eq!(below(&room(7)), "7 people are here");
        assert_eq!(below(&room(8)), "Full · 8 people are here");
    }

    #[test]
    fn what_stops_one_from_coming_in_stands_before_what_it_is_about() {
        let topic = "Release 2.0".parse().ok();
        let locked = RoomInfo { locked: true, passcode: true, topic: topic.clone(), ..room(2) };
        let closed = RoomInfo { passcode: true, topic, ..room(2) };

        assert_eq!(below(&locked), "Locked · Release 2.0");
        assert_eq!(below(&closed), "Passcode · Release 2.0");
        assert_eq!(accessible_name(&locked), "Standup, 2 of 8 people, locked, with a passcode, Release 2.0");
    }

    #[test]
    fn those_who_are_in_a_room_are_named_and_the_rest_counted() {
        let some = RoomInfo { people: vec!["Ada".parse().unwrap(), "민수".parse().unwrap()], ..room(5) };

        assert_eq!(below(&some), "Ada, 민수 and 3 more");
        assert_eq!(accessible_name(&some), "Standup, 5 of 8 people, here: Ada, 민수 and 3 more");
    }

    fn room(participants: usize) -> RoomInfo {
        RoomInfo {
            name: "Standup".parse().unwrap(),
            participants,
            capacity: 8,
            locked: false,
            passcode: false,
            topic: None,
            people: Vec::new(),
        }
    }
}
