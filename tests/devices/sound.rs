//! A speaker and the microphone that hears it.
use parlor_tests::{Participant, Server, find_track, saved};
use serde_json::Value;

use crate::{call::report, kernel::loopback};

const TONE_HZ: u32 = 700;

#[test]
fn a_tone_played_into_a_sound_card_is_captured_from_it_and_heard() {
    let Some((speaker, microphone)) = loopback() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    // Two calls, or whoever plays would hear themselves through whoever captures.
    let (first, second) = (Server::start(), Server::start());

    let singer = join(&first, "singer", &["--mic", &format!("tone:{TONE_HZ}")]);
    let player = join(&first, "player", &["--mic", "none", "--speaker", &format!("speaker:{speaker}")]);
    player.wait_for("the singer", |event| level(event, "singer") > 0.5);
    let ear = join(&second, "ear", &["--mic", &format!("mic:{microphone}")]);
    let save = folder.path().to_str().expect("a plain path");
    let listener = join(&second, "listener", &["--mic", "none", "--save", save]);
    let heard = listener.wait_for("the tone", |event| level(event, "ear") > 0.3);
    let said = listener.said();
    for _ in 0..5 {
        listener.wait_since(listener.said(), "statistics", |event| event["event"] == "stats");
    }
    report("heard at", &heard["at_ms"]);
    report("the singer at the player", player.received_from("singer", "microphone"));
    report("the ear at the listener", listener.received_from("ear", "microphone"));
    let notices = [&singer, &player, &ear, &listener].map(|participant| participant.events_of("notice")).concat();
    let levels: Vec<_> = listener.events()[said..].iter().map(|event| level(event, "ear")).collect();
    listener.leave();

    let sound = saved::samples(&folder.path().join("ear.wav"));
    let end = &sound[sound.len().saturating_sub(96_000)..];
    report("purity of the last two seconds", saved::purity(end, TONE_HZ));
    report("levels", format!("{levels:?}"));
    assert!(notices.is_empty(), "{notices:?}");
    assert!(saved::purity(end, TONE_HZ) > 0.5, "the tone is there");
    assert!(saved::purity(end, TONE_HZ * 3 / 2) < 0.1, "and no other");
}

fn join(server: &Server, nickname: &str, sound: &[&str]) -> Participant {
    Participant::join(server, nickname, 0, 0, &[&["--camera", "none"][..], sound].concat())
}

fn level(event: &Value, nickname: &str) -> f64 {
    find_track(event, nickname, "microphone")["level"].as_f64().unwrap_or_default()
}
