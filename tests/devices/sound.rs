//! A speaker and the microphone that hears it.
use parlor_tests::{Participant, Server, find_track, saved};
use serde_json::{Value, json};

use crate::{
    call::{notice, report},
    kernel::{Device, SoundCard, sound_card},
};

const TONE_HZ: u32 = 700;

#[test]
fn a_tone_played_into_a_sound_card_is_captured_from_it_and_heard() {
    let Some(card) = sound_card() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let call = Echo::start(&card, folder.path().to_str().expect("a plain path"));

    let heard = call.listener.wait_for("the tone", |event| level(event, "ear") > 0.3);
    let said = call.listener.said();
    wait_for_statistics(&call.listener, 5);
    report("heard after, ms", &heard["at_ms"]);
    report("the singer at the player", call.player.received_from("singer", "microphone"));
    report("the ear at the listener", call.listener.received_from("ear", "microphone"));
    let notices = call.notices();
    let levels: Vec<_> = call.listener.events()[said..].iter().filter_map(|event| heard_level(event, "ear")).collect();
    call.listener.leave();

    let sound = saved::samples(&folder.path().join("ear.wav"));
    let end = &sound[sound.len().saturating_sub(96_000)..];
    report("purity of the last two seconds", saved::purity(end, TONE_HZ));
    report("levels", format!("{levels:?}"));
    assert!(notices.is_empty(), "{notices:?}");
    assert!(saved::purity(end, TONE_HZ) > 0.5, "the tone is there");
    assert!(saved::purity(end, TONE_HZ * 3 / 2) < 0.1, "and no other");
}

#[test]
fn an_unplugged_sound_card_is_named_and_comes_back_by_itself() {
    let Some(card) = sound_card() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let call = Echo::start(&card, folder.path().to_str().expect("a plain path"));
    call.listener.wait_for("the tone", |event| level(event, "ear") > 0.3);

    let said = (call.player.said(), call.ear.said(), call.listener.said());
    let unplugged = card.unplug();
    let of_speaker = call.player.wait_since(said.0, "what is wrong", |event| !notice(event).is_empty());
    let of_microphone = call.ear.wait_since(said.1, "what is wrong", |event| !notice(event).is_empty());
    call.listener.wait_since(said.2, "that the ear is off", |event| shows_microphone(event, "ear", "off"));
    let said = call.listener.said();
    drop(unplugged);
    call.listener.wait_since(said, "that the ear is on", |event| shows_microphone(event, "ear", "on"));
    call.listener.wait_since(said, "the tone", |event| level(event, "ear") > 0.3);

    report("all notices", format!("{:?}", call.notices()));
    assert!(names(&of_speaker, &card.speaker) && names(&of_microphone, &card.microphone), "{:?}", call.notices());
    assert!(notice(&of_microphone).contains("disconnected"), "{of_microphone}");
}

#[test]
fn a_busy_sound_card_is_reported_as_busy_and_taken_when_it_is_free() {
    let Some(card) = sound_card() else { return };
    let other_programs = card.occupy(card.programs_at_once());
    let server = Server::start();

    let ear = join(&server, "ear", &["--mic", &format!("mic:{}", card.microphone.id)]);
    let listener = join(&server, "listener", &["--mic", "none"]);
    let told = ear.wait_for("what is wrong", |event| !notice(event).is_empty());
    listener.wait_for("that the ear is off", |event| shows_microphone(event, "ear", "off"));
    let said = listener.said();
    drop(other_programs);
    listener.wait_since(said, "that the ear is on", |event| shows_microphone(event, "ear", "on"));

    report("busy", notice(&told));
    assert!(names(&told, &card.microphone), "{told}");
    assert!(notice(&told).contains("in use by another program"), "{told}");
    assert_eq!(ear.events_of("notice").len(), 1, "told once: {:?}", ear.events_of("notice"));
}

#[test]
fn a_sound_card_for_one_program_is_not_found_busy_because_it_is_being_listed() {
    let Some(card) = sound_card() else { return };
    let _other_programs = card.occupy(card.programs_at_once() - 1);
    let server = Server::start();

    let ear = join(&server, "ear", &["--mic", &format!("mic:{}", card.microphone.id)]);
    let listener = join(&server, "listener", &["--mic", "none"]);
    listener.wait_for("that the ear is on", |event| shows_microphone(event, "ear", "on"));

    assert!(ear.events_of("notice").is_empty(), "{:?}", ear.events_of("notice"));
}

/// A tone that is sung in one call, played into the card there, captured from it in another call, and heard there. In
/// one call whoever plays would hear themselves through whoever captures.
struct Echo {
    _servers: [Server; 2],
    singer: Participant,
    player: Participant,
    ear: Participant,
    listener: Participant,
}

impl Echo {
    fn start(card: &SoundCard, save: &str) -> Self {
        let servers = [Server::start(), Server::start()];
        let singer = join(&servers[0], "singer", &["--mic", &format!("tone:{TONE_HZ}")]);
        let mut player = join(&servers[0], "player", &["--mic", "none"]);
        player.wait_for("the singer", |event| level(event, "singer") > 0.5);
        player.tell(json!({"command": "set_speaker", "speaker": format!("speaker:{}", card.speaker.id)}));
        // A tone that lasts is noise, and the others would hear less and less of it.
        let as_it_comes = ["--noise", "off", "--gain", "off", "--echo-cancellation", "off"];
        let microphone = format!("mic:{}", card.microphone.id);
        let ear = join(&servers[1], "ear", &[&["--mic", microphone.as_str()][..], &as_it_comes].concat());
        let listener = join(&servers[1], "listener", &["--mic", "none", "--save", save]);
        Self { _servers: servers, singer, player, ear, listener }
    }

    fn notices(&self) -> Vec<Value> {
        [&self.singer, &self.player, &self.ear, &self.listener].map(|all| all.events_of("notice")).concat()
    }
}

/// Waits until somebody has told their statistics so many times, which they do once a second.
fn wait_for_statistics(participant: &Participant, times: usize) {
    for _ in 0..times {
        participant.wait_since(participant.said(), "statistics", |event| event["event"] == "stats");
    }
}

/// Whether a notice names a device. The number that tells two of the same name apart may be missing: a device can be in
/// trouble before all of them are listed.
fn names(event: &Value, device: &Device) -> bool {
    let name = device.label.split(" (").next().unwrap_or_default();
    notice(event).contains(name)
}

fn join(server: &Server, nickname: &str, sound: &[&str]) -> Participant {
    Participant::join(server, nickname, 0, 0, &[&["--camera", "none"][..], sound].concat())
}

fn level(event: &Value, nickname: &str) -> f64 {
    heard_level(event, nickname).unwrap_or_default()
}

fn heard_level(event: &Value, nickname: &str) -> Option<f64> {
    find_track(event, nickname, "microphone")["level"].as_f64()
}

fn shows_microphone(event: &Value, nickname: &str, state: &str) -> bool {
    event["event"] == "media" && event["nickname"] == nickname && event["microphone"] == state
}
