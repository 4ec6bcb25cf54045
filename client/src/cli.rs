//! The command line: opens the window, joins without one, lists devices, hosts.
mod command;
mod devices;
mod event;
mod headless;
mod host;
mod join;

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    engine::{Engine, EngineSettings},
    settings::Settings,
    ui,
};

/// Exit codes beside 0 and clap's own 2 for bad arguments.
const EXIT_BROKEN: u8 = 1;

/// Video calls on your own network. Without a command, opens the window.
#[derive(Debug, Parser)]
#[command(name = "parlor", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,

    /// What to log, as in `parlor=debug`. Goes to standard error.
    #[arg(long, global = true, env = "PARLOR_LOG", default_value = "warn,winit=error", value_name = "FILTER")]
    log: EnvFilter,

    /// The settings file, instead of the one in your configuration folder.
    #[arg(long, global = true, env = "PARLOR_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Join a room, in the window or without one.
    Join(Box<join::Arguments>),
    /// List cameras, microphones and speakers.
    Devices(devices::Arguments),
    /// Run the server in this program, without a window.
    Host(host::Arguments),
}

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_env_filter(arguments.log).with_writer(std::io::stderr).init();
    let result = match arguments.command {
        None => open_window(arguments.settings, None),
        Some(Subcommands::Join(join)) if join.headless => headless::run(*join),
        Some(Subcommands::Join(join)) => open_window(arguments.settings, Some(*join)),
        Some(Subcommands::Devices(devices)) => devices::run(&devices),
        Some(Subcommands::Host(host)) => host::run(host),
    };
    result.unwrap_or_else(|error| {
        complain(&format!("{error:#}"));
        ExitCode::from(EXIT_BROKEN)
    })
}

fn open_window(settings: Option<PathBuf>, join: Option<join::Arguments>) -> anyhow::Result<ExitCode> {
    let settings = settings.or_else(Settings::default_file).map(Settings::load).unwrap_or_default();
    let (engine_settings, start) = match join {
        Some(join) => join.for_window(&settings)?,
        None => (from_settings(&settings), ui::StartWith::default()),
    };
    let engine = Engine::start(engine_settings)?;
    ui::run(engine.handle(), settings, start)?;
    Ok(ExitCode::SUCCESS)
}

/// The devices that were chosen last.
fn from_settings(settings: &Settings) -> EngineSettings {
    EngineSettings {
        camera: settings.camera.clone(),
        microphone: settings.microphone.clone(),
        speaker: settings.speaker.clone(),
        ..EngineSettings::default()
    }
}

#[expect(clippy::print_stderr, reason = "this is where a command-line program complains")]
fn complain(message: &str) {
    eprintln!("parlor: {message}");
}

/// Writes a line to standard output. It fails where nobody reads it any more.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}
