//! A bad network: the picture goes on, nothing storms, and sound has no holes.
use std::{path::Path, thread::sleep, time::Duration};

use parlor_tests::{
    Participant, Server, clip, saved,
    score::{Film, PictureScore},
    trial::Trial,
};

const CALL_TIME: Duration = Duration::from_secs(30);
const IMPAIRED: [&str; 6] = ["--size", "320x180", "--video-kbps", "400", "--impair", "loss=5%,delay=40ms,seed=11"];

#[test]
fn with_five_percent_loss_pictures_and_sound_go_on() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().to_str().expect("a plain path");
    let ada = Participant::join(&server, "ada", 1, 440, &IMPAIRED);
    let bob = Participant::join(&server, "bob", 2, 700, &[&IMPAIRED[..], &["--save", save]].concat());
    bob.wait_for_pictures_of(&["ada"]);

    sleep(CALL_TIME);
    let camera = bob.received_from("ada", "camera");
    let microphone = bob.received_from("ada", "microphone");
    bob.leave();
    drop(ada);

    let pictures = saved::pictures(&folder.path().join("ada.y4m"));
    assert!(pictures.rising && pictures.tags == [1], "{pictures:?}");
    assert!(pictures.unreadable == 0, "a broken picture was shown: {pictures:?}");
    assert!(pictures.arrived >= 0.97, "{pictures:?}, {camera}");
    let lost = camera["packets_lost"].as_u64().expect("a number");
    let retransmitted = camera["retransmitted"].as_u64().expect("a number");
    assert!(lost > 20, "the network was not bad at all: {camera}");
    assert!(retransmitted <= 3 * lost, "a storm of retransmissions: {camera}");

    let sound = saved::samples(&folder.path().join("ada.wav"));
    // Every loss that left a hole would make it 5 %; a machine with much else to do leaves one now and then.
    let silence = saved::silent_share(&sound);
    assert!(silence <= 0.03, "silent for {silence} of the time: {microphone}");
    let purity = saved::purity(&sound[sound.len() / 4..sound.len() * 3 / 4], 440);
    assert!(purity > 0.5, "the tone is hardly there: {purity}, {microphone}");
}

#[test]
fn a_call_outlives_a_cut_and_packets_that_come_doubled_and_in_another_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (film, camera) = film(folder.path());
    let bad = "delay=20ms,reorder=3%,duplicate=2%,cut=6s+2s,seed=3";
    let trial = Trial {
        camera: &camera,
        microphone: "tone:440",
        sound: &[],
        there: bad,
        back: bad,
        video_kbps: 400,
        time: Duration::from_secs(22),
    };

    let outcome = trial.run();

    let (shown, arrivals) = (outcome.shown(&film), outcome.arrivals(&film));
    let score = |from| PictureScore::new(&film, &shown, &arrivals, outcome.window(Duration::from_secs(from)));
    let (all, behind) = (score(0), score(14));
    assert!(all.longest_freeze_ms >= 1_500.0, "nothing was cut: {all:?}");
    assert!(behind.fps >= 8.0 && behind.frozen < 0.5, "the picture does not come back: {behind:?}");
    assert_eq!(all.unreadable, 0, "a broken picture was shown: {all:?}");
    assert!(behind.ssim > Some(0.6), "the pictures are not those of the film: {behind:?}");
    let sound = saved::samples(&outcome.sound());
    let last = &sound[sound.len().saturating_sub(5 * 48_000)..];
    assert!(saved::purity(last, 440) > 0.5, "the tone does not come back");
}

#[test]
fn with_half_of_all_packets_lost_copies_in_the_others_carry_the_sound() {
    let trial = Trial {
        camera: "none",
        // It is no voice: nothing but whole copies helps it.
        microphone: "tone:440",
        sound: &[],
        there: "loss=50%@2s,seed=5",
        back: "seed=6",
        video_kbps: 400,
        time: Duration::from_secs(18),
    };

    let outcome = trial.run();

    let sound = saved::samples(&outcome.sound());
    let last = &sound[sound.len().saturating_sub(6 * 48_000)..];
    let (purity, silence) = (saved::purity(last, 440), saved::silent_share(last));
    println!("with half of the packets: purity {purity:.3}, silent {silence:.3} of the time");
    assert!(purity > 0.8 && silence < 0.1, "purity {purity}, silent for {silence} of the time");
}

#[test]
fn on_a_narrow_link_what_waits_and_what_is_late_is_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let (film, camera) = film(folder.path());
    let trial = Trial {
        camera: &camera,
        microphone: "tone:440",
        sound: &[],
        there: "rate=600kbit,delay=30ms,queue=300ms",
        back: "delay=30ms",
        video_kbps: 400,
        time: Duration::from_secs(12),
    };

    let outcome = trial.run();

    let (from, to) = (Duration::from_secs(4), trial.time);
    let (journal, window) = (&outcome.journal, outcome.window(from));
    let pictures = PictureScore::new(&film, &outcome.shown(&film), &outcome.arrivals(&film), window);
    let (passed, offered) = (journal.passed_kbps(from, to), journal.offered_kbps(from, to));
    assert!(passed <= 640.0 && offered >= passed, "{passed} kbit/s passed of {offered}");
    assert!(passed > 100.0, "hardly anything was sent: {passed} kbit/s");
    let waited = journal.queued_ms(from, to, 1.0).expect("packets that passed");
    assert!(waited <= 301.0, "something waited for {waited} ms in a queue of 300 ms");
    let latency = pictures.latency_ms.expect("pictures that arrived");
    assert!(latency >= 30.0, "pictures came {latency} ms after they were taken, by a way of 30 ms");
}

/// A film whose pictures are counted, and what names it as a camera.
fn film(folder: &Path) -> (Film, String) {
    let (drawn, counted) = (folder.join("drawn.y4m"), folder.join("film.y4m"));
    clip::write(&drawn);
    let film = Film::read(&drawn, 7);
    film.write(&counted);
    (film, format!("file:{}", counted.display()))
}
