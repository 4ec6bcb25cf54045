//! The rooms of the server, or why there are none.
use std::time::Instant;

use eframe::egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{Entry, Place, ServerView};
use parlor_protocol::RoomInfo;

use super::form::Form;
use crate::{
    engine::{Command, HostView},
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{ButtonKind, Message, button_ui, ghost_ui, message_ui, paint_glyph, paint_text, row_from_right_in},
        wish::Wish,
    },
};

/// Our own server if there is one, and the rooms of the server that is looked at.
pub(super) fn rooms_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let mut wishes = Vec::new();
    if let HostView::Running { addresses } = &scene.view.host {
        wishes.extend(hosting_ui(ui, addresses.first().map_or("", String::as_str)));
    }
    match &scene.view.call.server {
        ServerView::Off => {
            let text = "Connect to the server to see its rooms.";
            let action = Some((icons::ARROW_RIGHT, "Connect"));
            if message_ui(ui, &Message { failed: false, glyph: icons::SERVER, text, action }) {
                wishes.extend(form.reconnect().map(Wish::from));
            }
        }
        ServerView::Connecting => {
            let text = format!("Connecting to {}…", host(form));
            message_ui(ui, &Message { failed: false, glyph: icons::SERVER, text: &text, action: None });
        }
        ServerView::Down { reason, retry_at } => {
            let text = unreachable(host(form), reason, *retry_at, scene.now.instant);
            let action = Some((icons::ARROW_CLOCKWISE, "Try again"));
            if message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text: &text, action }) {
                wishes.extend(form.reconnect().map(Wish::from));
            }
            if retry_at.is_some() {
                ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
            }
        }
        ServerView::Up if scene.view.call.rooms.is_empty() => {
            let text = "There are no rooms here yet. Write a name above and create the first.";
            let action = (form.is_complete() && form.refusal().is_none()).then_some((icons::PLUS, "Create room"));
            if message_ui(ui, &Message { failed: false, glyph: icons::USERS_THREE, text, action }) {
                wishes.extend(form.enter(Entry::Create, &ServerView::Up).into_iter().map(Wish::from));
            }
        }
        ServerView::Up => {
            let rooms = &scene.view.call.rooms;
            header_ui(ui, form, &if rooms.len() == 1 { "1 room".to_owned() } else { format!("{} rooms", rooms.len()) });
            wishes.extend(list_ui(ui, scene, form));
        }
    }
    wishes
}

fn host(form: &Form) -> &str {
    form.dialled().map_or(form.server.as_str(), |address| address.short())
}

fn unreachable(host: &str, reason: &str, retry_at: Option<Instant>, now: Instant) -> String {
    let reason = reason.trim_end_matches('.');
    match retry_at.map(|at| at.saturating_duration_since(now).as_secs_f32().ceil()) {
        Some(seconds) if seconds >= 1.0 => {
            format!("{host} is out of reach: {reason}. Next try in {seconds:.0} s.")
        }
        Some(_) => format!("{host} is out of reach: {reason}. Trying again…"),
        None => format!("{host} cannot be used: {reason}."),
    }
}

fn header_ui(ui: &mut Ui, form: &Form, count: &str) {
    let palette = theme::palette(ui.ctx());
    let title = format!("Rooms on {}", host(form));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::SPACE_XL), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}, {count}")));
    let title = (title.as_str(), theme::button(), palette.text);
    let title = paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, title, rect.width() - 70.0);
    // The smaller letters stand on the same line as the larger ones.
    let at = title.right_center() + vec2(metric::SPACE_S, 1.0);
    let count = (count, theme::label(), palette.text3);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, count, rect.right() - at.x);
}

