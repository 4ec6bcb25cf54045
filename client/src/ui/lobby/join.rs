//! Who you are and where you want to go.
use eframe::egui::{Key, Response, RichText, ScrollArea, Ui, UiBuilder, vec2};
use parlor_call::{Command as CallCommand, Entry, Place};
use parlor_protocol::limits;

use super::{
    form::{Form, Remedy},
    options::options_ui,
    rooms,
    server_field::server_field_ui,
};
use crate::{
    engine::HostView,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{ButtonKind, Field, Message, button_ui, field_ui, message_ui, sentence},
        wish::Wish,
    },
};

/// The right half of the lobby.
pub(super) fn join_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, recent: &[String]) -> Vec<Wish> {
    let palette = theme::palette(ui.ctx());
    ui.spacing_mut().item_spacing.y = metric::SPACE_S;
    ui.label(RichText::new("Ready to join?").font(theme::hero()).color(palette.text));
    let line = "Pick a room on your network, or host your own.";
    ui.label(RichText::new(line).font(theme::body()).color(palette.text2));
    ui.add_space(metric::SPACE_XS);

    let mut wishes = fields_ui(ui, scene, form, recent);
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
            options_ui(ui, &mut form.new_room);
            wishes.extend(rooms::rooms_ui(ui, scene, form));
            wishes
        })
        .inner
}

fn fields_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, recent: &[String]) -> Vec<Wish> {
    let call = &scene.view.call;
    ui.spacing_mut().item_spacing.y = metric::SPACE_M;

    let name =
        Field { label: "Your name", hint: "How the others see you", limit: limits::NICKNAME_CHARS, remark: None };
    let name = field_ui(ui, &name, &mut form.nickname);

    let (mut wishes, server_changed) = server_field_ui(ui, scene, form, recent);

    let hint = "Pick one below, or write a new name";
    let room = Field { label: "Room", hint, limit: limits::ROOM_NAME_CHARS, remark: None };
    let room = field_ui(ui, &room, &mut form.room);

    if name.changed() || server_changed || room.changed() {
        form.edited();
    }
    if entered(ui, &name) && form.waiting_link().is_some() {
        wishes.extend(form.follow_waiting().map(Wish::from));
        return wishes;
    }
    if (entered(ui, &name) || entered(ui, &room)) && form.is_complete() && call.place == Place::Lobby {
        wishes.extend(form.enter(Entry::Join, &call.server).into_iter().map(Wish::from));
    }
    wishes
}

fn entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
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
    if let Some(invite) = form.waiting_link() {
        let room =
            invite.room.as_ref().map_or_else(|| "the server".to_owned(), |room| format!("\u{201c}{room}\u{201d}"));
        let text = format!("Write your name above, and you are on your way to {room}.");
        let action = Some((icons::ARROW_RIGHT, "Follow the link"));
        if message_ui(ui, &Message { failed: false, glyph: icons::LINK, text: &text, action }) {
            wishes.extend(form.follow_waiting().map(Wish::from));
        }
    }
    if let Some(error) = form.link_error() {
        let text = sentence(&error.to_string());
        message_ui(ui, &Message { failed: true, glyph: icons::LINK, text: &text, action: None });
    }
    if let Some(refusal) = form.refusal().cloned() {
        let action = refusal.remedy.map(|remedy| match remedy {
            Remedy::Create => (icons::PLUS, "Create room"),
            Remedy::Join => (icons::ARROW_RIGHT, "Join it"),
            Remedy::TryAgain => (icons::ARROW_CLOCKWISE, "Ask again"),
        });
        let message = Message { failed: true, glyph: icons::WARNING, text: &refusal.message, action };
        if message_ui(ui, &message) {
            let server = &scene.view.call.server;
            let asked = match refusal.remedy {
                Some(Remedy::Create) => form.enter(Entry::Create, server),
                Some(Remedy::Join) => form.enter(Entry::Join, server),
                Some(Remedy::TryAgain) => form.enter_with(None).into_iter().collect(),
                None => Vec::new(),
            };
            wishes.extend(asked.into_iter().map(Wish::from));
        }
    }
    if let HostView::Failed { message } = &scene.view.host {
        message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &sentence(message), action: None });
    }
    wishes
}
