//! Everything that can be used has a name for those who cannot see it.
use std::collections::BTreeMap;

use parlor_tests::{Participant, ScreenReader, Server, Told, Window};

use crate::{TEST_DEVICES, join};

/// What people use, in the words of AT-SPI.
const CONTROLS: [&str; 9] = [
    "push button",
    "toggle button",
    "entry",
    "combo box",
    "check box",
    "radio button",
    "slider",
    "spin button",
    "password text",
];

#[test]
fn a_screen_reader_can_tell_every_control_of_the_lobby_and_of_a_call_by_its_name() {
    let reader = ScreenReader::start();
    let server = Server::start();
    let environment = [reader.environment()];
    let Some(mut window) = Window::open_in(TEST_DEVICES, &environment) else { return };

    let lobby = reader.listen("parlor", "Join room");
    let _bob = Participant::join_room(server.address(), "kitchen", "bob", 2, 700, &[] as &[&str]);
    join(&mut window, server.address(), "kitchen");
    window.click("Chat");
    let call = reader.listen("parlor", "Message");

    assert_named(&lobby, &["Your name", "Room", "Join room", "Host a room", "Camera", "Microphone", "Speaker"]);
    assert_named(&call, &["Mute microphone", "Turn camera off", "Chat", "Leave call", "Message", "Recipient"]);
}

#[track_caller]
fn assert_named(told: &[Told], expected: &[&str]) {
    let controls: Vec<_> = told.iter().filter(|thing| CONTROLS.contains(&thing.role.as_str())).collect();
    let nameless: Vec<_> = controls.iter().filter(|thing| thing.name.trim().is_empty()).collect();
    assert!(nameless.is_empty(), "{nameless:?} among {controls:#?}");
    for name in expected {
        assert!(controls.iter().any(|control| control.name == *name), "no {name:?} among {controls:#?}");
    }
    // A name that two controls have tells neither. Things in a list may be many of a kind.
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for control in &controls {
        *times.entry((&control.role, &control.name)).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
