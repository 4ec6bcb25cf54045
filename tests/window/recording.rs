//! A recording, from the key that begins it to the card that says where it is.
use egui::{Key, Modifiers};
use parlor_tests::{
    Participant, Window,
    film::{self, Film},
    find_track,
};

use crate::{TEST_DEVICES, decoded, host_kitchen};

const KEY: Modifiers = Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE };

#[test]
fn a_person_records_a_call_and_is_told_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = format!("recordings = {:?}\n{TEST_DEVICES}", folder.path());
    let Some(mut window) = Window::open(&settings) else { return };
    let server = host_kitchen(&mut window);
    let bob = Participant::join_room(&server, "kitchen", "bob", 2, 700, &[] as &[&str]);
    window.wait_for_motion("the picture of bob", |control| control.name.starts_with("bob"));

    window.press(Key::R, KEY);
    window.wait_for_words("You are recording this call, for ");
    let (said, before) = (bob.said(), decoded(&bob.received_from("window", "camera")));
    bob.wait_since(said, "enough for a film", |event| decoded(&find_track(event, "window", "camera")) > before + 120);
    window.press(Key::R, KEY);
    window.wait_for_named("Recording saved");

    let recording = film::only_folder(folder.path());
    for (name, tag) in [("bob", 2), ("window", 1)] {
        let film = Film::probe(&recording.join(format!("{name}.webm")));
        assert!(film.pictures.len() > 30 && film.sound.len() > 100, "{name}: {film:?}");
        assert!(film::first_marks(&recording.join(format!("{name}.webm")), 20).iter().all(|mark| mark.tag == tag));
    }
    window.click("Close");
    drop(bob);
    window.click("Leave call");
    window.wait_for("the end of the call", |control| ["Join room", "Leave, keep hosting"].contains(&&*control.name));
}
