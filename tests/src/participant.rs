//! A real participant without a window.
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{Server, binary};

/// How long anything may take that a person would not want to wait for. Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `parlor join --headless --json`. Dropping it kills it.
#[derive(Debug)]
pub struct Participant {
    nickname: String,
    child: Child,
    stdin: ChildStdin,
    heard: Arc<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    events: Mutex<Vec<Value>>,
    more: Condvar,
}

impl Participant {
    /// Joins the room `tea`, making it where it is missing. The tag is drawn into the test picture; `extra` are more
    /// arguments, and may override the usual ones.
    pub fn join<S: AsRef<OsStr>>(server: &Server, nickname: &str, tag: u8, tone: u32, extra: &[S]) -> Self {
        Self::join_room(server.address(), "tea", nickname, tag, tone, extra)
    }

    /// Joins any room of any server, such as one that a window hosts, as [`join`](Self::join) does.
    pub fn join_room<S: AsRef<OsStr>>(
        server: &str,
        room: &str,
        nickname: &str,
        tag: u8,
        tone: u32,
        extra: &[S],
    ) -> Self {
        Self::join_by(binary("parlor"), server, room, nickname, tag, tone, extra)
    }

    /// Joins by a command of one's own for the program, such as one in another network, as [`join`](Self::join) does.
    pub fn join_by<S: AsRef<OsStr>>(
        command: Command,
        server: &str,
        room: &str,
        nickname: &str,
        tag: u8,
        tone: u32,
        extra: &[S],
    ) -> Self {
        Self::start(command, &[room, "--create", "--server", server], nickname, tag, tone, extra)
    }

    /// Follows a link to a room, by a command of one's own for the program, as [`join_by`](Self::join_by) does.
    pub fn follow_by<S: AsRef<OsStr>>(
        command: Command,
        link: &str,
        nickname: &str,
        tag: u8,
        tone: u32,
        extra: &[S],
    ) -> Self {
        Self::start(command, &[link], nickname, tag, tone, extra)
    }

    fn start<S: AsRef<OsStr>>(
        mut command: Command,
        whither: &[&str],
        nickname: &str,
        tag: u8,
        tone: u32,
        extra: &[S],
    ) -> Self {
        command.arg("join").args(whither).args(["--headless", "--json", "--nickname", nickname]);
        let (camera, microphone) = (format!("pattern:{tag}"), format!("tone:{tone}"));
        for (argument, usual) in [("--camera", &*camera), ("--mic", &*microphone), ("--speaker", "null")] {
            if !extra.iter().any(|given| given.as_ref() == argument) {
                command.args([argument, usual]);
            }
        }
        command.args(extra);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdin = child.stdin.take().expect("its input is piped");
        let stdout = BufReader::new(child.stdout.take().expect("its output is piped"));
        let heard = Arc::new(Heard::default());
        let ears = heard.clone();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                ears.events.lock().expect("not poisoned").push(event);
                ears.more.notify_all();
            }
        });
        Self { nickname: nickname.to_owned(), child, stdin, heard }
    }

    /// What it is called.
    pub fn nickname(&self) -> &str {
        &self.nickname
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it has said so far.
    pub fn events(&self) -> Vec<Value> {
        self.heard.events.lock().expect("not poisoned").clone()
    }

    /// Everything of one kind that it has said so far.
    pub fn events_of(&self, kind: &str) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["event"] == kind).collect()
    }

    /// Waits until it has said something that fits, and returns the first that does.
    ///
    /// # Panics
    /// Where it does not say so in a minute.
    pub fn wait_for(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_for_within(PATIENCE, what, fits)
    }

    /// Waits until it has said something that fits, and returns the first that does.
    ///
    /// # Panics
    /// Where it does not say so in time.
    pub fn wait_for_within(&self, patience: Duration, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_from(0, patience, what, fits)
    }

    /// How much it has said so far: for [`wait_since`](Self::wait_since).
    pub fn said(&self) -> usize {
        self.heard.events.lock().expect("not poisoned").len()
    }

    /// Waits until it has said something that fits since it had `said` so much, and returns the first that does.
    ///
    /// # Panics
    /// Where it does not say so in a minute.
    pub fn wait_since(&self, said: usize, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.wait_from(said, PATIENCE, what, fits)
    }

    /// Waits until it is in the room, so that whoever joins next came later.
    pub fn wait_until_in_room(&self) {
        self.wait_for("that it is in the room", |event| event["event"] == "joined");
    }

    /// Waits until it sees so many others, each connected and with a picture.
    pub fn wait_for_pictures_of(&self, nicknames: &[&str]) {
        for nickname in nicknames {
            self.wait_for(&format!("a picture of {nickname}"), |event| {
                event["event"] == "first_frame" && event["nickname"] == *nickname
            });
        }
    }

    /// The newest statistics of what it receives from somebody, by the kind of track. Waits for the first.
    pub fn received_from(&self, nickname: &str, kind: &str) -> Value {
        self.wait_for(&format!("statistics of the {kind} of {nickname}"), |event| {
            !find_track(event, nickname, kind).is_null()
        });
        let stats = self.events_of("stats").into_iter().rev();
        stats.map(|stats| find_track(&stats, nickname, kind)).find(|track| !track.is_null()).unwrap_or_default()
    }

    /// Tells it something.
    pub fn tell(&mut self, command: Value) {
        writeln!(self.stdin, "{command}").expect("it listens");
    }

    /// Has it leave, and waits for its end.
    ///
    /// # Panics
    /// Where it does not end well.
    pub fn leave(mut self) {
        self.tell(json!({"command": "leave"}));
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{} ended with {status}", self.nickname);
    }

    /// Kills it, as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a running program can be killed");
        self.child.wait().expect("a killed program ends");
    }

    /// Sends it a signal, as in `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill runs");
    }

    /// Asks it to end as the operating system does, and returns its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().expect("it ends").code()
    }

    fn wait_from(&self, from: usize, patience: Duration, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + patience;
        let mut events = self.heard.events.lock().expect("not poisoned");
        loop {
            if let Some(event) = events.iter().skip(from).find(|event| fits(event)) {
                return event.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let said: Vec<_> = events.iter().map(Value::to_string).collect();
                drop(events);
                panic!("{} did not say {what} in {patience:?}. It said:\n{}", self.nickname, said.join("\n"));
            }
            events = self.heard.more.wait_timeout(events, left).expect("not poisoned").0;
        }
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A track in a `stats` event; null where there is none.
pub fn find_track(stats: &Value, nickname: &str, kind: &str) -> Value {
    let participants = stats["participants"].as_array().into_iter().flatten();
    let mut tracks = participants
        .filter(|participant| participant["nickname"] == nickname)
        .flat_map(|participant| participant["tracks"].as_array().into_iter().flatten());
    tracks.find(|track| track["kind"] == kind).cloned().unwrap_or_default()
}
