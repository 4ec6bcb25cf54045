//! A speaker and the microphone that hears it.
use parlor_tests::{Participant, Server, find_track, saved, voice};
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
fn what_a_speaker_plays_into_a_microphone_does_not_come_back_to_those_who_said_it() {
    let Some(card) = sound_card() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start();
    let (speaker, microphone) = (format!("speaker:{}", card.speaker.id), format!("mic:{}", card.microphone.id));
    let nothing_else = ["--noise", "off", "--gain", "off", "--echo-cancellation", "off"];
    let devices = ["--speaker", speaker.as_str(), "--mic", microphone.as_str()];
    let mut room = join(&server, "room", &[devices.as_slice(), &nothing_else].concat());
    let voice = voice(folder.path());
    let save = folder.path().to_str().expect("a plain path").to_owned();
    let speaker = join(&server, "speaker", &["--mic", &voice, "--save", &save]);
    let saved = || saved::samples(&folder.path().join("room.wav"));

    speaker.wait_for("the own voice", |event| level(event, "room") > 0.3);
    let began = saved().len();
    wait_for_statistics(&speaker, 15);
    let switched = saved().len();
    room.tell(json!({"command": "set_sound", "echo_cancellation": true}));
    wait_for_statistics(&speaker, 30);
    report("the canceller", &room.events_of("stats").last().expect("statistics")["me"]["sound"]);
    report("notices", format!("{:?}", room.events_of("notice")));
    speaker.leave();

    let all = saved();
    let without = loudness_db(&all[began..switched]);
    let with = loudness_db(&all[all.len().saturating_sub(12 * 48_000)..]);
    report("echo without cancellation, dBFS", without);
    report("echo with it, dBFS", with);
    assert!(without > -45.0, "without cancellation the voice comes back: {without} dBFS");
    assert!(with < without - 15.0, "with cancellation hardly: {with} instead of {without} dBFS");
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

/// How loud a voice is, in dB below full scale: the median of its seconds. One in which the card lost sound, as on a
/// busy machine, does not decide.
fn loudness_db(sound: &[f32]) -> f32 {
    let power = |second: &[f32]| second.iter().map(|sample| sample * sample).sum::<f32>() / second.len() as f32;
    let mut powers: Vec<f32> = sound.chunks_exact(48_000).map(power).collect();
    powers.sort_by(f32::total_cmp);
    let median = powers.get(powers.len() / 2).copied().unwrap_or_default();
    10.0 * (median + 1e-10).log10()
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
