//! Who speaks is told to the others, and only as long as they do and may be heard.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, voice};
use serde_json::{Value, json};

/// Longer than a voice pauses between phrases and a detector takes to change its mind.
const LONG_SILENCE: Duration = Duration::from_secs(3);

#[test]
fn who_speaks_is_shown_as_speaking_until_they_are_silent() {
    let folder = tempfile::tempdir().expect("a folder");
    let voice = voice(folder.path());
    let (_server, mut ada, bob) = pair(&voice);
    bob.wait_for("that ada speaks", |event| speaks(event) == Some(true));

    // A note is sound, and nobody's voice.
    ada.tell(json!({"command": "set_mic", "mic": "tone:440"}));
    wait_for_silence(&bob);
    sleep(LONG_SILENCE);
    let in_silence = bob.said();
    let heard = bob.wait_since(in_silence, "the note", |event| level(event) > 0.5);
    sleep(LONG_SILENCE);
    let while_silent = changes_since(&bob, in_silence);
    let said = bob.said();
    ada.tell(json!({"command": "set_mic", "mic": voice}));

    assert!(while_silent.is_empty(), "somebody speaks though only a note is heard: {while_silent:?}, {heard}");
    bob.wait_since(said, "that ada speaks again", |event| speaks(event) == Some(true));
}

#[test]
fn what_is_said_while_muted_is_told_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let voice = voice(folder.path());
    let (_server, mut ada, bob) = pair(&voice);
    bob.wait_for("that ada speaks", |event| speaks(event) == Some(true));

    let said = bob.said();
    ada.tell(json!({"command": "mute"}));
    bob.wait_since(said, "that ada is muted", |event| event["event"] == "media" && event["microphone"] == "muted");
    wait_for_silence(&bob);
    let muted = bob.said();
    // All of the voice is said once, unheard.
    sleep(Duration::from_secs(12));
    let while_muted = changes_since(&bob, muted);
    let said = bob.said();
    ada.tell(json!({"command": "unmute"}));

    assert!(while_muted.is_empty(), "told though she is muted: {while_muted:?}");
    bob.wait_since(said, "that ada speaks", |event| speaks(event) == Some(true));
}

#[test]
fn who_comes_into_a_room_in_which_somebody_is_speaking_sees_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let voice = voice(folder.path());
    let (server, _ada, bob) = pair(&voice);
    bob.wait_for("that ada speaks", |event| speaks(event) == Some(true));

    let eve = Participant::join(&server, "eve", 3, 660, &["--camera", "none"]);

    eve.wait_for("that ada speaks", |event| speaks(event) == Some(true));
    let of_bob = eve.events_of("speaking").into_iter().filter(|event| event["nickname"] == "bob").count();
    assert_eq!(of_bob, 0, "a tone is taken for speech");
}

/// Ada with this microphone, and Bob whose microphone hears a tone.
fn pair(microphone: &str) -> (Server, Participant, Participant) {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &["--camera", "none", "--mic", microphone]);
    ada.wait_until_in_room();
    let bob = Participant::join(&server, "bob", 2, 550, &["--camera", "none"]);
    (server, ada, bob)
}

/// Waits until Ada is told to be silent, and nothing else is on its way.
fn wait_for_silence(bob: &Participant) {
    sleep(Duration::from_secs(1));
    let last = bob.events().iter().rposition(|event| speaks(event) == Some(true)).unwrap_or_default();
    bob.wait_since(last, "that ada is silent", |event| speaks(event) == Some(false));
}

fn changes_since(bob: &Participant, said: usize) -> Vec<bool> {
    bob.events()[said..].iter().filter_map(speaks).collect()
}

/// What is told of Ada's speech.
fn speaks(event: &Value) -> Option<bool> {
    let of_ada = event["event"] == "speaking" && event["nickname"] == "ada";
    of_ada.then(|| event["speaking"].as_bool()).flatten()
}

fn level(event: &Value) -> f64 {
    parlor_tests::find_track(event, "ada", "microphone")["level"].as_f64().unwrap_or_default()
}
