//! The admin token that the program prints at its start, or takes from whoever starts it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

#[test]
fn a_new_token_is_printed_at_every_start() {
    let (one, other) = (printed(&[]), printed(&[]));

    assert_eq!(one.as_ref().map(String::len), Some(32));
    assert_ne!(one, other);
}

#[test]
fn a_token_that_was_chosen_is_not_printed() {
    assert_eq!(printed(&["--admin-token", "0123456789abcdef"]), None);
}

#[test]
fn a_token_that_is_too_short_is_refused_with_what_to_do() {
    let output = program(&["--admin-token", "hunter2"]).output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("an admin token has 16 to 128 characters"), "{said}");
}

/// The token among the first lines of the program, which is stopped then.
fn printed(arguments: &[&str]) -> Option<String> {
    let mut child = program(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    // All lines are written at once, so what was not there with the first one does not come.
    stdout.read_line(&mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    stdout.lines().map(Result::unwrap).find_map(|line| line.strip_prefix("admin token ").map(str::to_owned))
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-server"));
    command.args(["--listen", "127.0.0.1:0"]).args(arguments);
    command
}
