//! Who you are and where you want to go.
use eframe::egui::{Key, Response, RichText, ScrollArea, Ui, UiBuilder, vec2};
use parlor_call::{Command as CallCommand, Entry, Place};
use parlor_protocol::{ParseInviteError, limits};

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
        words::{Words, say, words},
    },
};

/// A column that is lower than this leaves out what can be spared.
const SMALL: f32 = 560.0;

/// The right half of the lobby.
pub(super) fn join_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, recent: &[String]) -> Vec<Wish> {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    ui.spacing_mut().item_spacing.y = metric::SPACE_S;
    ui.label(RichText::new(words.say("lobby-title")).font(theme::hero()).color(palette.text));
    let small = ui.available_height() < SMALL;
    if !small {
        ui.label(RichText::new(words.say("lobby-line")).font(theme::body()).color(palette.text2));
    }
    ui.add_space(metric::SPACE_XS);

    let mut wishes = fields_ui(ui, scene, form, recent);
    ui.add_space(metric::SPACE_XS);
    wishes.extend(actions_ui(ui, scene, form));
    ui.add_space(metric::SPACE_XS);
    wishes.extend(list_ui(ui, scene, form, small));
    wishes
}

/// All that can grow: it scrolls, so that the fields and the buttons never leave the window.
fn list_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, small: bool) -> Vec<Wish> {
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
            // What helps somebody who finds nothing is to be seen without scrolling.
            let nothing = scene.view.discovery.servers.is_empty() && scene.view.call.rooms.is_empty();
            let last = small && nothing;
            if !last {
                options_ui(ui, &mut form.new_room);
            }
            wishes.extend(rooms::rooms_ui(ui, scene, form));
            if last {
                options_ui(ui, &mut form.new_room);
            }
            wishes
        })
        .inner
}

fn fields_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, recent: &[String]) -> Vec<Wish> {
    let (call, words) = (&scene.view.call, words(ui.ctx()));
    ui.spacing_mut().item_spacing.y = metric::SPACE_M;

    let (label, hint) = (words.say("lobby-name"), words.say("lobby-name-hint"));
    let name = Field { label: &label, hint: &hint, limit: limits::NICKNAME_CHARS, remark: None };
    let name = field_ui(ui, &name, &mut form.nickname);

    let (mut wishes, server_changed) = server_field_ui(ui, scene, form, recent);

    let (label, hint) = (words.say("lobby-room"), words.say("lobby-room-hint"));
    let room = Field { label: &label, hint: &hint, limit: limits::ROOM_NAME_CHARS, remark: None };
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
    let (server, words) = (&scene.view.call.server, words(ui.ctx()));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_M;
        if scene.view.call.place != Place::Lobby {
            ui.add_enabled_ui(false, |ui| {
                button_ui(ui, ButtonKind::Primary, "", &words.say("lobby-joining"), size);
            });
            let cancel = button_ui(ui, ButtonKind::Secondary, icons::CLOSE, &words.say("cancel"), size);
            return cancel.clicked().then(|| CallCommand::Leave.into()).into_iter().collect();
        }
        let join = ui
            .add_enabled_ui(form.is_complete(), |ui| {
                button_ui(ui, ButtonKind::Primary, icons::ARROW_RIGHT, &words.say("lobby-join"), size)
            })
            .inner;
        let host = button_ui(ui, ButtonKind::Secondary, icons::BROADCAST, &words.say("lobby-host"), size);
        if host.on_hover_text(words.say("lobby-host-hint")).clicked() {
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
    let words = words(ui.ctx());
    let mut wishes = Vec::new();
    if let Some(invite) = form.waiting_link() {
        let text = match &invite.room {
            Some(room) => say!(words, "link-waits-for-name", room = room.as_str()),
            None => words.say("link-waits-for-name-lobby").into_owned(),
        };
        let label = words.say("link-follow");
        let action = Some((icons::ARROW_RIGHT, &*label));
        if message_ui(ui, &Message { failed: false, glyph: icons::LINK, text: &text, action }) {
            wishes.extend(form.follow_waiting().map(Wish::from));
        }
    }
    if let Some(error) = form.link_error() {
        let text = link_error(words, error);
        message_ui(ui, &Message { failed: true, glyph: icons::LINK, text: &text, action: None });
    }
    wishes.extend(refusal_ui(ui, scene, form));
    if let HostView::Failed { message } = &scene.view.host {
        let label = words.say("lobby-host-again");
        let (text, action) = (sentence(message), Some((icons::ARROW_CLOCKWISE, &*label)));
        if message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action }) {
            wishes.push(form.host().into());
        }
    }
    wishes
}

fn refusal_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let Some(refusal) = form.refusal().cloned() else { return Vec::new() };
    let (words, server) = (words(ui.ctx()), &scene.view.call.server);
    let action = refusal.remedy().map(|remedy| match remedy {
        Remedy::Create => (icons::PLUS, words.say("lobby-create")),
        Remedy::Join => (icons::ARROW_RIGHT, words.say("lobby-join-it")),
        Remedy::TryAgain => (icons::ARROW_CLOCKWISE, words.say("lobby-ask-again")),
    });
    let action = action.as_ref().map(|(glyph, label)| (*glyph, &**label));
    let text = refusal.said(words);
    if !message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action }) {
        return Vec::new();
    }
    let asked = match refusal.remedy() {
        Some(Remedy::Create) => form.enter(Entry::Create, server),
        Some(Remedy::Join) => form.enter(Entry::Join, server),
        Some(Remedy::TryAgain) => form.enter_with(None).into_iter().collect(),
        None => Vec::new(),
    };
    asked.into_iter().map(Wish::from).collect()
}

/// Why what was pasted is no link.
fn link_error(words: Words, error: &ParseInviteError) -> String {
    match error {
        ParseInviteError::Scheme => words.say("link-other"),
        ParseInviteError::Address(_) => words.say("link-without-server"),
        ParseInviteError::Damaged { .. } => words.say("link-damaged"),
    }
    .into_owned()
}
