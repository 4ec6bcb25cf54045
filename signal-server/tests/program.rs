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
fn only_beyond_this_machine_does_insecure_say_what_it_costs() {
    for (arguments, warned) in [
        (&["--listen", "0.0.0.0:0"][..], false),
        (&["--listen", "0.0.0.0:0", "--insecure"], true),
        (&["--listen", "127.0.0.1:0", "--insecure"], false),
    ] {
        let program = Program::start(arguments);

        let said = program.stop();

        assert_eq!(said.contains("without TLS"), warned, "{arguments:?} said {said:?}");
    }
}

#[test]
fn a_second_start_is_known_by_the_same_key() {
    let folder = tempfile::TempDir::new().unwrap();
    let arguments = ["--listen", "0.0.0.0:0", "--advertise", "studio.local:7443", "--state-dir"];
    let arguments = [&arguments[..], &[folder.path().to_str().unwrap()]].concat();

    let [first, second] = [(); 2].map(|()| {
        let mut program = Program::start(&arguments);
        let mut lines = program.stdout.by_ref().lines().map(Result::unwrap);
        lines.find(|line| line.starts_with("invite ")).unwrap()
    });

    assert!(first.starts_with("invite parlor://studio.local:7443?fp="), "{first}");
    assert_eq!(first, second);
}

#[test]
fn a_setting_comes_from_the_environment_unless_a_flag_says_otherwise() {
    let listen = |arguments: &[&str]| {
        let mut command = command(arguments);
        let output = command.env("PARLOR_SERVER_ROOM_CAPACITY", "none").output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };

    let refused = listen(&["--listen", "127.0.0.1:0"]);
    let other = listen(&["--room-capacity", "8", "--listen", "192.0.2.77:0"]);

    assert!(refused.contains("invalid value 'none' for '--room-capacity"), "{refused}");
    assert!(other.contains("is no address of this machine"), "{other}");
}

/// The program, stopped when it is dropped.
struct Program {
    child: Child,
    address: SocketAddr,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let said = line.trim_end().strip_prefix("listening on ").expect("one line that says where");
        let address = said.trim_start_matches("wss://").trim_start_matches("ws://");
        Self { child, address: address.parse().unwrap(), stdout }
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
    command.args(arguments).env_remove("RUST_LOG").env("PARLOR_STATE_DIR", env!("CARGO_TARGET_TMPDIR"));
    command
}
