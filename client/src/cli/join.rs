//! `parlor join`: its arguments, and what they mean for the engine.
mod sound;

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::Args;
use parlor_call::{Command as CallCommand, Entry};
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    frame::Size,
    spec::VideoSpec,
};
use parlor_protocol::{
    Invite, Nickname, ParseInviteError, ParseNameError, Passcode, Pin, RoomName, RoomOptions, ServerAddress, Topic,
    limits::MOST_ROOM_CAPACITY,
};

use self::sound::SoundArguments;
use super::code::Code;
use crate::{
    engine::{Command, EngineSettings, Impairment, ShareMode},
    settings::SoundChoice,
    ui,
};

/// The arguments of `parlor join`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The room, or an invite link to one.
    #[arg(value_name = "ROOM|LINK")]
    destination: Whereto,
    /// The server, as wss://HOST:PORT, or ws://HOST:PORT without TLS. [default: ws://127.0.0.1:7443]
    #[arg(long, value_name = "URL")]
    server: Option<ServerAddress>,
    /// The key that the server must have, as 32 hex digits.
    #[arg(long, value_name = "HEX", requires = "server")]
    pin: Option<Pin>,
    /// The code of the server's key, as the host's screen shows it: a server with this one is trusted from now on.
    #[arg(long, value_name = "CODE", requires = "headless")]
    pub(super) trust: Option<Code>,
    /// Speak to other computers without TLS where the address says so: whoever is on the way can read and change it.
    #[arg(long)]
    insecure: bool,
    /// What to be called. Without one the server makes one up.
    #[arg(long, value_name = "NAME")]
    nickname: Option<Nickname>,
    /// Make the room if there is none of that name.
    #[arg(long)]
    create: bool,
    /// What the room takes to come in; that of the new room where it is made.
    #[arg(long, value_name = "TEXT", env = "PARLOR_PASSCODE", hide_env_values = true)]
    passcode: Option<Passcode>,
    /// Leave the new room out of the list of rooms.
    #[arg(long, requires = "create")]
    hidden: bool,
    /// How many the new room takes.
    #[arg(long, requires = "create", value_name = "NUMBER", value_parser = parse_capacity)]
    capacity: Option<usize>,
    /// What the new room is about.
    #[arg(long, requires = "create", value_name = "TEXT")]
    topic: Option<Topic>,
    /// Open no window.
    #[arg(long)]
    pub(super) headless: bool,
    /// Pictures: camera, camera:ID, pattern, pattern:N, file:PATH or none.
    #[arg(long, value_name = "SPEC")]
    camera: Option<VideoSpec>,
    /// Share this beside the camera: screen, screen:ID, window:ID, region:ID,X,Y,WIDTHxHEIGHT, or what a camera may be.
    #[arg(long, value_name = "SPEC", requires = "headless")]
    pub(super) share: Option<VideoSpec>,
    /// What is important in what is shared: text (sharp, few pictures a second) or motion.
    #[arg(long, value_name = "text|motion", default_value_t)]
    pub(super) share_mode: ShareMode,
    /// Sound: mic, mic:ID, tone, tone:HZ, file:PATH or none.
    #[arg(long, value_name = "SPEC")]
    mic: Option<AudioSpec>,
    /// Where the others are heard: speaker, speaker:ID, wav:PATH, null or none.
    #[arg(long, value_name = "SPEC")]
    speaker: Option<SpeakerSpec>,
    #[command(flatten)]
    sound: SoundArguments,
    /// The size of the pictures we send. [default: 640x360, in the window what was set there]
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    size: Option<Size>,
    /// Pictures a second that we send. [default: 30, in the window what was set there]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
    fps: Option<u32>,
    /// Thousands of bits a second that our pictures take. [default: 800, in the window what was set there]
    #[arg(long, value_parser = clap::value_parser!(u32).range(50..=20_000))]
    video_kbps: Option<u32>,
    /// Thousands of bits a second that all we send to everybody may take together.
    #[arg(long, value_name = "UPLOAD_KBPS", value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    upload_kbps: Option<u32>,
    /// Keep what is received: NICKNAME.y4m and NICKNAME.wav in this folder.
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
    /// Record the call from the beginning, into a new folder in this one. [headless]
    #[arg(long, value_name = "FOLDER", requires = "headless")]
    pub(super) record: Option<PathBuf>,
    /// Take every file that somebody offers, and put it into this folder. Without it, each waits for a command.
    #[arg(long, value_name = "FOLDER", requires = "headless")]
    pub(super) accept_files: Option<PathBuf>,
    /// Leave after so long, as in 20s, 500ms or 5m. [headless]
    #[arg(long, value_parser = parse_duration)]
    pub(super) duration: Option<Duration>,
    /// Make the network bad, as in loss=5%,burst=3,delay=50ms,jitter=20ms,reorder=1%,duplicate=1%,rate=1mbit,queue=300ms,
    /// cut=10s+2s,seed=7. What is changed after 20 s: rate=500kbit@20s, and so loss, delay and jitter.
    #[arg(long, value_name = "CONDITIONS")]
    impair: Option<Impairment>,
    /// A STUN server to ask for our outside address, as stun:HOST:PORT. Can be given more than once.
    #[arg(long, value_name = "URL")]
    stun: Vec<String>,
    /// Connect to the others through the server's relay alone, so that they do not learn our address.
    #[arg(long)]
    relay_only: bool,
    /// Print one JSON object a line, and read commands as JSON lines. [headless]
    #[arg(long, requires = "headless")]
    pub(super) json: bool,
}

