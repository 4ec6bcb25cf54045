//! How a new room is to be: folded away, since most rooms need none of it.
use eframe::egui::Ui;
use parlor_protocol::{Passcode, RoomOptions, limits};

use crate::ui::{
    theme::metric,
    widgets::{Field, expander_ui, field_ui, secret_ui, stepper_ui, switch_ui},
    words::{say, words},
};

/// What was chosen for the next new room.
#[derive(Debug, Default)]
pub(crate) struct NewRoom {
    open: bool,
    topic: String,
    passcode: String,
    passcode_shown: bool,
    hidden: bool,
    capacity: Option<usize>,
}

impl NewRoom {
    /// What others have to know to come in.
    pub(super) fn passcode(&self) -> Option<Passcode> {
        self.passcode.parse().ok()
    }

    /// Everything else.
    pub(super) fn options(&self) -> RoomOptions {
        RoomOptions { hidden: self.hidden, capacity: self.capacity, topic: self.topic.parse().ok() }
    }

    /// How much of it is not as usual.
    fn chosen(&self) -> usize {
        let options = self.options();
        let chosen = [self.passcode().is_some(), options.hidden, options.capacity.is_some(), options.topic.is_some()];
        chosen.into_iter().filter(|chosen| *chosen).count()
    }
}

/// A line that unfolds the options, and the options.
pub(super) fn options_ui(ui: &mut Ui, room: &mut NewRoom) {
    let words = words(ui.ctx());
    let label = match room.chosen() {
        0 => words.say("new-room-options").into_owned(),
        chosen => say!(words, "new-room-options-chosen", count = chosen),
    };
    expander_ui(ui, &label, &mut room.open);
    if !room.open {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_M;
        let (label, hint) = (words.say("new-room-topic"), words.say("new-room-topic-hint"));
        let topic = Field { label: &label, hint: &hint, limit: limits::TOPIC_CHARS, remark: None };
        field_ui(ui, &topic, &mut room.topic);
        let (label, hint) = (words.say("new-room-passcode"), words.say("new-room-passcode-hint"));
        let passcode = Field { label: &label, hint: &hint, limit: limits::PASSCODE_CHARS, remark: None };
        secret_ui(ui, &passcode, &mut room.passcode, &mut room.passcode_shown);
        let number = room.capacity.unwrap_or(limits::ROOM_CAPACITY);
        // Fewer than two are no call.
        if let Some(number) = stepper_ui(ui, &words.say("new-room-capacity"), number, 2..=limits::MOST_ROOM_CAPACITY) {
            room.capacity = (number != limits::ROOM_CAPACITY).then_some(number);
        }
        let hint = words.say("new-room-hide-hint");
        if switch_ui(ui, &words.say("new-room-hide"), &hint, room.hidden).clicked() {
            room.hidden = !room.hidden;
        }
    });
    ui.add_space(metric::SPACE_XS);
}
