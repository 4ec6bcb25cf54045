//! How the program ends when it cannot do what it is asked.
use std::{net::TcpListener, process::Output};

use parlor_tests::{Participant, Server, binary};
use serde_json::Value;

#[test]
fn a_missing_room_is_refused_with_its_own_exit_code_and_a_reason() {
    let server = Server::start();

    let output = join(&["nowhere", "--server", server.address(), "--headless", "--json"]);

    assert_eq!(output.status.code(), Some(4));
    let error = error_of(&output);
    assert_eq!(error["code"], "no_such_room");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("no such room")), "{error}");
}

#[test]
fn a_full_room_is_refused() {
    let server = Server::start();
    let _guests: Vec<_> = (0..8)
        .map(|number| {
            let guest =
                Participant::join(&server, &format!("guest {number}"), 0, 440, &["--camera", "none", "--mic", "none"]);
            guest.wait_until_in_room();
            guest
        })
        .collect();

    let output = join(&["tea", "--server", server.address(), "--headless", "--json"]);

    assert_eq!(output.status.code(), Some(4));
    assert_eq!(error_of(&output)["code"], "room_full");
}

#[test]
fn a_server_that_is_not_there_has_its_own_exit_code() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();

    let output = join(&["tea", "--server", &format!("ws://127.0.0.1:{port}"), "--headless", "--json"]);

    assert_eq!(output.status.code(), Some(3));
    assert_eq!(error_of(&output)["code"], "server_unreachable");
}

#[test]
fn bad_arguments_have_their_own_exit_code_and_are_named() {
    for (arguments, word) in [
        (&["tea", "--camera", "telescope"][..], "telescope"),
        (&["tea", "--size", "big"], "big"),
        (&["tea", "--impair", "loss=lots"], "loss=lots"),
        (&["tea", "--duration", "soon"], "soon"),
        (&["", "--headless"], "room name"),
    ] {
        let output = join(arguments);

        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains(word), "{arguments:?}: {message}");
    }
}

#[test]
fn the_devices_are_listed_as_documented() {
    let output = binary("parlor").args(["devices", "--json"]).output().expect("it runs");

    assert!(output.status.success());
    let lists: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    for kind in ["cameras", "microphones", "speakers"] {
        let devices = lists[kind].as_array().unwrap_or_else(|| panic!("{kind}: {lists}"));
        assert!(devices.iter().all(|device| device["id"].is_string() && device["label"].is_string()), "{lists}");
    }
}

#[test]
fn the_program_can_be_the_server_too() {
    let mut child = binary("parlor")
        .args(["host", "--listen", "127.0.0.1:0"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("it says where it listens");
    let address = line.trim().strip_prefix("listening on ").expect("an address").to_owned();

    let output = join(&["tea", "--server", &address, "--create", "--headless", "--json", "--duration", "500ms"]);
    child.kill().expect("it runs");
    child.wait().expect("it ends");

    assert!(output.status.success());
}

fn join(arguments: &[&str]) -> Output {
    binary("parlor").arg("join").args(arguments).output().expect("it runs")
}

fn error_of(output: &Output) -> Value {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut events = stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.find(|event| event["event"] == "error").unwrap_or_else(|| panic!("no error event in: {stdout}"))
}
