//! Chromium without a window, as a participant.
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_media::frame::VideoFrame;
use serde_json::Value;
use tempfile::TempDir;

use super::page::{Notes, Page};
use crate::{Server, process::tree, tones};

/// How long anything may take. A browser on a busy machine takes its time to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to close.
const CLOSING: Duration = Duration::from_secs(5);

const NAMES: [&str; 2] = ["chromium", "chromium-browser"];
const ARGUMENTS: [&str; 14] = [
    "--headless=new",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection", // the call works on a machine without a network, too
    "--remote-debugging-pipe",             // when that closes, it ends
    "--no-sandbox",                        // it does not start as root otherwise
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];
/// A debugger speaks to it by its file descriptors 3 and 4; ours has nothing to say, but is there.
const WITH_DEBUGGER: &str = r#"exec "$0" "$@" 3<&0 4>/dev/null"#;

/// How a browser takes part.
#[derive(Debug, Clone, Copy)]
pub struct Wishes<'a> {
    /// What it is called.
    pub nickname: &'a str,
    /// The tone that its microphone hears.
    pub hz: u32,
    /// The tone that is heard at its right alone, and `hz` at its left then: it sends and hears both channels.
    pub right_hz: Option<u32>,
    /// The line that it says to everybody.
    pub line: &'a str,
    /// The film that its camera sees, a `.y4m` file; a picture of its own where there is none.
    pub film: Option<&'a Path>,
    /// How much its picture may take; what it likes where nothing is said.
    pub video_kbps: Option<u32>,
    /// Whether it listens to the others with an ear for tones, which costs something.
    pub listens: bool,
}

/// A browser that shows the page. It ends when this is dropped, and, however the test ends, with the test: the pipe
/// of its debugger closes.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    page: Page,
    profile: TempDir,
}

impl Chromium {
    /// The installed program, if there is one.
    pub fn find() -> Option<PathBuf> {
        let folders = env::var_os("PATH")?;
        let mut paths = env::split_paths(&folders).flat_map(|folder| NAMES.map(|name| folder.join(name)));
        paths.find(|path| path.is_file())
    }

    /// Opens the page, which joins the room `tea` and says a line to everybody whom it meets. Its camera is a test
    /// picture, its microphone hears the tone.
    pub fn join(program: &Path, server: &Server, nickname: &str, hz: u32, line: &str) -> Self {
        let wishes = Wishes { nickname, hz, right_hz: None, line, film: None, video_kbps: None, listens: true };
        Self::join_as(program, server, &wishes)
    }

    /// Opens the page, which joins the room `tea`, as wished.
    ///
    /// # Panics
    /// Where the browser does not start.
    pub fn join_as(program: &Path, server: &Server, wishes: &Wishes<'_>) -> Self {
        let Wishes { nickname, hz, right_hz, line, film, video_kbps, listens } = wishes;
        let page = Page::serve();
        let profile = tempfile::tempdir().expect("a folder");
        let sound = profile.path().join("microphone.wav");
        tones::write(&sound, &[&[*hz], right_hz.as_slice()].concat());
        let log = fs::File::create(profile.path().join("log")).expect("a file");
        let child = Command::new("sh")
            .args(["-c", WITH_DEBUGGER])
            .arg(program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .arg(format!("--use-file-for-fake-audio-capture={}", sound.display()))
            .args(film.map(|film| format!("--use-file-for-fake-video-capture={}", film.display())))
            .arg(format!(
                "http://{}/?room=tea&server={}&nickname={nickname}&say={line}&kbps={}&listens={listens}&music={}",
                page.address(),
                server.address(),
                video_kbps.unwrap_or_default(),
                right_hz.is_some(),
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the browser starts");
        Self { child, page, profile }
    }

    /// Its processes.
    pub fn pids(&self) -> Vec<u32> {
        tree(self.child.id())
    }

    /// Everything of one kind that the page has told so far.
    pub fn events_of(&self, kind: &str) -> Vec<Value> {
        self.page.events_of(kind)
    }

    /// Waits for the picture that the page shows of what it sees: in grey.
    pub fn wait_for_picture(&self) -> VideoFrame {
        self.wait("a picture", |notes| notes.picture.clone())
    }

    /// Waits until the page has told something that fits, and returns the first that does.
    ///
    /// # Panics
    /// Where it does not tell so in time, or is in trouble.
    pub fn wait_for(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait(what, |notes| notes.events.iter().find(|event| fits(event)).cloned())
    }

    fn wait<T>(&self, what: &str, find: impl Fn(&Notes) -> Option<T>) -> T {
        self.page.wait(PATIENCE, find).unwrap_or_else(|told| {
            let log = if told.is_empty() { self.log() } else { String::new() };
            panic!("the page did not tell {what} in {PATIENCE:?}. It told:\n{told}{log}")
        })
    }

    fn log(&self) -> String {
        let log = fs::read(self.profile.path().join("log")).unwrap_or_default();
        format!("nothing. The browser wrote:\n{}", String::from_utf8_lossy(&log))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + CLOSING;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
