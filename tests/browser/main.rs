//! A browser as a foreign peer: another implementation of everything, which knows Parlor only from docs/protocol.md.
//! And a browser as what it is: it shows the status page.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

mod devtools;
mod music;
mod status;

use std::{
    io::{Write, stderr},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::Duration,
};

use parlor_media::video::pattern;
use parlor_tests::{Participant, Server, browser::Chromium, find_track, saved};
use serde_json::{Value, json};

const TAG: u8 = 42;
const TONE_OF_ADA: u32 = 440;
const TONE_OF_BROWSER: u32 = 700;
const FROM_ADA: &str = "안녕 👋 from Ada";
const FROM_BROWSER: &str = "hello";
/// Longer than a line that got no answer waits before it is said again.
const UNTIL_REPEATED: Duration = Duration::from_secs(5);

/// A way that loses and delays what ada sends, her answers to the browser among it.
const BAD_NETWORK: &str = "loss=5%,delay=40ms,seed=5";
/// How long a call goes on in it, and how many pictures each side must see then: 8 a second, so that a machine with much
/// else to do passes, and a picture that stands still does not.
const BAD_TIME: Duration = Duration::from_secs(20);
const ENOUGH_PICTURES: u64 = 160;

/// A way that soon loses a third of what ada sends, and how long a call goes on in it.
const LOSSY_NETWORK: &str = "loss=35%@4s,seed=7";
const LOSSY_TIME: Duration = Duration::from_secs(10);
/// It is told of once a second, and believed the second time.
const UNTIL_COPIES: Duration = Duration::from_secs(5);
/// A tone takes 70 bytes.
const BYTES_WITHOUT_COPIES: f64 = 130.0;

/// A browser and a camera's worth of codecs keep a small machine busy: one call at a time.
static MACHINE: Mutex<()> = Mutex::new(());

#[test]
fn a_browser_that_comes_later_offers_a_call_and_gets_it() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");

    let ada = ada(&server, folder.path());
    ada.wait_until_in_room();
    let browser = Chromium::join(&program, &server, "browser", TONE_OF_BROWSER, FROM_BROWSER);

    assert_call(ada, &browser, folder.path());
    assert_eq!(exchanged(&browser), ["answer"], "what ada sent to negotiate");
}

#[test]
fn a_browser_that_was_there_first_answers_and_gets_its_call() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");

    let browser = Chromium::join(&program, &server, "browser", TONE_OF_BROWSER, FROM_BROWSER);
    browser.wait_for("that it is in the room", |event| event["event"] == "joined");
    let ada = ada(&server, folder.path());

    assert_call(ada, &browser, folder.path());
    assert_eq!(exchanged(&browser), ["offer"], "what ada sent to negotiate");
}

#[test]
fn through_a_bad_network_neither_side_of_a_call_with_a_browser_collapses() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().to_str().expect("a plain path");
    let extra = ["--size", "640x360", "--video-kbps", "600", "--save", save, "--impair", BAD_NETWORK];
    let ada = Participant::join(&server, "ada", TAG, TONE_OF_ADA, &extra);
    ada.wait_until_in_room();
    let browser = Chromium::join(&program, &server, "browser", TONE_OF_BROWSER, FROM_BROWSER);
    ada.wait_for_pictures_of(&["browser"]);
    browser.wait_for("the first pictures of ada", |event| event["video"]["framesDecoded"].as_u64() > Some(10));

    let (seen_before, shown_before) = (pictures_seen_by(&ada), pictures_shown_by(&browser));
    sleep(BAD_TIME);
    // Both are told once a second: what is told next is of the whole time.
    let (seen, shown) = (pictures_seen_by(&ada) - seen_before, pictures_shown_by(&browser) - shown_before);
    let sound = browser.events_of("stats").pop().unwrap_or_default();
    ada.leave();

    assert!(seen >= ENOUGH_PICTURES, "ada saw {seen} pictures of the browser");
    assert!(shown >= ENOUGH_PICTURES, "the browser showed {shown} pictures of ada: {sound}");
    let lost = sound["audio"]["packetsLost"].as_u64().unwrap_or_default();
    assert!(lost > 5, "the network was not bad at all: {sound}");
    // Concealed sound is counted in samples; half of it would be a voice that nobody understands.
    let samples = |field: &str| sound["audio"][field].as_f64().unwrap_or_default();
    let concealed = samples("concealedSamples") / samples("totalSamplesReceived");
    assert!(concealed < 0.5, "{concealed} of ada's sound was made up: {sound}");
    assert_sound_of_the_browser(folder.path());
}

