//! What the dialog offers, in the words of the person in front of it.
use parlor_media::{frame::Size, spec::VideoSpec, video::screens::Shareable};

use crate::{
    engine::{DeviceStatus, StudioView},
    ui::{
        icons,
        words::{Words, say},
    },
};

/// One card.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub(super) spec: VideoSpec,
    pub(super) title: String,
    /// Below the title: the program of a window, the size of a screen, why a camera cannot be chosen.
    pub(super) detail: String,
    /// In place of a picture.
    pub(super) glyph: &'static str,
    pub(super) enabled: bool,
}

pub(super) fn screens(screens: &[Shareable], words: Words) -> Vec<Choice> {
    let choice = |(index, screen): (usize, &Shareable)| {
        let asked = screen.size.width == 0;
        let title = if asked {
            words.say("share-screen-asked").into_owned()
        } else {
            say!(words, "share-screen", number = index + 1)
        };
        let detail = if asked {
            words.say("share-screen-asked-hint").into_owned()
        } else if screen.title.is_empty() {
            size(screen.size)
        } else {
            format!("{} · {}", screen.title, size(screen.size))
        };
        Choice { spec: screen.spec.clone(), title, detail, glyph: icons::MONITOR, enabled: true }
    };
    screens.iter().enumerate().map(choice).collect()
}

pub(super) fn windows(windows: &[&Shareable]) -> Vec<Choice> {
    let choice = |window: &&Shareable| {
        let title = if window.title.is_empty() { &window.program } else { &window.title };
        let detail = if window.title.is_empty() { size(window.size) } else { window.program.clone() };
        Choice { spec: window.spec.clone(), title: title.clone(), detail, glyph: icons::APP_WINDOW, enabled: true }
    };
    windows.iter().map(choice).collect()
}

/// The cameras, as document cameras, and at the end the test picture. The one that shows ourselves cannot be opened
/// twice.
pub(super) fn cameras(studio: &StudioView, words: Words) -> Vec<Choice> {
    let running = match &studio.camera.status {
        DeviceStatus::Running { label, .. } => Some(label.as_str()),
        DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Failed { .. } => None,
    };
    let first = studio.devices.cameras.first();
    let ours = |id: &str, label: &str| match &studio.camera.chosen {
        VideoSpec::Camera(Some(chosen)) => chosen == id && running.is_some(),
        VideoSpec::Camera(None) => running == Some(label) && first.is_some_and(|first| first.id == id),
        VideoSpec::Screen(_)
        | VideoSpec::Window(_)
        | VideoSpec::Region(_)
        | VideoSpec::Pattern(_)
        | VideoSpec::File(_)
        | VideoSpec::None => false,
    };
    let camera = |device: &parlor_media::device::Device| {
        let in_use = ours(&device.id, &device.label);
        Choice {
            spec: VideoSpec::Camera(Some(device.id.clone())),
            title: device.label.clone(),
            detail: if in_use { words.say("share-in-use").into_owned() } else { String::new() },
            glyph: icons::CAMERA,
            enabled: !in_use,
        }
    };
    let test = Choice {
        spec: VideoSpec::Pattern(0),
        title: words.say("share-test-picture").into_owned(),
        detail: String::new(),
        glyph: icons::CAMERA,
        enabled: true,
    };
    studio.devices.cameras.iter().map(camera).chain([test]).collect()
}

pub(super) fn size(size: Size) -> String {
    format!("{} × {}", size.width, size.height)
}
