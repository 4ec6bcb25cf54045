//! The rooms of the server, or why there are none.
use std::{borrow::Cow, time::Instant};

use eframe::egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{Entry, Place, ServerView};
use parlor_protocol::{RoomInfo, ServerAddress};

use super::{
    form::Form,
    found::{found_ui, is_found, is_selected},
    room_row::room_row_ui,
};
use crate::{
    engine::{HostView, ServerTrouble},
    ui::{
        dialogs::{Dialog, host::stop},
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{ButtonKind, Message, button_ui, message_ui, paint_glyph, paint_text, row_from_right_in},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// Our own server if there is one, and the rooms of the server that is looked at.
pub(super) fn rooms_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let words = words(ui.ctx());
    let mut wishes = Vec::new();
    if let HostView::Running { addresses, .. } = &scene.view.host {
        let no_network = || words.say("hosting-no-network").into_owned();
        let address = addresses.first().map_or_else(no_network, ToString::to_string);
        wishes.extend(hosting_ui(ui, &scene.view.host, &address));
    }
    let discovery = &scene.view.discovery;
    let found = is_found(discovery, form.dialled());
    match &scene.view.call.server {
        ServerView::Off if !discovery.servers.is_empty() => {}
        ServerView::Off => {
            let (text, label) = (words.say("rooms-connect-first"), words.say("rooms-connect"));
            let action = Some((icons::ARROW_RIGHT, &*label));
            if message_ui(ui, &Message { failed: false, glyph: icons::SERVER, text: &text, action }) {
                wishes.extend(form.reconnect().map(Wish::from));
            }
        }
        // The field above says it, and the row that was just pressed stays where it is.
        ServerView::Connecting if found => {}
        ServerView::Connecting => {
            let text = say!(words, "rooms-connecting", server = host(form));
            message_ui(ui, &Message { failed: false, glyph: icons::SERVER, text: &text, action: None });
        }
        ServerView::Down { reason, retry_at } => {
            let reason = reason_of(scene.view.server_trouble, reason, words);
            let text = unreachable(&host(form), &reason, *retry_at, scene.now.instant, words);
            let label = words.say("rooms-try-again");
            let action = Some((icons::ARROW_CLOCKWISE, &*label));
            if message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text: &text, action }) {
                wishes.extend(form.reconnect().map(Wish::from));
            }
            if retry_at.is_some() {
                ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
            }
        }
        ServerView::Up if scene.view.call.rooms.is_empty() => {
            let (text, label) = (words.say("rooms-none"), words.say("lobby-create"));
            let action = (form.is_complete() && form.refusal().is_none()).then_some((icons::PLUS, &*label));
            if message_ui(ui, &Message { failed: false, glyph: icons::USERS_THREE, text: &text, action }) {
                wishes.extend(form.enter(Entry::Create, &ServerView::Up).into_iter().map(Wish::from));
            }
        }
        ServerView::Up if found => {}
        ServerView::Up => {
            let rooms = &scene.view.call.rooms;
            header_ui(ui, form, &say!(words, "found-rooms", count = rooms.len()));
            wishes.extend(list_ui(ui, scene, form, rooms, None));
        }
    }
    wishes.extend(found_ui(ui, scene, form));
    wishes
}

fn host(form: &Form) -> String {
    form.dialled().map_or_else(|| form.server.clone(), ServerAddress::short)
}

/// Why a server is out of reach: in our words where we know it, else in its own.
fn reason_of<'a>(trouble: ServerTrouble, reason: &'a str, words: Words) -> Cow<'a, str> {
    match trouble {
        ServerTrouble::Refused => words.say("server-refused"),
        ServerTrouble::Silent => words.say("server-silent"),
        ServerTrouble::Foreign => words.say("server-foreign"),
        ServerTrouble::BadName => words.say("server-bad-name"),
        ServerTrouble::Plain => words.say("server-plain"),
        ServerTrouble::NotConfirmed => words.say("server-not-confirmed"),
        ServerTrouble::Other => reason.into(),
    }
}

