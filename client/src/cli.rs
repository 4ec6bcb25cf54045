//! The command line: opens the window, joins without one, lists devices, hosts.
mod code;
mod command;
mod devices;
mod discover;
mod doctor;
mod event;
mod files;
mod headless;
mod host;
mod install;
mod join;

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use parlor_media::frame::Size;
use parlor_protocol::Invite;
use tracing_subscriber::EnvFilter;

use crate::{
    engine::{Engine, EngineSettings},
    known_servers::KnownServers,
    settings::Settings,
    ui,
};

/// Exit codes beside 0 and clap's own 2 for bad arguments.
const EXIT_BROKEN: u8 = 1;
/// The server on this computer, where none is named.
const DEFAULT_SERVER: &str = "ws://127.0.0.1:7443";

/// Video calls on your own network. Without a command, opens the window.
#[derive(Debug, Parser)]
#[command(name = "parlor", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,

    /// An invite link, parlor://…: the window goes straight there.
    #[arg(value_name = "LINK")]
    link: Option<Invite>,

    /// Speak to other computers without TLS where the address says so: whoever is on the way can read and change it.
    #[arg(long)]
    insecure: bool,

    /// What to log, as in `parlor=debug`. Goes to standard error.
    #[arg(long, global = true, env = "PARLOR_LOG", default_value = "warn,winit=error", value_name = "FILTER")]
    log: EnvFilter,

    /// The settings file, instead of the one in your configuration folder.
    #[arg(long, global = true, env = "PARLOR_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,

    /// The file of the servers that you know, instead of known_servers.toml beside the settings.
    #[arg(long, global = true, env = "PARLOR_KNOWN_SERVERS", value_name = "FILE")]
    known_servers: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Join a room, in the window or without one.
    Join(Box<join::Arguments>),
    /// List the servers on this network, with their rooms.
    Discover(discover::Arguments),
    /// Try everything that a call needs, and say what works from here.
    Doctor(doctor::Arguments),
    /// List cameras, microphones and speakers.
    Devices(devices::Arguments),
    /// Run the server in this program, without a window.
    Host(Box<host::Arguments>),
    /// Write the manual pages into a folder.
    #[command(hide = true)]
    Man(install::ManArguments),
    /// Print what a shell needs to complete command lines.
    #[command(hide = true)]
    Completions(install::CompletionsArguments),
}

/// The command line, as it is described.
fn program() -> clap::Command {
    Arguments::command()
}

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter(arguments.log).with_writer(std::io::stderr).init();
    let files = Files::new(arguments.settings, arguments.known_servers);
    let result = match arguments.command {
        None => match arguments.link {
            None => open_window(files, arguments.insecure, |engine| Ok((engine, ui::StartWith::default()))),
            Some(invite) => {
                let start = ui::StartWith::Link { invite: Box::new(invite), nickname: None };
                open_window(files, arguments.insecure, |engine| Ok((engine, start)))
            }
        },
        Some(Subcommands::Join(join)) if join.headless => headless::run(*join, files.known_servers),
        Some(Subcommands::Join(join)) => open_window(files, false, |engine| join.for_window(engine)),
        Some(Subcommands::Discover(discover)) => discover::run(&discover),
        Some(Subcommands::Doctor(doctor)) => {
            doctor::run(&doctor, &files.known_servers.map(KnownServers::load).unwrap_or_default())
        }
        Some(Subcommands::Devices(devices)) => devices::run(&devices),
        Some(Subcommands::Host(host)) => host::run(&host),
        Some(Subcommands::Man(arguments)) => install::man(&arguments),
        Some(Subcommands::Completions(arguments)) => install::completions(&arguments),
    };
    result.unwrap_or_else(|error| {
        if let Some(error) = error.downcast_ref::<clap::Error>() {
            error.exit();
        }
        complain(&format!("{error:#}"));
        ExitCode::from(EXIT_BROKEN)
    })
}

/// Where things are kept; nowhere, where the operating system names no place.
struct Files {
    settings: Option<PathBuf>,
    known_servers: Option<PathBuf>,
}

impl Files {
    /// A settings file of one's own has the known servers beside it.
    fn new(settings: Option<PathBuf>, known_servers: Option<PathBuf>) -> Self {
        let beside = settings.as_deref().map(KnownServers::beside);
        Self {
            known_servers: known_servers.or(beside).or_else(KnownServers::default_file),
            settings: settings.or_else(Settings::default_file),
        }
    }
}

/// Opens the window on an engine with the devices that were chosen last, as `start` would have both.
fn open_window(
    files: Files,
    allow_plain: bool,
    start: impl FnOnce(EngineSettings) -> anyhow::Result<(EngineSettings, ui::StartWith)>,
) -> anyhow::Result<ExitCode> {
    let settings = files.settings.map(Settings::load).unwrap_or_default();
    settings.introduce_devices();
    let (engine_settings, start) = start(EngineSettings {
        camera: settings.camera.clone(),
        microphone: settings.microphone.clone(),
        speaker: settings.speaker.clone(),
        recordings: settings.recordings.clone(),
        size: Size::new(settings.video.width, settings.video.height),
        fps: settings.video.fps,
        video_kbps: settings.video.kbps,
        upload_kbps: settings.video.upload_kbps,
        sound: settings.sound,
        known_servers: files.known_servers,
        allow_plain,
        follow_devices: true,
        ..EngineSettings::default()
    })?;
    let engine = Engine::start(engine_settings)?;
    ui::run(engine.handle(), settings, start)?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "this is where a command-line program complains")]
fn complain(message: &str) {
    eprintln!("parlor: {message}");
}

/// Writes a line to standard output. It fails where nobody reads it any more.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}
