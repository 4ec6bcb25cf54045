//! The screen of a call: everybody in tiles, the chat beside them, the controls below.
mod actions;
mod chat;
mod control_bar;
mod grid;
mod network;
mod people;
mod room_panel;
mod tile;
mod top_bar;

pub(crate) use chat::Chat;
pub(crate) use room_panel::RoomPanel;

use std::time::Duration;

use eframe::egui::{CentralPanel, Frame, Key, KeyboardShortcut, Margin, Modifiers, Panel, Pos2, Ui};
use parlor_call::RoomView;

use super::{
    scene::Scene,
    theme::{self, metric},
    video_texture::VideoTextures,
    wish::Wish,
};

const CHAT_KEYS: KeyboardShortcut =
    KeyboardShortcut { modifiers: Modifiers { shift: true, ..Modifiers::COMMAND }, logical_key: Key::C };

/// Shows the whole screen. Also says where toasts go.
pub(crate) fn call_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    room: &RoomView,
    (chat, panel): (&mut Chat, &mut RoomPanel),
    textures: &VideoTextures,
) -> (Vec<Wish>, Pos2) {
    let palette = theme::palette(ui.ctx());
    let call = &scene.view.call;
    let mut wishes = Vec::new();
    if ui.input_mut(|input| input.consume_shortcut(&CHAT_KEYS)) {
        chat.toggle();
    }
    let head = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(metric::SPACE_L as i8, 0));
    Panel::top("call-bar").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false).frame(head).show(ui, |ui| {
        wishes.extend(top_bar::top_bar_ui(ui, scene, room, panel));
    });
    // Panels that come first are outermost: the chat is to be as high as the window allows.
    if chat.is_open() {
        let side = Frame::new().fill(palette.panel);
        Panel::right("chat")
            .exact_size(metric::CHAT_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(side)
            .show(ui, |ui| wishes.extend(chat::chat_ui(ui, scene, chat).map(Wish::from)));
    }
    chat.watch(&call.chat);
    let ground = Frame::new().fill(palette.bg);
    Panel::bottom("controls")
        .exact_size(metric::CONTROLS_HEIGHT)
        .show_separator_line(false)
        .frame(ground)
        .show(ui, |ui| wishes.extend(control_bar::control_bar_ui(ui, scene.view, chat)));
    let stage = ground.inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 4 });
    let stage = CentralPanel::default().frame(stage).show(ui, |ui| {
        let area = ui.max_rect();
        wishes.extend(people::people_ui(ui, area, scene, room, textures));
        area.center_top()
    });
    // The only thing on this screen that changes by itself is the time.
    ui.ctx().request_repaint_after(Duration::from_secs(1));
    (wishes, stage.inner + eframe::egui::vec2(0.0, metric::SPACE_M))
}
