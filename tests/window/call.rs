//! A call, from hosting a room to being back in the lobby.
use egui::{Key, Modifiers};
use parlor_tests::{Participant, Window, voice};
use serde_json::{Value, json};

use crate::{TEST_DEVICES, host_kitchen, shows};

#[test]
fn a_person_hosts_a_room_sees_a_guest_chats_mutes_and_leaves() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    window.compose("Your name", "미ㄴ", "민수");

    let server = host_kitchen(&mut window);
    let folder = tempfile::tempdir().expect("a folder");
    let mut bob = Participant::join_room(&server, "kitchen", "bob", 2, 700, &["--mic", &voice(folder.path())]);

    people_see_each_other(&mut window, &bob);
    people_write_to_each_other(&mut window, &mut bob);
    switches_reach_the_others(&mut window, &bob);
    let said = bob.said();
    window.click("Leave call");
    window.click("Leave, keep hosting");
    window.wait_for_named("Join room");
    let left = bob.wait_since(said, "that the window left", |event| event["event"] == "participant_left");
    assert_eq!((&left["nickname"], &left["reason"]), (&json!("민수"), &json!("left")));
    window.wait_for_words("kitchen, 1 of ");
    bob.leave();
    // Closing asks a question as long as somebody is connected.
    window.click("Invite");
    window.wait_for_named("Connected: 1");
    assert!(window.close().success());
}

fn people_see_each_other(window: &mut Window, bob: &Participant) {
    bob.wait_for_pictures_of(&["민수"]);
    window.wait_for_motion("the picture of bob", |control| shows(control, "bob"));
    window.wait_for_motion("our own picture", |control| shows(control, "민수 (you)"));
    window.wait_for("that bob speaks", |control| shows(control, "bob") && control.name.contains("speaking"));
}

fn people_write_to_each_other(window: &mut Window, bob: &mut Participant) {
    bob.tell(json!({"command": "chat", "text": "do you see me?"}));
    window.click("Chat");
    window.wait_for_named("bob: do you see me?");

    window.compose("Message", "네, 잘 보", "네, 잘 보여요.");
    window.press(Key::Enter, Modifiers::NONE);

    window.wait_for_named("You: 네, 잘 보여요.");
    let line = bob.wait_for("a line of the window", |event| event["event"] == "chat" && event["from"] == "민수");
    assert_eq!((&line["text"], &line["private"]), (&json!("네, 잘 보여요."), &json!(false)));

    window.pick("Recipient", "To bob only");
    window.write("Message", "only you");
    window.click("Send message");
    window.wait_for_named("You, to bob only: only you");
    let line = bob.wait_for("a private line", |event| event["event"] == "chat" && event["private"] == true);
    assert_eq!(line["text"], "only you");
}

fn switches_reach_the_others(window: &mut Window, bob: &Participant) {
    for (button, track, state) in [
        ("Mute microphone", "microphone", "muted"),
        ("Unmute microphone", "microphone", "on"),
        ("Turn camera off", "camera", "off"),
        ("Turn camera on", "camera", "on"),
    ] {
        let said = bob.said();
        window.click(button);
        bob.wait_since(said, &format!("that the {track} is {state}"), |event| media(event, track, state));
    }
    window.wait_for_motion("our own picture", |control| shows(control, "민수 (you)"));
}

fn media(event: &Value, track: &str, state: &str) -> bool {
    event["event"] == "media" && event["nickname"] == "민수" && event[track] == state
}
