//! The picture of everything that a face looks at.
use std::{collections::BTreeMap, sync::Arc};

use parlor_call::CallView;
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    device::Device,
    spec::VideoSpec,
};
use parlor_protocol::ParticipantId;

use super::stats::Stats;

/// An immutable picture of the engine: the call, the devices and the server that we may host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// The call.
    pub call: CallView,
    /// The devices and what they do.
    pub studio: StudioView,
    /// The server in this program.
    pub host: HostView,
    /// The statistics of the last second, while in a room.
    pub stats: Option<Arc<Stats>>,
}

/// The devices and what they do.
#[derive(Debug, Clone, PartialEq)]
pub struct StudioView {
    /// The camera.
    pub camera: DeviceView<VideoSpec>,
    /// The microphone.
    pub microphone: DeviceView<AudioSpec>,
    /// The loudspeaker or headphones.
    pub speaker: DeviceView<SpeakerSpec>,
    /// What the operating system lists.
    pub devices: Arc<DeviceLists>,
}

impl Default for StudioView {
    fn default() -> Self {
        Self {
            camera: DeviceView::off(VideoSpec::None),
            microphone: DeviceView::off(AudioSpec::None),
            speaker: DeviceView::off(SpeakerSpec::Null),
            devices: Arc::default(),
        }
    }
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
        /// Cause and remedy, for people.
        message: String,
    },
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
        /// Where others on the network reach it, as `ws://192.168.1.20:7443`; best first.
        addresses: Vec<String>,
    },
    /// Could not be started.
    Failed {
        /// Cause and remedy, for people.
        message: String,
    },
}

/// How loud everybody is at the moment, 0 to 1. Changes too often to be part of the [`View`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// Our own microphone, also while it is muted.
    pub me: f32,
    /// The others.
    pub others: BTreeMap<ParticipantId, f32>,
}
