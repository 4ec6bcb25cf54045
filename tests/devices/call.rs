//! Calls whose pictures come from the kernel's cameras.
use std::{fs::File, io::BufReader, path::Path};

use parlor_tests::{Participant, Server, find_track};
use serde_json::Value;
use tempfile::TempDir;

use crate::kernel::{Camera, Colour};

/// Small and slow, because the kernel draws the pictures and its machine may be an emulated one.
const SMALL: [&str; 6] = ["--size", "320x180", "--fps", "5", "--video-kbps", "200"];

/// Joins with pictures only.
pub(crate) fn join(server: &Server, nickname: &str, camera: &str, extra: &[&str]) -> Participant {
    let pictures = ["--mic", "none", "--camera", camera];
    Participant::join(server, nickname, 0, 0, &[&SMALL[..], &pictures, extra].concat())
}

/// Ada, seen by a camera, and Bob, who sees her and keeps what he sees in the folder.
pub(crate) fn watched(camera: &Camera) -> (TempDir, Server, Participant, Participant) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start();
    let ada = join(&server, "ada", &camera.spec(), &[]);
    let bob = join(&server, "bob", "none", &["--save", folder.path().to_str().expect("a plain path")]);
    wait_for_pictures(&bob, "ada", 10);
    (folder, server, ada, bob)
}

/// The trouble that an event tells a person about; empty where it is another event.
pub(crate) fn notice(event: &Value) -> &str {
    if event["event"] == "notice" { event["message"].as_str().unwrap_or_default() } else { "" }
}

/// Whether the event says that somebody's camera is in this state.
pub(crate) fn shows_camera(event: &Value, nickname: &str, state: &str) -> bool {
    event["event"] == "media" && event["nickname"] == nickname && event["camera"] == state
}

/// How many pictures of somebody were decoded, as the newest statistics say.
pub(crate) fn decoded(viewer: &Participant, nickname: &str) -> u64 {
    viewer.received_from(nickname, "camera")["frames_decoded"].as_u64().expect("a number")
}

/// Waits until so many more pictures of somebody were decoded.
pub(crate) fn wait_for_pictures(viewer: &Participant, nickname: &str, more: u64) {
    let enough = decoded(viewer, nickname) + more;
    viewer.wait_for(&format!("{more} more pictures of {nickname}"), |event| {
        find_track(event, nickname, "camera")["frames_decoded"].as_u64().is_some_and(|frames| frames >= enough)
    });
}

/// The colours of the pictures that were saved of somebody, each one once in a row; `None` for any other colour.
pub(crate) fn colours(folder: &Path, nickname: &str) -> Vec<Option<Colour>> {
    let path = folder.join(format!("{nickname}.y4m"));
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut pictures = y4m::decode(BufReader::new(file)).expect("a y4m file");
    let mut colours = Vec::new();
    while let Ok(picture) = pictures.read_frame() {
        colours.push(colour(picture.get_u_plane(), picture.get_v_plane()));
    }
    colours.dedup();
    colours
}

/// The colour that fills a picture.
fn colour(blue_difference: &[u8], red_difference: &[u8]) -> Option<Colour> {
    let all_above = |plane: &[u8], least: u8| plane.iter().all(|sample| *sample > least);
    match (all_above(blue_difference, 180), all_above(red_difference, 180)) {
        (true, false) => Some(Colour::Blue),
        (false, true) => Some(Colour::Red),
        (true, true) | (false, false) => None,
    }
}

/// What became of the connection to the others, in order.
pub(crate) fn links(participant: &Participant) -> Vec<String> {
    let links = participant.events_of("link").into_iter();
    links.filter_map(|event| event["state"].as_str().map(str::to_owned)).collect()
}

/// Tells how something went that is a number and no yes or no.
pub(crate) fn report(what: &str, value: impl std::fmt::Display) {
    eprintln!("{what}: {value}");
}
