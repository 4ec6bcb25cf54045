//! Before a call: devices that are missing, servers that are missing, rooms that are missing.
use egui::{Key, Modifiers, accesskit::Role};
use parlor_tests::{Participant, Server, Window, free_port};

use crate::{NO_DEVICES, TEST_DEVICES};

#[test]
fn missing_devices_are_told_in_words_and_others_can_be_chosen() {
    let Some(mut window) = Window::open(NO_DEVICES) else { return };
    window.wait_for("what is wrong with the camera", |control| {
        control.name.starts_with("Your camera:") && control.name.contains("none-of-this-name")
    });
    for device in ["Microphone", "Speaker"] {
        window.wait_for_value(device, "none-of-this-name (not connected)");
    }
    window.wait_for("what is wrong with the sound", |control| {
        control.role == Role::Label && control.name.contains("none-of-this-name")
    });

    window.pick("Camera", "Test pattern");
    window.wait_for_value("Camera", "Test pattern");
    window.wait_for_motion("the preview", |control| control.name == "Your camera");
    window.pick("Camera", "No camera");
    window.wait_for_named("Your camera: You go without a camera");
    window.pick("Camera", "Test pattern");
    window.wait_for_motion("the preview", |control| control.name == "Your camera");
    window.pick("Microphone", "Test tone");
    window.pick("Speaker", "No sound");

    for chosen in [r#"camera = "pattern""#, r#"microphone = "tone""#, r#"speaker = "null""#] {
        window.wait_for_settings(chosen);
    }
    assert!(window.close().success());
}

#[test]
fn a_server_out_of_reach_is_told_in_words_and_found_once_it_is_there() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let port = free_port();

    window.write("Server", &format!("127.0.0.1:{port}"));
    window.press(Key::Enter, Modifiers::NONE);

    window.wait_for_named("Out of reach");
    window.wait_for_words(&format!("127.0.0.1:{port} is out of reach: "));
    let _server = Server::start_on(port);
    window.wait_for_named("Connected");
}

#[test]
fn a_room_that_is_missing_can_be_made_and_closing_the_window_leaves_it() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = Server::start();
    window.write("Server", server.address());
    window.write("Room", "attic");

    window.click("Join room");
    window.wait_for_words("There is no room called");
    window.click("Create room");
    window.wait_for_named("Leave call");
    let bob = Participant::join_room(server.address(), "attic", "bob", 2, 700, &[] as &[&str]);
    bob.wait_for_pictures_of(&["window"]);

    assert_eq!(window.close().code(), Some(0));
    bob.wait_for("that the window left", |event| {
        event["event"] == "participant_left" && event["nickname"] == "window" && event["reason"] == "left"
    });
}
