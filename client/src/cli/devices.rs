//! `parlor devices`: lists what the operating system offers.
use std::process::ExitCode;

use clap::Args;
use parlor_media::{
    audio::devices::{microphones, speakers},
    device::Device,
    video::{
        devices::cameras,
        screens::{Shareable, shareables},
    },
};
use serde::Serialize;

/// The arguments of `parlor devices`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Lists {
    cameras: Vec<Entry>,
    microphones: Vec<Entry>,
    speakers: Vec<Entry>,
    screens: Vec<Entry>,
    windows: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    label: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let shareables = shareables(None).unwrap_or_else(|error| {
        tracing::info!(%error, "nothing to share");
        Default::default()
    });
    let lists = Lists {
        cameras: entries(cameras()),
        microphones: entries(microphones()),
        speakers: entries(speakers()),
        screens: shareables.screens.into_iter().map(entry).collect(),
        windows: shareables.windows.into_iter().map(entry).collect(),
    };
    if arguments.json {
        super::say(&serde_json::to_string(&lists)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for (title, prefix, entries) in [
        ("Cameras", "camera", lists.cameras),
        ("Microphones", "mic", lists.microphones),
        ("Speakers", "speaker", lists.speakers),
        ("Screens", "screen", lists.screens),
        ("Windows", "window", lists.windows),
    ] {
        super::say(&format!("{title}:"))?;
        if entries.is_empty() {
            super::say("  none")?;
        }
        for Entry { id, label } in entries {
            super::say(&format!("  {label}  ({prefix}:{id})"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn entries(devices: Vec<Device>) -> Vec<Entry> {
    devices.into_iter().map(|Device { id, label }| Entry { id, label }).collect()
}

fn entry(shareable: Shareable) -> Entry {
    let Shareable { spec, title, program, size, .. } = shareable;
    let id = spec.to_string().split_once(':').map(|(_, id)| id.to_owned()).unwrap_or_default();
    let name = if title.is_empty() { program } else { title };
    Entry { id, label: format!("{name}, {size}") }
}
