//! What is shared beside the camera: seen by all, in the size that it is meant to have, and gone when it ends.
use parlor_tests::{Participant, Server, find_track, saved};
use serde_json::{Value, json};

const NONE: &[&str] = &[];

#[test]
fn what_is_shared_is_seen_by_all_beside_the_cameras_and_is_gone_once_it_ends() {
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &["--share", "pattern:11", "--share-mode", "motion"]);
    let mut bob = Participant::join(&server, "bob", 2, 550, NONE);
    let eve = Participant::join(&server, "eve", 3, 660, NONE);
    for other in [&bob, &eve] {
        other.wait_for_pictures_of(&["ada"]);
        other.wait_for("the screen of ada", |event| is_first(event, "ada"));
    }

    // Another one shares at the same time.
    bob.tell(json!({"command": "share", "share": "pattern:12", "mode": "motion"}));
    eve.wait_for("the screen of bob", |event| is_first(event, "bob"));
    for sharer in ["ada", "bob"] {
        eve.wait_for("both sizes", |event| {
            size(event, sharer, "screen") == Some((1280, 720)) && size(event, sharer, "camera") == Some((640, 360))
        });
    }

    let said = (bob.said(), eve.said());
    ada.tell(json!({"command": "unshare"}));
    for (other, said) in [(&bob, said.0), (&eve, said.1)] {
        other.wait_since(said, "that ada shares nothing", |event| screen_is(event, "ada", "off"));
    }
    ada.wait_since(ada.said(), "that one encoder runs", |event| encoders(event) == Some(1));
    let said = eve.said();
    bob.tell(json!({"command": "leave"}));
    eve.wait_since(said, "that bob has left", |event| event["event"] == "participant_left");
}

#[test]
fn text_becomes_motion_and_back_without_a_break() {
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().to_str().expect("a plain path").to_owned();
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &["--share", "pattern:11"]);
    let mut bob = Participant::join(&server, "bob", 2, 550, &["--save", &save]);
    bob.wait_for("all pixels", |event| size(event, "ada", "screen") == Some((1920, 1080)));

    for (mode, width) in [("motion", (1280, 720)), ("text", (1920, 1080))] {
        let said = bob.said();
        ada.tell(json!({"command": "share", "share": "pattern:11", "mode": mode}));
        bob.wait_since(said, mode, |event| size(event, "ada", "screen") == Some(width));
    }
    bob.kill();

    let report = saved::pictures(&folder.path().join("ada-screen.y4m"));
    assert!(report.rising, "the picture began anew");
    assert_eq!(report.tags, [11]);
    let media = bob.events_of("media").into_iter();
    let mut since = media.skip_while(|event| !screen_is(event, "ada", "on"));
    assert!(since.all(|event| !screen_is(&event, "ada", "off")), "ada was said to share nothing");
}

#[test]
fn what_cannot_be_shared_is_named_and_nobody_is_told_that_it_is() {
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, NONE);
    let bob = Participant::join(&server, "bob", 2, 550, NONE);
    bob.wait_for_pictures_of(&["ada"]);

    let said = ada.said();
    ada.tell(json!({"command": "share", "share": "file:/nowhere/at-all.webm"}));

    let notice = ada.wait_since(said, "what is wrong", |event| event["event"] == "notice");
    let message = notice["message"].as_str().expect("words").to_owned();
    assert!(message.starts_with("Sharing has ended") && message.contains("at-all.webm"), "{message}");
    assert!(!bob.events().iter().any(|event| screen_is(event, "ada", "on")));
}

#[test]
fn where_somebody_points_is_told_to_everybody() {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &["--share", "pattern:11"]);
    let mut bob = Participant::join(&server, "bob", 2, 550, NONE);
    bob.wait_for("the screen of ada", |event| is_first(event, "ada"));

    bob.tell(json!({"command": "point", "nickname": "ada", "x": 65535, "y": 0}));

    let expected = json!({"event": "pointed", "from": "bob", "of": "ada", "x": 65535, "y": 0});
    for participant in [&ada, &bob] {
        participant.wait_for("where bob points", |event| *event == expected);
    }
}

fn is_first(event: &Value, nickname: &str) -> bool {
    event["event"] == "first_frame" && event["nickname"] == nickname && event["kind"] == "screen"
}

fn screen_is(event: &Value, nickname: &str, state: &str) -> bool {
    event["event"] == "media" && event["nickname"] == nickname && event["screen"] == state
}

fn size(event: &Value, nickname: &str, kind: &str) -> Option<(u64, u64)> {
    let track = find_track(event, nickname, kind);
    Some((track["width"].as_u64()?, track["height"].as_u64()?))
}

fn encoders(event: &Value) -> Option<usize> {
    event["me"]["encoders"].as_array().map(Vec::len)
}
