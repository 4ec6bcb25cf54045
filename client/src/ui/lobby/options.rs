//! How a new room is to be: folded away, since most rooms need none of it.
use eframe::egui::Ui;
use parlor_protocol::{Passcode, RoomOptions, limits};

use crate::ui::{
    theme::metric,
    widgets::{Field, expander_ui, field_ui, secret_ui, stepper_ui, switch_ui},
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
    let label = match room.chosen() {
        0 => "Options for a new room".to_owned(),
        chosen => format!("Options for a new room ({chosen})"),
    };
    expander_ui(ui, &label, &mut room.open);
    if !room.open {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_M;
        let topic = Field { label: "Topic", hint: "What it is about", limit: limits::TOPIC_CHARS, remark: None };
        field_ui(ui, &topic, &mut room.topic);
        let hint = "None: everybody can come in";
        let passcode = Field { label: "Passcode", hint, limit: limits::PASSCODE_CHARS, remark: None };
        secret_ui(ui, &passcode, &mut room.passcode, &mut room.passcode_shown);
        let number = room.capacity.unwrap_or(limits::ROOM_CAPACITY);
        // Fewer than two are no call.
        if let Some(number) = stepper_ui(ui, "Room for", number, 2..=limits::MOST_ROOM_CAPACITY) {
            room.capacity = (number != limits::ROOM_CAPACITY).then_some(number);
        }
        let hint = "The list of rooms leaves it out";
        if switch_ui(ui, "Hide the room", hint, room.hidden).clicked() {
            room.hidden = !room.hidden;
        }
    });
    ui.add_space(metric::SPACE_XS);
}
