//! Which room this is, how many are in it, and for how long.
use eframe::egui::{CursorIcon, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{RoomView, ServerView};

use super::{
    network::network_ui,
    room_panel::{RoomPanel, room_panel_ui},
};
use crate::{
    engine::HostView,
    ui::{
        dialogs::Dialog,
        icons,
        scene::Scene,
        theme::{self, metric},
        top_bar::theme_button_ui,
        widgets::{ChipTone, chip_ui, elided, ghost_ui, paint_glyph, row_from_right_in},
        wish::Wish,
    },
};

/// Room for everything else in the bar: people, time, a word about the server; the network and two buttons.
const BESIDE_TITLE: f32 = 640.0;

pub(super) fn top_bar_ui(ui: &mut Ui, scene: &Scene<'_>, room: &RoomView, panel: &mut RoomPanel) -> Vec<Wish> {
    let mut wishes: Vec<_> = theme_button_ui(ui).into_iter().collect();
    let bar = ui.max_rect();
    wishes.extend(row_from_right_in(ui, bar, |ui| right_ui(ui, scene)));
    ui.horizontal_centered(|ui| {
        let title = title_ui(ui, room);
        wishes.extend(room_panel_ui(&title, scene, room, panel));
        let count = scene.view.call.others.len() + 1;
        let name = format!("{count} of {} people are here", room.rules.capacity);
        chip_ui(ui, ChipTone::Plain, icons::USERS, &count.to_string(), &name);
        marks_ui(ui, room);
        let palette = theme::palette(ui.ctx());
        let time = scene.now.since(room.since);
        ui.label(RichText::new(time).font(theme::small()).color(palette.text3));
        match &scene.view.call.server {
            ServerView::Up => {}
            ServerView::Off | ServerView::Connecting => {
                chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, "Reconnecting…", "Reconnecting to the server");
            }
            ServerView::Down { reason, .. } => {
                let name = format!("The server is out of reach: {reason}. The call goes on, but nobody can join.");
                chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, "Server out of reach", &name);
            }
        }
    });
    wishes
}

/// What stands at the right end, the outermost first.
fn right_ui(ui: &mut Ui, scene: &Scene<'_>) -> Vec<Wish> {
    ui.add_space(metric::GHOST + metric::SPACE_XS);
    let mut wishes = Vec::new();
    if ghost_ui(ui, icons::USER_PLUS, "Invite others").clicked() {
        wishes.push(Wish::Open(Dialog::Invite));
    }
    if matches!(scene.view.host, HostView::Running { .. })
        && ghost_ui(ui, icons::BROADCAST, "The server on this computer").clicked()
    {
        wishes.push(Wish::Open(Dialog::Host));
    }
    if let Some(stats) = &scene.view.stats {
        network_ui(ui, stats);
    }
    wishes
}

/// How hard it is to come in, where it is.
fn marks_ui(ui: &mut Ui, room: &RoomView) {
    let rules = &room.rules;
    if rules.locked {
        chip_ui(ui, ChipTone::Plain, icons::LOCK, "Locked", "The room is locked: nobody else can come in");
    } else if rules.passcode {
        chip_ui(ui, ChipTone::Plain, icons::LOCK_KEY, "Passcode", "One has to know a passcode to come in");
    }
}

/// The name of the room with its topic below, which opens the panel of the room.
fn title_ui(ui: &mut Ui, room: &RoomView) -> Response {
    let palette = theme::palette(ui.ctx());
    let width = (ui.available_width() - BESIDE_TITLE).max(160.0);
    let painter = ui.painter();
    let name = elided(painter, room.name.as_str(), theme::panel_title(), palette.text, width);
    let topic = room.rules.topic.as_ref();
    let topic = topic.map(|topic| elided(painter, topic.as_str(), theme::stamp(), palette.text3, width));
    let caret = metric::GLYPH_XS + metric::SPACE_XS;
    let words = topic.as_ref().map_or(0.0, |topic| topic.size().x).max(name.size().x + caret);
    let size = vec2(words + 2.0 * metric::SPACE_S, metric::BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let said = format!("Room {}", room.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));

    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, metric::RADIUS_BUTTON, palette.hover);
    }
    let (left, middle) = (rect.left() + metric::SPACE_S, rect.center().y);
    let name_top = if topic.is_some() { middle - name.size().y + 2.0 } else { middle - name.size().y / 2.0 };
    let icon = pos2(left + name.size().x + metric::SPACE_XS + metric::GLYPH_XS / 2.0, name_top + name.size().y / 2.0);
    paint_glyph(painter, icon, icons::CARET_DOWN, theme::glyph(metric::GLYPH_XS), palette.text2);
    painter.galley(pos2(left, name_top), name, palette.text);
    if let Some(topic) = topic {
        painter.galley(pos2(left, middle + 3.0), topic, palette.text3);
    }
    let hint =
        room.rules.topic.as_ref().map_or_else(|| room.name.to_string(), |topic| format!("{}: {topic}", room.name));
    response.on_hover_text(hint).on_hover_cursor(CursorIcon::PointingHand)
}
