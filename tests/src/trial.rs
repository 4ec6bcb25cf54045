//! A call of two through a bad network, with everything written down: what was sent, when, and what arrived.
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Participant, Server, binary, find_track,
    score::{Arrival, Film, Journal, Shown, Window, field, lines_with},
};

/// What the logs must tell to be compared.
const LOG: &str = "warn,parlor::peer::impair=trace,parlor_media::video::source::file=trace,\
                   parlor_media::audio::source::file=trace,parlor_media::audio::wav=debug";
const SENDER: &str = "ada";
const RECEIVER: &str = "bob";

/// What is to be tried: `ada` sends, `bob` receives.
#[derive(Debug, Clone)]
pub struct Trial<'a> {
    /// What `ada` shows, as `--camera` takes it.
    pub camera: &'a str,
    /// What `ada` says, as `--mic` takes it.
    pub microphone: &'a str,
    /// What is done to what she says: more arguments.
    pub sound: &'a [&'a str],
    /// The conditions for what `ada` sends, as `--impair` takes them.
    pub there: &'a str,
    /// The conditions for what `bob` answers.
    pub back: &'a str,
    /// How much the pictures may take.
    pub video_kbps: u32,
    /// How long the call takes, from its connection on.
    pub time: Duration,
}

/// What became of it. The folder lives as long as this.
#[derive(Debug)]
pub struct Outcome {
    folder: TempDir,
    log: String,
    /// What `ada` handed to the network.
    pub journal: Journal,
    /// What `ada` told of itself every second.
    pub sender_stats: Vec<Value>,
    /// What `bob` did.
    pub receiver_stats: Vec<Value>,
    time: Duration,
}

impl Trial<'_> {
    /// Has the call.
    ///
    /// # Panics
    /// Where it does not come about.
    pub fn run(&self) -> Outcome {
        let folder = tempfile::tempdir().expect("a folder");
        let save = folder.path().to_str().expect("a plain path");
        let server = Server::start();
        let nothing = ["--camera", "none", "--mic", "none", "--log", LOG];
        let receives = [&nothing[..], &["--save", save, "--impair", self.back]].concat();
        let bob = join(&server, folder.path(), RECEIVER, &receives);
        bob.wait_until_in_room();
        let kbps = self.video_kbps.to_string();
        let sends = ["--camera", self.camera, "--mic", self.microphone, "--video-kbps", &kbps, "--log", LOG];
        let ada = join(&server, folder.path(), SENDER, &[&sends[..], self.sound, &["--impair", self.there]].concat());
        ada.wait_for("a connection", |event| event["event"] == "link" && event["state"] == "connected");
        sleep(self.time);

        let (sender_stats, receiver_stats) = (ada.events_of("stats"), bob.events_of("stats"));
        ada.leave();
        bob.leave();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a log");
        let log = read("ada.log");
        let journal = Journal::read(&log).expect("packets in the log");
        Outcome { log: log + &read("bob.log"), folder, journal, sender_stats, receiver_stats, time: self.time }
    }
}

fn join(server: &Server, folder: &Path, nickname: &str, arguments: &[&str]) -> Participant {
    let mut command = binary("parlor");
    let log = File::create(folder.join(format!("{nickname}.log"))).expect("a log");
    command.env("NO_COLOR", "1").stderr(log);
    Participant::join_by(command, server.address(), "tea", nickname, 0, 440, arguments)
}

impl Outcome {
    /// The call from some time after its beginning until shortly before its end.
    pub fn window(&self, from: Duration) -> Window {
        let at = |time: Duration| self.journal.began_unix_us + time.as_micros() as u64;
        Window { from_us: at(from), to_us: at(self.time - Duration::from_millis(500)) }
    }

    /// When `ada` took each picture of the film.
    pub fn shown(&self, film: &Film) -> Vec<Shown> {
        Shown::read(&self.log, film)
    }

    /// What `bob` took the skew of pictures to sound for, in milliseconds, every second from some time after his joining.
    pub fn told_skews_ms(&self, from: Duration) -> Vec<f64> {
        let late = self.receiver_stats.iter().filter(|stats| stats["at_ms"].as_f64() > Some(from.as_secs_f64() * 1e3));
        late.filter_map(|stats| find_track(stats, SENDER, "camera")["skew_ms"].as_f64()).collect()
    }

    /// The pictures that arrived.
    pub fn arrivals(&self, film: &Film) -> Vec<Arrival> {
        Arrival::read(self.folder.path(), SENDER, film)
    }

    /// The sound that arrived.
    pub fn sound(&self) -> PathBuf {
        self.folder.path().join(format!("{SENDER}.wav"))
    }

    /// When the sound that arrived begins, in seconds since 1970. None where nothing did.
    pub fn sound_from(&self) -> Option<f64> {
        let line = lines_with(&self.log, "sound is saved from now on").next()?;
        Some(field(line, "unix_us")?.parse::<f64>().ok()? / 1e6)
    }

    /// When `ada` began to play the sound file, each time, in seconds since 1970.
    pub fn sound_began(&self) -> Vec<f64> {
        let number = |line, name| field(line, name)?.parse::<f64>().ok();
        lines_with(&self.log, "a sound file begins")
            .filter_map(|line| Some(number(line, "unix_us")? / 1e6 + number(line, "before")? / 48_000.0))
            .collect()
    }
}
