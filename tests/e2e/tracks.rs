//! Mute, camera off, another camera: seen and heard by the others, with no new connection.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, saved};
use serde_json::{Value, json};

#[test]
fn mute_silences_and_unmute_brings_the_sound_back() {
    let (_server, mut ada, bob) = pair(&[]);
    bob.wait_for("sound of ada", |event| level(event) > 0.5);

    let said = bob.said();
    ada.tell(json!({"command": "mute"}));
    bob.wait_since(said, "that ada is muted", |event| media(event, "microphone") == "muted");
    bob.wait_since(bob.said(), "silence of ada", |event| event["event"] == "stats" && level(event) < 0.05);
    let said = bob.said();
    ada.tell(json!({"command": "unmute"}));
    bob.wait_since(said, "that ada is not muted", |event| media(event, "microphone") == "on");

    bob.wait_since(bob.said(), "sound of ada", |event| level(event) > 0.5);
}

#[test]
fn a_camera_that_is_off_is_shown_as_off_and_comes_back() {
    let (_server, mut ada, bob) = pair(&[]);

    let said = bob.said();
    ada.tell(json!({"command": "camera_off"}));
    bob.wait_since(said, "that the camera of ada is off", |event| media(event, "camera") == "off");
    sleep(Duration::from_secs(1));
    let frames = |bob: &Participant| bob.received_from("ada", "camera")["frames_decoded"].as_u64().expect("a number");
    let before = frames(&bob);
    sleep(Duration::from_secs(3));
    let while_off = frames(&bob) - before;
    let said = bob.said();
    ada.tell(json!({"command": "camera_on"}));
    bob.wait_since(said, "that the camera of ada is on", |event| media(event, "camera") == "on");
    bob.wait_since(said, "pictures of ada", |event| {
        let track = parlor_tests::find_track(event, "ada", "camera");
        track["frames_decoded"].as_u64().is_some_and(|frames| frames > before + 60)
    });

    assert_eq!(while_off, 0, "pictures while the camera was off");
    assert_eq!(bob.received_from("ada", "camera")["freezes"], 0, "a camera that is off is no freeze");
}

#[test]
fn another_camera_is_seen_by_all_within_two_seconds_over_the_same_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().to_str().expect("a plain path").to_owned();
    let (_server, mut ada, mut bob) = pair(&["--save", &save]);

    ada.tell(json!({"command": "set_camera", "camera": "pattern:9"}));
    sleep(Duration::from_secs(2));
    bob.kill();

    let marks = saved::marks(&folder.path().join("ada.y4m"));
    let newest = marks.iter().rev().flatten().next().expect("a picture");
    let both: Vec<_> = saved::pictures(&folder.path().join("ada.y4m")).tags;
    assert_eq!(newest.tag, 9);
    assert_eq!(both, [1, 9], "the first camera, then the second, and nothing else");
    let links: Vec<_> = bob.events_of("link").into_iter().map(|event| event["state"].clone()).collect();
    assert_eq!(links, ["dialing", "connected"], "no new connection");
}

#[test]
fn a_camera_that_is_not_there_is_named_and_the_call_goes_on() {
    let (_server, mut ada, bob) = pair(&[]);

    let said = (ada.said(), bob.said());
    ada.tell(json!({"command": "set_camera", "camera": "camera:no-such-camera"}));
    let notice = ada.wait_since(said.0, "what is wrong", |event| event["event"] == "notice");
    bob.wait_since(said.1, "that the camera of ada is off", |event| media(event, "camera") == "off");
    let said = bob.said();
    ada.tell(json!({"command": "set_camera", "camera": "pattern:3"}));

    bob.wait_since(said, "that the camera of ada is on", |event| media(event, "camera") == "on");
    assert!(notice["message"].as_str().is_some_and(|message| message.contains("amera")), "{notice}");
}

/// Ada and Bob, who see each other.
fn pair(extra_for_bob: &[&str]) -> (Server, Participant, Participant) {
    let server = Server::start();
    let small = ["--size", "320x180", "--video-kbps", "400"];
    let ada = Participant::join(&server, "ada", 1, 440, &small);
    let bob = Participant::join(&server, "bob", 2, 700, &[&small, extra_for_bob].concat());
    ada.wait_for_pictures_of(&["bob"]);
    bob.wait_for_pictures_of(&["ada"]);
    (server, ada, bob)
}

fn level(event: &Value) -> f64 {
    parlor_tests::find_track(event, "ada", "microphone")["level"].as_f64().unwrap_or_default()
}

fn media<'a>(event: &'a Value, track: &str) -> &'a str {
    let about_ada = event["event"] == "media" && event["nickname"] == "ada";
    if about_ada { event[track].as_str().unwrap_or_default() } else { "" }
}
