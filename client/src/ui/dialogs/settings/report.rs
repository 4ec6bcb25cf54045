//! What helps to find a mistake in the program, for whoever reports one: no names, no addresses, no room.
use std::fmt::Write as _;

use parlor_media::{
    audio::{
        processing::Noise,
        spec::{AudioSpec, SpeakerSpec},
    },
    spec::VideoSpec,
};

use crate::{
    engine::{DeviceStatus, View},
    settings::Settings,
};

/// What the program runs on. It does not change while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Machine {
    /// The operating system with its version, as it calls itself.
    pub(crate) system: String,
    /// The desktop, and how windows come onto the screen.
    pub(crate) desktop: String,
    /// What draws.
    pub(crate) renderer: String,
}

impl Machine {
    /// Looks, which may take a moment.
    pub(crate) fn look(renderer: String) -> Self {
        let word = |name| std::env::var(name).ok().filter(|word| !word.is_empty());
        let desktop: Vec<_> = [word("XDG_CURRENT_DESKTOP"), word("XDG_SESSION_TYPE")].into_iter().flatten().collect();
        Self {
            system: whoami::distro().unwrap_or_else(|_| std::env::consts::OS.to_owned()),
            desktop: desktop.join(", "),
            renderer,
        }
    }
}

/// The report, in lines.
pub(super) fn report(view: &View, settings: &Settings, machine: &Machine) -> String {
    let studio = &view.studio;
    let lists = &studio.devices;
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    let protocol = parlor_protocol::VERSION;
    line("Parlor", &format!("{}, protocol {protocol}", env!("CARGO_PKG_VERSION")));
    line("System", &format!("{} ({} {})", machine.system, std::env::consts::OS, std::env::consts::ARCH));
    line("Desktop", &machine.desktop);
    line("Drawn by", &machine.renderer);
    line("Camera", &device(camera(&studio.camera.chosen), &studio.camera.status, lists.cameras.len()));
    line(
        "Microphone",
        &device(microphone(&studio.microphone.chosen), &studio.microphone.status, lists.microphones.len()),
    );
    line("Speaker", &device(speaker(&studio.speaker.chosen), &studio.speaker.status, lists.speakers.len()));
    let video = settings.video;
    let limit = video.upload_kbps.map_or_else(|| "none".to_owned(), |kbps| format!("{kbps} kbit/s"));
    line(
        "Pictures",
        &format!("{}x{}, {} fps, {} kbit/s, limit {limit}", video.width, video.height, video.fps, video.kbps),
    );
    let sound = settings.sound;
    let word = |on| if on { "on" } else { "off" };
    line(
        "Sound",
        &format!(
            "echo cancellation {}, noise suppression {}, gain {}, music {}",
            word(sound.echo_cancellation),
            Noise::from(sound.noise),
            word(sound.gain),
            word(sound.music)
        ),
    );
    line("Others in the call", &view.call.others.len());
    if let Some(stats) = &view.stats {
        line("Cost", &format!("{:.2} cores, {} MiB", stats.me.cpu_cores, stats.me.rss_mib));
    }
    text
}

/// Which kind was chosen, how it goes, and out of how many: names of devices often hold those of people.
fn device(kind: &str, status: &DeviceStatus, listed: usize) -> String {
    let state = match status {
        DeviceStatus::Off => "off".to_owned(),
        DeviceStatus::Opening => "opening".to_owned(),
        DeviceStatus::Running { detail, .. } if detail.is_empty() => "runs".to_owned(),
        DeviceStatus::Running { detail, .. } => format!("runs, {detail}"),
        DeviceStatus::Failed { .. } => "failed".to_owned(),
    };
    format!("{kind}, {state}; {listed} listed")
}

const fn camera(spec: &VideoSpec) -> &'static str {
    match spec {
        VideoSpec::Camera(None) => "first camera",
        VideoSpec::Camera(Some(_)) => "a certain camera",
        VideoSpec::Screen(_) | VideoSpec::Window(_) | VideoSpec::Region(_) => "screen",
        VideoSpec::Pattern(_) => "test pattern",
        VideoSpec::File(_) => "file",
        VideoSpec::None => "none",
    }
}

const fn microphone(spec: &AudioSpec) -> &'static str {
    match spec {
        AudioSpec::Microphone(None) => "usual microphone",
        AudioSpec::Microphone(Some(_)) => "a certain microphone",
        AudioSpec::Tone(_) => "test tone",
        AudioSpec::File(_) => "file",
        AudioSpec::None => "none",
    }
}

const fn speaker(spec: &SpeakerSpec) -> &'static str {
    match spec {
        SpeakerSpec::Speaker(None) => "usual speaker",
        SpeakerSpec::Speaker(Some(_)) => "a certain speaker",
        SpeakerSpec::Wav(_) => "file",
        SpeakerSpec::Null => "none",
    }
}
