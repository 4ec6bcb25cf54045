//! What is wrong with a device, by kind, for faces that say it in the person's language.
use parlor_media::{
    audio::error::{AudioLost, OpenAudioError},
    video::source::{OpenVideoError, VideoSourceError},
};

/// A kind of trouble with a device, and the name that a person knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceTrouble {
    /// There is none of its kind.
    NoneFound,
    /// The one that was chosen is not plugged in.
    NotConnected {
        /// What it is called, or its id where that is unknown.
        name: String,
    },
    /// Another program uses it.
    Busy {
        /// What it is called.
        name: String,
    },
    /// The operating system does not allow it.
    Denied {
        /// What it is called.
        name: String,
    },
    /// It offers nothing that can be used.
    Unsupported {
        /// What it is called.
        name: String,
    },
    /// It was unplugged while it ran.
    Lost {
        /// What it is called.
        name: String,
    },
    /// It is there, and gives nothing.
    Silent {
        /// What it is called.
        name: String,
    },
    /// No sound system answers.
    NoSoundSystem,
    /// Anything else: only the message tells.
    Other,
}

impl DeviceTrouble {
    /// What the device is called that is not there, or no longer; none where it is there.
    pub(super) fn gone(&self) -> Option<&str> {
        match self {
            Self::NotConnected { name } | Self::Lost { name } => Some(name),
            Self::NoneFound
            | Self::Busy { .. }
            | Self::Denied { .. }
            | Self::Unsupported { .. }
            | Self::Silent { .. }
            | Self::NoSoundSystem
            | Self::Other => None,
        }
    }
}

impl From<&OpenVideoError> for DeviceTrouble {
    fn from(error: &OpenVideoError) -> Self {
        match error {
            OpenVideoError::NoCamera => Self::NoneFound,
            OpenVideoError::Gone { name } => Self::NotConnected { name: name.clone() },
            OpenVideoError::Busy { name } => Self::Busy { name: name.clone() },
            OpenVideoError::Denied { name } => Self::Denied { name: name.clone() },
            OpenVideoError::NoFormat { name } => Self::Unsupported { name: name.clone() },
            OpenVideoError::Camera { .. }
            | OpenVideoError::Screen(_)
            | OpenVideoError::File { .. }
            | OpenVideoError::Resources => Self::Other,
        }
    }
}

impl From<&VideoSourceError> for DeviceTrouble {
    fn from(error: &VideoSourceError) -> Self {
        match error {
            VideoSourceError::CameraLost { name } => Self::Lost { name: name.clone() },
            VideoSourceError::CameraSilent { name } => Self::Silent { name: name.clone() },
            VideoSourceError::Screen(_) | VideoSourceError::File { .. } => Self::Other,
        }
    }
}

impl From<&OpenAudioError> for DeviceTrouble {
    fn from(error: &OpenAudioError) -> Self {
        match error {
            OpenAudioError::NoSoundSystem => Self::NoSoundSystem,
            OpenAudioError::NoMicrophone | OpenAudioError::NoSpeaker => Self::NoneFound,
            OpenAudioError::NotConnected { name } => Self::NotConnected { name: name.clone() },
            OpenAudioError::Busy { label } => Self::Busy { name: label.clone() },
            OpenAudioError::PermissionDenied { label } => Self::Denied { name: label.clone() },
            OpenAudioError::Unsupported { label, .. } => Self::Unsupported { name: label.clone() },
            OpenAudioError::Broken { .. }
            | OpenAudioError::UnreadableFile { .. }
            | OpenAudioError::UnknownFile { .. }
            | OpenAudioError::UnwritableFile { .. } => Self::Other,
        }
    }
}

impl From<&AudioLost> for DeviceTrouble {
    fn from(reason: &AudioLost) -> Self {
        match reason {
            AudioLost::Disconnected { label } => Self::Lost { name: label.clone() },
            AudioLost::Stalled { label } => Self::Silent { name: label.clone() },
            AudioLost::UnreadableFile(_) | AudioLost::UnwritableFile(_) => Self::Other,
        }
    }
}
