//! The picture of everything that a face looks at.
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Instant};

use parlor_call::CallView;
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    device::Device,
    spec::VideoSpec,
    video::screens::Shareables,
};
use parlor_protocol::{ParticipantId, Pin, RoomInfo, ServerAddress};

use super::{command::ShareMode, sound_test::SoundTest, stats::Stats, trouble::DeviceTrouble};
use crate::{discovery::Hint, settings::SoundChoice, signaling::ServerTrouble};

/// An immutable picture of the engine: the call, the devices and the server that we may host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// The call.
    pub call: CallView,
    /// The devices and what they do.
    pub studio: StudioView,
    /// The server in this program.
    pub host: HostView,
    /// The recording that we make.
    pub recording: RecordingView,
    /// The servers on this network.
    pub discovery: DiscoveryView,
    /// What has to be known about a server's key before we speak to it; none where there is no question.
    pub trust: Option<TrustView>,
    /// An invitation to the room we are in, or to the server we are connected to, as a `parlor://` link.
    pub invite: Option<String>,
    /// The host of the server that we are or were connected to; empty where there was none yet.
    pub server_host: String,
    /// Why the server is out of reach, while it is.
    pub server_trouble: ServerTrouble,
    /// The statistics of the last second, while in a room.
    pub stats: Option<Arc<Stats>>,
}

/// The devices and what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct StudioView {
    /// The camera.
    pub camera: DeviceView<VideoSpec>,
    /// What is shared beside it; [`VideoSpec::None`] while nothing is.
    pub share: DeviceView<VideoSpec>,
    /// What is important in what is shared.
    pub share_mode: ShareMode,
    /// What could be shared.
    pub shareables: ShareablesView,
    /// The microphone.
    pub microphone: DeviceView<AudioSpec>,
    /// What is to be done to sound.
    pub sound: SoundChoice,
    /// The loudspeaker or headphones.
    pub speaker: DeviceView<SpeakerSpec>,
    /// The devices that were chosen by name and are not plugged in.
    pub missing: MissingDevices,
    /// What keeps the pictures that we send from being as good as they are wanted.
    pub limit: PictureLimit,
    /// The test of speaker or microphone that runs.
    pub sound_test: SoundTest,
    /// What the operating system lists.
    pub devices: Arc<DeviceLists>,
}

impl Default for StudioView {
    fn default() -> Self {
        Self {
            camera: DeviceView::off(VideoSpec::None),
            share: DeviceView::off(VideoSpec::None),
            share_mode: ShareMode::default(),
            shareables: ShareablesView::default(),
            microphone: DeviceView::off(AudioSpec::None),
            sound: SoundChoice::default(),
            speaker: DeviceView::off(SpeakerSpec::Null),
            missing: MissingDevices::default(),
            limit: PictureLimit::Nothing,
            sound_test: SoundTest::Off,
            devices: Arc::default(),
        }
    }
}

/// What keeps the pictures that we send from being as good as they are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PictureLimit {
    /// Nothing does.
    #[default]
    Nothing,
    /// This computer is too slow for them.
    Processor,
    /// What the person allows to be sent to everybody together.
    Upload,
    /// The way to this participant, and perhaps to others; nobody else gets less because of it.
    Network(ParticipantId),
}

/// One device: which one was chosen, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceView<Spec> {
    /// The choice.
    pub chosen: Spec,
    /// What became of it.
    pub status: DeviceStatus,
}

impl<Spec> DeviceView<Spec> {
    /// A device that is not open.
    pub fn off(chosen: Spec) -> Self {
        Self { chosen, status: DeviceStatus::Off }
    }
}

/// What became of a device that was chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum DeviceStatus {
    /// Closed, as wanted.
    #[default]
    Off,
    /// On its way.
    Opening,
    /// Open.
    Running {
        /// What it is called.
        label: String,
        /// What was obtained, as `640 x 360 · 30 fps`; empty for sound.
        detail: String,
    },
    /// Cannot be had at the moment. Tried again by itself.
    Failed {
        /// What kind of trouble it is, for faces that speak other languages too.
        trouble: DeviceTrouble,
        /// Cause and remedy, for people.
        message: String,
    },
}

/// The devices that were chosen by name and are not plugged in, by what they were called: until they are back, the one
/// that the system prefers stands in for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingDevices {
    /// The camera.
    pub camera: Option<String>,
    /// The microphone.
    pub microphone: Option<String>,
    /// The loudspeaker or headphones.
    pub speaker: Option<String>,
}

