//! Measures calls of 2, 4, 6 and 8 headless participants on this machine: `make bench`.
//!
//! Everybody sends the same 640x360 clip at 30 pictures a second and 800 kbit/s, and decodes everybody else; in the last
//! call everybody shows everybody else in 180 rows. Then one participant sends to ever more that only look.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and ends where it cannot go on")]

use std::{
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

use clap::Parser;
use parlor_tests::{
    Participant, Server, clip,
    process::{machine, memory_mib, processor_time, thread_time},
    score::{mean, percentile},
};
use serde_json::{Value, json};

/// Everybody is still coming in.
const WARM_UP: Duration = Duration::from_secs(5);
const CALL_TIME: Duration = Duration::from_secs(15);
/// Of a small tile.
const SMALL_ROWS: u32 = 180;
const SENDS: [&str; 6] = ["--size", "640x360", "--fps", "30", "--video-kbps", "800"];
const LOOKS: [&str; 4] = ["--camera", "none", "--mic", "none"];

/// Measures calls of headless participants.
#[derive(Debug, Parser)]
struct Arguments {
    /// The film that everybody sends; without one, one is drawn
    clip: Option<PathBuf>,
    /// How many take part in each call
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = [2, 4, 6, 8])]
    sizes: Vec<usize>,
    /// How many take part where everybody is shown small
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    small: usize,
    /// How many one participant sends to
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = [1, 3, 5, 7])]
    receivers: Vec<usize>,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().expect("a folder");
    let clip = clip::given_or_drawn(arguments.clip, folder.path());
    let camera = format!("file:{}", clip.display());
    println!("{}; clip: {}\n", machine(), clip.display());
    println!(
        "| participants | fps median | fps lowest | rows shown | cores each | cores of encoders, each | MiB each | ms to first \
         picture | longest | encode ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for size in arguments.sizes {
        println!("{}", measure(size, &camera, None));
    }
    println!("{}", measure(arguments.small, &camera, Some(SMALL_ROWS)));

    println!();
    println!("| receivers | cores of the sender | of these, encoders |");
    println!("|---|---|---|");
    let sent: Vec<_> = arguments.receivers.iter().map(|count| (*count, measure_sending(*count, &camera))).collect();
    for (count, cores) in &sent {
        println!("| {count} | {:.3} | {:.3} |", cores.all, cores.encoders);
    }
    if let (Some((fewest, least)), Some((most, cores))) = (sent.first(), sent.last())
        && most > fewest
    {
        let each = (cores.all - least.all) / (most - fewest) as f64;
        println!();
        println!("Each further receiver: {:.2} % of a core.", 100.0 * each);
    }
}

/// Processor cores in use.
struct Cores {
    all: f64,
    encoders: f64,
}

/// A call in which everybody sends: a line of the table.
fn measure(size: usize, camera: &str, rows: Option<u32>) -> String {
    let server = Server::start();
    let mut participants: Vec<_> = (0..size)
        .map(|number| join(&server, &format!("p{number}"), &[&SENDS[..], &["--camera", camera]].concat()))
        .collect();
    if let Some(rows) = rows {
        show_all(&mut participants, rows);
    }
    sleep(WARM_UP);
    let told: Vec<_> = participants.iter().map(|participant| participant.events_of("stats").len()).collect();
    let cores: Vec<_> = cores_during(CALL_TIME, &participants);
    let memory = mean(&participants.iter().map(|participant| memory_mib(&[participant.pid()])).collect::<Vec<_>>());

    let stats =
        participants.iter().zip(told).flat_map(|(participant, told)| participant.events_of("stats").split_off(told));
    let stats: Vec<Value> = stats.collect();
    let firsts = sorted(first_pictures(&participants));
    let refused = participants.iter().any(|participant| !participant.events_of("error").is_empty());
    participants.into_iter().for_each(Participant::leave);

    let tracks =
        || stats.iter().flat_map(|stats| list(&stats["participants"])).flat_map(|other| list(&other["tracks"]));
    let fps = sorted(tracks().filter_map(|track| track["fps"].as_f64()));
    let heights = sorted(tracks().filter_map(|track| track["height"].as_f64()));
    let encoders = stats
        .iter()
        .map(|stats| list(&stats["me"]["encoders"]).filter_map(|one| one["ms_per_frame"].as_f64()).sum::<f64>());
    let encode_ms = mean(&encoders.collect::<Vec<f64>>());
    let label = match rows {
        Some(rows) if refused => format!("{size}, asked to show {rows} rows: refused"),
        Some(rows) => format!("{size}, asked to show {rows} rows"),
        None => size.to_string(),
    };
    format!(
        "| {label} | {:.1} | {:.1} | {:.0} | {:.3} | {:.3} | {:.0} | {:.0} | {:.0} | {:.2} |",
        percentile(&fps, 0.5).unwrap_or_default(),
        percentile(&fps, 0.0).unwrap_or_default(),
        percentile(&heights, 0.5).unwrap_or_default(),
        mean(&cores.iter().map(|cores| cores.all).collect::<Vec<_>>()).unwrap_or_default(),
        mean(&cores.iter().map(|cores| cores.encoders).collect::<Vec<_>>()).unwrap_or_default(),
        memory.unwrap_or_default(),
        percentile(&firsts, 0.5).unwrap_or_default(),
        percentile(&firsts, 1.0).unwrap_or_default(),
        encode_ms.unwrap_or_default(),
    )
}

