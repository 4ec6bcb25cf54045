//! Leaving, dying, and a server that goes away and comes back.
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_tests::{Participant, Server};
use serde_json::Value;

const SMALL: [&str; 4] = ["--size", "160x90", "--video-kbps", "150"];

#[test]
fn who_leaves_vanishes_at_once_and_who_is_killed_within_ten_seconds() {
    let (_server, mut participants) = call(&["ada", "bob", "cyd", "dan"]);
    let mut dan = participants.pop().expect("dan");
    let cyd = participants.pop().expect("cyd");

    cyd.leave();
    for participant in &participants {
        participant.wait_for_within(Duration::from_secs(3), "that cyd left", |event| left(event, "cyd", "left"));
    }
    let killed = Instant::now();
    dan.kill();
    for participant in &participants {
        participant.wait_for_within(Duration::from_secs(20), "that dan is gone", |event| left(event, "dan", "dropped"));
    }

    let took = killed.elapsed();
    assert!(took < Duration::from_secs(10), "a killed participant was shown for {took:?}");
}

#[test]
fn ctrl_c_and_sigterm_leave_cleanly() {
    let (_server, mut participants) = call(&["ada", "bob"]);
    let bob = participants.pop().expect("bob");

    let code = bob.terminate();

    assert_eq!(code, Some(0));
    participants[0].wait_for_within(Duration::from_secs(3), "that bob left", |event| left(event, "bob", "left"));
}

#[test]
fn the_call_survives_its_server_and_is_attached_again_when_it_returns() {
    let (mut server, participants) = call(&["ada", "bob", "cyd"]);

    server.kill();
    for participant in &participants {
        participant.wait_for("that the server is gone", |event| event["event"] == "notice");
    }
    let before = frames_of_all(&participants);
    sleep(Duration::from_secs(4));
    let after = frames_of_all(&participants);
    server.restart();
    for participant in &participants {
        participant.wait_for("that the server is back", |event| event["message"] == "the server is back");
    }
    let dan = Participant::join(&server, "dan", 4, 900, &SMALL);
    dan.wait_for_pictures_of(&["ada", "bob", "cyd"]);

    for (before, after) in before.iter().zip(&after) {
        assert!(after > &(before + 60), "media stopped with the server: {before} pictures, then {after}");
    }
    for participant in &participants {
        participant.wait_for_pictures_of(&["dan"]);
        assert!(participant.events_of("participant_left").is_empty(), "{} saw somebody leave", participant.nickname());
        let lost = participant.events_of("link").into_iter().filter(|event| event["state"] == "lost").count();
        assert_eq!(lost, 0, "{} lost a link", participant.nickname());
    }
}

fn call(nicknames: &[&str]) -> (Server, Vec<Participant>) {
    let server = Server::start();
    let participants: Vec<_> = nicknames
        .iter()
        .zip(1..)
        .map(|(nickname, number)| Participant::join(&server, nickname, number, 300 + 100 * u32::from(number), &SMALL))
        .collect();
    for participant in &participants {
        let others: Vec<_> = nicknames.iter().copied().filter(|other| *other != participant.nickname()).collect();
        participant.wait_for_pictures_of(&others);
    }
    (server, participants)
}

fn left(event: &Value, nickname: &str, reason: &str) -> bool {
    event["event"] == "participant_left" && event["nickname"] == nickname && event["reason"] == reason
}

/// The pictures that each has decoded of each other.
fn frames_of_all(participants: &[Participant]) -> Vec<u64> {
    let mut frames = Vec::new();
    for participant in participants {
        for other in participants.iter().filter(|other| other.nickname() != participant.nickname()) {
            let track = participant.received_from(other.nickname(), "camera");
            frames.push(track["frames_decoded"].as_u64().expect("a number of pictures"));
        }
    }
    frames
}
