//! The real window, driven by what its controls are called: what a person does and sees.
mod call;
mod chat;
mod devices;
mod files;
mod host;
mod lobby;
mod people;
mod recording;
mod screen_reader;
mod settings;
mod share;
mod stage;

use egui::accesskit::Role;
use parlor_tests::{Control, Window, free_port};
use serde_json::Value;

/// Devices that no machine has, so that the window starts with the same troubles everywhere, and nobody's camera is
/// switched on by a test.
const NO_DEVICES: &str = r#"
nickname = "window"
camera = "camera:none-of-this-name"
microphone = "mic:none-of-this-name"
speaker = "speaker:none-of-this-name"
theme = "dark"
"#;

/// The test picture and the test tone, heard by nobody.
const TEST_DEVICES: &str = r#"
nickname = "window"
camera = "pattern:1"
microphone = "tone:440"
speaker = "null"
theme = "dark"
"#;

/// Has a window host the room `kitchen`, and waits until it is in there. Returns where its server is.
fn host_kitchen(window: &mut Window) -> String {
    let server = format!("ws://127.0.0.1:{}", free_port());
    window.write("Server", &server);
    window.write("Room", "kitchen");
    window.click("Host a room");
    window.wait_for_named("Nobody else is here yet");
    server
}

/// Has a window join a room that is there.
fn join(window: &mut Window, server: &str, room: &str) {
    window.write("Server", server);
    window.write("Room", room);
    window.click("Join room");
    window.wait_for_named("Leave call");
}

/// Whether that is somebody's tile, with a picture.
fn shows(control: &Control, who: &str) -> bool {
    let mut facts = control.name.split(", ");
    control.role == Role::Image && facts.next() == Some(who) && facts.all(|fact| fact != "no picture")
}

/// How many pictures of a track were decoded so far.
fn decoded(track: &Value) -> u64 {
    track["frames_decoded"].as_u64().unwrap_or(0)
}

/// How many encoders run at somebody's, by an event of theirs.
fn encoders(event: &Value) -> Option<usize> {
    event["me"]["encoders"].as_array().map(Vec::len)
}