/// The recording that we make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RecordingView {
    /// None runs.
    #[default]
    Off,
    /// One runs.
    Running {
        /// Since when.
        since: Instant,
        /// The folder that it is in.
        folder: PathBuf,
        /// How much it takes so far.
        bytes: u64,
    },
    /// It has ended.
    Done {
        /// The folder that it is in.
        folder: PathBuf,
        /// Why it ended by itself, for people; none where it was asked to.
        trouble: Option<String>,
    },
    /// It could not be started.
    Failed {
        /// Cause and remedy, for people.
        message: String,
    },
}

/// The screens and windows that could be shared, as of the last time that somebody asked.
#[derive(Debug, Clone, Default)]
pub enum ShareablesView {
    /// Nobody has asked yet, or the answer is on its way.
    #[default]
    Unknown,
    /// These.
    Listed(Arc<Shareables>),
    /// They cannot be seen.
    Failed {
        /// Cause and remedy, for people.
        message: String,
    },
}

impl PartialEq for ShareablesView {
    /// Two lists are the same only where they were made at the same time: what they show changes all the time.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) => true,
            (Self::Listed(list), Self::Listed(other)) => Arc::ptr_eq(list, other),
            (Self::Failed { message }, Self::Failed { message: other }) => message == other,
            (Self::Unknown | Self::Listed(_) | Self::Failed { .. }, _) => false,
        }
    }
}

/// What the operating system lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeviceLists {
    /// Cameras.
    pub cameras: Vec<Device>,
    /// Microphones.
    pub microphones: Vec<Device>,
    /// Loudspeakers and headphones.
    pub speakers: Vec<Device>,
}

/// The server in this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HostView {
    /// Not running.
    #[default]
    Off,
    /// Running.
    Running {
        /// Where others on the network reach it, best first. Empty where there is no network.
        addresses: Vec<ServerAddress>,
        /// An invitation to its lobby, as a `parlor://` link; none where there is no network.
        invite: Option<String>,
        /// What others compare when they come for the first time without a link, as `7QX9-M2PA-4T8R`.
        code: String,
        /// How much goes on there.
        numbers: HostNumbers,
    },
    /// Could not be started.
    Failed {
        /// Cause and remedy, for people.
        message: String,
    },
}

/// How much goes on at the server in this program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostNumbers {
    /// Open connections, in rooms or not.
    pub connections: usize,
    /// Rooms.
    pub rooms: usize,
    /// People in rooms.
    pub participants: usize,
    /// Addresses on the relay that are in use, also by people who reach each other directly.
    pub relay_addresses: usize,
}

/// The search for servers on this network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscoveryView {
    /// The servers that answered lately, by name.
    pub servers: Vec<FoundServer>,
    /// Where it is searched, as `wlan0 192.168.1.5`.
    pub interfaces: Vec<String>,
    /// Why nothing may be found, in whole sentences; empty while there is no reason to think so.
    pub hints: Vec<Hint>,
    /// Whether the search has gone on long enough for an empty list to mean something.
    pub settled: bool,
}

/// A server on this network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundServer {
    /// What it is called, as `ada-laptop`.
    pub name: String,
    /// Where it answered, best first; never empty.
    pub addresses: Vec<ServerAddress>,
    /// The key that it says it has.
    pub pin: Option<Pin>,
    /// Its rooms, as far as they are shown.
    pub rooms: Vec<RoomInfo>,
    /// Whether it is the one in this program.
    pub own: bool,
}

/// A question about a server's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustView {
    /// We have never spoken to it, and nobody vouches for its certificate.
    Unknown {
        /// The server.
        server: ServerAddress,
        /// The key that it has.
        pin: Pin,
    },
    /// It has another key than the one we know.
    Changed {
        /// The server.
        server: ServerAddress,
        /// The key that we know.
        known: Pin,
        /// The key that it has now.
        offered: Pin,
    },
}

/// How loud everybody is at the moment, 0 to 1. Changes too often to be part of the [`View`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// Our own microphone, also while it is muted.
    pub me: f32,
    /// The others.
    pub others: BTreeMap<ParticipantId, f32>,
    /// Everything that is played, while a test of the sound runs.
    pub speaker: f32,
}
