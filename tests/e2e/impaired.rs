//! A bad network: the picture goes on, nothing storms, and sound has no holes.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, saved};

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
    let silence = saved::longest_silence_ms(&sound);
    assert!(silence <= 300, "silent for {silence} ms: {microphone}");
    let purity = saved::purity(&sound[sound.len() / 4..sound.len() * 3 / 4], 440);
    assert!(purity > 0.5, "the tone is hardly there: {purity}, {microphone}");
}
