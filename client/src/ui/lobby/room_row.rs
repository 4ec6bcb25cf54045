//! One room of a list.
use eframe::egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use parlor_protocol::{Nickname, RoomInfo};

use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{paint_glyph, paint_text},
    words::{Words, say, words},
};

/// Shows a room: what it is called, who is there or what it is about, and how hard it is to come in.
pub(super) fn room_row_ui(ui: &mut Ui, room: &RoomInfo, selected: bool) -> Response {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::ROOM_ROW_HEIGHT), Sense::click());
    let name = accessible_name(room, words);
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
    let below = below(room, words);
    let line = (below.as_str(), theme::label(), palette.text3);
    paint_text(painter, middle + vec2(0.0, 3.0), Align2::LEFT_TOP, line, width);
    response.on_hover_text(hint(room, words)).on_hover_cursor(CursorIcon::PointingHand)
}

fn mark(room: &RoomInfo) -> &'static str {
    if room.passcode { icons::LOCK_KEY } else { icons::USERS_THREE }
}

/// All that the row shows, for those who cannot see it.
fn accessible_name(room: &RoomInfo, words: Words) -> String {
    let (count, capacity) = (room.participants, room.capacity);
    let mut parts = vec![say!(words, "room-row", room = room.name.as_str(), count = count, capacity = capacity)];
    if room.locked {
        parts.push(words.say("room-row-locked").into_owned());
    }
    if room.passcode {
        parts.push(words.say("room-row-passcode").into_owned());
    }
    parts.extend(room.topic.as_ref().map(ToString::to_string));
    if !room.people.is_empty() {
        parts.push(say!(words, "room-row-people", people = names(room, words)));
    }
    parts.join(", ")
}

/// The small line: what stops one from coming in, or else what one comes in for.
fn below(room: &RoomInfo, words: Words) -> String {
    let state = if room.locked {
        Some(words.say("room-locked"))
    } else if room.participants >= room.capacity {
        Some(words.say("room-full"))
    } else if room.passcode {
        Some(words.say("room-passcode"))
    } else {
        None
    };
    let what = match &room.topic {
        Some(topic) => topic.to_string(),
        None if !room.people.is_empty() => names(room, words),
        None => people(room, words),
    };
    match state {
        Some(state) => format!("{state} · {what}"),
        None => what,
    }
}

fn hint(room: &RoomInfo, words: Words) -> String {
    let topic = room.topic.as_ref().map(|topic| format!("{topic}\n")).unwrap_or_default();
    if room.people.is_empty() { topic + &people(room, words) } else { topic + &names(room, words) }
}

fn names(room: &RoomInfo, words: Words) -> String {
    let names: Vec<_> = room.people.iter().map(Nickname::as_str).collect();
    let (names, more) = (names.join(", "), room.participants.saturating_sub(names.len()));
    if more == 0 { names } else { say!(words, "room-people-more", people = names, count = more) }
}

fn people(room: &RoomInfo, words: Words) -> String {
    match room.participants {
        0 => words.say("room-empty").into_owned(),
        count => say!(words, "room-count", count = count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn a_room_tells_how_many_are_in_it() {
        assert_eq!(below(&room(0), ENGLISH), "Nobody is here");
        assert_eq!(below(&room(1), ENGLISH), "1 person is here");
        assert_eq!(below(&room(7), ENGLISH), "7 people are here");
        assert_eq!(below(&room(8), ENGLISH), "Full · 8 people are here");
    }

    #[test]
    fn what_stops_one_from_coming_in_stands_before_what_it_is_about() {
        let topic = "Release 2.0".parse().ok();
        let locked = RoomInfo { locked: true, passcode: true, topic: topic.clone(), ..room(2) };
        let closed = RoomInfo { passcode: true, topic, ..room(2) };

        assert_eq!(below(&locked, ENGLISH), "Locked · Release 2.0");
        assert_eq!(below(&closed, ENGLISH), "Passcode · Release 2.0");
        assert_eq!(accessible_name(&locked, ENGLISH), "Standup, 2 of 8 people, locked, with a passcode, Release 2.0");
    }

    #[test]
    fn those_who_are_in_a_room_are_named_and_the_rest_counted() {
        let some = RoomInfo { people: vec!["Ada".parse().unwrap(), "민수".parse().unwrap()], ..room(5) };

        assert_eq!(below(&some, ENGLISH), "Ada, 민수 and 3 more");
        assert_eq!(accessible_name(&some, ENGLISH), "Standup, 5 of 8 people, here: Ada, 민수 and 3 more");
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
