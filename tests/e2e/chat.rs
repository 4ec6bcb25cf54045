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

fn heard(participant: &Participant) -> Vec<(bool, String)> {
    let lines = participant.events_of("chat").into_iter();
    lines.map(|line| (line["private"] == true, line["text"].as_str().unwrap_or_default().to_owned())).collect()
}
