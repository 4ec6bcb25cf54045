//! What a face may ask of the engine.
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use parlor_protocol::{Invite, Nickname, Passcode, Pin, RoomName, RoomOptions, ServerAddress};

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
    /// List the devices anew.
    RefreshDevices,
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