fn hosting_ui(ui: &mut Ui, address: &str) -> Option<Wish> {
    let palette = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), metric::ROOM_ROW_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, metric::RADIUS_TILE, palette.accent_soft);
    let icon = rect.left_center() + vec2(metric::SPACE_L + metric::GLYPH_S / 2.0, 0.0);
    paint_glyph(ui.painter(), icon, icons::BROADCAST, theme::glyph_fill(metric::GLYPH_S), palette.accent);
    row_from_right_in(ui, rect.shrink2(vec2(metric::SPACE_M, 0.0)), |ui| {
        let size = vec2(72.0, metric::SMALL_BUTTON_HEIGHT);
        let stop = button_ui(ui, ButtonKind::Secondary, "", "Stop", size);
        let stop = stop.on_hover_text("Stops the server on this computer; calls that are going on are not cut off");
        let copy = ghost_ui(ui, icons::COPY, "Copy address");
        let words = Rect::from_min_max(rect.left_top() + vec2(50.0, 0.0), copy.rect.left_bottom());
        let title = ("This computer is the server", theme::button(), palette.text);
        let middle = pos2(words.left(), rect.center().y);
        paint_text(ui.painter(), middle - vec2(0.0, 1.0), Align2::LEFT_BOTTOM, title, words.width());
        let line = (address, theme::label(), palette.text2);
        paint_text(ui.painter(), middle + vec2(0.0, 3.0), Align2::LEFT_TOP, line, words.width());
        if copy.clicked() {
            return Some(Wish::Copy { text: address.to_owned(), done: "Address copied" });
        }
        stop.clicked().then(|| Command::StopHosting.into())
    })
}

fn list_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for room in &scene.view.call.rooms {
        let row = room_ui(ui, room, form.room.trim() == room.name.as_str());
        if row.clicked() {
            form.room = room.name.to_string();
            form.edited();
        }
        if row.double_clicked() && form.is_complete() && scene.view.call.place == Place::Lobby {
            wishes.extend(form.enter(Entry::Join, &scene.view.call.server).into_iter().map(Wish::from));
        }
    }
    wishes
}

fn room_ui(ui: &mut Ui, room: &RoomInfo, selected: bool) -> Response {
    let palette = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::ROOM_ROW_HEIGHT), Sense::click());
    let name = format!("{}, {} of {} people", room.name, room.participants, room.capacity);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));

    let painter = ui.painter();
    let fill = if response.hovered() { palette.field_hover } else { palette.card };
    let highlighted = selected || response.has_focus();
    let line = if highlighted { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
    painter.rect(rect, metric::RADIUS_TILE, fill, line, StrokeKind::Inside);

    let icon = Rect::from_min_size(rect.min + vec2(metric::SPACE_M, 10.0), vec2(36.0, 36.0));
    painter.rect_filled(icon, metric::RADIUS_BUTTON, palette.accent_soft);
    paint_glyph(painter, icon.center(), icons::USERS_THREE, theme::glyph_fill(metric::GLYPH_S), palette.accent);

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
    let people = people(room);
    let line = (people.as_str(), theme::label(), palette.text3);
    paint_text(painter, middle + vec2(0.0, 3.0), Align2::LEFT_TOP, line, width);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn people(room: &RoomInfo) -> String {
    match room.participants {
        0 => "Nobody is here".to_owned(),
        count if count >= room.capacity => "Full".to_owned(),
        1 => "1 person is here".to_owned(),
        count => format!("{count} people are here"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_server_out_of_reach_says_why_and_when_it_is_tried_again() {
        let now = Instant::now();

        let waiting = unreachable("studio", "connection refused.", Some(now + Duration::from_millis(2500)), now);
        let trying = unreachable("studio", "connection refused", Some(now), now);
        let hopeless = unreachable("studio", "it is older than your program", None, now);

        assert_eq!(waiting, "studio is out of reach: connection refused. Next try in 3 s.");
        assert_eq!(trying, "studio is out of reach: connection refused. Trying again…");
        assert_eq!(hopeless, "studio cannot be used: it is older than your program.");
    }

    #[test]
    fn a_room_tells_how_many_are_in_it() {
        let room = |participants| RoomInfo { name: "Standup".parse().unwrap(), participants, capacity: 8 };

        assert_eq!(people(&room(0)), "Nobody is here");
        assert_eq!(people(&room(1)), "1 person is here");
        assert_eq!(people(&room(7)), "7 people are here");
        assert_eq!(people(&room(8)), "Full");
    }
}
