//! `parlor doctor`: its arguments, and what it prints.
use std::process::ExitCode;

use clap::Args;
use parlor_protocol::{Pin, ServerAddress};

use crate::{
    doctor::{Patient, Report},
    known_servers::KnownServers,
};

/// The arguments of `parlor doctor`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The server to try, as HOST, HOST:PORT, wss://HOST:PORT, or ws://HOST:PORT without TLS.
    #[arg(long, value_name = "ADDR", default_value = super::DEFAULT_SERVER)]
    server: ServerAddress,
    /// The key that the server must have, as 32 hex digits.
    #[arg(long, value_name = "HEX")]
    pin: Option<Pin>,
    /// Leave cameras, microphones and speakers alone.
    #[arg(long)]
    no_devices: bool,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, known: &KnownServers) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut report = Report::new(arguments.json, super::say);
    let patient = Patient { server: arguments.server.clone(), pin: arguments.pin, devices: !arguments.no_devices };
    runtime.block_on(patient.examine(known, &mut report))?;
    // A driver that hangs is not waited for: the person has been told.
    runtime.shutdown_background();
    report.conclude()?;
    Ok(if report.all_works() { ExitCode::SUCCESS } else { ExitCode::from(super::EXIT_BROKEN) })
}
