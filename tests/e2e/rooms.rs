//! Rooms with manners: passcodes, locks, names, roles and removals, with real processes.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server};
use serde_json::{Value, json};

const SMALL: [&str; 6] = ["--size", "160x90", "--video-kbps", "150", "--camera", "none"];
/// Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_passcode_lets_in_who_knows_it_and_nobody_else() {
    let server = Server::start();
    let ada = join(&server, "ada", &["--passcode", "sesame"]);
    ada.wait_for("that she is in", joined);

    let without = join(&server, "eve", &[]);
    let wrong = join(&server, "mallory", &["--passcode", "barley"]);
    let right = join(&server, "bob", &["--passcode", "sesame"]);

    right.wait_for("that he is in", joined);
    let without = without.wait_for("a refusal", |event| event["event"] == "error");
    let wrong = wrong.wait_for("a refusal", |event| event["event"] == "error");
    assert_eq!((&without["code"], &wrong["code"]), (&json!("passcode_needed"), &json!("wrong_passcode")));
}

#[test]
fn a_locked_room_refuses_until_it_is_unlocked() {
    let (server, mut ada, bob) = two(&[]);

    ada.tell(json!({"command": "lock"}));
    bob.wait_for("the lock", |event| event["event"] == "room_changed" && event["locked"] == true);
    let refused = join(&server, "cyd", &[]).wait_for("a refusal", |event| event["event"] == "error");
    ada.tell(json!({"command": "unlock"}));
    bob.wait_for("that it is open", |event| event["event"] == "room_changed" && event["locked"] == false);

    assert_eq!(refused["code"], "locked");
    join(&server, "cyd", &[]).wait_for("that she is in", joined);
}

#[test]
fn everybody_sees_a_new_name_and_who_gave_it() {
    let (server, mut ada, bob) = two(&[]);

    ada.tell(json!({"command": "rename", "name": "coffee"}));
    let seen_by_ada = ada.wait_for("the name", |event| event["event"] == "room_changed");
    let seen_by_bob = bob.wait_for("the name", |event| event["event"] == "room_changed");

    assert_eq!((&seen_by_ada["room"], &seen_by_ada["by"]), (&json!("coffee"), &Value::Null));
    assert_eq!((&seen_by_bob["room"], &seen_by_bob["by"]), (&json!("coffee"), &json!("ada")));
    let cyd = Participant::join_room(server.address(), "coffee", "cyd", 3, 500, &SMALL);
    let here = cyd.wait_for("that she is in", joined);
    assert_eq!(here["participants"].as_array().map(Vec::len), Some(2));
}

#[test]
fn whoever_is_removed_is_told_why_and_the_others_go_on() {
    let (server, mut ada, bob) = two(&[]);
    let cyd = join(&server, "cyd", &[]);
    cyd.wait_for("that she is in", joined);
    ada.wait_for("that cyd is here", |event| event["event"] == "participant_joined" && event["nickname"] == "cyd");

    ada.tell(json!({"command": "remove", "nickname": "bob", "remark": "not today"}));
    let removed = bob.wait_for("the removal", |event| event["event"] == "removed");

    assert_eq!((&removed["by"], &removed["remark"]), (&json!("ada"), &json!("not today")));
    for other in [&ada, &cyd] {
        other.wait_for("that bob is gone", |event| event["event"] == "participant_left" && event["nickname"] == "bob");
    }
    sleep(Duration::from_secs(3));
    let back = ada.events_of("participant_joined").into_iter().filter(|event| event["nickname"] == "bob").count();
    assert_eq!(back, 1, "bob came back by himself");
    assert!(cyd.events_of("participant_left").iter().all(|event| event["nickname"] == "bob"));
}

#[test]
fn an_owner_who_leaves_hands_the_room_over_to_the_moderator() {
    let (server, mut ada, bob) = two(&[]);
    let mut cyd = join(&server, "cyd", &[]);
    cyd.wait_for("that she is in", joined);
    ada.wait_for("that cyd is here", |event| event["event"] == "participant_joined" && event["nickname"] == "cyd");

    ada.tell(json!({"command": "appoint", "nickname": "cyd", "role": "moderator"}));
    let role = |role: &'static str| {
        move |event: &Value| event["event"] == "appointed" && event["nickname"] == "cyd" && event["role"] == role
    };
    bob.wait_for("that cyd is a moderator", role("moderator"));
    ada.leave();
    bob.wait_for("that cyd is the owner", role("owner"));
    cyd.tell(json!({"command": "topic", "topic": "Ours now"}));

    bob.wait_for("the topic", |event| event["event"] == "room_changed" && event["topic"] == "Ours now");
}

#[test]
fn a_restarted_server_has_its_room_with_a_passcode_again_and_sound_never_stops() {
    let (mut server, ada, bob) = two(&["--passcode", "sesame"]);
    for (one, other) in [(&ada, "bob"), (&bob, "ada")] {
        one.received_from(other, "microphone");
    }

    server.kill();
    for participant in [&ada, &bob] {
        participant.wait_for("that the server is gone", |event| event["event"] == "notice");
    }
    server.restart();
    for participant in [&ada, &bob] {
        participant.wait_for_within(PATIENCE, "that it is back", |event| event["message"] == "the server is back");
    }
    let stranger = join(&server, "eve", &[]).wait_for("a refusal", |event| event["event"] == "error");
    let cyd = join(&server, "cyd", &["--passcode", "sesame"]);
    let here = cyd.wait_for("that she is in", joined);

    assert_eq!(stranger["code"], "passcode_needed");
    assert_eq!(here["participants"].as_array().map(Vec::len), Some(2));
    for participant in [&ada, &bob] {
        let lost = |event: &Value| event["event"] == "link" && event["state"] == "lost";
        assert!(!participant.events().iter().any(lost), "a connection was touched");
        assert!(participant.events_of("participant_left").is_empty());
    }
}

fn join(server: &Server, nickname: &str, extra: &[&str]) -> Participant {
    let extra: Vec<&str> = SMALL.iter().chain(extra).copied().collect();
    Participant::join(server, nickname, 1, 440, &extra)
}

/// Ada, who made the room, and Bob, connected to each other.
fn two(extra: &[&str]) -> (Server, Participant, Participant) {
    let server = Server::start();
    let ada = join(&server, "ada", extra);
    ada.wait_for("that she is in", joined);
    let bob = join(&server, "bob", extra);
    for (one, other) in [(&ada, "bob"), (&bob, "ada")] {
        one.wait_for_within(PATIENCE, "a connection", |event| {
            event["event"] == "link" && event["nickname"] == other && event["state"] == "connected"
        });
    }
    (server, ada, bob)
}

fn joined(event: &Value) -> bool {
    event["event"] == "joined"
}
