//! Measures the window in a call of four on this machine: `make bench-window`.
//!
//! Three headless participants send the same 640x360 clip as `mesh` does, a window of its usual size shows them. Printed:
//! frames painted a second, milliseconds of processor for each (the whole program, with its call and the drawing in
//! software where there is no graphics card), and cores. Needs Xvfb.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and ends where it cannot go on")]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, ChildStderr, Stdio},
    thread,
    time::{Duration, Instant},
};

use parlor_tests::{Display, Participant, Server, binary};

const OTHERS: usize = 3;
const WARM_UP: Duration = Duration::from_secs(8);
const CALL_TIME: Duration = Duration::from_secs(15);

fn main() {
    let camera = env::args().nth(1).map_or_else(|| "pattern".to_owned(), |clip| format!("file:{clip}"));
    let display = Display::start().expect("Xvfb is installed");
    let server = Server::start();
    let arguments = ["--camera", &camera, "--size", "640x360", "--fps", "30", "--video-kbps", "800"];
    let others: Vec<_> =
        (0..OTHERS).map(|number| Participant::join(&server, &format!("p{number}"), 0, 440, &arguments)).collect();
    for other in &others {
        other.wait_for("that it is in the room", |event| event["event"] == "joined");
    }
    let room = others[0].wait_for("its room", |event| event["event"] == "joined")["room"].clone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = binary("parlor")
        .args(["join", room.as_str().expect("a name"), "--server", server.address(), "--nickname", "window"])
        .args(["--mic", "tone:440", "--speaker", "null", "--settings"])
        .arg(folder.path().join("settings.toml"))
        .args(arguments)
        .args(["--log", "parlor::ui=debug"])
        .env("DISPLAY", display.name())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("NO_COLOR", "1")
        .env_remove("WAYLAND_DISPLAY")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let frames = FrameCounter::read(window.stderr.take().expect("its words are piped"));
    thread::sleep(WARM_UP);

    let (start, cpu, painted) = (Instant::now(), processor_time(&window), frames.count());
    thread::sleep(CALL_TIME);
    let (passed, cpu, painted) = (start.elapsed(), processor_time(&window) - cpu, frames.count() - painted);
    let _ = window.kill();
    let _ = window.wait();

    println!("{} processors; camera: {camera}", thread::available_parallelism().map_or(0, usize::from));
    println!("| people | frames a second | ms of processor a frame | cores |");
    println!("|---|---|---|---|");
    println!(
        "| {} | {:.1} | {:.1} | {:.2} |",
        OTHERS + 1,
        f64::from(painted) / passed.as_secs_f64(),
        cpu.as_secs_f64() * 1000.0 / f64::from(painted.max(1)),
        cpu.as_secs_f64() / passed.as_secs_f64()
    );
}

/// Counts the frames that the window says it has painted.
struct FrameCounter(std::sync::Arc<std::sync::atomic::AtomicU32>);

impl FrameCounter {
    fn read(words: ChildStderr) -> Self {
        let count = std::sync::Arc::<std::sync::atomic::AtomicU32>::default();
        let counted = count.clone();
        thread::spawn(move || {
            for line in BufReader::new(words).lines().map_while(Result::ok) {
                let frames = line.split("frames=").nth(1).and_then(|rest| rest.split(' ').next());
                if let Some(frames) = frames.and_then(|frames| frames.parse().ok()) {
                    counted.fetch_add(frames, std::sync::atomic::Ordering::Relaxed);
                }
            }
        });
        Self(count)
    }

    fn count(&self) -> u32 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// How long a program has used processors so far (proc(5): ticks of a hundredth of a second).
fn processor_time(program: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", program.id())).expect("it runs");
    let fields: Vec<_> = stat.rsplit(") ").next().expect("a line").split(' ').collect();
    let ticks = |index: usize| fields[index].parse::<u64>().expect("a number");
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