/// A call in which one sends to so many, who only look: what it costs that one.
fn measure_sending(receivers: usize, camera: &str) -> Cores {
    let server = Server::start();
    let sender = join(&server, "sender", &[&SENDS[..], &["--camera", camera]].concat());
    let others: Vec<_> = (0..receivers).map(|number| join(&server, &format!("p{number}"), &LOOKS)).collect();
    for other in &others {
        other.wait_for_pictures_of(&["sender"]);
    }
    sleep(WARM_UP);
    let mut cores = cores_during(CALL_TIME, std::slice::from_ref(&sender));
    others.into_iter().for_each(Participant::leave);
    sender.leave();
    cores.remove(0)
}

fn join(server: &Server, nickname: &str, arguments: &[&str]) -> Participant {
    let participant = Participant::join(server, nickname, 0, 440, arguments);
    participant.wait_until_in_room();
    participant
}

/// How long those who came later took from entering the room to the first picture of each who was there before them, in
/// milliseconds. Those who were there wait for the newcomer and not for the network: their times do not count.
fn first_pictures(participants: &[Participant]) -> impl Iterator<Item = f64> {
    participants.iter().enumerate().flat_map(|(number, newcomer)| {
        let there: Vec<_> = participants[..number].iter().map(Participant::nickname).collect();
        let firsts = newcomer.events_of("first_frame").into_iter();
        let counts = move |event: &Value| event["nickname"].as_str().is_some_and(|other| there.contains(&other));
        firsts.filter(counts).filter_map(|event| event["ms"].as_f64()).collect::<Vec<_>>()
    })
}

/// Has everybody show everybody else in so many rows.
fn show_all(participants: &mut [Participant], rows: u32) {
    let nicknames: Vec<_> = participants.iter().map(|participant| participant.nickname().to_owned()).collect();
    for participant in participants {
        let others: Vec<_> =
            nicknames.iter().map(String::as_str).filter(|nickname| *nickname != participant.nickname()).collect();
        participant.wait_for_pictures_of(&others);
        for nickname in others {
            participant.tell(json!({"command": "show", "nickname": nickname, "camera": rows}));
        }
    }
}

fn cores_during(time: Duration, participants: &[Participant]) -> Vec<Cores> {
    let used = || -> Vec<_> {
        let pids = participants.iter().map(Participant::pid);
        pids.map(|pid| (processor_time(&[pid]), thread_time(pid, "video encoder"))).collect()
    };
    let (start, before) = (Instant::now(), used());
    sleep(time);
    let (after, passed) = (used(), start.elapsed().as_secs_f64());
    let share = |after: Duration, before: Duration| after.saturating_sub(before).as_secs_f64() / passed;
    let pairs = after.into_iter().zip(before);
    pairs.map(|(after, before)| Cores { all: share(after.0, before.0), encoders: share(after.1, before.1) }).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
