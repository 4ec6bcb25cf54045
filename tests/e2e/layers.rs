//! Everybody gets the size that they show, and nobody pays for a size that somebody else wants.
use parlor_tests::{Participant, Server, find_track};
use serde_json::{Value, json};

const WHOLE: [&str; 4] = ["--size", "640x360", "--video-kbps", "800"];
const SILENT: [&str; 2] = ["--camera", "none"];

#[test]
fn who_shows_a_picture_small_gets_it_small_and_the_others_keep_theirs() {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &WHOLE);
    let mut bob = Participant::join(&server, "bob", 2, 550, &SILENT);
    let mut eve = Participant::join(&server, "eve", 3, 660, &SILENT);
    for other in [&bob, &eve] {
        other.wait_for("ada in full", |event| height(event) == Some(360));
    }
    ada.wait_for("one encoder for both", |event| encoders(event) == Some(vec![360]));

    let said = (ada.said(), bob.said(), eve.said());
    bob.tell(json!({"command": "show", "nickname": "ada", "camera": 180}));
    bob.wait_since(said.1, "ada in small", |event| height(event) == Some(180));
    ada.wait_since(said.0, "an encoder for each size", |event| encoders(event) == Some(vec![360, 180]));
    eve.wait_since(said.2, "that hers is as it was", |event| height(event) == Some(360));

    let said = (ada.said(), eve.said());
    eve.tell(json!({"command": "show", "nickname": "ada", "camera": 180}));
    eve.wait_since(said.1, "ada in small", |event| height(event) == Some(180));
    ada.wait_since(said.0, "one encoder again", |event| encoders(event) == Some(vec![180]));

    let said = (ada.said(), bob.said());
    bob.tell(json!({"command": "show", "nickname": "ada"}));
    bob.wait_since(said.1, "ada in full again", |event| height(event) == Some(360));
    let camera = bob.received_from("ada", "camera");
    assert_eq!(camera["unrepaired"], 0, "{camera}");
    eve.wait_since(eve.said(), "that hers is as it was", |event| height(event) == Some(180));
}

#[test]
fn a_picture_that_nobody_shows_costs_nothing() {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &WHOLE);
    let mut bob = Participant::join(&server, "bob", 2, 550, &SILENT);
    ada.wait_for("an encoder", |event| encoders(event) == Some(vec![360]));

    let said = ada.said();
    bob.tell(json!({"command": "show", "nickname": "ada", "camera": 0}));

    ada.wait_since(said, "that she encodes nothing", |event| encoders(event) == Some(vec![]));
}

#[test]
fn what_a_person_allows_in_all_makes_the_picture_smaller_and_is_named() {
    let server = Server::start();
    let limited = [&WHOLE[..], &["--upload-kbps", "300"]].concat();
    let ada = Participant::join(&server, "ada", 1, 440, &limited);
    let bob = Participant::join(&server, "bob", 2, 550, &SILENT);

    bob.wait_for("ada in small", |event| height(event) == Some(180));

    ada.wait_for("the reason", |event| event["me"]["limited_by"] == "upload");
}

#[test]
fn a_slow_way_gets_a_smaller_picture_and_is_named() {
    let server = Server::start();
    let slow = [&WHOLE[..], &["--impair", "rate=300kbit,queue=300ms,seed=5"]].concat();
    let ada = Participant::join(&server, "ada", 1, 440, &slow);
    let bob = Participant::join(&server, "bob", 2, 550, &SILENT);

    bob.wait_for("ada in small", |event| height(event) == Some(180));

    ada.wait_for("the reason", |event| event["me"]["limited_by"] == "network");
}

fn height(event: &Value) -> Option<u64> {
    let track = find_track(event, "ada", "camera");
    // What was received a while ago is not what is sent.
    track["height"].as_u64().filter(|_| track["kbps"].as_u64() > Some(0))
}

/// The lines of the pictures that are made, the largest first.
fn encoders(event: &Value) -> Option<Vec<u64>> {
    let encoders = event["me"]["encoders"].as_array()?;
    encoders.iter().map(|encoder| encoder["height"].as_u64()).collect()
}