#[test]
fn a_browser_hears_what_is_lost_from_the_copies_in_other_packets() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let extra = ["--size", "320x180", "--video-kbps", "200", "--impair", LOSSY_NETWORK];
    let ada = Participant::join(&server, "ada", TAG, TONE_OF_ADA, &extra);
    ada.wait_until_in_room();
    let browser = Chromium::join(&program, &server, "browser", TONE_OF_BROWSER, FROM_BROWSER);

    browser.wait_for("losses", |event| event["audio"]["packetsLost"].as_u64() > Some(60));
    sleep(UNTIL_COPIES);
    let before = browser.events_of("stats").pop().unwrap_or_default();
    sleep(LOSSY_TIME);
    let after = browser.events_of("stats").pop().unwrap_or_default();
    ada.leave();

    let gained = |field: &str| {
        let number = |stats: &Value| stats["audio"][field].as_f64().unwrap_or_default();
        number(&after) - number(&before)
    };
    let lost = gained("packetsLost") / (gained("packetsReceived") + gained("packetsLost"));
    let concealed = gained("concealedSamples") / gained("totalSamplesReceived");
    let bytes = gained("bytesReceived") / gained("packetsReceived");
    println!("lost {lost:.3}, made up {concealed:.3}, {bytes:.0} bytes a packet");
    assert!(lost > 0.2, "the network was not bad at all: {after}");
    assert!(bytes > BYTES_WITHOUT_COPIES, "packets of {bytes} bytes bring no copies: {after}");
    assert!(concealed < 0.5 * lost, "{concealed} of the sound was made up, {lost} of the packets lost: {after}");
}

/// The pictures of the browser that ada has decoded.
fn pictures_seen_by(ada: &Participant) -> u64 {
    ada.received_from("browser", "camera")["frames_decoded"].as_u64().unwrap_or_default()
}

/// The pictures of ada that the browser has decoded.
fn pictures_shown_by(browser: &Chromium) -> u64 {
    let stats = browser.events_of("stats").pop().unwrap_or_default();
    stats["video"]["framesDecoded"].as_u64().unwrap_or_default()
}

