//! What the headless face prints is what docs/headless.md says.
use std::{collections::BTreeMap, thread::sleep, time::Duration};

use parlor_tests::{Participant, Server, voice};
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("../../docs/headless.md");

#[test]
fn every_event_has_exactly_the_documented_fields() {
    let documented = documented_events();
    let mut server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let recordings = folder.path().to_str().expect("a plain path");
    let mut ada = Participant::join(&server, "ada", 1, 440, &["--size", "160x90", "--record", recordings]);
    // The first one in is the owner.
    ada.wait_until_in_room();
    let mut bob = Participant::join(&server, "bob", 2, 700, &["--size", "160x90"]);
    ada.wait_for_pictures_of(&["bob"]);

    bob.tell(json!({"command": "chat", "text": "hello"}));
    ada.wait_for("the line", |event| event["event"] == "chat");
    bob.tell(json!({"command": "send_file", "path": concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")}));
    ada.wait_for("the file", |event| event["event"] == "file");
    ada.tell(json!({"command": "raise_hand"}));
    bob.wait_for("the hand", |event| event["event"] == "hands");
    ada.tell(json!({"command": "react", "reaction": "clap"}));
    bob.wait_for("the reaction", |event| event["event"] == "reaction");
    bob.tell(json!({"command": "share", "share": "pattern:2"}));
    ada.wait_for("what bob shares", |event| event["event"] == "media" && event["screen"] == "on");
    ada.tell(json!({"command": "point", "nickname": "bob", "x": 1000, "y": 2000}));
    bob.wait_for("the place", |event| event["event"] == "pointed");
    let late = Participant::join(&server, "late", 3, 900, &["--camera", "none", "--mic", &voice(folder.path())]);
    late.wait_for("what was said", |event| event["event"] == "history");
    ada.wait_for("that late speaks", |event| event["event"] == "speaking");
    ada.tell(json!({"command": "dance"}));
    ada.tell(json!({"command": "set_camera", "camera": "camera:none-of-ours"}));
    ada.wait_for("a notice", |event| event["event"] == "notice");
    ada.wait_for("an error", |event| event["event"] == "error");
    bob.tell(json!({"command": "lock"}));
    ada.tell(json!({"command": "topic", "topic": "Leaves"}));
    bob.wait_for("the topic", |event| event["event"] == "room_changed");
    ada.tell(json!({"command": "appoint", "nickname": "bob", "role": "moderator"}));
    bob.wait_for("the role", |event| event["event"] == "appointed");
    sleep(Duration::from_secs(3));
    ada.tell(json!({"command": "record", "on": false}));
    ada.wait_for("the end of the recording", |event| event["event"] == "recording" && event["on"] == false);
    ada.tell(json!({"command": "remove", "nickname": "bob", "remark": "bye"}));
    bob.wait_for("the removal", |event| event["event"] == "removed");
    ada.wait_for("that bob left", |event| event["event"] == "participant_left");
    server.terminate();
    ada.wait_for("that the server stops", |event| event["event"] == "stopping");

    // An announcement takes an administrator.
    let mut seen = BTreeMap::from([("announcement".to_owned(), ())]);
    for event in ada.events().into_iter().chain(bob.events()).chain(late.events()) {
        let kind = event["event"].as_str().expect("each line is an event").to_owned();
        let example = documented.get(&kind).unwrap_or_else(|| panic!("{kind} is not documented: {event}"));
        assert_same_shape(&kind, example, &event);
        seen.insert(kind, ());
    }
    let missing: Vec<_> = documented.keys().filter(|kind| !seen.contains_key(*kind)).collect();
    assert!(missing.is_empty(), "documented, but never seen: {missing:?}");
}

#[test]
fn every_documented_command_is_understood() {
    let commands: Vec<Value> = examples().into_iter().filter(|example| example["command"].is_string()).collect();
    assert!(commands.len() >= 18, "{commands:?}");
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let recordings = folder.path().to_str().expect("a plain path");
    let mut ada = Participant::join(&server, "ada", 1, 440, &["--size", "160x90", "--record", recordings]);
    ada.wait_until_in_room();
    let _bob = Participant::join(&server, "bob", 2, 700, &["--camera", "none"]);
    ada.wait_for("that bob is here", |event| event["event"] == "participant_joined");
    // The one that the commands speak of.
    ada.tell(json!({"command": "send_file", "path": concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")}));
    ada.wait_for("file 1", |event| event["event"] == "file" && event["file"] == 1);

    for command in commands.into_iter().filter(|command| command["command"] != "leave") {
        ada.tell(command);
    }
    sleep(Duration::from_secs(1));

    assert!(ada.events_of("error").is_empty(), "{:?}", ada.events_of("error"));
    ada.leave();
}

/// All JSON lines in the document's code blocks.
fn examples() -> Vec<Value> {
    let mut examples = Vec::new();
    for block in DOCUMENT.split("```json").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            examples.push(serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
        }
    }
    examples
}

fn documented_events() -> BTreeMap<String, Value> {
    let events = examples().into_iter().filter_map(|example| Some((example["event"].as_str()?.to_owned(), example)));
    events.collect()
}

/// Objects have the same fields, arrays the elements of the first example of their kind, and values the same type.
fn assert_same_shape(at: &str, example: &Value, actual: &Value) {
    match (example, actual) {
        (Value::Object(example), Value::Object(actual)) => {
            let fields = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            assert_eq!(fields(example), fields(actual), "the fields of {at}");
            for (field, example) in example {
                assert_same_shape(&format!("{at}.{field}"), example, &actual[field]);
            }
        }
        (Value::Array(examples), Value::Array(actual)) => {
            for (index, element) in actual.iter().enumerate() {
                let example = examples.iter().find(|example| example["kind"] == element["kind"]);
                let example = example.unwrap_or_else(|| panic!("no example for {at}[{index}]: {element}"));
                assert_same_shape(&format!("{at}[{index}]"), example, element);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {} // not known yet
        (example, actual) => {
            let kind = |value: &Value| (value.is_string(), value.is_number(), value.is_boolean());
            assert_eq!(kind(example), kind(actual), "the type of {at}: {actual}");
        }
    }
}
