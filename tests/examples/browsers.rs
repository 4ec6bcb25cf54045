//! Measures calls of 2, 3 and 4 headless participants against as many headless Chromium: `make bench-browsers`.
//!
//! Everybody, here and there, sends the same 640x360 clip at 30 pictures a second and at most 800 kbit/s as VP8, and a
//! tone, and decodes everybody else. Each Chromium is a program of its own with one page, whose videos are muted; Parlor mixes
//! what it hears, for no speaker.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and ends where it cannot go on")]

use std::{
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use clap::Parser;
use parlor_tests::{
    Participant, Server,
    browser::{Chromium, Wishes},
    clip, find_track,
    process::{machine, memory_mib, processor_time},
    score::{mean, percentile},
};

const WARM_UP: Duration = Duration::from_secs(6);
const CALL_TIME: Duration = Duration::from_secs(15);
const KBPS: u32 = 800;
/// A picture that comes so often counts as kept up.
const SUSTAINED_FPS: f64 = 25.0;

/// Measures calls of Parlor against calls of Chromium.
#[derive(Debug, Parser)]
struct Arguments {
    /// The film that everybody sends, a .y4m file of 640x360; without one, one is drawn
    clip: Option<PathBuf>,
    /// How many take part in each call
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = [2, 3, 4])]
    sizes: Vec<usize>,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().expect("a folder");
    let clip = clip::given_or_drawn(arguments.clip, folder.path());
    let program = Chromium::find().expect("chromium is installed");
    println!("{}; clip: {}\n", machine(), clip.display());
    println!("| participants | who | fps median | fps lowest | streams kept up at 25 fps | cores each | MiB each |");
    println!("|---|---|---|---|---|---|---|");
    for size in arguments.sizes {
        println!("| {size} | Parlor | {} |", parlor(size, &clip));
        println!("| {size} | Chromium | {} |", chromium(size, &clip, &program));
    }
}

/// Pictures decoded so far, of each stream.
type Counts = Vec<u64>;

fn parlor(size: usize, clip: &Path) -> String {
    let server = Server::start();
    let (camera, kbps) = (format!("file:{}", clip.display()), KBPS.to_string());
    let arguments = ["--camera", &camera, "--size", "640x360", "--fps", "30", "--video-kbps", &kbps];
    let all: Vec<_> = (0..size)
        .map(|number| {
            let participant = Participant::join(&server, &nickname(number), 0, 440, &arguments);
            participant.wait_until_in_room();
            participant
        })
        .collect();
    let pids: Vec<_> = all.iter().map(|participant| vec![participant.pid()]).collect();
    let measured = measure(&pids, || {
        let newest = all.iter().map(|participant| participant.events_of("stats").pop().unwrap_or_default());
        let of_each = |stats: serde_json::Value| {
            let counts = (0..size).map(move |other| find_track(&stats, &nickname(other), "camera"));
            counts.filter_map(|track| track["frames_decoded"].as_u64()).collect::<Vec<_>>()
        };
        newest.flat_map(of_each).collect()
    });
    all.into_iter().for_each(Participant::leave);
    measured
}

fn chromium(size: usize, clip: &Path, program: &Path) -> String {
    let server = Server::start();
    let all: Vec<_> = (0..size)
        .map(|number| {
            let wishes = Wishes {
                nickname: &nickname(number),
                hz: 440,
                right_hz: None,
                line: "hello",
                film: Some(clip),
                video_kbps: Some(KBPS),
                listens: false,
            };
            let browser = Chromium::join_as(program, &server, &wishes);
            browser.wait_for("that it is in the room", |event| event["event"] == "joined");
            browser
        })
        .collect();
    let pids: Vec<_> = all.iter().map(Chromium::pids).collect();
    measure(&pids, || {
        let of_each = |browser: &Chromium| {
            let stats = browser.events_of("stats");
            let newest = |other| stats.iter().rev().find(|event| event["nickname"] == nickname(other));
            let counts = (0..size).filter_map(newest).filter_map(|event| event["video"]["framesDecoded"].as_u64());
            counts.collect::<Vec<_>>()
        };
        all.iter().flat_map(of_each).collect()
    })
}

fn nickname(number: usize) -> String {
    format!("p{number}")
}

/// Looks every second how many pictures each stream has brought: the rest of a line of the table.
fn measure(pids: &[Vec<u32>], counts: impl Fn() -> Counts) -> String {
    sleep(WARM_UP);
    let used = || pids.iter().map(|pids| processor_time(pids)).sum::<Duration>();
    let (start, before, first) = (Instant::now(), used(), counts());
    let mut fps = Vec::new();
    let (mut then, mut last) = (start, first.clone());
    while start.elapsed() < CALL_TIME {
        // Three seconds even out that everybody tells of themselves only once a second.
        sleep(Duration::from_secs(3));
        let (now, newest) = (Instant::now(), counts());
        let passed = (now - then).as_secs_f64();
        fps.extend(newest.iter().zip(&last).map(|(newest, last)| newest.saturating_sub(*last) as f64 / passed));
        (then, last) = (now, newest);
    }
    let passed = start.elapsed().as_secs_f64();
    let cores = (used() - before).as_secs_f64() / passed / pids.len() as f64;
    let streams = pids.len() * (pids.len() - 1);
    let kept_up =
        last.iter().zip(&first).filter(|(last, first)| (*last - *first) as f64 / passed >= SUSTAINED_FPS).count();
    let memory = mean(&pids.iter().map(|pids| memory_mib(pids)).collect::<Vec<_>>());
    fps.sort_by(f64::total_cmp);
    format!(
        "{:.1} | {:.1} | {kept_up} of {streams} | {cores:.3} | {:.0}",
        percentile(&fps, 0.5).unwrap_or_default(),
        percentile(&fps, 0.0).unwrap_or_default(),
        memory.unwrap_or_default(),
    )
}