fn unreachable(host: &str, reason: &str, retry_at: Option<Instant>, now: Instant, words: Words) -> String {
    let reason = reason.trim_end_matches('.');
    match retry_at.map(|at| at.saturating_duration_since(now).as_secs_f32().ceil()) {
        Some(seconds) if seconds >= 1.0 => {
            say!(words, "rooms-out-of-reach", server = host, reason = reason, seconds = seconds)
        }
        Some(_) => say!(words, "rooms-out-of-reach-trying", server = host, reason = reason),
        None => say!(words, "rooms-unusable", server = host, reason = reason),
    }
}

fn header_ui(ui: &mut Ui, form: &Form, count: &str) {
    let palette = theme::palette(ui.ctx());
    let title = say!(words(ui.ctx()), "rooms-title", server = host(form));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::SPACE_XL), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}, {count}")));
    let title = (title.as_str(), theme::button(), palette.text);
    let title = paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, title, rect.width() - 70.0);
    // The smaller letters stand on the same line as the larger ones.
    let at = title.right_center() + vec2(metric::SPACE_S, 1.0);
    let count = (count, theme::label(), palette.text3);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, count, rect.right() - at.x);
}

fn hosting_ui(ui: &mut Ui, host: &HostView, address: &str) -> Option<Wish> {
    let palette = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), metric::ROOM_ROW_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, metric::RADIUS_TILE, palette.accent_soft);
    let icon = rect.left_center() + vec2(metric::SPACE_L + metric::GLYPH_S / 2.0, 0.0);
    paint_glyph(ui.painter(), icon, icons::BROADCAST, theme::glyph_fill(metric::GLYPH_S), palette.accent);
    row_from_right_in(ui, rect.shrink2(vec2(metric::SPACE_M, 0.0)), |ui| {
        let size = vec2(72.0, metric::SMALL_BUTTON_HEIGHT);
        let words = words(ui.ctx());
        let stop_it = button_ui(ui, ButtonKind::Secondary, "", &words.say("hosting-stop"), size);
        let stop_it = stop_it.on_hover_text(words.say("hosting-stop-hint"));
        let invite = button_ui(ui, ButtonKind::Primary, "", &words.say("hosting-invite"), size);
        let place = Rect::from_min_max(rect.left_top() + vec2(50.0, 0.0), invite.rect.left_bottom());
        let room = place.width() - metric::SPACE_S;
        let title = words.say("hosting-title");
        let title = (&*title, theme::button(), palette.text);
        let middle = pos2(place.left(), rect.center().y);
        paint_text(ui.painter(), middle - vec2(0.0, 1.0), Align2::LEFT_BOTTOM, title, room);
        let line = (address, theme::label(), palette.text2);
        paint_text(ui.painter(), middle + vec2(0.0, 3.0), Align2::LEFT_TOP, line, room);
        if invite.clicked() {
            return Some(Wish::Open(Dialog::Host));
        }
        stop_it.clicked().then(|| stop(host))
    })
}

/// The rooms of a server: the one that is looked at, or the one at this address.
pub(super) fn list_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    form: &mut Form,
    rooms: &[RoomInfo],
    at: Option<&ServerAddress>,
) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for room in rooms {
        let row = ui.push_id(at, |ui| room_row_ui(ui, room, is_selected(form, room, at))).inner;
        if row.clicked() {
            form.room = room.name.to_string();
            form.edited();
            if let Some(at) = at {
                wishes.extend(form.pick_server(at, &scene.view.call.server).map(Wish::from));
            }
        }
        if row.double_clicked() && form.is_complete() && scene.view.call.place == Place::Lobby {
            wishes.extend(form.enter(Entry::Join, &scene.view.call.server).into_iter().map(Wish::from));
        }
    }
    wishes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn a_server_out_of_reach_says_why_and_when_it_is_tried_again() {
        let now = Instant::now();

        let waiting =
            unreachable("studio", "connection refused.", Some(now + Duration::from_millis(2500)), now, ENGLISH);
        let trying = unreachable("studio", "connection refused", Some(now), now, ENGLISH);
        let hopeless = unreachable("studio", "it is older than your program", None, now, ENGLISH);

        assert_eq!(waiting, "studio is out of reach: connection refused. Next try in 3 s.");
        assert_eq!(trying, "studio is out of reach: connection refused. Trying again…");
        assert_eq!(hopeless, "studio cannot be used: it is older than your program.");
    }
}
