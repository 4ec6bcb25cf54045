//! Takes the pictures of the documentation: `make screenshots`. Needs Xvfb, and the programs built with the feature `e2e`.
//!
//! The first argument is a film for everybody's camera, as `file:PATH`; without one it is the test picture.
#![expect(clippy::expect_used, reason = "who takes pictures ends where there is nothing to see")]

use std::{env, fs, path::Path, thread::sleep, time::Duration};

use egui::{Key, Modifiers};
use parlor_tests::{Participant, Server, Window};
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/screenshots");
/// Long enough for what fades and what comes over the network.
const MOMENT: Duration = Duration::from_secs(2);

fn main() {
    let camera = env::args().nth(1).unwrap_or_else(|| "pattern:1".to_owned());
    let server = Server::start();
    for (theme, language, ending) in [("dark", "english", ""), ("light", "korean", "-korean")] {
        let settings = format!(
            "nickname = \"Ada\"\nserver = \"{}\"\ncamera = \"{camera}\"\nmicrophone = \"tone:440\"\nspeaker = \"null\"\n\
             theme = \"{theme}\"\nlanguage = \"{language}\"\n",
            server.address()
        );
        let mut window = Window::open(&settings).expect("Xvfb is installed");
        if language == "english" {
            visit(&mut window, &server, &camera);
        } else {
            sleep(MOMENT);
            keep(&mut window, &format!("lobby{ending}"));
        }
    }
}

fn visit(window: &mut Window, server: &Server, camera: &str) {
    let mut bob = guest(server, "Bob", 2, camera);
    let _eve = guest(server, "김민수", 3, camera);
    window.wait_for_words("tea, ");
    sleep(MOMENT);
    keep(window, "lobby");
    window.click("Settings");
    window.wait_for_named("Shortcuts");
    keep(window, "settings");
    window.click("Close dialog");

    window.write("Room", "tea");
    window.click("Join room");
    window.wait_for_named("Leave call");
    window.wait_for_motion("Bob", |control| control.name.starts_with("Bob, "));
    window.click("Chat");
    bob.tell(json!({"command": "chat", "text": "Morning! The agenda: https://example.org/agenda"}));
    window.wait_for_words("Morning!");
    window.write("Message", "네, 고마워요.");
    window.press(Key::Enter, Modifiers::NONE);
    bob.tell(json!({"command": "raise_hand"}));
    bob.tell(json!({"command": "send_file", "path": concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")}));
    window.wait_for_words("offers it to you");
    sleep(MOMENT);
    keep(window, "call");

    window.click("People");
    window.wait_for_words("Good connection");
    keep(window, "people");
    window.click("More");
    window.click("Statistics");
    sleep(8 * MOMENT);
    keep(window, "statistics");
    window.click("Close statistics");

    bob.tell(json!({"command": "share", "share": "pattern:7", "mode": "motion"}));
    window.wait_for_words("Bob is presenting");
    window.click("More");
    window.click("Record");
    sleep(3 * MOMENT);
    keep(window, "sharing");
    window.click("Share screen");
    window.wait_for_named("Share with everybody");
    sleep(MOMENT);
    keep(window, "share");
}

fn guest(server: &Server, nickname: &str, tag: u8, camera: &str) -> Participant {
    let size = ["--camera", camera, "--size", "640x360"];
    let guest = Participant::join_room(server.address(), "tea", nickname, tag, 600, &size);
    guest.wait_for("that it is in the room", |event| event["event"] == "joined");
    guest
}

fn keep(window: &mut Window, name: &str) {
    fs::write(Path::new(FOLDER).join(format!("{name}.png")), window.png()).expect("a picture");
}
