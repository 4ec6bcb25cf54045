//! A narrow network: what it takes is found out, its queue does not fill, and sound goes on whatever the pictures do.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, saved};
use serde_json::Value;

/// Long enough for the estimate to settle, and for statistics to be made of it.
const CALL_TIME: Duration = Duration::from_secs(30);
/// Statistics, one a second, in which it has settled.
const SETTLED: usize = 15;
/// A longer silence is no busy machine any more, but sound that did not come through.
const LONG_GAP_MS: usize = 1_000;
/// Pictures as large as the network allows, or larger.
const MUCH: [&str; 4] = ["--size", "640x360", "--video-kbps", "1500"];

#[test]
fn what_a_narrow_network_takes_is_found_out_and_sound_has_no_long_gaps() {
    let call = Call::over("rate=1mbit,delay=25ms,queue=300ms");

    let estimate = mean(&call.estimates);
    println!("1 Mbit/s: estimates {:?}, mean {estimate:.0}; silent for {} ms", call.estimates, call.silence_ms);
    assert!((500.0..1_300.0).contains(&estimate), "{:?}", call.estimates);
    assert!(call.silence_ms <= LONG_GAP_MS, "silent for {} ms", call.silence_ms);
    assert!(call.pictures.rising && call.pictures.unreadable == 0, "{:?}", call.pictures);
}

#[test]
fn sound_goes_on_where_pictures_hardly_fit() {
    let call = Call::over("rate=500kbit,delay=25ms,queue=300ms");

    println!("500 kbit/s: estimates {:?}; silent for {} ms", call.estimates, call.silence_ms);
    assert!(call.silence_ms <= LONG_GAP_MS, "silent for {} ms", call.silence_ms);
    assert!(call.pictures.rising && call.pictures.unreadable == 0, "{:?}", call.pictures);
}

#[test]
fn without_a_limit_the_estimate_climbs_beyond_what_is_sent() {
    let server = Server::start();
    let ada = Participant::join(&server, "ada", 1, 440, &MUCH);
    let bob = Participant::join(&server, "bob", 2, 700, &MUCH);
    bob.wait_for_pictures_of(&["ada"]);

    ada.wait_for("an estimate of more than it sends", |event| {
        estimate_of(event, "bob").is_some_and(|estimate| estimate > 1_500)
    });
}

/// A call in which what ada sends goes over a bad network, as bob got it.
struct Call {
    /// Thousands of bits a second, once they had settled.
    estimates: Vec<u64>,
    silence_ms: usize,
    pictures: saved::PictureReport,
}

impl Call {
    fn over(network: &str) -> Self {
        let server = Server::start();
        let folder = tempfile::tempdir().expect("a folder");
        let save = folder.path().to_str().expect("a plain path");
        let ada = Participant::join(&server, "ada", 1, 440, &[&MUCH[..], &["--impair", network]].concat());
        let bob = Participant::join(&server, "bob", 2, 700, &["--size", "160x90", "--save", save]);
        bob.wait_for_pictures_of(&["ada"]);

        sleep(CALL_TIME);
        let stats = ada.events_of("stats");
        let estimates: Vec<_> = stats.iter().filter_map(|stats| estimate_of(stats, "bob")).collect();
        bob.leave();
        drop(ada);

        let sound = saved::samples(&folder.path().join("ada.wav"));
        Self {
            estimates: estimates[estimates.len().saturating_sub(SETTLED)..].to_vec(),
            silence_ms: saved::longest_silence_ms(&sound),
            pictures: saved::pictures(&folder.path().join("ada.y4m")),
        }
    }
}

fn estimate_of(stats: &Value, nickname: &str) -> Option<u64> {
    let participants = stats["participants"].as_array()?;
    participants.iter().find(|participant| participant["nickname"] == nickname)?["estimate_kbps"].as_u64()
}

fn mean(values: &[u64]) -> f64 {
    values.iter().sum::<u64>() as f64 / values.len().max(1) as f64
}
