//! What of a participant can be seen and heard at the moment.
use serde::{Deserialize, Serialize};

/// What one track of a participant does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackState {
    /// Sends sound or pictures.
    On,
    /// The device is open; what is sent is silence.
    Muted,
    /// Sends nothing.
    #[default]
    Off,
}

/// The state of all tracks of one participant, numbered, because it travels by two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaState {
    /// Grows with each change: the highest one seen is the true one.
    pub revision: u32,
    /// The microphone.
    pub microphone: TrackState,
    /// The camera.
    pub camera: TrackState,
    /// The shared screen.
    pub screen: TrackState,
}
