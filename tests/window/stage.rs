//! The stage of a call: pins, a window for one picture, and full screen, between real programs.
use egui::{Key, Modifiers};
use parlor_tests::{Participant, Server, Window};

use crate::{TEST_DEVICES, encoders, join, shows};

#[test]
fn a_person_pins_a_picture_gives_it_a_window_and_fills_the_screen() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = Server::start();
    let bob = Participant::join_room(server.address(), "stage", "bob", 2, 700, &[] as &[&str]);
    bob.wait_until_in_room();
    join(&mut window, server.address(), "stage");
    window.wait_for_motion("the picture of bob", |control| shows(control, "bob"));
    let alike = window.wait_for("bob", |control| shows(control, "bob")).place;

    window.click("Pin bob");
    let pinned = window.wait_for("bob pinned", |control| shows(control, "bob") && control.name.contains("pinned"));
    window.click("Unpin bob");
    window.wait_for("bob unpinned", |control| shows(control, "bob") && !control.name.contains("pinned"));

    window.click("Actions for bob on their picture");
    window.click("Open in its own window");
    window.wait_for_window("bob – Parlor");
    // He is not on the stage now: what is found is in his window.
    window.wait_for("bob in his window", |control| shows(control, "bob"));
    window.ask_window_to_close("bob – Parlor");
    window.wait_for_named("Leave call");
    window.wait_for_motion("the picture of bob", |control| shows(control, "bob"));

    window.press(Key::F11, Modifiers::NONE);
    window.wait_for_named("Leave full screen");
    window.wait_until_gone("Leave call");
    window.press(Key::Escape, Modifiers::NONE);
    window.wait_for_named("Full screen");

    assert!(pinned.place.width() > alike.width(), "{pinned:?} {alike:?}");
    bob.leave();
    assert!(window.close().success());
}

#[test]
fn a_window_that_is_covered_wants_no_pictures_until_it_is_seen_again() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = Server::start();
    let bob = Participant::join_room(server.address(), "stage", "bob", 2, 700, &[] as &[&str]);
    bob.wait_until_in_room();
    join(&mut window, server.address(), "stage");
    window.wait_for("the picture of bob", |control| shows(control, "bob"));

    let said = bob.said();
    let cover = window.cover();
    bob.wait_since(said, "that he encodes for nobody", |event| encoders(event) == Some(0));
    let said = bob.said();
    drop(cover);

    bob.wait_since(said, "that he encodes again", |event| encoders(event) > Some(0));
    window.wait_for("the picture of bob", |control| shows(control, "bob"));
}
