//! The program itself: what it prints, how it stops, what it says when it cannot start.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

#[test]
fn the_program_says_where_it_listens() {
    let program = Program::start(&["--listen", "127.0.0.1:0"]);

    assert!(program.address.ip().is_loopback() && program.address.port() != 0, "{}", program.address);
}

#[tokio::test]
async fn a_signal_to_stop_closes_connections_and_ends_the_program_well() {
    let mut program = Program::start(&["--listen", "127.0.0.1:0"]);
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{}/ws", program.address)).await.unwrap();

    let id = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());

    let closed = timeout(Duration::from_secs(30), socket.next()).await.expect("the server says goodbye");
    let Some(Ok(Message::Close(Some(frame)))) = closed else { panic!("{closed:?}") };
    assert_eq!(u16::from(frame.code), 1001);
    drop(socket);
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_port_in_use_is_one_clear_sentence_and_exit_code_1() {
    let program = Program::start(&["--listen", "127.0.0.1:0"]);

    let second = command(&["--listen", &program.address.to_string()]).output().unwrap();

    let port = program.address.port();
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8(second.stdout).unwrap(), "");
    assert_eq!(
        String::from_utf8(second.stderr).unwrap(),
        format!(
            "parlor-server: port {port} is already in use, perhaps by another Parlor server: stop that program, or \
             choose another port\n"
        )
    );
}

#[test]
fn only_beyond_this_machine_and_only_unless_accepted_there_is_a_warning() {
    for (arguments, warned) in [
        (&["--listen", "0.0.0.0:0"][..], true),
        (&["--listen", "0.0.0.0:0", "--insecure"], false),
        (&["--listen", "127.0.0.1:0"], false),
    ] {
        let program = Program::start(arguments);

        let said = program.stop();

        assert_eq!(said.contains("not encrypted"), warned, "{arguments:?} said {said:?}");
    }
}

/// The program, stopped when it is dropped.
struct Program {
    child: Child,
    address: SocketAddr,
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ws://").expect("one line that says where");
        Self { child, address: address.parse().unwrap(), _stdout: stdout }
    }

    /// Stops it and returns what it said on standard error.
    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-server"));
    command.args(arguments).env_remove("RUST_LOG");
    command
}
