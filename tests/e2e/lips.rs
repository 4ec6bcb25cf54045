//! What is said is heard when it is seen.
use std::{path::Path, time::Duration};

use parlor_tests::{
    clip, saved,
    score::{Film, LipScore, chirps, mean},
    trial::Trial,
};

/// Until then pictures and sound find together.
const TOGETHER: Duration = Duration::from_secs(8);
const SECOND_US: u64 = 1_000_000;
/// As far apart as nobody sees (EBU R37: 40 ms where pictures are late, 60 ms where they are early). The median is looked
/// at, for a machine with much else to do trembles.
const APART_MS: f64 = 45.0;

#[test]
fn where_sound_has_to_wait_pictures_wait_with_it_and_the_receiver_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let (film, camera, microphone) = film(folder.path());
    let trial = Trial {
        camera: &camera,
        microphone: &microphone,
        sound: &[],
        // Sound waits for what later packets carry along of it; most pictures are there 40 ms after they were taken.
        there: "delay=20ms,loss=10%@2s,burst=5,seed=4",
        back: "delay=20ms",
        video_kbps: 300,
        time: Duration::from_secs(24),
    };

    let outcome = trial.run();

    let heard_from = outcome.sound_from().expect("sound that arrived");
    let sound = chirps::delays(&saved::samples(&outcome.sound()), heard_from, &outcome.sound_began());
    let (shown, arrivals) = (outcome.shown(&film), outcome.arrivals(&film));
    let lips = LipScore::new(&shown, &arrivals, &sound, SECOND_US, outcome.window(TOGETHER));
    let lips = lips.unwrap_or_else(|| panic!("{} chirps, {} pictures", sound.len(), arrivals.len()));
    let told = mean(&outcome.told_skews_ms(TOGETHER)).expect("the receiver knows the skew");
    let slow = sound.iter().filter(|delay| delay.ms > 80.0).count();
    assert!(slow * 2 > sound.len(), "the sound did not have to wait: {sound:?}");
    assert!(lips.looks >= 8, "hardly any chirp was heard: {lips:?}");
    assert!(lips.skew_ms.abs() <= APART_MS, "apart: {lips:?}, told {told}");
    assert!(told.abs() <= APART_MS, "the receiver takes them to be apart: told {told}, {lips:?}");
    assert!((lips.skew_ms - told).abs() <= APART_MS, "the receiver is wrong: told {told}, {lips:?}");
}

/// A film whose pictures are counted and a sound whose seconds can be found, as a camera and a microphone.
fn film(folder: &Path) -> (Film, String, String) {
    let (drawn, counted, sound) = (folder.join("drawn.y4m"), folder.join("film.y4m"), folder.join("chirps.wav"));
    clip::write(&drawn);
    let film = Film::read(&drawn, 7);
    film.write(&counted);
    chirps::write(&sound);
    (film, format!("file:{}", counted.display()), format!("file:{}", sound.display()))
}
