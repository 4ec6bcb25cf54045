//! Sharing a screen: what a person does, and that what they show can be read at the other end.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

use std::{
    fs::{self, File},
    io::{self, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use egui::{Key, Modifiers};
use parlor_tests::{Display, Participant, Server, Window, binary, find_track};
use serde_json::Value;

use crate::{TEST_DEVICES, host_kitchen};

/// The height of a line of letters.
const LINE: usize = 40;
const MARGIN: usize = 40;
/// Limited range: this is as bright as it gets.
const WHITE: u8 = 235;

/// How long a program may take to show its window.
const PATIENCE: Duration = Duration::from_secs(60);

/// Written in capitals: the reader takes small letters for others now and then.
const LETTERS: &str = "SHARP LETTERS";

#[test]
fn a_person_shares_the_screen_and_stops() {
    let Some(mut window) = Window::open(TEST_DEVICES) else { return };
    let server = host_kitchen(&mut window);
    let bob = Participant::join_room(&server, "kitchen", "bob", 2, 700, &[] as &[&str]);
    bob.wait_for_pictures_of(&["window"]);

    window.press(Key::S, Modifiers::COMMAND | Modifiers::SHIFT);
    let screen = window.wait_for("a screen to share", |control| control.name.starts_with("Screen 1"));
    window.click(&screen.name);
    window.click("Share");

    window.wait_for_words("You are sharing");
    bob.wait_for("the screen", |event| event["event"] == "first_frame" && event["kind"] == "screen");
    bob.wait_for("all of its pixels", |event| width(event, "window") == Some(1600));
    let said = bob.said();
    window.click("Stop");
    bob.wait_since(said, "that nothing is shared", |event| event["event"] == "media" && event["screen"] == "off");
}

#[test]
fn letters_in_a_window_that_moves_can_be_read_at_the_other_end() {
    let Some(display) = Display::start().filter(|_| tools_are_there()) else { return };
    let (server, folder) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let _letters = Program::show(&display, LETTERS);
    find_window(&display, "letters");
    let share = ["--share", "screen"];
    let _ada = Participant::join_by(on(&display), server.address(), "tea", "ada", 1, 440, &share);
    let save = folder.path().to_str().expect("a plain path");
    let mut bob = Participant::join(&server, "bob", 2, 550, &["--save", save]);
    bob.wait_for("the screen", |event| width(event, "ada") == Some(1600));

    for step in 0..20 {
        display.move_window("letters", 40 * step, 20 * step);
        sleep(Duration::from_millis(100));
    }
    display.move_window("letters", 900, 500);
    settle(&bob);
    bob.kill();

    let picture = folder.path().join("there.pgm");
    write_part(&folder.path().join("ada-screen.y4m"), (900, 500, 600, LINE), &picture);
    let read = read_letters(&picture);
    assert!(read.contains(LETTERS), "it reads {read:?}");
}

#[test]
fn a_window_is_seen_whole_though_another_lies_before_it_and_sharing_ends_when_it_is_closed() {
    let Some(display) = Display::start().filter(|_| tools_are_there()) else { return };
    let (server, folder) = (Server::start(), tempfile::tempdir().expect("a folder"));
    let letters = Program::show(&display, LETTERS);
    let window = find_window(&display, "letters");
    let _cover = Program::show_as(&display, "nothing to see", "cover");
    find_window(&display, "cover");
    let share = ["--share", window.as_str()];
    let ada = Participant::join_by(on(&display), server.address(), "tea", "ada", 1, 440, &share);
    let save = folder.path().to_str().expect("a plain path");
    let mut bob = Participant::join(&server, "bob", 2, 550, &["--save", save]);
    bob.wait_for("the window", |event| event["event"] == "first_frame" && event["kind"] == "screen");
    settle(&bob);

    let said = (ada.said(), bob.said());
    drop(letters);

    let notice = ada.wait_since(said.0, "why it has ended", |event| event["event"] == "notice");
    assert!(notice["message"].as_str().is_some_and(|message| message.contains("was closed")), "{notice}");
    bob.wait_since(said.1, "that nothing is shared", |event| event["event"] == "media" && event["screen"] == "off");
    bob.kill();
    let picture = folder.path().join("whole.pgm");
    write_part(&folder.path().join("ada-screen.y4m"), (0, 0, 600, LINE), &picture);
    let read = read_letters(&picture);
    assert!(read.contains(LETTERS), "it reads {read:?}");
}

/// The program as it runs on a display.
fn on(display: &Display) -> Command {
    let mut program = binary("parlor");
    program.env("DISPLAY", display.name()).env_remove("WAYLAND_DISPLAY");
    program
}

/// The word for a window, once the program lists it.
fn find_window(display: &Display, title: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let output = on(display).args(["devices", "--json"]).output().expect("the program runs");
        let lists: Value = serde_json::from_slice(&output.stdout).expect("a JSON object");
        let mut windows = lists["windows"].as_array().into_iter().flatten();
        let starts = |label: &Value| label.as_str().is_some_and(|label| label.starts_with(title));
        if let Some(window) = windows.find(|window| starts(&window["label"])) {
            return format!("window:{}", window["id"].as_str().expect("an id"));
        }
    }
    panic!("no window called {title} was listed in {PATIENCE:?}");
}

/// Waits until what has moved stands still at the other end, and has become sharp there.
fn settle(participant: &Participant) {
    let said = participant.said();
    participant.wait_since(said, "that little comes any more", |event| {
        find_track(event, "ada", "screen")["kbps"].as_u64().is_some_and(|kbps| kbps < 100)
    });
}

/// The brightness of a part of the last picture in a file, as a PGM that programs can read.
fn write_part(from: &Path, (left, top, width, height): (usize, usize, usize, usize), to: &Path) {
    let file = File::open(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    let mut decoder = y4m::decode(BufReader::new(file)).expect("a y4m file");
    let across = decoder.get_width();
    let mut last = Vec::new();
    while let Ok(frame) = decoder.read_frame() {
        last = frame.get_y_plane().to_vec();
    }
    let rows = last.chunks_exact(across).skip(top).take(height);
    // The reader misses letters that touch the border.
    let (across, down) = (width + 2 * MARGIN, height + 2 * MARGIN);
    let mut part = format!("P5 {across} {down} 255\n").into_bytes();
    let [side, above] = [vec![WHITE; MARGIN], vec![WHITE; MARGIN * across]];
    part.extend(&above);
    rows.for_each(|row| part.extend([&side[..], &row[left..left + width], &side[..]].concat()));
    part.extend(&above);
    fs::write(to, part).expect("a picture");
}

fn read_letters(picture: &Path) -> String {
    let output =
        Command::new("tesseract").arg(picture).args(["stdout", "--psm", "7"]).output().expect("tesseract runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Says so loudly where something is missing.
fn tools_are_there() -> bool {
    let missing = ["xterm", "tesseract"].into_iter().find(|tool| {
        let asked = Command::new(tool).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_err()
    });
    if let Some(tool) = missing {
        // Not by a macro: the words are to be seen although the test passes.
        drop(writeln!(io::stderr(), "SKIPPED: there is no {tool} on this machine, so shared letters are not read"));
    }
    missing.is_none()
}

fn width(event: &Value, nickname: &str) -> Option<u64> {
    find_track(event, nickname, "screen")["width"].as_u64()
}

/// Another program with a window. Dropping it closes it.
struct Program(Child);

impl Program {
    /// A terminal that shows a line of text, called `letters`.
    fn show(display: &Display, text: &str) -> Self {
        Self::show_as(display, text, "letters")
    }

    fn show_as(display: &Display, text: &str, title: &str) -> Self {
        let script = format!("echo '{text}'; sleep 600");
        let look = ["-fa", "DejaVu Sans Mono", "-fs", "24", "-geometry", "30x6+0+0", "-title", title];
        let mut terminal = Command::new("xterm");
        terminal.args(look).args(["-e", "sh", "-c", &script]).env("DISPLAY", display.name());
        Self(terminal.spawn().expect("xterm starts"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
