//! Hosting: what the host sees of the server, how guests come by the link, and what the host may do in the room.
use egui::accesskit::Role;
use parlor_tests::{Control, Participant, Window, binary};
use serde_json::json;

use crate::{TEST_DEVICES, host_kitchen, shows};

#[test]
fn a_host_invites_a_guest_by_a_link_locks_the_room_is_asked_before_closing_and_removes_the_guest() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    host_kitchen(&mut window);

    let link = copied_link(&mut window);
    let guest = Participant::follow_by(binary("parlor"), &link, "bob", 2, 700, &[] as &[&str]);
    guest.wait_for_pictures_of(&["window"]);
    the_panel_counts_the_guest(&mut window);
    the_room_is_locked(&mut window);
    window.ask_to_close();
    window.wait_for_words("Closing the window stops it");
    window.click("Keep it open");
    let said = guest.said();
    window.click("Actions for bob on their picture");
    window.click("Remove…");
    window.write("Reason", "wrong kitchen");
    window.click("Remove");

    let removed = guest.wait_since(said, "that it was removed", |event| event["event"] == "removed");
    assert_eq!((&removed["by"], &removed["remark"]), (&json!("window"), &json!("wrong kitchen")));
    window.wait_for_named("Nobody else is here yet");
    window.click("The server on this computer");
    window.wait_for_named("Connected: 1");
    assert!(window.close().success());
}

#[test]
fn a_link_that_is_pasted_into_the_lobby_joins_at_once() {
    let Some(mut host) = Window::open(TEST_DEVICES) else { return };
    let Some(mut guest) = Window::open(TEST_DEVICES) else { return };
    host_kitchen(&mut host);
    let link = copied_link(&mut host);

    guest.paste(&link);

    guest.wait_for_motion("the picture of the host", |control| shows(control, "window"));
    host.wait_for_motion("the picture of the guest", |control| shows(control, "window 2"));
}

/// The link of the invite dialog, once it was copied.
fn copied_link(window: &mut Window) -> String {
    window.click("Invite others");
    window.wait_for_named("QR code of the invite link");
    let is_link = |control: &Control| control.role == Role::Label && control.name.starts_with("parlor://");
    let link = window.wait_for("the link", is_link).name;
    window.click("Copy link");
    window.wait_for_named("Invite link copied");
    window.click("Close dialog");
    link
}

fn the_panel_counts_the_guest(window: &mut Window) {
    window.click("The server on this computer");
    window.wait_for_named("Connected: 2");
    window.wait_for_named("In rooms: 2");
    window.click("Close dialog");
}

fn the_room_is_locked(window: &mut Window) {
    window.click("Room kitchen");
    window.click("Lock the room");
    window.wait_for_named("The room is locked: nobody else can come in");
    // The panel is closed by the button that opened it.
    window.click("Room kitchen");
}
