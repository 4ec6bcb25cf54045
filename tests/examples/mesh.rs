//! Measures calls of 2, 3, 4 and 6 headless participants on this machine: `make bench`.
//!
//! Everybody sends the same 640x360 clip at 30 pictures a second and 800 kbit/s, and decodes everybody else. Printed
//! for each size of call: pictures a second that each receives of each (median and lowest), processor cores and
//! memory for each participant, and the time from joining to the first picture.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and ends where it cannot go on")]

use std::{env, path::PathBuf, thread::sleep, time::Duration};

use parlor_tests::{Participant, Server};
use serde_json::Value;

const SIZES: [usize; 4] = [2, 3, 4, 6];
const CALL_TIME: Duration = Duration::from_secs(15);
/// Seconds at the start that do not count: everybody is still coming in.
const WARM_UP: usize = 4;

fn main() {
    let clip = env::args().nth(1).map_or_else(generated_clip, PathBuf::from);
    let camera = format!("file:{}", clip.display());
    println!("{} processors; clip: {}", std::thread::available_parallelism().map_or(0, usize::from), clip.display());
    println!("| participants | fps median | fps lowest | cores each | MiB each | ms to first picture | encode ms |");
    println!("|---|---|---|---|---|---|---|");
    for size in SIZES {
        let row = measure(size, &camera);
        println!(
            "| {size} | {:.1} | {:.1} | {:.3} | {:.0} | {:.0} | {:.2} |",
            row.fps_median, row.fps_lowest, row.cores, row.mib, row.first_picture_ms, row.encode_ms
        );
    }
}

struct Row {
    fps_median: f64,
    fps_lowest: f64,
    cores: f64,
    mib: f64,
    first_picture_ms: f64,
    encode_ms: f64,
}

fn measure(size: usize, camera: &str) -> Row {
    let server = Server::start();
    let participants: Vec<_> = (0..size)
        .map(|number| {
            let arguments = ["--camera", camera, "--size", "640x360", "--fps", "30", "--video-kbps", "800"];
            let participant = Participant::join(&server, &format!("p{number}"), 0, 440, &arguments);
            participant.wait_for("that it is in the room", |event| event["event"] == "joined");
            participant
        })
        .collect();
    sleep(CALL_TIME);
    let all: Vec<_> = participants.iter().map(|participant| participant.events()).collect();
    participants.into_iter().for_each(Participant::leave);

    let stats: Vec<&Value> = all.iter().flat_map(|events| steady(events)).collect();
    let mut fps: Vec<f64> = stats
        .iter()
        .flat_map(|stats| stats["participants"].as_array().into_iter().flatten())
        .flat_map(|participant| participant["tracks"].as_array().into_iter().flatten())
        .filter_map(|track| track["fps"].as_f64())
        .collect();
    fps.sort_by(f64::total_cmp);
    let first = all.iter().flatten().filter(|event| event["event"] == "first_frame");
    // Those who were there before wait for the newcomer, not for the network: only the newcomer's time counts.
    let mut first: Vec<f64> = first.filter_map(|event| event["ms"].as_f64()).filter(|ms| *ms < 2_000.0).collect();
    first.sort_by(f64::total_cmp);
    Row {
        fps_median: middle(&fps),
        fps_lowest: fps.first().copied().unwrap_or_default(),
        cores: mean(stats.iter().filter_map(|stats| stats["me"]["cpu_cores"].as_f64())),
        mib: mean(stats.iter().filter_map(|stats| stats["me"]["rss_mib"].as_f64())),
        first_picture_ms: middle(&first),
        encode_ms: mean(stats.iter().filter_map(|stats| stats["me"]["encoders"][0]["ms_per_frame"].as_f64())),
    }
}

/// The statistics from when everybody is in.
fn steady(events: &[Value]) -> impl Iterator<Item = &Value> {
    events.iter().filter(|event| event["event"] == "stats").skip(WARM_UP)
}

fn middle(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<_> = values.collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// A clip with motion and noise, as a camera has them: three seconds, because a file is played over and over.
fn generated_clip() -> PathBuf {
    const WIDTH: usize = 640;
    const HEIGHT: usize = 360;
    let path = env::temp_dir().join("parlor-bench-clip.y4m");
    let file = std::fs::File::create(&path).expect("a file for the clip");
    let mut encoder = y4m::encode(WIDTH, HEIGHT, y4m::Ratio::new(30, 1))
        .with_colorspace(y4m::Colorspace::C420)
        .write_header(std::io::BufWriter::new(file))
        .expect("a y4m header");
    let mut noise = 1_u32;
    for picture in 0..90_usize {
        let mut luma = vec![0; WIDTH * HEIGHT];
        for (index, pixel) in luma.iter_mut().enumerate() {
            let (x, y) = (index % WIDTH, index / WIDTH);
            let swing = if picture < 45 { picture } else { 90 - picture };
            let face = (x.abs_diff(WIDTH / 2 + swing)).pow(2) + (y.abs_diff(HEIGHT / 2)).pow(2) < 110_usize.pow(2);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let base = if face { 150 + (y + swing * 2) % 40 } else { 50 + (x + y) / 12 };
            *pixel = (base as u32 + (noise >> 29)) as u8;
        }
        let chroma = vec![120; WIDTH * HEIGHT / 4];
        encoder.write_frame(&y4m::Frame::new([&luma, &chroma, &chroma], None)).expect("a picture");
    }
    path
}
