//! Files between real processes: whole, with flat memory, and on over a connection that breaks.
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_tests::{Participant, Server};
use serde_json::{Value, json};

const SILENT: [&str; 2] = ["--camera", "none"];
const MIB: u64 = 1024 * 1024;
/// How much more memory a program may use while a file passes through it, however large the file is.
const MEMORY_MIB: u64 = 48;
/// How long a large file may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(400);

#[test]
fn a_large_file_arrives_byte_for_byte_and_memory_stays_flat() {
    let size = std::env::var("PARLOR_FILE_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(100) * MIB;
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = folder.path().join("downloads");
    let original = make_file(folder.path(), "large.bin", size);
    let server = Server::start();
    let mut ada = Participant::join(&server, "ada", 1, 440, &SILENT);
    let bob = Participant::join(&server, "bob", 2, 700, &accepting(&downloads));
    wait_for_link(&ada, "bob");
    sleep(Duration::from_secs(3));
    let before = [&ada, &bob].map(|participant| memory(participant, 0));
    let said = [&ada, &bob].map(Participant::said);

    let started = Instant::now();
    ada.tell(json!({"command": "send_file", "path": original}));
    let arrived = bob.wait_for_within(PATIENCE, "the file", |event| is_file(event, "done"));
    let took = started.elapsed();
    ada.wait_for("that it was received", |event| is_file(event, "done"));
    ada.tell(json!({"command": "chat", "text": "did you get it?"}));
    bob.wait_for("a line of chat", |event| event["event"] == "chat");

    assert_eq!(fs::metadata(&original).expect("it is there").len(), size);
    assert!(same(&original, Path::new(arrived["path"].as_str().expect("a path"))));
    let after = [memory(&ada, said[0]), memory(&bob, said[1])];
    let mib_per_second = size as f64 / MIB as f64 / took.as_secs_f64();
    // Not by a macro: the numbers are to be seen although the test passes.
    let words = format!(
        "{} MiB in {took:.1?}: {mib_per_second:.1} MiB/s; RSS in MiB {before:?}, at most {after:?}\n",
        size / MIB
    );
    drop(io::stderr().write_all(words.as_bytes()));
    for (before, after) in before.iter().zip(after) {
        assert!(after < before + MEMORY_MIB, "memory grew from {before} to {after} MiB");
    }
}

#[test]
fn a_file_goes_on_where_it_was_after_the_connection_broke() {
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = folder.path().join("downloads");
    let original = make_file(folder.path(), "보고서 최종.pdf", 24 * MIB);
    let server = Server::start();
    let slow = ["--camera", "none", "--impair", "rate=16mbit"];
    let mut ada = Participant::join(&server, "ada", 1, 440, &slow);
    let bob = Participant::join(&server, "bob", 2, 700, &accepting(&downloads));
    wait_for_link(&ada, "bob");
    ada.tell(json!({"command": "send_file", "path": original, "to": "bob"}));
    bob.wait_for_within(PATIENCE, "a part of the file", |event| {
        is_file(event, "moving") && event["bytes"].as_u64() > Some(2 * MIB)
    });

    // Long enough for a connection to be given up.
    let said = ada.said();
    bob.signal("STOP");
    let paused = ada.wait_since(said, "a pause", |event| is_file(event, "paused"));
    bob.signal("CONT");
    let arrived = bob.wait_for_within(PATIENCE, "the file", |event| is_file(event, "done"));
    ada.wait_for("that it was received", |event| is_file(event, "done"));

    let reached = paused["bytes"].as_u64().expect("a number");
    assert!((2 * MIB..24 * MIB).contains(&reached), "{paused}");
    let resumed = bob.events_of("file").into_iter().rev().find(|event| event["state"] == "moving").expect("it moved");
    assert!(resumed["bytes"].as_u64() >= Some(reached), "it began anew: {resumed}");
    assert_eq!(arrived["path"], downloads.join("보고서 최종.pdf").to_str().expect("a plain path"));
    assert!(same(&original, &downloads.join("보고서 최종.pdf")));
    assert_eq!(names(&downloads), ["보고서 최종.pdf"]);
}

#[test]
fn a_file_is_taken_only_by_who_wants_it_and_can_be_cancelled_on_its_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let downloads = folder.path().join("downloads");
    let original = make_file(folder.path(), "large.bin", 24 * MIB);
    let server = Server::start();
    let slow = ["--camera", "none", "--impair", "rate=8mbit"];
    let mut ada = Participant::join(&server, "ada", 1, 440, &slow);
    let mut bob = Participant::join(&server, "bob", 2, 700, &SILENT);
    let mut cyd = Participant::join(&server, "cyd", 3, 900, &SILENT);
    wait_for_link(&ada, "bob");
    wait_for_link(&ada, "cyd");

    ada.tell(json!({"command": "send_file", "path": original}));
    cyd.wait_for("the offer", |event| is_file(event, "offered"));
    cyd.tell(json!({"command": "decline_file", "file": 1}));
    ada.wait_for("that cyd does not want it", |event| is_file(event, "declined") && event["nickname"] == "cyd");
    bob.wait_for("the offer", |event| is_file(event, "offered"));
    bob.tell(json!({"command": "accept_file", "file": 1, "folder": downloads}));
    bob.wait_for("a part of the file", |event| is_file(event, "moving") && event["bytes"].as_u64() > Some(MIB / 4));
    bob.tell(json!({"command": "cancel_file", "file": 1}));
    ada.wait_for("that bob does not want it any more", |event| {
        is_file(event, "cancelled") && event["nickname"] == "bob"
    });
    ada.tell(json!({"command": "send_file", "path": folder.path()}));
    ada.wait_for("that a folder is no file", |event| event["event"] == "notice");

    let deadline = Instant::now() + Duration::from_secs(20);
    while !names(&downloads).is_empty() {
        assert!(Instant::now() < deadline, "what was cancelled stays: {:?}", names(&downloads));
        sleep(Duration::from_millis(100));
    }
}

fn accepting(downloads: &Path) -> [&str; 4] {
    ["--camera", "none", "--accept-files", downloads.to_str().expect("a plain path")]
}

fn wait_for_link(participant: &Participant, nickname: &str) {
    participant.wait_for("a connection", |event| {
        event["event"] == "link" && event["nickname"] == nickname && event["state"] == "connected"
    });
}

fn is_file(event: &Value, state: &str) -> bool {
    event["event"] == "file" && event["state"] == state
}

/// The most memory that a program has used since it had `said` so much, in MiB.
fn memory(participant: &Participant, said: usize) -> u64 {
    let stats = participant.events().into_iter().skip(said).filter(|event| event["event"] == "stats");
    stats.filter_map(|stats| stats["me"]["rss_mib"].as_u64()).max().expect("statistics")
}

/// A file of bytes that look like any others.
fn make_file(folder: &Path, name: &str, size: u64) -> PathBuf {
    let path = folder.join(name);
    let mut file = io::BufWriter::new(fs::File::create(&path).expect("a file"));
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..size / 8 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        file.write_all(&number.to_be_bytes()).expect("room on the disk");
    }
    file.flush().expect("room on the disk");
    path
}

fn same(one: &Path, other: &Path) -> bool {
    let status = std::process::Command::new("cmp").arg(one).arg(other).status().expect("cmp runs");
    status.success()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
