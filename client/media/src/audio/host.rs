//! The way to the sound system: which one answers, which device is meant, and what its errors mean to a person.
use cpal::{
    Device, DeviceId, ErrorKind, Host, HostId,
    traits::{DeviceTrait, HostTrait},
};

use super::error::OpenAudioError;
use crate::device::{self, remember, remembered};

/// Which way the sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From a microphone.
    Capture,
    /// To a speaker.
    Playback,
}

impl Direction {
    /// Nothing to use in this direction.
    pub(crate) fn nothing_there(self) -> OpenAudioError {
        match self {
            Self::Capture => OpenAudioError::NoMicrophone,
            Self::Playback => OpenAudioError::NoSpeaker,
        }
    }
}

/// The sound system that answers first: a sound server where one runs, the drivers otherwise.
pub(crate) fn connect() -> Result<Host, OpenAudioError> {
    // cpal's own choice panics where not even ALSA starts.
    cpal::available_hosts().into_iter().find_map(|id| reach(id).ok()).ok_or(OpenAudioError::NoSoundSystem)
}

/// The device with this id, or the one that the operating system prefers.
pub(crate) fn find(id: Option<&str>, direction: Direction) -> Result<Device, OpenAudioError> {
    let Some(id) = id else {
        let host = connect()?;
        let device = match direction {
            Direction::Capture => host.default_input_device(),
            Direction::Playback => host.default_output_device(),
        };
        return device.ok_or(direction.nothing_there());
    };
    let not_connected = || not_connected(id);
    let wanted: DeviceId = id.parse().map_err(|_| not_connected())?;
    let host = reach(wanted.host()).map_err(|_| OpenAudioError::NoSoundSystem)?;
    host.device_by_id(&wanted).ok_or_else(not_connected)
}

/// The name a person knows the device by: the one in the list, which tells two of the same make apart, if it was ever
/// listed.
pub(crate) fn label(device: &Device) -> String {
    let Ok(id) = device.id() else { return described(device) };
    let id = id.to_string();
    remembered(&id).unwrap_or_else(|| {
        let label = described(device);
        remember(&[device::Device { id, label: label.clone() }]);
        label
    })
}

/// What the system calls the device.
pub(crate) fn described(device: &Device) -> String {
    device.description().map_or_else(|_| "The sound device".to_owned(), |description| description.name().to_owned())
}

/// What an error of the sound system means for `device`, which was asked for by `id`.
pub(crate) fn explain(error: &cpal::Error, device: &Device, id: Option<&str>, direction: Direction) -> OpenAudioError {
    let label = label(device);
    match error.kind() {
        ErrorKind::DeviceBusy => OpenAudioError::Busy { label },
        ErrorKind::PermissionDenied => OpenAudioError::PermissionDenied { label },
        ErrorKind::HostUnavailable => OpenAudioError::NoSoundSystem,
        ErrorKind::DeviceNotAvailable => match id {
            Some(id) => not_connected(id),
            None => direction.nothing_there(),
        },
        ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation | ErrorKind::InvalidInput => {
            OpenAudioError::Unsupported { label, detail: error.to_string() }
        }
        // ALSA's way to a sound server that does not run: it has no kind of its own.
        ErrorKind::BackendError if error.to_string().contains("Connection refused") => OpenAudioError::NoSoundSystem,
        _ => OpenAudioError::Broken { label, detail: error.to_string() },
    }
}

fn not_connected(id: &str) -> OpenAudioError {
    OpenAudioError::NotConnected { name: remembered(id).unwrap_or_else(|| id.to_owned()) }
}

fn reach(id: HostId) -> Result<Host, cpal::Error> {
    keep_quiet();
    cpal::host_from_id(id)
}

/// ALSA's library tells standard error about every device that does not open. On this thread it no longer does: what
/// matters comes back as an error anyway.
#[cfg(target_os = "linux")]
fn keep_quiet() {
    // Each call replaces the buffer that the last one installed, so what ALSA wrote meanwhile is freed.
    if let Err(error) = alsa::Output::local_error_handler() {
        tracing::debug!(%error, "ALSA keeps writing to standard error");
    }
}

#[cfg(not(target_os = "linux"))]
fn keep_quiet() {}
