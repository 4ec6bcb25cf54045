//! The settings, in the real window.
use egui::{Key, Modifiers, accesskit::Role};
use parlor_tests::{Participant, Server, Window};

use crate::{TEST_DEVICES, join};

#[test]
fn the_language_is_changed_while_the_window_is_open_and_kept() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };

    window.click("Settings");
    window.wait_for("the settings", |control| control.role == Role::Heading && control.name == "Settings");
    window.click("Language and look");
    window.click("Language");
    window.click("한국어");
    window.wait_for("the settings in Korean", |control| control.role == Role::Heading && control.name == "설정");
    window.click("Parlor 정보");
    window.wait_for_named("버그 신고용 정보 복사");
    window.wait_for_settings("language = \"korean\"");

    assert!(window.close().success());
}

#[test]
fn others_see_another_picture_size_at_once() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = Server::start();
    let bob = Participant::join_room(server.address(), "attic", "bob", 2, 700, &[] as &[&str]);
    join(&mut window, server.address(), "attic");
    bob.wait_for_pictures_of(&["window"]);

    window.press(Key::Comma, Modifiers::COMMAND);
    window.click("Video");
    window.click("Picture size");
    window.click("320 × 180 · 300 kbit/s");

    bob.wait_for("small pictures of the window", |event| {
        event["event"] == "stats"
            && event["participants"].as_array().is_some_and(|all| {
                let tracks = all.iter().filter_map(|one| one["tracks"].as_array()).flatten();
                tracks
                    .into_iter()
                    .any(|track| (track["width"].as_u64(), track["height"].as_u64()) == (Some(320), Some(180)))
            })
    });
}
