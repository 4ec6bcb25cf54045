//! The questions about a server's key: whether a new one is what the host shows, and what to make of another one.
use eframe::egui::{Context, Id, Ui, vec2};
use parlor_protocol::{Pin, ServerAddress};

use super::{
    icons,
    theme::{self, metric},
    widgets::{
        ButtonKind, Dialog, Message, button_ui, code_ui, dialog_ui, expander_ui, field_label_ui, message_ui,
        paragraph_ui, row_of_two,
    },
    wish::Wish,
    words::{say, words},
};
use crate::engine::{Command, TrustView};

/// What is unfolded in the question at hand.
#[derive(Debug, Default)]
pub(crate) struct TrustPanel {
    /// The question that was looked into.
    looked_into: Option<TrustView>,
}

/// Asks the question, if there is one. Whoever closes it has not trusted anybody.
pub(crate) fn trust_ui(ctx: &Context, question: Option<&TrustView>, panel: &mut TrustPanel) -> Option<Wish> {
    let asked = question?;
    match asked {
        TrustView::Unknown { server, pin } => unknown_ui(ctx, server, *pin),
        TrustView::Changed { server, known, offered } => {
            let mut open = panel.looked_into.as_ref() == Some(asked);
            let wish = changed_ui(ctx, server, (*known, *offered), &mut open);
            panel.looked_into = open.then(|| asked.clone());
            wish
        }
    }
}

fn unknown_ui(ctx: &Context, server: &ServerAddress, pin: Pin) -> Option<Wish> {
    let words = words(ctx);
    let title = say!(words, "trust-unknown-title", server = server.short());
    let dialog = Dialog { id: "trust-unknown", title: &title, width: metric::DIALOG_WIDTH };
    let (answer, closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, &words.say("trust-unknown-ask"));
        code_ui(ui, &words.say("trust-code"), &pin.code(), theme::palette(ui.ctx()).text);
        paragraph_ui(ui, &words.say("trust-unknown-why"));
        let deed = (&*words.say("trust-unknown-connect"), true);
        let (cancel, connect) = row_of_two(ui, &words.say("cancel"), ButtonKind::Primary, deed);
        (cancel.clicked(), connect.clicked())
    });
    match answer {
        (_, true) => Some(Command::Trust { server: server.clone(), pin }.into()),
        (true, _) => Some(Command::Distrust.into()),
        (false, false) => closed.then(|| Command::Distrust.into()),
    }
}

fn changed_ui(ctx: &Context, server: &ServerAddress, codes: (Pin, Pin), open: &mut bool) -> Option<Wish> {
    let words = words(ctx);
    let dialog = Dialog { id: "trust-changed", title: &words.say("trust-changed-title"), width: metric::DIALOG_WIDE };
    let (answer, closed) = dialog_ui(ctx, &dialog, |ui| {
        let text = say!(words, "trust-changed-text", server = server.short());
        message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action: None });
        paragraph_ui(ui, &words.say("trust-changed-why"));
        let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
        let stop = button_ui(ui, ButtonKind::Primary, "", &words.say("trust-changed-stop"), size);
        focus_once(ui, &stop);
        let trusted = details_ui(ui, codes, open);
        (stop.clicked(), trusted)
    });
    match answer {
        (_, true) => Some(Command::Trust { server: server.clone(), pin: codes.1 }.into()),
        (true, _) => Some(Command::Distrust.into()),
        (false, false) => closed.then(|| Command::Distrust.into()),
    }
}

/// Both codes, and the way on for those who have asked the host. True where it was taken.
fn details_ui(ui: &mut Ui, (known, offered): (Pin, Pin), open: &mut bool) -> bool {
    let words = words(ui.ctx());
    expander_ui(ui, &words.say("trust-details"), open);
    if !*open {
        return false;
    }
    let palette = theme::palette(ui.ctx());
    ui.columns(2, |columns| {
        let (before, now) = (words.say("trust-known-code"), words.say("trust-new-code"));
        for (column, (label, pin, color)) in
            columns.iter_mut().zip([(before, known, palette.text), (now, offered, palette.warn)])
        {
            column.spacing_mut().item_spacing.y = 6.0;
            field_label_ui(column, &label);
            code_ui(column, &label, &pin.code(), color);
        }
    });
    let size = vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT);
    button_ui(ui, ButtonKind::Quiet, "", &words.say("trust-confirmed"), size).clicked()
}

/// Enter means the harmless answer, until the person has moved the focus.
fn focus_once(ui: &Ui, response: &eframe::egui::Response) {
    let id = Id::unique("trust-changed-focus");
    let pass = ui.ctx().cumulative_pass_nr();
    let last = ui.data(|data| data.get_temp::<u64>(id));
    if last.is_none_or(|last| last + 1 < pass) {
        response.request_focus();
    }
    ui.data_mut(|data| data.insert_temp(id, pass));
}
