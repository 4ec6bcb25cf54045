//! What a face may ask of the engine.
use std::{fmt, path::PathBuf, str::FromStr};

use parlor_call::ChatTo;
use parlor_media::{
    audio::{
        chime::Chime,
        spec::{AudioSpec, SpeakerSpec},
    },
    spec::VideoSpec,
};
use parlor_protocol::{Invite, Nickname, ParticipantId, Passcode, Pin, RoomName, RoomOptions, ServerAddress};

use crate::settings::{SoundChoice, VideoChoice};

/// What is important in shared pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShareMode {
    /// That text is sharp: all pixels, few pictures a second.
    #[default]
    Text,
    /// That it moves evenly: thirty pictures a second, scaled down.
    Motion,
}

/// Why a word names no manner of sharing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no manner of sharing: use \"text\" or \"motion\"")]
pub struct ParseShareModeError {
    given: String,
}

impl FromStr for ShareMode {
    type Err = ParseShareModeError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        match given {
            "text" => Ok(Self::Text),
            "motion" => Ok(Self::Motion),
            _ => Err(ParseShareModeError { given: given.to_owned() }),
        }
    }
}

impl fmt::Display for ShareMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Motion => "motion",
        })
    }
}

/// One wish of a face.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// One for the call.
    Call(parlor_call::Command),
    /// Take pictures from here. Everybody sees the change at once; whether the camera is on stays as it is.
    ChooseCamera(VideoSpec),
    /// Take sound from here. Mute stays as it is.
    ChooseMicrophone(AudioSpec),
    /// Play sound there.
    ChooseSpeaker(SpeakerSpec),
    /// Play somebody's sound so loud: 1 as it comes, 0 not at all, 2 twice as loud. Forgotten once they are gone.
    SetVolume {
        /// Whose.
        who: ParticipantId,
        /// How loud.
        gain: f32,
    },
    /// Play this to the person at this computer.
    Chime(Chime),
    /// Send pictures like this from now on. Everybody sees the change at once.
    SetVideo(VideoChoice),
    /// Do this to our sound, and to that of the others, from now on. Nobody hears a break.
    SetSound(SoundChoice),
    /// Share pictures from here, in this manner, beside the camera's; replaces what is shared.
    Share {
        /// A screen, a window, a part of a screen or a second camera.
        source: VideoSpec,
        /// What is important in them.
        mode: ShareMode,
    },
    /// List anew what could be shared.
    ListShareables,
    /// Share nothing any more.
    StopSharing,
    /// Have recordings go there from the next one on; none takes the system's folder for videos.
    RecordIn(Option<PathBuf>),
    /// Keep what everybody sends from now on, or stop.
    Record(bool),
    /// Offer a file.
    SendFile {
        /// Where it is.
        path: PathBuf,
        /// To whom.
        to: ChatTo,
    },
    /// List the devices anew.
    RefreshDevices,
    /// Play a chime through the speaker.
    TestSpeaker,
    /// Keep a few seconds of the microphone's sound and play them back; nobody else hears it.
    TestMicrophone,
    /// End the test of speaker or microphone.
    StopSoundTest,
    /// Run a server in this program, connect to it and enter a new room there.
    Host {
        /// The port; 0 takes any free one.
        port: u16,
        /// The room; none makes one up.
        room: Option<RoomName>,
        /// What to be called.
        nickname: Option<Nickname>,
        /// What one has to know to come into the room.
        passcode: Option<Passcode>,
        /// How the room is to be.
        options: RoomOptions,
    },
    /// Go where a link leads: connect to the first of its servers that answers and has its key, and enter its room,
    /// which is made where it is missing.
    Accept {
        /// The link.
        invite: Box<Invite>,
        /// What to be called.
        nickname: Option<Nickname>,
    },
    /// From now on know this key as that of this server, and connect to it.
    Trust {
        /// The server.
        server: ServerAddress,
        /// Its key.
        pin: Pin,
    },
    /// Leave the question about a key unanswered, and connect to nothing.
    Distrust,
    /// Search for servers on this network, or stop to.
    Discover(bool),
    /// Stop the server in this program. Its guests' calls go on until they leave.
    StopHosting,
}

impl From<parlor_call::Command> for Command {
    fn from(command: parlor_call::Command) -> Self {
        Self::Call(command)
    }
}
