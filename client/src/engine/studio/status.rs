//! What became of a device, for the view, and of which source it is said.
use parlor_media::{
    audio::{
        input::AudioInputEvent,
        playback::PlaybackEvent,
        spec::{AudioSpec, SpeakerSpec},
    },
    spec::VideoSpec,
    video::input::VideoInputEvent,
};

use super::follow::failed;
use crate::engine::DeviceStatus;

pub(super) fn camera_status(event: VideoInputEvent) -> (VideoSpec, DeviceStatus) {
    match event {
        VideoInputEvent::Opened { spec, label, size, fps } => {
            let detail = format!("{} × {} · {fps} fps", size.width, size.height);
            (spec, DeviceStatus::Running { label, detail })
        }
        VideoInputEvent::Failed { spec, error } => (spec, failed(&error)),
        VideoInputEvent::Lost { spec, error } => (spec, failed(&error)),
        VideoInputEvent::Closed => (VideoSpec::None, DeviceStatus::Off),
    }
}

/// None where somebody has spoken, which changes nothing about the device.
pub(super) fn microphone_status(event: AudioInputEvent) -> Option<(AudioSpec, DeviceStatus)> {
    Some(match event {
        AudioInputEvent::Opened { spec, label } => (spec, DeviceStatus::Running { label, detail: String::new() }),
        AudioInputEvent::Failed { spec, error } => (spec, failed(&error)),
        AudioInputEvent::Lost { spec, reason } => (spec, failed(&reason)),
        AudioInputEvent::Closed => (AudioSpec::None, DeviceStatus::Off),
        AudioInputEvent::Speech(_) => return None,
    })
}

pub(super) fn speaker_status(event: PlaybackEvent) -> Option<(SpeakerSpec, DeviceStatus)> {
    Some(match event {
        PlaybackEvent::Opened { spec, label } => (spec, DeviceStatus::Running { label, detail: String::new() }),
        PlaybackEvent::Failed { spec, error } => (spec, failed(&error)),
        PlaybackEvent::Lost { spec, reason } => (spec, failed(&reason)),
        PlaybackEvent::SaveFailed { name, error } => {
            tracing::error!(name, %error, "the sound of somebody is no longer kept");
            return None;
        }
    })
}
