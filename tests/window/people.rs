//! The people of a call: the list of them, somebody stopped and had again, and the numbers of the call.
use egui::{Key, Modifiers};
use parlor_tests::{Participant, Window, find_track, voice};

use crate::{TEST_DEVICES, encoders, host_kitchen};

/// Sound alone takes less.
const MORE_THAN_SOUND_KBPS: u64 = 50;
const BOTH: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

#[test]
fn a_person_stops_the_video_of_somebody_has_it_again_mutes_them_and_reads_the_numbers() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = host_kitchen(&mut window);
    let folder = tempfile::tempdir().expect("a folder");
    let bob = Participant::join_room(&server, "kitchen", "bob", 2, 700, &["--mic", &voice(folder.path())]);
    bob.wait_for_pictures_of(&["window"]);

    window.press(Key::P, BOTH);
    window.wait_for("that bob is heard and well reached", |control| {
        control.name.starts_with("In the room: bob") && control.name.contains("speaking")
    });
    choose(&mut window, "Stop receiving their video");
    window.wait_for("that his video has stopped", |control| {
        control.name.starts_with("In the room: bob") && control.name.contains("Video stopped")
    });
    let said = bob.said();
    bob.wait_since(said, "that he encodes for nobody", |event| encoders(event) == Some(0));
    choose(&mut window, "Receive their video");
    let said = bob.said();
    bob.wait_since(said, "that he encodes again", |event| encoders(event) > Some(0));
    choose(&mut window, "Mute for me");
    window.wait_for("that he is muted", |control| {
        control.name.starts_with("In the room: bob") && control.name.contains("Muted for you")
    });

    window.press(Key::I, BOTH);
    window.wait_for("how much comes", |control| {
        let kbps = control.name.strip_prefix("Received: ").and_then(|rest| rest.strip_suffix(" kbit/s"));
        kbps.and_then(|kbps| kbps.parse::<u64>().ok()).is_some_and(|kbps| kbps > MORE_THAN_SOUND_KBPS)
    });
    // By which of our addresses they see us is the network's business.
    window.wait_for("a direct way", |control| control.name.starts_with("direct ("));
    window.click("Copy as text");
    window.wait_for_named("Statistics copied");
    let hears_us = find_track(&bob.events_of("stats").pop().unwrap_or_default(), "window", "microphone");
    assert!(hears_us["kbps"].as_u64() > Some(0), "{hears_us}");
}

fn choose(window: &mut Window, what: &str) {
    window.click("Actions for bob");
    window.click(what);
}
