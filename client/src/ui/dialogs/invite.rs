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
    },
};

pub(super) fn invite_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let dialog = Dialog { id: "invite", title: "Invite others", width: metric::DIALOG_WIDE };
    let (wishes, closed) = dialog_ui(ctx, &dialog, |ui| {
        let Some(link) = &scene.view.invite else {
            let text = "There is no link at the moment: the server is out of reach. It is here again as soon as the \
                        server is.";
            message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text, action: None });
            return Vec::new();
        };
        let mut wishes = Vec::new();
        beside_qr_ui(ui, link, |ui| {
            paragraph_ui(ui, &what_it_opens(scene));
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
        qr_ui(ui, "QR code of the invite link", link, metric::QR_SIDE);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = metric::SPACE_M;
            add(ui);
        });
    });
}

/// The link to read, and to copy.
pub(super) fn link_ui(ui: &mut Ui, link: &str) -> Option<Wish> {
    let color = theme::palette(ui.ctx()).text;
    let words = RichText::new(link).font(theme::address()).color(color);
    ui.add(Label::new(words).wrap().selectable(true));
    let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
    let copy = button_ui(ui, ButtonKind::Primary, icons::COPY, "Copy link", size);
    copy.clicked().then(|| Wish::Copy { text: link.to_owned(), done: "Invite link copied" })
}

/// What others read when they come without a link; nothing where the server has no key.
pub(super) fn compare_ui(ui: &mut Ui, code: &str) {
    if code.is_empty() {
        return;
    }
    let palette = theme::palette(ui.ctx());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        field_label_ui(ui, "Who comes without the link must see this code");
        code_ui(ui, "Code to compare", code, palette.text);
    });
}

fn what_it_opens(scene: &Scene<'_>) -> String {
    let passcode = scene.view.invite.as_deref().is_some_and(|link| link.contains("#p="));
    match &scene.view.call.place {
        Place::Room(room) if room.rules.locked => {
            format!("\u{201c}{}\u{201d} is locked: unlock it before others can follow this link.", room.name)
        }
        Place::Room(room) if passcode => format!(
            "This link leads into \u{201c}{}\u{201d}. It holds the passcode: send it only to those you want here.",
            room.name
        ),
        Place::Room(room) if room.rules.passcode => {
            format!("This link leads into \u{201c}{}\u{201d}. Tell the passcode along with it.", room.name)
        }
        Place::Room(room) => {
            format!("Whoever opens this link with Parlor is in \u{201c}{}\u{201d} at once.", room.name)
        }
        Place::Lobby | Place::Joining { .. } => "Whoever opens this link with Parlor sees the rooms here.".to_owned(),
    }
}
