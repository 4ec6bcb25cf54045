//! `parlor host`: the signaling server, in this program.
use std::process::ExitCode;

pub(super) use parlor_server::command_line::Arguments;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(parlor_server::command_line::serve(arguments))
}
