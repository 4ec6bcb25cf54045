//! `parlor join`: its arguments, and what they mean for the engine.
use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::Args;
use parlor_call::Entry;
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    frame::Size,
    spec::VideoSpec,
};
use parlor_protocol::{Nickname, RoomName};

use crate::{
    engine::{EngineSettings, Impairment},
    settings::Settings,
    ui,
};

/// The arguments of `parlor join`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The room.
    room: RoomName,
    /// The server.
    #[arg(long, default_value = "ws://127.0.0.1:7443", value_name = "URL")]
    server: String,
    /// What to be called. Without one the server makes one up.
    #[arg(long, value_name = "NAME")]
    nickname: Option<Nickname>,
    /// Make the room if there is none of that name.
    #[arg(long)]
    create: bool,
    /// Open no window.
    #[arg(long)]
    pub(super) headless: bool,
    /// Pictures: camera, camera:ID, pattern, pattern:N, file:PATH or none.
    #[arg(long, value_name = "SPEC")]
    camera: Option<VideoSpec>,
    /// Sound: mic, mic:ID, tone, tone:HZ, file:PATH or none.
    #[arg(long, value_name = "SPEC")]
    mic: Option<AudioSpec>,
    /// Where the others are heard: speaker, speaker:ID, wav:PATH, null or none.
    #[arg(long, value_name = "SPEC")]
    speaker: Option<SpeakerSpec>,
    /// The size of the pictures we send.
    #[arg(long, default_value = "640x360", value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    size: Size,
    /// Pictures a second that we send.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=60))]
    fps: u32,
    /// Thousands of bits a second that our pictures take.
    #[arg(long, default_value_t = 800, value_parser = clap::value_parser!(u32).range(50..=20_000))]
    video_kbps: u32,
    /// Keep what is received: NICKNAME.y4m and NICKNAME.wav in this folder.
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
    /// Leave after so long, as in 20s, 500ms or 5m. [headless]
    #[arg(long, value_parser = parse_duration)]
    pub(super) duration: Option<Duration>,
    /// Make the network bad, as in loss=5%,delay=50ms,jitter=20ms,reorder=1%,rate=1mbit,queue=300ms,seed=7.
    #[arg(long, value_name = "CONDITIONS")]
    impair: Option<Impairment>,
    /// A STUN server to ask for our outside address, as stun:HOST:PORT. Can be given more than once.
    #[arg(long, value_name = "URL")]
    stun: Vec<String>,
    /// Print one JSON object a line, and read commands as JSON lines. [headless]
    #[arg(long, requires = "headless")]
    pub(super) json: bool,
}

/// What to join.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) server: String,
    pub(super) room: RoomName,
    pub(super) nickname: Option<Nickname>,
    pub(super) create: bool,
}

impl Arguments {
    pub(super) fn destination(&self) -> Destination {
        Destination {
            server: self.server.clone(),
            room: self.room.clone(),
            nickname: self.nickname.clone(),
            create: self.create,
        }
    }

    /// What the engine starts with. Without a window nothing is opened that was not asked for.
    pub(super) fn for_headless(&self) -> anyhow::Result<EngineSettings> {
        self.engine_settings(EngineSettings {
            camera: VideoSpec::None,
            microphone: AudioSpec::None,
            speaker: SpeakerSpec::Null,
            ..EngineSettings::default()
        })
    }

    /// What the engine and the window start with: what is not given here comes from the settings.
    pub(super) fn for_window(self, settings: &Settings) -> anyhow::Result<(EngineSettings, ui::StartWith)> {
        let engine = self.engine_settings(super::from_settings(settings))?;
        let Destination { server, room, nickname, create } = self.destination();
        let entry = if create { Entry::JoinOrCreate } else { Entry::Join };
        Ok((engine, ui::StartWith::Room { server, room: Some(room), nickname, entry }))
    }

    fn engine_settings(&self, defaults: EngineSettings) -> anyhow::Result<EngineSettings> {
        if let Some(folder) = &self.save {
            std::fs::create_dir_all(folder)
                .map_err(|error| anyhow::anyhow!("the folder {} cannot be made: {error}", folder.display()))?;
        }
        Ok(EngineSettings {
            camera: self.camera.clone().unwrap_or(defaults.camera),
            microphone: self.mic.clone().unwrap_or(defaults.microphone),
            speaker: self.speaker.clone().unwrap_or(defaults.speaker),
            size: self.size,
            fps: self.fps,
            video_kbps: self.video_kbps,
            save: self.save.clone(),
            ice_servers: self.stun.clone(),
            impairment: self.impair,
        })
    }
}

fn parse_size(text: &str) -> Result<Size, String> {
    let error = || format!("{text:?} is no size: write WIDTHxHEIGHT, from 64x64 to 3840x2160, as in 640x360");
    let (width, height) = text.split_once('x').ok_or_else(error)?;
    let width = u32::from_str(width).ok().filter(|width| (64..=3840).contains(width)).ok_or_else(error)?;
    let height = u32::from_str(height).ok().filter(|height| (64..=2160).contains(height)).ok_or_else(error)?;
    Ok(Size::new(width, height))
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let error = || format!("{text:?} is no duration: write 500ms, 20s or 5m");
    let (number, unit) = match (text.strip_suffix("ms"), text.strip_suffix('s'), text.strip_suffix('m')) {
        (Some(number), _, _) => (number, 1e-3),
        (None, Some(number), _) => (number, 1.0),
        (None, None, Some(number)) => (number, 60.0),
        (None, None, None) => return Err(error()),
    };
    let seconds = number.parse::<f64>().map_err(|_| error())? * unit;
    Duration::try_from_secs_f64(seconds).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_unit() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(parse_duration("1.5m"), Ok(Duration::from_secs(90)));
        assert!(parse_duration("20").is_err());
        assert!(parse_duration("-1s").is_err());
    }

    #[test]
    fn sizes_are_read_and_kept_within_reason() {
        assert_eq!(parse_size("640x360"), Ok(Size::new(640, 360)));
        assert!(parse_size("640").is_err());
        assert!(parse_size("0x0").is_err());
        assert!(parse_size("99999x99999").is_err());
    }
}