/// The browser, and the machine for as long as the test needs it. `None`, loudly, where there is no browser.
fn browser() -> Option<(PathBuf, MutexGuard<'static, ()>)> {
    let Some(program) = Chromium::find() else {
        // Past the capturing of the test runner: a test that did not run is not to look like one that did.
        let _ = writeln!(stderr(), "SKIPPED: there is no chromium on the PATH: install it to test against a browser");
        return None;
    };
    Some((program, MACHINE.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// A participant that keeps what it receives in the folder.
fn ada(server: &Server, folder: &Path) -> Participant {
    let save = folder.to_str().expect("a plain path");
    let extra = ["--size", "640x360", "--video-kbps", "600", "--save", save];
    Participant::join(server, "ada", TAG, TONE_OF_ADA, &extra)
}

fn assert_call(mut ada: Participant, browser: &Chromium, folder: &Path) {
    // Asked of the browser first, which takes longest to start.
    browser.wait_for("a connection to ada", |event| event["event"] == "link" && event["state"] == "connected");
    browser.wait_for("that its data channel is open", |event| event["event"] == "channel");
    browser.wait_for("that its line has arrived", |event| event["event"] == "chat_received");
    // What the browser says comes by the data channel: from then on ada's line takes that way, and no other.
    ada.wait_for("the line of the browser", |event| event["event"] == "chat");
    ada.tell(json!({"command": "chat", "text": FROM_ADA}));

    assert_sees_and_hears_the_browser(&ada);
    assert_sees_and_hears_ada(browser);
    assert_lines_arrive_once(&ada, browser);
    assert_picture_of_ada(browser);
    ada.leave();
    assert_sound_of_the_browser(folder);
}

fn assert_sees_and_hears_the_browser(ada: &Participant) {
    ada.wait_for("what the browser shows", |event| {
        event["event"] == "media"
            && event["nickname"] == "browser"
            && [&event["microphone"], &event["camera"], &event["screen"]] == ["on", "on", "off"]
    });
    ada.wait_for("60 pictures of the browser, as large as it sends them", |event| {
        let camera = find_track(event, "browser", "camera");
        camera["frames_decoded"].as_u64() > Some(60) && camera["width"] == 640 && camera["height"] == 360
    });
    ada.wait_for("the sound of the browser", |event| {
        find_track(event, "browser", "microphone")["level"].as_f64() > Some(0.05)
    });
}

fn assert_sees_and_hears_ada(browser: &Chromium) {
    let stats = browser.wait_for("60 pictures of ada, as large as it sends them", |event| {
        let video = &event["video"];
        video["framesDecoded"].as_u64() > Some(60) && video["frameWidth"] == 640 && video["frameHeight"] == 360
    });
    browser.wait_for("the tone of ada", |event| {
        let sound = &event["sound"];
        let off = sound["hz"].as_f64().map(|hz| (hz - f64::from(TONE_OF_ADA)).abs());
        event["audio"]["packetsReceived"].as_u64() > Some(100)
            && sound["level"].as_f64() > Some(0.05)
            && off.is_some_and(|off| off < 10.0)
    });

    assert_eq!((&stats["video"]["codec"], &stats["audio"]["codec"]), (&json!("video/VP8"), &json!("audio/opus")));
    let tracks = browser.events_of("track");
    for (kind, name) in [("audio", "microphone"), ("video", "camera")] {
        let named = tracks.iter().any(|track| track["kind"] == kind && track["name"] == name);
        assert!(named, "no {kind} named {name}: {tracks:?}");
    }
}

fn assert_lines_arrive_once(ada: &Participant, browser: &Chromium) {
    browser.wait_for("the line of ada", |event| event["event"] == "chat");
    browser.wait_for("that its own line has arrived", |event| event["event"] == "chat_received");
    sleep(UNTIL_REPEATED);

    let lines = browser.events_of("chat");
    let of_ada: Vec<_> = lines.iter().map(|line| said(line, "nickname")).collect();
    let of_browser: Vec<_> = ada.events_of("chat").iter().map(|line| said(line, "from")).collect();
    let received: Vec<_> = browser.events_of("chat_received").iter().map(|event| event["number"].as_u64()).collect();
    assert_eq!(of_ada, [("ada".to_owned(), Some(false), FROM_ADA.to_owned())]);
    assert_eq!(lines[0]["way"], "channel");
    assert_eq!(of_browser, [("browser".to_owned(), Some(false), FROM_BROWSER.to_owned())]);
    assert_eq!(received, [Some(1)]);
}

/// Who said a line, whether to us alone, and what.
fn said(line: &Value, from: &str) -> (String, Option<bool>, String) {
    let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
    (text(from), line["private"].as_bool(), text("text"))
}

fn assert_picture_of_ada(browser: &Chromium) {
    let picture = browser.wait_for_picture();
    let mark = pattern::read(&picture).expect("the mark of the test picture");

    assert_eq!(mark.tag, TAG);
    assert!(mark.counter > 60, "{mark:?}");
}

fn assert_sound_of_the_browser(folder: &Path) {
    let samples = saved::samples(&folder.join("browser.wav"));
    let purity = saved::purity(samples.get(48_000..).unwrap_or_default(), TONE_OF_BROWSER);

    assert!(purity > 0.9, "the tone of the browser is hardly there: {purity}, {} samples", samples.len());
}

/// The kinds of descriptions that the other side sent, in order.
fn exchanged(browser: &Chromium) -> Vec<String> {
    let described = browser.events_of("described").into_iter();
    described.filter_map(|event| event["kind"].as_str().map(str::to_owned)).collect()
}