/// What stands where the room is named.
#[derive(Debug, Clone)]
enum Whereto {
    Room(RoomName),
    Link(Box<Invite>),
}

impl FromStr for Whereto {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !Invite::is_link(text) {
            return text.parse().map(Self::Room).map_err(|error: ParseNameError| error.to_string());
        }
        let invite: Invite = text.parse().map_err(|error: ParseInviteError| error.to_string())?;
        Ok(Self::Link(Box::new(invite)))
    }
}

/// What to join, and as whom.
#[derive(Debug)]
pub(super) enum Destination {
    /// A room of a server.
    Room {
        server: String,
        room: RoomName,
        nickname: Option<Nickname>,
        entry: Entry,
        passcode: Option<Passcode>,
        options: RoomOptions,
    },
    /// Where a link leads.
    Link { invite: Box<Invite>, nickname: Option<Nickname> },
}

impl Destination {
    /// What to ask of the engine.
    pub(super) fn commands(self) -> Vec<Command> {
        match self {
            Self::Room { server, room, nickname, entry, passcode, options } => {
                let enter = CallCommand::Enter { room: Some(room), nickname, entry, passcode, options };
                vec![CallCommand::Connect { server }.into(), enter.into()]
            }
            Self::Link { invite, nickname } => vec![Command::Accept { invite, nickname }],
        }
    }
}

impl Arguments {
    pub(super) fn destination(&self) -> Result<Destination, clap::Error> {
        let (nickname, passcode) = (self.nickname.clone(), self.passcode.clone());
        match &self.destination {
            Whereto::Room(room) => {
                let entry = if self.create { Entry::JoinOrCreate } else { Entry::Join };
                let server = self.server.as_ref().map_or_else(|| super::DEFAULT_SERVER.to_owned(), ToString::to_string);
                let options = RoomOptions { hidden: self.hidden, capacity: self.capacity, topic: self.topic.clone() };
                Ok(Destination::Room { server, room: room.clone(), nickname, entry, passcode, options })
            }
            Whereto::Link(_) if self.server.is_some() => {
                Err(bad("the link names the server already: leave out --server"))
            }
            Whereto::Link(invite) if invite.room.is_none() && self.headless => {
                Err(bad("the link leads to a server but to no room of it: ask for a link to the room"))
            }
            Whereto::Link(invite) => {
                let invite = Invite { passcode: passcode.or_else(|| invite.passcode.clone()), ..Invite::clone(invite) };
                Ok(Destination::Link { invite: Box::new(invite), nickname })
            }
        }
    }

