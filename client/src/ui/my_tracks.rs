//! Our microphone and camera as switches: what they are called, and what pressing them asks for.
use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};
use parlor_call::{Command, MyMedia};
use parlor_protocol::TrackState;

use super::icons;

const MICROPHONE_KEYS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::D);
const CAMERA_KEYS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::E);

/// A switch for one of our tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    /// Whether the others get something from it, as far as we want.
    pub(super) on: bool,
    /// The icon of the state it is in.
    pub(super) glyph: &'static str,
    /// What pressing it does.
    pub(super) name: &'static str,
    /// What to ask for when it is pressed.
    pub(super) command: Command,
    keys: KeyboardShortcut,
}

impl Switch {
    /// What it does, and its keys.
    pub(super) fn hint(&self, ctx: &Context) -> String {
        format!("{} ({})", self.name, ctx.format_shortcut(&self.keys))
    }
}

/// The switch of the microphone.
pub(super) fn microphone(media: &MyMedia) -> Switch {
    let (on, glyph, name, command) = match media.microphone.wanted {
        TrackState::On => (true, icons::MICROPHONE, "Mute microphone", Command::SetMuted(true)),
        TrackState::Muted => (false, icons::MICROPHONE_SLASH, "Unmute microphone", Command::SetMuted(false)),
        TrackState::Off => (false, icons::MICROPHONE_SLASH, "Unmute microphone", Command::SetMicrophone(true)),
    };
    Switch { on, glyph, name, command, keys: MICROPHONE_KEYS }
}

/// The switch of the camera.
pub(super) fn camera(media: &MyMedia) -> Switch {
    let (on, glyph, name) = match media.camera.wanted {
        TrackState::On => (true, icons::CAMERA, "Turn camera off"),
        TrackState::Muted | TrackState::Off => (false, icons::CAMERA_SLASH, "Turn camera on"),
    };
    Switch { on, glyph, name, command: Command::SetCamera(!on), keys: CAMERA_KEYS }
}

/// What the keyboard asks of our tracks, on whichever screen.
pub(super) fn keyboard(ctx: &Context, media: &MyMedia) -> impl Iterator<Item = Command> {
    let pressed =
        |switch: Switch| ctx.input_mut(|input| input.consume_shortcut(&switch.keys)).then_some(switch.command);
    [pressed(microphone(media)), pressed(camera(media))].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use parlor_call::MyTrack;

    use super::*;

    #[test]
    fn a_microphone_that_is_on_can_be_muted_and_back() {
        assert_eq!(microphone(&wanting(TrackState::On)).command, Command::SetMuted(true));
        assert_eq!(microphone(&wanting(TrackState::Muted)).command, Command::SetMuted(false));
    }

    #[test]
    fn a_microphone_that_is_closed_is_opened_first() {
        assert_eq!(microphone(&wanting(TrackState::Off)).command, Command::SetMicrophone(true));
    }

    #[test]
    fn a_camera_is_on_or_off() {
        assert_eq!(camera(&wanting(TrackState::On)).command, Command::SetCamera(false));
        assert_eq!(camera(&wanting(TrackState::Off)).command, Command::SetCamera(true));
    }

    fn wanting(wanted: TrackState) -> MyMedia {
        let track = MyTrack { wanted, actual: TrackState::Off };
        MyMedia { microphone: track, camera: track, ..MyMedia::default() }
    }
}
