//! Why a source or an output of sound does not open, or stops, in words for the person in front of it.
use std::path::PathBuf;

use thiserror::Error;

/// A microphone, a speaker or a sound file that does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenAudioError {
    /// Neither PulseAudio, PipeWire nor a driver answers.
    #[error("this computer has no working sound system (no PulseAudio, PipeWire or ALSA answers)")]
    NoSoundSystem,
    /// Nothing to record with.
    #[error("no microphone is connected")]
    NoMicrophone,
    /// Nothing to play through.
    #[error("no speaker is connected")]
    NoSpeaker,
    /// The chosen device is not in the list.
    #[error("the sound device {name:?} is not connected; plug it in or choose another one")]
    NotConnected {
        /// The name a person knows it by, or its id where that is unknown.
        name: String,
    },
    /// Another program holds it.
    #[error("{label} is in use by another program; close that one or choose another device")]
    Busy {
        /// The name a person knows it by.
        label: String,
    },
    /// The operating system refuses.
    #[error("{label} may not be used: allow it in the privacy settings (on Linux: join the group \"audio\")")]
    PermissionDenied {
        /// The name a person knows it by.
        label: String,
    },
    /// It offers nothing that can be converted.
    #[error("{label} offers no sound format that can be used ({detail})")]
    Unsupported {
        /// The name a person knows it by.
        label: String,
        /// What the driver says.
        detail: String,
    },
    /// The driver fails in a way of its own.
    #[error("{label} does not open: {detail}")]
    Broken {
        /// The name a person knows it by.
        label: String,
        /// What the driver says.
        detail: String,
    },
    /// The file cannot be opened or parsed.
    #[error("{} cannot be read: {detail}", path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// The file's name or content is of another kind.
    #[error("{} holds no sound that can be played: use .wav, or .webm or .mkv with Opus", path.display())]
    UnknownFile {
        /// The file.
        path: PathBuf,
    },
    /// The file for the mix cannot be made.
    #[error("{} cannot be written: {detail}", path.display())]
    UnwritableFile {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
}

/// Why sound that was running has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AudioLost {
    /// Unplugged, or the sound server has gone.
    #[error("{label} was disconnected; plug it in again or choose another device")]
    Disconnected {
        /// The name a person knows it by.
        label: String,
    },
    /// It is there, but no sound has moved for seconds.
    #[error("{label} has stopped working; plug it in again or choose another device")]
    Stalled {
        /// The name a person knows it by.
        label: String,
    },
    /// A file that could be read no longer can, or holds no sound at all.
    #[error("the file cannot be read any further: {0}")]
    UnreadableFile(String),
    /// The file being written cannot be written any further: the disk is full, or it has reached 4 GB.
    #[error("the file cannot be written any further: {0}")]
    UnwritableFile(String),
}
