//! Who you are and where you want to go.
use eframe::egui::{Color32, Key, Response, RichText, ScrollArea, Ui, UiBuilder, vec2};
use parlor_call::{Command as CallCommand, Entry, Place, ServerView};
use parlor_protocol::limits;

use super::{form::Form, rooms};
use crate::{
    engine::HostView,
    ui::{
        icons,
        scene::Scene,
        theme::{self, Palette, metric},
        widgets::{ButtonKind, Field, Message, button_ui, field_ui, message_ui, sentence},
        wish::Wish,
    },
};

/// Longer than any host name (RFC 1035, section 2.3.4) with scheme and port.
const ADDRESS_CHARS: usize = 280;

/// The right half of the lobby.
pub(super) fn join_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let palette = theme::palette(ui.ctx());
    ui.spacing_mut().item_spacing.y = metric::SPACE_S;
    ui.label(RichText::new("Ready to join?").font(theme::hero()).color(palette.text));
    let line = "Pick a room on a server, or host one on this computer.";
    ui.label(RichText::new(line).font(theme::body()).color(palette.text2));
    ui.add_space(metric::SPACE_XS);

    let mut wishes = fields_ui(ui, scene, form);
    ui.add_space(metric::SPACE_XS);
    wishes.extend(actions_ui(ui, scene, form));
    ui.add_space(metric::SPACE_XS);
    wishes.extend(list_ui(ui, scene, form));
    wishes
}

/// All that can grow: it scrolls, so that the fields and the buttons never leave the window.
fn list_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let width = ui.available_width();
    let mut area = ui.available_rect_before_wrap();
    // The scroll bar stands beside the column, so that what scrolls is as wide as the fields above.
    area.max.x += metric::SPACE_M;
    let mut list = ui.new_child(UiBuilder::new().max_rect(area));
    let scroll = ScrollArea::vertical().auto_shrink(false);
    scroll
        .show(&mut list, |ui| {
            ui.set_max_width(width);
            ui.spacing_mut().item_spacing.y = metric::SPACE_S;
            let mut wishes = answers_ui(ui, scene, form);
            wishes.extend(rooms::rooms_ui(ui, scene, form));
            wishes
        })
        .inner
}

fn fields_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let palette = theme::palette(ui.ctx());
    let call = &scene.view.call;
    ui.spacing_mut().item_spacing.y = metric::SPACE_M;

    let name =
        Field { label: "Your name", hint: "How the others see you", limit: limits::NICKNAME_CHARS, remark: None };
    let name = field_ui(ui, &name, &mut form.nickname);

    let wrong = form.address_error().map(ToString::to_string);
    let remark = wrong.as_deref().map(|wrong| (wrong, palette.danger)).or_else(|| state_of(&call.server, palette));
    let server = Field { label: "Server", hint: "host or host:port", limit: ADDRESS_CHARS, remark };
    let server = field_ui(ui, &server, &mut form.server);

    let hint = "Pick one below, or write a new name";
    let room = Field { label: "Room", hint, limit: limits::ROOM_NAME_CHARS, remark: None };
    let room = field_ui(ui, &room, &mut form.room);

    if name.changed() || server.changed() || room.changed() {
        form.edited();
    }
    let mut wishes = Vec::new();
    if server.lost_focus() {
        wishes.extend(form.connect(&call.server).map(Wish::from));
    }
    if (entered(ui, &name) || entered(ui, &room)) && form.is_complete() && call.place == Place::Lobby {
        wishes.extend(form.enter(Entry::Join, &call.server).into_iter().map(Wish::from));
    }
    wishes
}

fn entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn state_of(server: &ServerView, palette: &Palette) -> Option<(&'static str, Color32)> {
    match server {
        ServerView::Off => None,
        ServerView::Connecting => Some(("Connecting…", palette.text3)),
        ServerView::Up => Some(("Connected", palette.ok)),
        ServerView::Down { .. } => Some(("Out of reach", palette.danger)),
    }
}

fn actions_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let size = vec2((ui.available_width() - metric::SPACE_M) / 2.0, metric::BUTTON_HEIGHT);
    let server = &scene.view.call.server;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_M;
        if scene.view.call.place != Place::Lobby {
            ui.add_enabled_ui(false, |ui| button_ui(ui, ButtonKind::Primary, "", "Joining…", size));
            let cancel = button_ui(ui, ButtonKind::Secondary, icons::CLOSE, "Cancel", size);
            return cancel.clicked().then(|| CallCommand::Leave.into()).into_iter().collect();
        }
        let join = ui
            .add_enabled_ui(form.is_complete(), |ui| {
                button_ui(ui, ButtonKind::Primary, icons::ARROW_RIGHT, "Join room", size)
            })
            .inner;
        let host = button_ui(ui, ButtonKind::Secondary, icons::BROADCAST, "Host a room", size);
        let hint = "Runs a server on this computer, for everybody on your network";
        if host.on_hover_text(hint).clicked() {
            return vec![form.host().into()];
        }
        if join.clicked() {
            return form.enter(Entry::Join, server).into_iter().map(Wish::from).collect();
        }
        Vec::new()
    })
    .inner
}

/// What became of the last try.
fn answers_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let mut wishes = Vec::new();
    if let Some(refusal) = form.refusal().cloned() {
        let action = refusal.no_such_room.then_some((icons::PLUS, "Create room"));
        let message = Message { failed: true, glyph: icons::WARNING, text: &refusal.message, action };
        if message_ui(ui, &message) {
            wishes.extend(form.enter(Entry::Create, &scene.view.call.server).into_iter().map(Wish::from));
        }
    }
    if let HostView::Failed { message } = &scene.view.host {
        message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &sentence(message), action: None });
    }
    wishes
}
