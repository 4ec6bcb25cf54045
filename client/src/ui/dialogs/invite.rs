//! How others come into this room: a link to send, a code to scan, and for hosts the code that strangers compare.
use eframe::egui::{Align, Context, Label, Layout, RichText, Ui, vec2};
use parlor_call::Place;

use super::Outcome;
use crate::{
    engine::HostView,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{
            ButtonKind, Dialog, Message, button_ui, code_ui, dialog_ui, field_label_ui, message_ui, paragraph_ui, qr_ui,
        },
        wish::Wish,
        words::{Words, say, words},
    },
};

pub(super) fn invite_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let words = words(ctx);
    let dialog = Dialog { id: "invite", title: &words.say("invite-title"), width: metric::DIALOG_WIDE };
    let (wishes, closed) = dialog_ui(ctx, &dialog, |ui| {
        let Some(link) = &scene.view.invite else {
            let text = words.say("invite-no-link");
            message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text: &text, action: None });
            return Vec::new();
        };
        let mut wishes = Vec::new();
        beside_qr_ui(ui, link, |ui| {
            paragraph_ui(ui, &what_it_opens(scene, words));
            wishes.extend(link_ui(ui, link));
            if let HostView::Running { code, .. } = &scene.view.host {
                compare_ui(ui, code);
            }
        });
        wishes
    });
    Outcome { wishes, closed }
}

/// The QR code of a link at the left, everything else beside it.
pub(super) fn beside_qr_ui(ui: &mut Ui, link: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_XL;
        qr_ui(ui, &words(ui.ctx()).say("invite-qr"), link, metric::QR_SIDE);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = metric::SPACE_M;
            add(ui);
        });
    });
}

/// The link to read, and to copy.
pub(super) fn link_ui(ui: &mut Ui, link: &str) -> Option<Wish> {
    let (words, color) = (words(ui.ctx()), theme::palette(ui.ctx()).text);
    let text = RichText::new(link).font(theme::address()).color(color);
    ui.add(Label::new(text).wrap().selectable(true));
    let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
    let copy = button_ui(ui, ButtonKind::Primary, icons::COPY, &words.say("invite-copy"), size);
    copy.clicked().then(|| Wish::Copy { text: link.to_owned(), done: words.say("invite-copied") })
}

/// What others read when they come without a link; nothing where the server has no key.
pub(super) fn compare_ui(ui: &mut Ui, code: &str) {
    if code.is_empty() {
        return;
    }
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        field_label_ui(ui, &words.say("invite-compare"));
        code_ui(ui, &words.say("invite-code"), code, palette.text);
    });
}

fn what_it_opens(scene: &Scene<'_>, words: Words) -> String {
    let passcode = scene.view.invite.as_deref().is_some_and(|link| link.contains("#p="));
    match &scene.view.call.place {
        Place::Room(room) if room.rules.locked => say!(words, "invite-locked", room = room.name.as_str()),
        Place::Room(room) if passcode => say!(words, "invite-with-passcode", room = room.name.as_str()),
        Place::Room(room) if room.rules.passcode => say!(words, "invite-tell-passcode", room = room.name.as_str()),
        Place::Room(room) => say!(words, "invite-room", room = room.name.as_str()),
        Place::Lobby | Place::Joining { .. } => words.say("invite-lobby").into_owned(),
    }
}
