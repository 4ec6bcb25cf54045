//! The server's command line, shared by `parlor-server` and `parlor host`.
use std::{
    io::{self, Write},
    net::SocketAddr,
};

use clap::Args;

use crate::{AllowedOrigins, Config, Limits, Server, ServerHandle};

/// Coordinates Parlor calls. Sound and pictures go directly between the participants, never through here.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:7443")]
    listen: SocketAddr,
    /// Accept that others on the network can read who talks to whom, and do not warn about it
    #[arg(long)]
    insecure: bool,
    /// Let web pages from this origin connect; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// How many participants a room takes
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    room_capacity: u16,
    /// How many rooms there can be
    #[arg(long, value_name = "N", default_value_t = Limits::default().rooms)]
    max_rooms: usize,
    /// How many connections there can be
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    max_connections: usize,
    /// How many connections one network address can have
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections_per_address)]
    max_connections_per_address: usize,
    /// How many attempts to enter a room may fail in a minute, for one network address
    #[arg(long, value_name = "N", default_value_t = Limits::default().failed_joins_per_minute)]
    max_failed_joins: usize,
    /// How many messages a second a connection may send, in the long run
    #[arg(long, value_name = "N", default_value_t = Limits::default().messages_per_second)]
    max_messages_per_second: u32,
}

impl Arguments {
    fn config(&self) -> Config {
        Config {
            listen: self.listen,
            origins: AllowedOrigins::with(self.allow_origin.iter().cloned()),
            limits: Limits {
                room_capacity: self.room_capacity.into(),
                rooms: self.max_rooms,
                connections: self.max_connections,
                connections_per_address: self.max_connections_per_address,
                failed_joins_per_minute: self.max_failed_joins,
                messages_per_second: self.max_messages_per_second,
                ..Limits::default()
            },
        }
    }
}

/// Runs a server until it is asked to stop. Says on standard output where it listens.
///
/// # Errors
/// Where it cannot listen there; the message names cause and remedy.
pub async fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    let server = Server::bind(arguments.config()).await?;
    let address = server.local_addr();
    if !arguments.insecure && !address.ip().is_loopback() {
        writeln!(
            io::stderr(),
            "warning: connections to {address} are not encrypted: others on the network can read names and rooms, \
             and can pretend to be this server. Listen on 127.0.0.1 to stay on this machine, or pass --insecure to \
             accept it."
        )?;
    }
    // Before anybody can know that there is something to stop.
    let stopper = tokio::spawn(stop_on(signals()?, server.handle()));
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on ws://{address}")?;
    stdout.flush()?;
    server.run().await;
    stopper.abort();
    Ok(())
}

async fn stop_on(signals: impl Future<Output = ()>, server: ServerHandle) {
    signals.await;
    server.shutdown();
}

/// Listens from now on for what asks a program to stop; ends when that has come.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens from now on for what asks a program to stop; ends when that has come.
#[cfg(windows)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
