//! Chat between real processes.
use std::{thread::sleep, time::Duration};

use parlor_tests::{Participant, Server};
use serde_json::json;

const SILENT: [&str; 2] = ["--camera", "none"];

#[test]
fn what_is_said_to_all_and_to_one_arrives_once_and_in_order() {
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &SILENT);
    let bob = Participant::join(&server, "bob", 2, 700, &SILENT);
    let cyd = Participant::join(&server, "cyd", 3, 900, &SILENT);
    for nickname in ["bob", "cyd"] {
        ada.wait_for("that all are connected", |event| {
            event["event"] == "link" && event["nickname"] == nickname && event["state"] == "connected"
        });
    }

    for n in 0..10 {
        ada.tell(json!({"command": "chat", "text": format!("line {n} 안녕 👋")}));
    }
    ada.tell(json!({"command": "chat_to", "nickname": "bob", "text": "only you"}));
    ada.tell(json!({"command": "chat", "text": "last"}));
    for listener in [&bob, &cyd] {
        listener.wait_for("the last line", |event| event["text"] == "last");
    }
    sleep(Duration::from_secs(5)); // long enough for anything that is said twice

    let to_all: Vec<_> = (0..10).map(|n| (false, format!("line {n} 안녕 👋"))).collect();
    let last = [(false, "last".to_owned())];
    let private = [(true, "only you".to_owned())];
    assert_eq!(heard(&bob), [&to_all[..], &private, &last].concat());
    assert_eq!(heard(&cyd), [&to_all[..], &last].concat());
    assert!(heard(&ada).is_empty());
}

#[test]
fn a_late_joiner_is_told_what_was_said_and_sees_hands_in_the_same_order_as_all() {
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &SILENT);
    ada.wait_until_in_room();
    let mut bob = Participant::join(&server, "bob", 2, 700, &SILENT);
    bob.wait_for("the connection", |event| event["event"] == "link" && event["state"] == "connected");
    ada.wait_for("the connection", |event| event["event"] == "link" && event["state"] == "connected");
    bob.tell(json!({"command": "chat", "text": "good morning"}));
    ada.wait_for("the line", |event| event["text"] == "good morning");
    ada.tell(json!({"command": "chat_to", "nickname": "bob", "text": "only you"}));
    ada.tell(json!({"command": "chat", "text": "좋은 아침이에요 👋"}));
    bob.wait_for("the answer", |event| event["text"] == "좋은 아침이에요 👋");
    bob.tell(json!({"command": "raise_hand"}));
    ada.wait_for("the hand", |event| event["event"] == "hands" && event["nicknames"] == json!(["bob"]));
    ada.tell(json!({"command": "raise_hand"}));

    let cyd = Participant::join(&server, "cyd", 3, 900, &SILENT);

    let history = cyd.wait_for("what was said", |event| event["event"] == "history");
    assert_eq!(history["told_by"], "ada");
    let lines: Vec<_> =
        history["lines"].as_array().into_iter().flatten().map(|line| (&line["from"], &line["text"])).collect();
    assert_eq!(lines, [(&json!("bob"), &json!("good morning")), (&json!("ada"), &json!("좋은 아침이에요 👋"))]);
    for participant in [&ada, &bob, &cyd] {
        participant.wait_for("the hands", |event| event["nicknames"] == json!(["bob", "ada"]));
    }
    ada.tell(json!({"command": "react", "reaction": "celebrate"}));
    for participant in [&ada, &bob, &cyd] {
        let reaction = participant.wait_for("the reaction", |event| event["event"] == "reaction");
        assert_eq!((&reaction["nickname"], &reaction["reaction"]), (&json!("ada"), &json!("celebrate")));
    }
    bob.leave();
    cyd.wait_for("that the hand is gone with its owner", |event| event["nicknames"] == json!(["ada"]));
}

fn heard(participant: &Participant) -> Vec<(bool, String)> {
    let lines = participant.events_of("chat").into_iter();
    lines.map(|line| (line["private"] == true, line["text"].as_str().unwrap_or_default().to_owned())).collect()
}
