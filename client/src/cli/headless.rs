//! The face without a window: the same engine, told and asked in lines.
use std::{
    collections::BTreeMap,
    io::BufRead,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::{LinkView, Notice, ParticipantView, Place, TrackKind};
use parlor_protocol::{MediaState, Nickname, ParticipantId, Role};
use tokio::sync::{Notify, mpsc};

use super::{
    code::Code,
    command::{self, Asked},
    event::Event,
    join::{Arguments, Destination},
};
use crate::engine::{Command, DeviceStatus, Engine, EngineHandle, TrustView, View, stats::Stats};

const EXIT_UNREACHABLE: u8 = 3;
const EXIT_REFUSED: u8 = 4;
const EXIT_NOT_TRUSTED: u8 = 5;
/// Lines of standard input that may wait.
const WAITING_LINES: usize = 64;

/// Joins, tells what happens, does what it is told, and leaves.
pub(super) fn run(arguments: Arguments, known_servers: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let destination = arguments.destination()?;
    let engine = Engine::start(arguments.for_headless(known_servers)?)?;
    let face = Face::new(engine.handle(), arguments.json, arguments.trust);
    let ended = engine.block_on(face.run(destination, arguments.duration));
    drop(engine);
    Ok(match ended {
        Some(Ended::Left) | None => ExitCode::SUCCESS,
        Some(Ended::Unreachable) => ExitCode::from(EXIT_UNREACHABLE),
        Some(Ended::Refused) => ExitCode::from(EXIT_REFUSED),
        Some(Ended::NotTrusted) => ExitCode::from(EXIT_NOT_TRUSTED),
    })
}

/// Why it is over.
enum Ended {
    Left,
    Unreachable,
    Refused,
    NotTrusted,
}

struct Face {
    engine: EngineHandle,
    json: bool,
    /// The code of the one key that may be trusted without a question.
    trust: Option<Code>,
    /// Told when standard output is closed: there is nobody left to do this for.
    nobody_reads: Arc<Notify>,
    seen: Seen,
}

/// What was told last, to tell only what is new.
#[derive(Default)]
struct Seen {
    joined: bool,
    trust: Option<TrustView>,
    links: BTreeMap<ParticipantId, LinkView>,
    media: BTreeMap<ParticipantId, MediaState>,
    devices: [Option<String>; 3],
    stats: Option<Arc<Stats>>,
}

impl Face {
    fn new(engine: EngineHandle, json: bool, trust: Option<Code>) -> Self {
        Self { engine, json, trust, nobody_reads: Arc::default(), seen: Seen::default() }
    }

    async fn run(mut self, destination: Destination, duration: Option<Duration>) -> Ended {
        for command in destination.commands() {
            self.engine.send(command);
        }
        let mut lines = standard_input();
        let mut input_open = true;
        let mut asked_to_stop = std::pin::pin!(asked_to_stop());
        let mut engine = self.engine.clone();
        let ends_at = duration.and_then(|duration| Instant::now().checked_add(duration));
        let nobody_reads = self.nobody_reads.clone();
        loop {
            // The view comes first: what a notice speaks of has been told by then.
            tokio::select! {
                biased;
                running = engine.changed() => {
                    if !running {
                        return Ended::Left;
                    }
                    if let Some(ended) = self.look() {
                        return ended;
                    }
                }
                notice = self.engine.next_notice() => {
                    let Some(notice) = notice else { return Ended::Left };
                    if let Some(ended) = self.hear(notice) {
                        return ended;
                    }
                }
                line = lines.recv(), if input_open => match line {
                    Some(line) => if let Some(ended) = self.obey(&line) { return ended },
                    None => input_open = false,
                },
                () = &mut asked_to_stop => return Ended::Left,
                () = nobody_reads.notified() => return Ended::Left,
                () = sleep_until(ends_at) => return Ended::Left,
            }
        }
    }

    /// Tells what is new in the view. Returns whether it is the end.
    fn look(&mut self) -> Option<Ended> {
        let view = self.engine.view();
        self.look_at_devices(&view);
        let ended = self.look_at_trust(&view);
        self.look_at_room(&view);
        ended
    }

    /// Answers a question about a key where the answer was given before, and says what it is about otherwise.
    fn look_at_trust(&mut self, view: &View) -> Option<Ended> {
        if self.seen.trust == view.trust {
            return None;
        }
        self.seen.trust.clone_from(&view.trust);
        let (server, pin, code) = match view.trust.clone()? {
            TrustView::Unknown { server, pin } => (server, pin, "unknown_key"),
            TrustView::Changed { server, offered, .. } => (server, offered, "changed_key"),
        };
        if self.trust.as_ref().is_some_and(|trust| trust.is_of(pin)) {
            self.engine.send(Command::Trust { server, pin });
            return None;
        }
        let remedy = format!("compare it with the code on the host's screen, and join with --trust {}", pin.code());
        let message = match &view.trust {
            Some(TrustView::Changed { known, .. }) => format!(
                "{server} has another key than it should have (its code was {}), so nothing was said to it: it was \
                 set up anew, or somebody pretends to be it. Ask the host. Only if they confirm the new code, {remedy}",
                known.code()
            ),
            Some(TrustView::Unknown { .. }) | None => {
                format!("the key of {server} is not known yet, so nothing was said to it: {remedy}")
            }
        };
        self.tell(&Event::error(code, message));
        // A call that goes on needs no server.
        (!matches!(view.call.place, Place::Room(_))).then_some(Ended::NotTrusted)
    }

    fn look_at_room(&mut self, view: &View) {
        let Place::Room(room) = &view.call.place else { return };
        if !std::mem::replace(&mut self.seen.joined, true) {
            self.tell(&Event::Joined {
                room: room.name.to_string(),
                me: room.me.to_string(),
                nickname: room.nickname.to_string(),
                capacity: room.rules.capacity,
                participants: view.call.others.iter().map(|other| other.nickname.to_string()).collect(),
            });
        }
        for other in &view.call.others {
            self.look_at(other);
        }
        self.seen.links.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        self.seen.media.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        if let Some(stats) = view.stats.clone()
            && self.seen.stats.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, &stats))
        {
            self.tell(&Event::Stats(Box::new(Stats::clone(&stats))));
            self.seen.stats = Some(stats);
        }
    }

    fn look_at(&mut self, other: &ParticipantView) {
        let nickname = other.nickname.to_string();
        if self.seen.links.insert(other.id, other.link) != Some(other.link) {
            let state = match other.link {
                LinkView::Dialing => "dialing",
                LinkView::Connected => "connected",
                LinkView::Lost => "lost",
            };
            self.tell(&Event::Link { nickname: nickname.clone(), state });
        }
        if self.seen.media.insert(other.id, other.media) != Some(other.media) {
            let MediaState { microphone, camera, screen, .. } = other.media;
            self.tell(&Event::Media { nickname, microphone, camera, screen });
        }
    }

    fn look_at_devices(&mut self, view: &View) {
        let studio = &view.studio;
        let statuses = [&studio.camera.status, &studio.microphone.status, &studio.speaker.status];
        for (index, status) in statuses.into_iter().enumerate() {
            let trouble = match status {
                DeviceStatus::Failed { message } => Some(message.clone()),
                DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Running { .. } => None,
            };
            if trouble != self.seen.devices[index] {
                if let Some(message) = trouble.clone() {
                    self.tell(&Event::Notice { message });
                }
                self.seen.devices[index] = trouble;
            }
        }
    }

    /// Tells a notice. Returns whether it is the end.
    fn hear(&self, notice: Notice) -> Option<Ended> {
        match notice {
            Notice::Entered => {}
            Notice::ParticipantJoined { id, nickname } => {
                self.tell(&Event::ParticipantJoined { id: id.to_string(), nickname: nickname.to_string() });
            }
            Notice::ParticipantLeft { id, nickname, meant } => {
                let reason = if meant { "left" } else { "dropped" };
                self.tell(&Event::ParticipantLeft { id: id.to_string(), nickname: nickname.to_string(), reason });
            }
            Notice::FirstFrame { nickname, track, after, .. } => {
                let kind = if track == TrackKind::Screen { "screen" } else { "camera" };
                let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                self.tell(&Event::FirstFrame { nickname: nickname.to_string(), kind, ms });
            }
            Notice::ChatReceived { nickname, private, text, .. } => {
                self.tell(&Event::Chat { from: nickname.to_string(), private, text });
            }
            Notice::Refused { reason, message } => {
                self.tell(&Event::error(reason.code(), message));
                return Some(Ended::Refused);
            }
            Notice::ServerUnreachable { reason } => {
                self.tell(&Event::error("server_unreachable", reason));
                return Some(Ended::Unreachable);
            }
            Notice::ServerLost { reason } => {
                self.tell(&Event::Notice { message: format!("{reason}; the call goes on, and we try again") });
            }
            Notice::ServerBack => self.tell(&Event::Notice { message: "the server is back".to_owned() }),
            Notice::Removed { by, remark } => {
                let (by, remark) = (by.map(String::from), remark.map(String::from));
                self.tell(&Event::Removed { by, remark });
                return Some(Ended::Refused);
            }
            Notice::RoomChanged { by, .. } => self.tell_room(by),
            Notice::Appointed { nickname, role } => self.tell_role(nickname, role),
            Notice::Announcement { text } => self.tell(&Event::Announcement { text: text.into() }),
            Notice::ServerStopping { back_in } => {
                self.tell(&Event::Stopping { back_in_seconds: back_in.map(|time| time.as_secs()) });
            }
            Notice::Problem { message } => self.tell(&Event::Notice { message }),
        }
        None
    }

    /// Tells how the room is now.
    fn tell_room(&self, by: Option<Nickname>) {
        let Place::Room(room) = self.engine.view().call.place.clone() else { return };
        self.tell(&Event::RoomChanged {
            room: room.name.into(),
            by: by.map(String::from),
            capacity: room.rules.capacity,
            locked: room.rules.locked,
            hidden: room.rules.hidden,
            passcode: room.rules.passcode,
            topic: room.rules.topic.map(String::from),
        });
    }

    fn tell_role(&self, nickname: Option<Nickname>, role: Role) {
        let Place::Room(room) = self.engine.view().call.place.clone() else { return };
        let nickname = nickname.unwrap_or(room.nickname).into();
        self.tell(&Event::Appointed { nickname, role });
    }

    fn obey(&self, line: &str) -> Option<Ended> {
        if line.trim().is_empty() {
            return None;
        }
        match command::parse(line, &self.engine.view()) {
            Ok(Asked::Engine(command)) => self.engine.send(command),
            Ok(Asked::Leave) => return Some(Ended::Left),
            Err(message) => self.tell(&Event::error("bad_command", message)),
        }
        None
    }

    fn tell(&self, event: &Event) {
        let line = if self.json { serde_json::to_string(event).unwrap_or_default() } else { event.to_string() };
        if super::say(&line).is_err() {
            self.nobody_reads.notify_one();
        }
    }
}

/// Lines of standard input. They are read on a thread of their own, which ends with the program: there is no way to
/// take a read of a terminal back.
fn standard_input() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(WAITING_LINES);
    let read = move || {
        for line in std::io::stdin().lock().split(b'\n').map_while(Result::ok) {
            if sender.blocking_send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("parlor-stdin".to_owned()).spawn(read) {
        tracing::warn!(%error, "commands are not read");
    }
    receiver
}

/// Waits for Ctrl-C or a request to terminate.
async fn asked_to_stop() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
