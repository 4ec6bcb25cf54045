//! Trying devices before a call, and changing them in the middle of one.
use parlor_tests::{Participant, Server, Window, find_track, saved};

use crate::{TEST_DEVICES, decoded, join};

#[test]
fn the_speaker_and_the_microphone_are_tried_before_a_call() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };

    window.click("Test speaker");
    window.wait_for("that the melody is played", |control| control.name == "Speaker level" && control.is_above(0.3));
    window.wait_for("the end of the melody", |control| control.name == "Test speaker" && control.enabled);
    window.click("Record a test");
    window.wait_for_words("Say something…");
    window.wait_for_words("This is you…");
    // The test tone was recorded, and is played.
    window.wait_for("that it is played back", |control| control.name == "Speaker level" && control.is_above(0.3));
    window.wait_for_named("Record a test");

    assert!(window.close().success());
}

#[test]
fn another_camera_is_chosen_in_a_call_and_the_others_see_it() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let (server, folder) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let save = folder.path().to_str().expect("a plain path");
    let bob = Participant::join_room(server.address(), "attic", "bob", 2, 700, &["--save", save]);
    join(&mut window, server.address(), "attic");
    bob.wait_for_pictures_of(&["window"]);

    window.click("Choose camera");
    window.click("Test pattern");
    let (said, before) = (bob.said(), decoded(&bob.received_from("window", "camera")));
    bob.wait_since(said, "pictures of the other camera", |event| {
        decoded(&find_track(event, "window", "camera")) > before + 90
    });
    bob.leave();

    let pictures = saved::pictures(&folder.path().join("window.y4m"));
    assert_eq!(pictures.tags, [1, 0], "the first camera, then the other, and nothing else");
    assert!(window.settings().contains(r#"camera = "pattern""#));
}
