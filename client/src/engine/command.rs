//! What a face may ask of the engine.
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use parlor_protocol::{Nickname, RoomName};

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
    },
    /// Stop the server in this program. Its guests' calls go on until they leave.
    StopHosting,
}

impl From<parlor_call::Command> for Command {
    fn from(command: parlor_call::Command) -> Self {
        Self::Call(command)
    }
}
