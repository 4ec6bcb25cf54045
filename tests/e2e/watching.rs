//! Everybody decides for themselves whom they see, and how loud.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, find_track};
use serde_json::{Value, json};

#[test]
fn pictures_that_nobody_wants_are_neither_sent_nor_encoded_and_come_back_at_once() {
    let server = Server::start();
    let small = ["--size", "320x180", "--video-kbps", "400"];
    let ada = Participant::join(&server, "ada", 1, 440, &small);
    let mut bob = Participant::join(&server, "bob", 2, 700, &small);
    bob.wait_for("pictures of ada", |event| camera(event)["kbps"].as_u64() > Some(0));
    ada.wait_for("that she encodes", |event| encoders(event) == Some(1));

    let (of_ada, of_bob) = (ada.said(), bob.said());
    bob.tell(json!({"command": "watch", "nickname": "ada", "camera": false}));
    ada.wait_since(of_ada, "that nobody watches", |event| encoders(event) == Some(0));
    let quiet = bob.wait_since(of_bob, "that nothing comes", |event| camera(event)["kbps"] == 0);
    sleep(Duration::from_secs(2));
    let still = bob.received_from("ada", "camera");
    let sound = bob.received_from("ada", "microphone");
    let (of_ada, of_bob) = (ada.said(), bob.said());
    bob.tell(json!({"command": "watch", "nickname": "ada", "camera": true}));

    let decoded = |track: &Value| track["frames_decoded"].as_u64().expect("a number");
    assert_eq!(still["kbps"], 0);
    assert_eq!(decoded(&still), decoded(&camera(&quiet)), "pictures though none were wanted");
    assert_eq!(still["freezes"], camera(&quiet)["freezes"], "what is not wanted is no freeze");
    assert!(sound["kbps"].as_u64() > Some(0), "the sound goes on: {sound}");
    ada.wait_since(of_ada, "that she encodes again", |event| encoders(event) == Some(1));
    bob.wait_since(of_bob, "pictures of ada again", |event| {
        camera(event)["frames_decoded"].as_u64() > Some(decoded(&still) + 20)
    });
}

#[test]
fn somebody_can_be_made_silent_for_one_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mix = folder.path().join("mix.wav");
    let speaker = format!("wav:{}", mix.display());
    let server = Server::start();
    let _ada = Participant::join(&server, "ada", 1, 440, &["--camera", "none"]);
    let mut bob = Participant::join(&server, "bob", 2, 700, &["--camera", "none", "--speaker", &speaker]);
    bob.wait_for("sound of ada", |event| level(event) > 0.5);
    sleep(Duration::from_secs(2));

    bob.tell(json!({"command": "volume", "nickname": "ada", "percent": 0}));
    sleep(Duration::from_secs(4));
    let heard = bob.received_from("ada", "microphone");
    bob.leave();

    let mix = hound::WavReader::open(&mix).expect("a file of sound").into_samples::<i16>();
    let mix: Vec<_> = mix.map(|sample| sample.expect("a sample")).collect();
    let loudest = |samples: &[i16]| samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
    let last_second = &mix[mix.len() - 48_000..];
    assert!(loudest(&mix) > 1000, "ada was never heard");
    assert_eq!(loudest(last_second), 0, "ada is heard though she is turned down");
    assert!(heard["level"].as_f64() > Some(0.5), "what she sends is as loud as before: {heard}");
}

fn camera(event: &Value) -> Value {
    find_track(event, "ada", "camera")
}

fn encoders(event: &Value) -> Option<usize> {
    event["me"]["encoders"].as_array().map(Vec::len)
}

fn level(event: &Value) -> f64 {
    find_track(event, "ada", "microphone")["level"].as_f64().unwrap_or_default()
}
