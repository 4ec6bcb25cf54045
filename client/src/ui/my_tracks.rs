//! Our microphone and camera as switches: what they are called, and what pressing them asks for.
mod push;

use std::borrow::Cow;

use eframe::egui::Context;
use parlor_call::{Command, MyMedia};
use parlor_protocol::TrackState;

pub(super) use self::push::{PushToTalk, push_ui};
use super::{
    icons,
    shortcuts::{self, Deed},
    words::{Words, words},
};
use crate::settings::{CallChoice, Push};

/// A switch for one of our tracks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Switch {
    /// Whether the others get something from it, as far as we want.
    pub(super) on: bool,
    /// The icon of the state it is in.
    pub(super) glyph: &'static str,
    /// What to ask for when it is pressed.
    pub(super) command: Command,
    act: Act,
    deed: Deed,
}

/// What pressing a switch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Mute,
    Unmute,
    CameraOff,
    CameraOn,
}

impl Switch {
    /// What pressing it does, in words.
    pub(super) fn name(&self, words: Words) -> Cow<'static, str> {
        match self.act {
            Act::Mute => words.say("microphone-mute"),
            Act::Unmute => words.say("microphone-unmute"),
            Act::CameraOff => words.say("camera-off"),
            Act::CameraOn => words.say("camera-on"),
        }
    }

    /// The same, and its keys.
    pub(super) fn hint(&self, ctx: &Context) -> String {
        format!("{} ({})", self.name(words(ctx)), shortcuts::label(ctx, self.deed))
    }
}

/// The switch of the microphone.
pub(super) fn microphone(media: &MyMedia) -> Switch {
    let (on, glyph, act, command) = match media.microphone.wanted {
        TrackState::On => (true, icons::MICROPHONE, Act::Mute, Command::SetMuted(true)),
        TrackState::Muted => (false, icons::MICROPHONE_SLASH, Act::Unmute, Command::SetMuted(false)),
        TrackState::Off => (false, icons::MICROPHONE_SLASH, Act::Unmute, Command::SetMicrophone(true)),
    };
    Switch { on, glyph, command, act, deed: Deed::Microphone }
}

/// The switch of the camera.
pub(super) fn camera(media: &MyMedia) -> Switch {
    let (on, glyph, act) = match media.camera.wanted {
        TrackState::On => (true, icons::CAMERA, Act::CameraOff),
        TrackState::Muted | TrackState::Off => (false, icons::CAMERA_SLASH, Act::CameraOn),
    };
    Switch { on, glyph, command: Command::SetCamera(!on), act, deed: Deed::Camera }
}

/// What the keyboard asks of our tracks, on whichever screen.
pub(super) fn keyboard(ctx: &Context, media: &MyMedia) -> impl Iterator<Item = Command> {
    let pressed = |switch: Switch| shortcuts::pressed(ctx, switch.deed).then_some(switch.command);
    [pressed(microphone(media)), pressed(camera(media))].into_iter().flatten()
}

/// How our tracks are before a call: the lobby shows it, and whoever wants it otherwise changes it there.
pub(super) fn before_a_call(choice: CallChoice) -> Vec<Command> {
    let muted = choice.join_muted || choice.push == Push::ToTalk;
    let muted = muted.then_some(Command::SetMuted(true));
    let dark = choice.join_without_camera.then_some(Command::SetCamera(false));
    muted.into_iter().chain(dark).collect()
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

    #[test]
    fn a_call_starts_as_it_was_chosen() {
        let choice = CallChoice { join_muted: true, join_without_camera: true, ..CallChoice::default() };
        let to_talk = CallChoice { push: Push::ToTalk, ..CallChoice::default() };

        assert_eq!(before_a_call(CallChoice::default()), []);
        assert_eq!(before_a_call(choice), [Command::SetMuted(true), Command::SetCamera(false)]);
        assert_eq!(before_a_call(to_talk), [Command::SetMuted(true)], "nobody is heard before they hold the key");
    }

    fn wanting(wanted: TrackState) -> MyMedia {
        let track = MyTrack { wanted, actual: TrackState::Off };
        MyMedia { microphone: track, camera: track, ..MyMedia::default() }
    }
}
