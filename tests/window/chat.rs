//! The chat: what was said before, several lines, links, saving, hands and reactions.
use egui::{Key, Modifiers};
use parlor_tests::{Participant, Server, Window};
use serde_json::json;

use crate::{TEST_DEVICES, join};

const SILENT: [&str; 2] = ["--camera", "none"];

#[test]
fn a_person_who_comes_late_reads_what_was_said_writes_several_lines_and_sees_hands_and_reactions() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &SILENT);
    ada.wait_until_in_room();
    ada.tell(json!({"command": "chat", "text": "the plan: https://example.org/plan"}));

    join(&mut window, server.address(), "tea");
    window.click("Chat");
    window.wait_for_named("From before you came, told by ada");
    window.wait_for_named("ada: the plan: https://example.org/plan");
    window.wait_for_named("https://example.org/plan");

    window.write("Message", "first");
    window.press(Key::Enter, Modifiers::SHIFT);
    window.wait_for_value("Message", "first\n");
    window.paste("두 번째");
    window.wait_for_value("Message", "first\n두 번째");
    window.press(Key::Enter, Modifiers::NONE);
    window.wait_for_named("You: first\n두 번째");
    ada.wait_for("both lines", |event| event["event"] == "chat" && event["text"] == "first\n두 번째");

    ada.tell(json!({"command": "raise_hand"}));
    window.wait_for_named("ada raised their hand");
    ada.tell(json!({"command": "react", "reaction": "clap"}));
    window.wait_for_named("ada: Applause");
    assert!(window.close().success());
}
