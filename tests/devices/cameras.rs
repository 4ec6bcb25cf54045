//! Cameras that work: listed, seen at the other end, switched.
use std::collections::BTreeSet;

use parlor_tests::{Participant, Server};
use serde_json::json;

use crate::{
    call::{colours, join, links, report, wait_for_pictures, watched},
    kernel::{Colour, listed, two_cameras},
};

#[test]
fn two_cameras_are_listed_with_ids_that_last_and_names_of_their_own() {
    let Some([red, blue]) = two_cameras() else { return };
    let before = listed()["cameras"].clone();

    let unplugged = red.unplug();
    let meanwhile = listed()["cameras"].clone();
    drop(unplugged);
    let after = listed()["cameras"].clone();

    let [ids, labels] = ["id", "label"].map(|field| {
        let cameras = before.as_array().expect("a list").iter();
        cameras.map(|camera| camera[field].to_string()).collect::<BTreeSet<_>>().len()
    });
    assert_eq!((ids, labels), (before.as_array().map_or(0, Vec::len), ids), "{before}");
    assert_eq!(before, after, "unplugged and plugged in again");
    let is_listed = |id: &str| meanwhile.as_array().is_some_and(|all| all.iter().any(|camera| camera["id"] == id));
    assert!(!is_listed(&red.id) && is_listed(&blue.id), "{meanwhile}");
}

#[test]
fn each_of_two_cameras_is_seen_at_the_other_end() {
    let Some([red, blue]) = two_cameras() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let save = |name: &str| folder.path().join(name).to_str().expect("a plain path").to_owned();
    let (of_ada, of_bob) = (save("of-ada"), save("of-bob"));
    let server = Server::start();

    let ada = join(&server, "ada", &red.spec(), &["--save", &of_ada]);
    let bob = join(&server, "bob", &blue.spec(), &["--save", &of_bob]);
    for (viewer, seen) in [(&ada, "bob"), (&bob, "ada")] {
        wait_for_pictures(viewer, seen, 20);
        report(&format!("first picture of {seen}, ms after joining"), first_picture_ms(viewer));
        report(&format!("pictures of {seen}"), viewer.received_from(seen, "camera"));
    }
    ada.leave();
    bob.leave();

    assert_eq!(colours(of_ada.as_ref(), "bob"), [Some(Colour::Blue)]);
    assert_eq!(colours(of_bob.as_ref(), "ada"), [Some(Colour::Red)]);
}

#[test]
fn another_camera_is_seen_over_the_same_connection() {
    let Some([red, blue]) = two_cameras() else { return };
    let (folder, _server, mut ada, bob) = watched(&red);

    ada.tell(json!({"command": "set_camera", "camera": blue.spec()}));
    wait_for_pictures(&bob, "ada", 20);
    ada.tell(json!({"command": "set_camera", "camera": red.spec()}));
    wait_for_pictures(&bob, "ada", 20);
    let links = links(&bob);
    bob.leave();

    let red_blue_red = [Colour::Red, Colour::Blue, Colour::Red].map(Some);
    assert_eq!(colours(folder.path(), "ada"), red_blue_red);
    assert_eq!(links, ["dialing", "connected"], "no new connection");
    assert!(ada.events_of("notice").is_empty(), "{:?}", ada.events_of("notice"));
}

#[test]
fn a_camera_in_use_is_still_listed() {
    let Some([red, _blue]) = two_cameras() else { return };
    let before = listed()["cameras"].clone();
    let server = Server::start();
    let _ada = join(&server, "ada", &red.spec(), &[]);
    let bob = join(&server, "bob", "none", &[]);
    // The first pictures come in a lump where it took long to connect.
    wait_for_pictures(&bob, "ada", 15);
    let freezes = || bob.received_from("ada", "camera")["freezes"].clone();
    let freezes_before = freezes();

    let meanwhile = listed()["cameras"].clone();
    wait_for_pictures(&bob, "ada", 10);

    assert_eq!(meanwhile, before);
    assert_eq!(freezes(), freezes_before, "to list a camera does not disturb it");
}

fn first_picture_ms(viewer: &Participant) -> String {
    viewer.events_of("first_frame").iter().map(|event| event["ms"].to_string()).collect()
}
