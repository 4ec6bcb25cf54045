//! Measures the signaling server against a socket.io server of the same function, on this machine and in one run:
//! `make bench-server`. Prints a table in Markdown.
//!
//! Each server has one processor to itself and this program another; the same code loads both, with the same messages
//! of the same size. Repetitions alternate between the two, so that a disturbance of the machine meets both.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

mod client;
mod contender;
mod dialect;
mod measure;
mod report;
mod transport;

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use clap::{Parser, ValueEnum};

use self::{
    contender::Contender,
    measure::{Effort, Measurement},
    report::Row,
};

/// Compares the signaling server with a socket.io server of the same function.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program parlor-server
    #[arg(long, value_name = "PROGRAM", default_value = "target/release/parlor-server")]
    server: PathBuf,
    /// The folder of the socket.io server, with its packages installed
    #[arg(long, value_name = "FOLDER", default_value = "tests/bench/socketio")]
    socketio: PathBuf,
    /// One more argument for parlor-server; may be given several times
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    server_argument: Vec<String>,
    /// Encrypt the connections to parlor-server
    #[arg(long)]
    tls: bool,
    /// Measure only this; may be given several times
    #[arg(long, value_enum, value_name = "MEASUREMENT")]
    only: Vec<Measurement>,
    /// How often each is measured; the middle counts
    #[arg(long, value_name = "N", default_value_t = 5)]
    repeats: usize,
    /// How long one measurement takes
    #[arg(long, value_name = "SECONDS", default_value_t = 4)]
    seconds: u64,
    /// How many connections are held to weigh them
    #[arg(long, value_name = "N", default_value_t = 8_000)]
    connections: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let measurements = if arguments.only.is_empty() { Measurement::value_variants() } else { &arguments.only };
    let effort = Effort { time: Duration::from_secs(arguments.seconds), connections: arguments.connections };
    println!("{}", report::head());
    for measurement in measurements {
        let mut row = Row::new(*measurement, arguments.tls);
        // What weighs connections is slow and steady.
        let repeats = if measurement.is_steady() { arguments.repeats.min(3) } else { arguments.repeats };
        for repeat in 1..=repeats {
            eprintln!("{measurement:?}, {repeat} of {repeats}");
            row.ours.push(measure(&arguments, Who::Ours, *measurement, &effort).await?);
            row.theirs.push(measure(&arguments, Who::Theirs, *measurement, &effort).await?);
        }
        println!("{row}");
    }
    println!("\n{}", report::FOOT);
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Who {
    Ours,
    Theirs,
}

/// One measurement of a server that was started for it alone.
async fn measure(
    arguments: &Arguments,
    who: Who,
    measurement: Measurement,
    effort: &Effort,
) -> anyhow::Result<measure::Sample> {
    let contender = match who {
        Who::Ours => Contender::parlor(&arguments.server, &arguments.server_argument, arguments.tls)?,
        Who::Theirs => Contender::socketio(&arguments.socketio)?,
    };
    let sample = measurement.take(&contender, effort).await;
    sample.with_context(|| format!("{measurement:?} of {who:?}"))
}
