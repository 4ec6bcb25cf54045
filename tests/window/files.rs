//! Files, from one person to another and back.
use std::fs;

use parlor_tests::{Participant, Server, Window};
use serde_json::json;

use crate::TEST_DEVICES;

#[test]
fn a_person_takes_a_file_and_offers_one() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let (downloads, theirs) = (folder.path().join("downloads"), folder.path().join("theirs"));
    let (minutes, plan) = (folder.path().join("minutes.txt"), folder.path().join("여행 계획.txt"));
    fs::write(&minutes, "what was said").expect("a file");
    fs::write(&plan, "where to go").expect("a file");
    let settings = format!("{TEST_DEVICES}downloads = {downloads:?}\n");
    let Some(mut window) = Window::open(&settings) else { return };
    window.write("Server", server.address());
    window.write("Room", "tea");
    let bobs = ["--camera", "none", "--accept-files", theirs.to_str().expect("a plain path")];
    let mut bob = Participant::join(&server, "bob", 2, 700, &bobs);
    window.click("Join room");
    bob.wait_for("a connection", |event| event["event"] == "link" && event["state"] == "connected");

    bob.tell(json!({"command": "send_file", "path": minutes}));
    window.wait_for_words("bob offers you minutes.txt");
    window.click("Chat");
    window.click("Accept minutes.txt");
    window.wait_for_words("minutes.txt, 13 bytes · received from bob");
    window.click("Send a file");
    window.write("Path of a file", plan.to_str().expect("a plain path"));
    window.click("Offer");
    bob.wait_for("the file", |event| {
        event["event"] == "file" && event["state"] == "done" && event["direction"] == "in"
    });
    window.wait_for_words("여행 계획.txt, 11 bytes · delivered to bob");

    assert_eq!(fs::read_to_string(downloads.join("minutes.txt")).expect("it is there"), "what was said");
    assert_eq!(fs::read_to_string(theirs.join("여행 계획.txt")).expect("it is there"), "where to go");
}
