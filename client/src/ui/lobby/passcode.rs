//! The question for the passcode of a room.
use eframe::egui::{Context, Key, text::CCursor, text_selection::CCursorRange, widgets::text_edit::TextEditState};
use parlor_call::Place;
use parlor_protocol::{Passcode, RoomName, limits};

use super::form::Form;
use crate::ui::{
    icons,
    scene::Scene,
    theme::metric,
    widgets::{ButtonKind, Dialog, Field, Message, dialog_ui, message_ui, paragraph_ui, row_of_two, secret_ui},
    wish::Wish,
    words::{say, words},
};

/// The question while it is open.
#[derive(Debug)]
pub(crate) struct PasscodePrompt {
    room: Option<RoomName>,
    text: String,
    shown: bool,
    wrong: bool,
    /// Whether the field is to be written in at once, over what it says.
    select: bool,
}

impl PasscodePrompt {
    /// The question about a room; none while the server makes up its name.
    pub(super) fn new(room: Option<RoomName>) -> Self {
        Self { room, text: String::new(), shown: false, wrong: false, select: true }
    }

    /// The same question, asked again where the answer was wrong. What was written stays, selected.
    pub(super) fn asked(self, again: bool) -> Self {
        Self { wrong: again, select: true, ..self }
    }
}

/// What was just done with the question.
enum Answer {
    None,
    Given(Passcode),
    Cancelled,
}

/// Asks, while there is something to ask.
pub(super) fn passcode_ui(ctx: &Context, scene: &Scene<'_>, form: &mut Form) -> Option<Wish> {
    let prompt = form.prompt.as_mut()?;
    let waiting = scene.view.call.place != Place::Lobby;
    match ask(ctx, prompt, waiting) {
        Answer::None => None,
        Answer::Given(passcode) => form.enter_with(Some(passcode)).map(Wish::from),
        Answer::Cancelled => {
            form.prompt = None;
            waiting.then(|| parlor_call::Command::Leave.into())
        }
    }
}

fn ask(ctx: &Context, prompt: &mut PasscodePrompt, waiting: bool) -> Answer {
    let words = words(ctx);
    let title = match &prompt.room {
        Some(room) => say!(words, "passcode-title", room = room.as_str()),
        None => words.say("passcode-title-unnamed").into_owned(),
    };
    let dialog = Dialog { id: "passcode", title: &title, width: metric::DIALOG_WIDTH };
    let (answer, closed) = dialog_ui(ctx, &dialog, |ui| {
        if prompt.wrong && !waiting {
            let text = words.say("passcode-wrong");
            message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action: None });
        } else {
            paragraph_ui(ui, &words.say("passcode-ask"));
        }
        let (label, hint) = (words.say("passcode-label"), words.say("passcode-hint"));
        let field = Field { label: &label, hint: &hint, limit: limits::PASSCODE_CHARS, remark: None };
        let line = secret_ui(ui, &field, &mut prompt.text, &mut prompt.shown);
        if std::mem::take(&mut prompt.select) {
            line.request_focus();
            let mut state = TextEditState::load(ui.ctx(), line.id).unwrap_or_default();
            let all = CCursorRange::two(CCursor::new(0), CCursor::new(prompt.text.chars().count()));
            state.cursor.set_char_range(Some(all));
            state.store(ui.ctx(), line.id);
        }
        let entered = line.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let written: Option<Passcode> = prompt.text.parse().ok().filter(|_| !waiting);
        let deed = if waiting { words.say("passcode-checking") } else { words.say("passcode-enter") };
        let (cancel, enter) = row_of_two(ui, &words.say("cancel"), ButtonKind::Primary, (&deed, written.is_some()));
        match written {
            _ if cancel.clicked() => Answer::Cancelled,
            Some(passcode) if enter.clicked() || entered => Answer::Given(passcode),
            Some(_) | None => Answer::None,
        }
    });
    if closed { Answer::Cancelled } else { answer }
}
