//! Recording: one film for each participant, as others read them.
use std::{
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_tests::{
    Participant, Server,
    film::{self, Film},
};
use serde_json::json;

const SMALL: [&str; 4] = ["--size", "320x180", "--video-kbps", "300"];

#[test]
fn everybody_has_a_film_and_all_of_them_begin_at_the_same_zero() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, mut ada, mut bob) = recorded_pair(folder.path());
    sleep(Duration::from_secs(4));
    let carol = Participant::join(&server, "carol", 3, 900, &SMALL);
    ada.wait_for_pictures_of(&["carol"]);
    bob.tell(json!({"command": "camera_off"}));
    sleep(Duration::from_secs(3));
    bob.tell(json!({"command": "camera_on"}));
    sleep(Duration::from_secs(2));

    ada.tell(json!({"command": "record", "on": false}));
    let ended = ada.wait_for("the end of the recording", |event| event["event"] == "recording" && event["on"] == false);

    let recording = film::only_folder(folder.path());
    assert_eq!(ended["folder"].as_str(), recording.to_str());
    assert!(ended["message"].is_null(), "{ended}");
    let notices = ada.events_of("notice");
    assert!(!notices.iter().any(|notice| notice.to_string().contains("too slow")), "{notices:?}");
    let films = ["ada", "bob", "carol"].map(|name| Film::probe(&recording.join(format!("{name}.webm"))));
    let mixed = Film::probe(&recording.join("mixed.webm"));
    let end = mixed.sound.last().copied().expect("sound");
    for (name, film) in ["ada", "bob", "carol"].iter().zip(&films) {
        film::assert_decodes(&recording.join(format!("{name}.webm")));
        assert!(film.keyframes[0], "{name} begins with a picture that stands alone");
        for track in [&film.pictures, &film.sound] {
            assert!(track.is_sorted_by(|a, b| a < b), "{name} goes back");
            assert!((track.last().expect("something") - end).abs() < 2.5, "{name} ends apart from the others: {end}");
        }
        assert!((film.pictures[0] - film.sound[0]).abs() < 5.0, "{name} begins apart");
        assert!((film.duration.expect("a length") - end).abs() < 2.5);
    }
    let [ada_film, bob_film, carol_film] = &films;
    assert!(ada_film.sound[0] < 4.0 && bob_film.sound[0] < 4.0);
    assert!(carol_film.sound[0] > 3.5, "carol came late: {}", carol_film.sound[0]);
    assert!(longest_gap(&bob_film.pictures) > 2.5 && longest_gap(&carol_film.pictures) < 2.5);
    assert!(longest_gap(&bob_film.sound) < 2.5, "the sound of bob went on");
    assert!(mixed.pictures.is_empty() && mixed.sound[0] < 0.1 && longest_gap(&mixed.sound) < 0.03);
    for (name, tag) in [("ada", 1), ("bob", 2), ("carol", 3)] {
        let marks = film::first_marks(&recording.join(format!("{name}.webm")), 40);
        assert!(marks.iter().all(|mark| mark.tag == tag), "{name}: {marks:?}");
        assert!(marks.is_sorted_by_key(|mark| mark.counter), "{name}: {marks:?}");
    }
    carol.leave();
}

#[test]
fn pictures_pass_no_faster_than_they_were_made_and_no_slower_than_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    let (_server, ada, _bob) = recorded_pair(folder.path());
    sleep(Duration::from_secs(6));
    ada.leave();
    let took = began.elapsed().as_secs_f64();

    let path = film::only_folder(folder.path()).join("bob.webm");
    let times = Film::probe(&path).pictures;
    let marks = film::first_marks(&path, times.len());

    // No more than thirty are made in a second; on a busy machine there are fewer.
    let made = f64::from(marks[marks.len() - 1].counter - marks[0].counter) / 30.0;
    let passed = times[times.len() - 1] - times[0];
    assert!(times.len() > 40, "{}", times.len());
    assert!(passed > made - 1.0, "{made} s of pictures pass in {passed} s");
    assert!(times[times.len() - 1] < took, "{} s were recorded in {took} s", times[times.len() - 1]);
}

#[test]
fn a_program_that_is_killed_leaves_films_that_play() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, mut ada, _bob) = recorded_pair(folder.path());
    sleep(Duration::from_secs(6));

    ada.kill();

    let recording = film::only_folder(folder.path());
    for (name, tag) in [("ada", 1), ("bob", 2)] {
        let path = recording.join(format!("{name}.webm"));
        let film = Film::probe(&path);
        assert!(film.sound.last().is_some_and(|last| *last > 3.0), "{name}: {:?}", film.sound.last());
        assert!(film.pictures.len() > 30, "{name}: {}", film.pictures.len());
        film::assert_decodes(&path);
        assert!(film::first_marks(&path, 30).iter().all(|mark| mark.tag == tag));
    }
    assert!(Film::probe(&recording.join("mixed.webm")).sound.len() > 100);
}

#[test]
fn a_film_is_sent_as_somebodys_camera_and_microphone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, ada, _bob) = recorded_pair(folder.path());
    sleep(Duration::from_secs(4));
    ada.leave();
    let film = format!("file:{}", film::only_folder(folder.path()).join("bob.webm").display());

    let eve = Participant::join(&server, "eve", 9, 300, &["--camera", "none"]);
    let _player = Participant::join(&server, "player", 8, 300, &["--camera", &film, "--mic", &film]);

    eve.wait_for_pictures_of(&["player"]);
    eve.wait_for("the recorded tone", |event| {
        parlor_tests::find_track(event, "player", "microphone")["level"].as_f64().is_some_and(|level| level > 0.3)
    });
}

/// Ada, who records from the beginning, and Bob, whom she sees.
fn recorded_pair(folder: &Path) -> (Server, Participant, Participant) {
    let server = Server::start();
    let recordings = folder.to_str().expect("a plain path");
    let ada = Participant::join(&server, "ada", 1, 440, &[&SMALL[..], &["--record", recordings]].concat());
    let bob = Participant::join(&server, "bob", 2, 700, &SMALL);
    ada.wait_for("that it records", |event| event["event"] == "recording" && event["on"] == true);
    ada.wait_for_pictures_of(&["bob"]);
    (server, ada, bob)
}

fn longest_gap(times: &[f64]) -> f64 {
    times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
}
