//! Music keeps its two channels on the way to a browser and back.
use std::path::Path;

use parlor_media::audio::{SAMPLE_RATE, measure::tone_power};
use parlor_tests::{
    Participant, Server,
    browser::{Chromium, Wishes},
    film, tones,
};
use serde_json::{Value, json};

use super::{FROM_BROWSER, browser};

/// At the left and at the right of each.
const OF_ADA: [u32; 2] = [440, 660];
const OF_BROWSER: [u32; 2] = [700, 1_100];

#[test]
fn music_keeps_both_its_channels_to_a_browser_and_back() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let (music, recordings) = (folder.path().join("music.wav"), folder.path().join("recordings"));
    tones::write(&music, &OF_ADA);
    let (microphone, record) = (format!("file:{}", music.display()), recordings.to_str().expect("a plain path"));
    let arguments = ["--camera", "none", "--mic", &microphone, "--music", "--record", record];
    let mut ada = Participant::join(&server, "ada", 1, 440, &arguments);
    ada.wait_until_in_room();

    let [hz, right] = OF_BROWSER;
    let line = FROM_BROWSER;
    let (nickname, right_hz) = ("browser", Some(right));
    let wishes = Wishes { nickname, hz, right_hz, line, film: None, video_kbps: Some(200), listens: true };
    let browser = Chromium::join_as(&program, &server, &wishes);
    browser.wait_for("both channels of ada", |event| OF_ADA == pitches(event));
    ada.wait_for("enough sound of the browser", |event| {
        let sound = parlor_tests::find_track(event, "browser", "microphone");
        sound["level"].as_f64() > Some(0.05) && event["at_ms"].as_u64() > Some(8_000)
    });
    ada.tell(json!({"command": "record", "on": false}));
    ada.wait_for("the end of the recording", |event| event["event"] == "recording" && event["on"] == false);
    ada.leave();

    assert_both_channels(&film::only_folder(&recordings).join("browser.webm"));
}

/// The pitches that the browser hears at its left and at its right, those of ada where they are within 10 Hz.
fn pitches(event: &Value) -> [u32; 2] {
    let heard = ["left", "right"].map(|side| event["sound"][side]["hz"].as_f64().unwrap_or_default());
    let near = |(heard, hz): (f64, u32)| if (heard - f64::from(hz)).abs() < 10.0 { hz } else { 0 };
    [near((heard[0], OF_ADA[0])), near((heard[1], OF_ADA[1]))]
}

/// In the middle of the film each channel has its own tone, and hardly the other one.
fn assert_both_channels(film: &Path) {
    let channels = film::channels(film);
    for (channel, own, other) in [(0, OF_BROWSER[0], OF_BROWSER[1]), (1, OF_BROWSER[1], OF_BROWSER[0])] {
        let sound = &channels[channel];
        let middle = &sound[sound.len() / 2..sound.len() * 3 / 4];
        let [own, other] = [own, other].map(|hz| tone_power(middle, SAMPLE_RATE, hz as f32));

        assert!(own > 0.01, "channel {channel} is silent: {own}");
        assert!(own > 30.0 * other, "channel {channel} has {other} of the other one, beside {own} of its own");
    }
}