    /// What the engine starts with. Without a window nothing is opened that was not asked for.
    pub(super) fn for_headless(&self, known_servers: Option<PathBuf>) -> anyhow::Result<EngineSettings> {
        self.engine_settings(EngineSettings {
            known_servers,
            camera: VideoSpec::None,
            microphone: AudioSpec::None,
            speaker: SpeakerSpec::Null,
            // Whoever listens without a window measures, or keeps what comes.
            sound: SoundChoice { level_voices: false, ..SoundChoice::default() },
            ..EngineSettings::default()
        })
    }

    /// What the engine and the window start with: what is not given here comes from the settings.
    pub(super) fn for_window(self, defaults: EngineSettings) -> anyhow::Result<(EngineSettings, ui::StartWith)> {
        let engine = self.engine_settings(defaults)?;
        let start = match self.destination()? {
            Destination::Room { server, room, nickname, entry, passcode, options } => {
                ui::StartWith::Room { server, room: Some(room), nickname, entry, passcode, options }
            }
            Destination::Link { invite, nickname } => ui::StartWith::Link { invite, nickname },
        };
        Ok((engine, start))
    }

    fn engine_settings(&self, defaults: EngineSettings) -> anyhow::Result<EngineSettings> {
        if let Some(folder) = &self.save {
            std::fs::create_dir_all(folder)
                .map_err(|error| anyhow::anyhow!("the folder {} cannot be made: {error}", folder.display()))?;
        }
        let microphone = self.mic.clone().unwrap_or(defaults.microphone);
        Ok(EngineSettings {
            camera: self.camera.clone().unwrap_or(defaults.camera),
            sound: self.sound.choice(defaults.sound, &microphone),
            process_everything: self.sound.is_given() || defaults.process_everything,
            microphone,
            speaker: self.speaker.clone().unwrap_or(defaults.speaker),
            size: self.size.unwrap_or(defaults.size),
            fps: self.fps.unwrap_or(defaults.fps),
            video_kbps: self.video_kbps.unwrap_or(defaults.video_kbps),
            upload_kbps: self.upload_kbps.or(defaults.upload_kbps),
            save: self.save.clone(),
            recordings: self.record.clone().or(defaults.recordings),
            ice_servers: self.stun.clone(),
            relay_only: self.relay_only,
            known_servers: defaults.known_servers,
            pins: self.server.clone().zip(self.pin).into_iter().collect(),
            allow_plain: self.insecure || defaults.allow_plain,
            follow_devices: defaults.follow_devices,
            impairment: self.impair.clone(),
        })
    }
}

fn bad(message: &str) -> clap::Error {
    clap::Error::raw(clap::error::ErrorKind::ArgumentConflict, format!("{message}\n"))
}

fn parse_size(text: &str) -> Result<Size, String> {
    let error = || format!("{text:?} is no size: write WIDTHxHEIGHT, from 64x64 to 3840x2160, as in 640x360");
    let (width, height) = text.split_once('x').ok_or_else(error)?;
    let width = u32::from_str(width).ok().filter(|width| (64..=3840).contains(width)).ok_or_else(error)?;
    let height = u32::from_str(height).ok().filter(|height| (64..=2160).contains(height)).ok_or_else(error)?;
    Ok(Size::new(width, height))
}

fn parse_capacity(text: &str) -> Result<usize, String> {
    let capacity = text.parse().ok().filter(|capacity| (1..=MOST_ROOM_CAPACITY).contains(capacity));
    capacity.ok_or_else(|| format!("a room takes 1 to {MOST_ROOM_CAPACITY} participants"))
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
