//! Servers that announce themselves are found, and those that are gone are not. On loopback.
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_tests::{Participant, Server, binary};
use serde_json::Value;

/// Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_server_is_found_with_its_rooms_and_is_gone_once_it_was_killed() {
    let mut server = Server::start_with(&["--discovery"]);
    let ada = Participant::join(&server, "ada", 1, 440, &["--camera", "none", "--mic", "none"]);
    ada.wait_until_in_room();

    let found = wait_for(&server, |found| !found.is_null());
    server.kill();
    let gone = wait_for(&server, Value::is_null);

    assert_eq!(found["rooms"][0]["name"], "tea");
    assert_eq!(found["rooms"][0]["participants"], 1);
    assert_eq!(gone, Value::Null);
}

#[test]
fn a_server_that_is_not_announced_is_not_found() {
    let (quiet, loud) = (Server::start(), Server::start_with(&["--discovery"]));

    wait_for(&loud, |found| !found.is_null());
    let found = find(&quiet, &search());

    assert_eq!(found, Value::Null);
}

#[test]
fn people_are_told_in_words_too() {
    let server = Server::start_with(&["--discovery"]);
    wait_for(&server, |found| !found.is_null());

    let output = binary("parlor").args(["discover", "--seconds", "4"]).output().expect("it runs");

    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(words.contains(server.address()), "{words}");
}

/// Searches until what is found of the server is as wanted.
fn wait_for(server: &Server, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let all = search();
        let found = find(server, &all);
        if wanted(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "{} in {all}", server.address());
        sleep(Duration::from_millis(200));
    }
}

fn search() -> Value {
    let output = binary("parlor").args(["discover", "--json"]).output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// What was found of this server; null where nothing was.
fn find(server: &Server, found: &Value) -> Value {
    let has_address =
        |found: &&Value| found["addresses"].as_array().into_iter().flatten().any(|address| address == server.address());
    found["servers"].as_array().into_iter().flatten().find(has_address).cloned().unwrap_or_default()
}
