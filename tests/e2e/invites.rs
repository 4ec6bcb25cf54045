//! Links lead straight into a room.
use std::process::{Command, Output};

use parlor_tests::{Participant, Server, TlsFront, binary};
use serde_json::Value;

#[test]
fn a_link_leads_into_its_room_which_is_made_where_it_is_missing() {
    let server = Server::start();

    let output = follow(&format!("parlor://{}/room/Tea%20time?plain", server.authority()), &[]);

    assert_eq!(joined(&output)["room"], "Tea time");
}

#[test]
fn two_people_with_the_same_link_meet() {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &["--camera", "none", "--mic", "none"]);
    ada.wait_until_in_room();

    let output = follow(&format!("parlor://{}/room/tea?plain", server.authority()), &["--nickname", "bob"]);

    assert_eq!(joined(&output)["participants"][0], "ada");
    ada.wait_for("that bob came", |event| event["event"] == "participant_joined" && event["nickname"] == "bob");
}

#[test]
fn a_link_with_the_key_asks_nothing() {
    let server = Server::start();
    let front = TlsFront::start(&server);

    let output = follow(&format!("parlor://{}/room/tea?fp={}", front.authority(), front.pin()), &[]);

    assert_eq!(joined(&output)["room"], "tea");
    assert_eq!(front.passed(), 1);
}

#[test]
fn of_several_addresses_the_first_with_the_right_key_wins() {
    let server = Server::start();
    let (other, right) = (TlsFront::start(&server), TlsFront::start(&server));
    let link = format!("parlor://{}/room/tea?fp={}&at={}", other.authority(), right.pin(), right.authority());

    let output = follow(&link, &[]);

    assert_eq!(joined(&output)["room"], "tea");
    assert_eq!((other.passed(), right.passed()), (0, 1));
}

#[test]
fn a_link_with_another_key_stops_before_anything_is_said() {
    let server = Server::start();
    let front = TlsFront::start(&server);

    let output = follow(&format!("parlor://{}/room/tea?fp={}", front.authority(), "ab".repeat(16)), &[]);

    assert_eq!(output.status.code(), Some(5));
    assert!(events(&output).iter().any(|event| event["code"] == "changed_key"), "{:?}", events(&output));
    assert_eq!(front.passed(), 0);
}

#[test]
fn a_damaged_link_says_what_is_wrong_with_it() {
    for arguments in [&["parlor://h/room/a?fp=0011"][..], &["join", "parlor://h/room/a?fp=0011", "--headless"]] {
        let output = binary("parlor").args(arguments).output().expect("it runs");

        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("the key in the link is damaged"), "{message}");
    }
}

#[test]
fn a_link_to_no_room_cannot_be_joined_without_a_window() {
    let output = follow("parlor://127.0.0.1?plain", &[]);

    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no room"));
}

fn follow(link: &str, extra: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command: Command = binary("parlor");
    command.env("PARLOR_KNOWN_SERVERS", folder.path().join("known_servers.toml"));
    command.args(["join", link, "--headless", "--json", "--duration", "1s"]).args(extra).output().expect("it runs")
}

fn events(output: &Output) -> Vec<Value> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn joined(output: &Output) -> Value {
    let events = events(output);
    let joined = events.iter().find(|event| event["event"] == "joined").cloned();
    joined.unwrap_or_else(|| panic!("{:?}: {events:?} {}", output.status, String::from_utf8_lossy(&output.stderr)))
}
