//! The server's command line, shared by `parlor-server` and `parlor host`.
mod arguments;
mod check;
mod file;
mod greeting;
mod layers;
mod signals;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use clap::{ArgMatches, Args, Command, CommandFactory as _, FromArgMatches, Parser};
#[cfg(unix)]
use tracing::{info, warn};

use self::{
    arguments::Settings,
    greeting::Qr,
    layers::{Layers, unknown_variables},
    signals::{Signal, Signals},
};
#[cfg(unix)]
use crate::Reloaded;
use crate::{AdminToken, Server, ServerHandle};

/// The exit code for settings that cannot be used; clap has the same.
const EXIT_USAGE: u8 = 2;

/// Coordinates Parlor calls. Sound and pictures go directly between the participants, never through here.
#[derive(Debug, Parser)]
#[command(name = "parlor-server", version)]
pub struct CommandLine {
    /// All settings.
    #[command(flatten)]
    pub arguments: Arguments,
}

/// The command line of `parlor-server`, as it is described: for manual pages and completions.
pub fn program() -> Command {
    CommandLine::command()
}

/// What the command line and the environment say. The file of settings is read by [`serve`].
#[derive(Debug)]
pub struct Arguments {
    said: Settings,
    /// The same, with whose word it is.
    sources: ArgMatches,
}

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        Settings::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Settings::augment_args_for_update(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { said: Settings::from_arg_matches(matches)?, sources: matches.clone() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Runs a server until it is asked to stop. Says on standard output where it listens.
///
/// # Errors
/// Where it cannot listen there; the message names cause and remedy.
pub async fn serve(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    for warning in unknown_variables() {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    let layers = match Layers::read(&arguments.sources, arguments.said.config.clone()) {
        Ok(layers) => layers,
        Err(error) => {
            // As a mistake on the command line is told.
            writeln!(io::stderr(), "error: {error}")?;
            return Ok(ExitCode::from(EXIT_USAGE));
        }
    };
    if arguments.said.check_config {
        io::stdout().write_all(check::report(&layers).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    run(&layers.settings).await?;
    Ok(ExitCode::SUCCESS)
}

async fn run(settings: &Settings) -> anyhow::Result<()> {
    // One that was chosen is known already, and stays out of logs.
    let made = match &settings.admin_token {
        Some(_) => None,
        None => Some(AdminToken::generate().context("the system gives no random numbers")?),
    };
    let server = Server::bind(settings.config(made.clone())).await?;
    if settings.insecure && !server.local_addr().ip().is_loopback() {
        writeln!(
            io::stderr(),
            "warning: everybody is served without TLS too: for those who connect so, others on the network can read \
             names, rooms and chat, and can pretend to be this server. Leave out --insecure to refuse them."
        )?;
    }
    // Before anybody can know that there is something to stop.
    let keeper = tokio::spawn(keep(Signals::listen()?, server.handle()));
    let mut stdout = io::stdout();
    let qr = match (stdout.is_terminal(), settings.show_invite) {
        (true, _) => Qr::Coloured,
        (false, true) => Qr::Plain,
        (false, false) => Qr::None,
    };
    // All at once: whoever reads the first line alone may hang up then.
    stdout.write_all(greeting::greeting(&server, made.as_ref(), qr).as_bytes())?;
    stdout.flush()?;
    server.run().await;
    keeper.abort();
    Ok(())
}

async fn keep(mut signals: Signals, server: ServerHandle) {
    loop {
        match signals.next().await {
            Signal::Stop => return server.shutdown(),
            #[cfg(unix)]
            Signal::Reload => reload(&server),
        }
    }
}

#[cfg(unix)]
fn reload(server: &ServerHandle) {
    match server.reload_certificate() {
        Ok(Reloaded::Certificate(file)) => info!(file = %file.display(), "new connections get the new certificate"),
        Ok(Reloaded::Nothing) => info!("there is nothing to reload: the certificate is the server's own"),
        Err(error) => warn!(%error, "the old certificate stays"),
    }
}
