//! Cameras that do not work: unplugged, busy, broken. A person is told, and the call goes on.
use std::time::Instant;

use parlor_tests::{Participant, Server};
use serde_json::json;

use crate::{
    call::{colours, decoded, join, links, notice, report, shows_camera, wait_for_pictures, watched},
    kernel::{Camera, Colour, two_cameras},
};

#[test]
fn an_unplugged_camera_is_named_and_comes_back_by_itself() {
    let Some([red, _blue]) = two_cameras() else { return };
    let (_server, ada, bob) = pair(&red);

    let said = (ada.said(), bob.said());
    let started = Instant::now();
    let unplugged = red.unplug();
    let message = trouble_with(&ada, said.0, &red);
    bob.wait_since(said.1, "that the camera of ada is off", |event| shows_camera(event, "ada", "off"));
    report("told after, s", started.elapsed().as_secs_f32());
    let still = other_trouble(&ada, said.0, &message);
    let seen = decoded(&bob, "ada");
    let said = bob.said();
    let started = Instant::now();
    drop(unplugged);
    bob.wait_since(said, "that the camera of ada is on", |event| shows_camera(event, "ada", "on"));
    report("back after, s", started.elapsed().as_secs_f32());
    wait_for_pictures(&bob, "ada", 10);

    report("unplugged", &message);
    report("still unplugged", &still);
    assert!(message.contains("unplugged"), "{message}");
    assert!(still.contains(&red.label) && still.contains("plug it in again"), "{still}");
    assert!(decoded(&bob, "ada") > seen, "pictures after it came back");
    assert_eq!(links(&bob), ["dialing", "connected"], "the call goes on");
}

#[test]
fn a_camera_that_drops_out_for_a_moment_comes_back_by_itself() {
    let Some([red, _blue]) = two_cameras() else { return };
    let (_server, ada, bob) = pair(&red);

    let said = (ada.said(), bob.said());
    red.unplug_until_closed();
    let message = trouble_with(&ada, said.0, &red);
    bob.wait_since(said.1, "that the camera of ada is on again", |event| shows_camera(event, "ada", "on"));
    wait_for_pictures(&bob, "ada", 10);

    report("dropped out", &message);
    assert_eq!(links(&bob), ["dialing", "connected"], "the call goes on");
}

#[test]
fn in_place_of_an_unplugged_camera_another_one_can_be_chosen() {
    let Some([red, blue]) = two_cameras() else { return };
    let (folder, _server, mut ada, bob) = watched(&red);

    let said = (ada.said(), bob.said());
    let _unplugged = red.unplug();
    trouble_with(&ada, said.0, &red);
    bob.wait_since(said.1, "that the camera of ada is off", |event| shows_camera(event, "ada", "off"));
    let said = bob.said();
    ada.tell(json!({"command": "set_camera", "camera": blue.spec()}));
    bob.wait_since(said, "that the camera of ada is on", |event| shows_camera(event, "ada", "on"));
    wait_for_pictures(&bob, "ada", 10);
    bob.leave();

    assert_eq!(colours(folder.path(), "ada"), [Colour::Red, Colour::Blue].map(Some));
}

#[test]
fn a_busy_camera_is_reported_as_busy_and_taken_when_it_is_free() {
    let Some([red, _blue]) = two_cameras() else { return };
    let other_program = red.occupy();
    let server = Server::start();
    let ada = join(&server, "ada", &red.spec(), &[]);
    let bob = join(&server, "bob", "none", &[]);

    let message = trouble_with(&ada, 0, &red);
    bob.wait_for("that the camera of ada is off", |event| shows_camera(event, "ada", "off"));
    let said = bob.said();
    drop(other_program);
    bob.wait_since(said, "that the camera of ada is on", |event| shows_camera(event, "ada", "on"));
    wait_for_pictures(&bob, "ada", 10);

    report("busy", &message);
    assert!(message.contains("in use by another program"), "{message}");
    assert_eq!(ada.events_of("notice").len(), 1, "told once: {:?}", ada.events_of("notice"));
}

#[test]
fn a_camera_that_does_not_start_is_named_and_tried_again() {
    let Some([red, _blue]) = two_cameras() else { return };
    red.fail_next_start();
    let server = Server::start();

    let ada = join(&server, "ada", &red.spec(), &[]);
    let bob = join(&server, "bob", "none", &[]);
    let message = trouble_with(&ada, 0, &red);
    wait_for_pictures(&bob, "ada", 10);

    report("does not start", &message);
    assert!(message.contains("does not start"), "{message}");
}

#[test]
fn a_camera_that_sends_nothing_is_named_and_used_again_when_it_does() {
    let Some([red, _blue]) = two_cameras() else { return };
    let (_server, ada, bob) = pair(&red);

    let said = (ada.said(), bob.said());
    red.send(0);
    let message = trouble_with(&ada, said.0, &red);
    bob.wait_since(said.1, "that the camera of ada is off", |event| shows_camera(event, "ada", "off"));
    let still = other_trouble(&ada, said.0, &message);
    let said = bob.said();
    red.send(100);
    bob.wait_since(said, "that the camera of ada is on", |event| shows_camera(event, "ada", "on"));
    wait_for_pictures(&bob, "ada", 10);

    report("sends nothing", &message);
    report("still sends nothing", &still);
    for told in [&message, &still] {
        assert!(told.contains("sends no pictures") && told.contains(&red.label), "{told}");
    }
}

/// Ada, who shows a camera, and Bob, who sees it.
fn pair(camera: &Camera) -> (Server, Participant, Participant) {
    let server = Server::start();
    let ada = join(&server, "ada", &camera.spec(), &[]);
    let bob = join(&server, "bob", "none", &[]);
    wait_for_pictures(&bob, "ada", 10);
    (server, ada, bob)
}

/// What somebody is told about their camera.
fn trouble_with(participant: &Participant, since: usize, camera: &Camera) -> String {
    let told = participant.wait_since(since, "what is wrong with the camera", |event| !notice(event).is_empty());
    assert!(notice(&told).contains(&camera.label), "the camera {} is named: {told}", camera.label);
    notice(&told).to_owned()
}

/// What they are told when their camera is tried again, and fails for another reason.
fn other_trouble(participant: &Participant, since: usize, trouble: &str) -> String {
    let is_other = |message: &str| !message.is_empty() && message != trouble;
    let told = participant.wait_since(since, "what is still wrong", |event| is_other(notice(event)));
    notice(&told).to_owned()
}
