//! `parlor-server`: the signaling server as a program of its own.
use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use parlor_server::command_line::{CommandLine, serve};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { arguments } = CommandLine::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    // Where the other tasks run: on the main thread each connection that is accepted would change threads.
    match tokio::spawn(async move { serve(&arguments).await }).await.unwrap_or_else(|error| Err(error.into())) {
        Ok(code) => code,
        Err(error) => {
            // Standard error is all there is to tell it by.
            let _ = writeln!(io::stderr(), "parlor-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}
