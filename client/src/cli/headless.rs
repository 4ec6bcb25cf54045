//! The face without a window: the same engine, told and asked in lines.
use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::{
    Author, ChatLine, Command as CallCommand, FileCommand, FileId, FileNotice, FileView, LinkView, Notice,
    ParticipantView, Place, TrackKind,
};
use parlor_protocol::{MediaState, Nickname, ParticipantId, Role};
use tokio::sync::{Notify, mpsc};

use super::{
    code::Code,
    command::{self, Asked},
    event::{Event, PastLine},
    files,
    join::{Arguments, Destination},
};
use crate::engine::{Command, DeviceStatus, Engine, EngineHandle, RecordingView, TrustView, View, stats::Stats};

const EXIT_UNREACHABLE: u8 = 3;
const EXIT_REFUSED: u8 = 4;
const EXIT_NOT_TRUSTED: u8 = 5;
/// Lines of standard input that may wait.
const WAITING_LINES: usize = 64;

/// Joins, tells what happens, does what it is told, and leaves.
pub(super) fn run(arguments: Arguments, known_servers: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let destination = arguments.destination()?;
    let engine = Engine::start(arguments.for_headless(known_servers)?)?;
    let share = arguments.share.clone().map(|source| Command::Share { source, mode: arguments.share_mode });
    let duration = arguments.duration;
    let face = Face::new(engine.handle(), arguments, share);
    let ended = engine.block_on(face.run(destination, duration));
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
    /// Whether to record from the beginning.
    record: bool,
    /// What to share once we are in the room.
    share: Option<Command>,
    /// Where files of the others go without a question.
    accept_files: Option<PathBuf>,
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
    files: BTreeMap<FileId, &'static str>,
    hands: Vec<String>,
    history: bool,
    devices: [Option<String>; 3],
    recorders: BTreeSet<ParticipantId>,
    recording: RecordingView,
    stats: Option<Arc<Stats>>,
}

impl Face {
    fn new(engine: EngineHandle, arguments: Arguments, share: Option<Command>) -> Self {
        let Arguments { json, trust, record, accept_files, .. } = arguments;
        Self {
            engine,
            json,
            trust,
            record: record.is_some(),
            share,
            accept_files,
            nobody_reads: Arc::default(),
            seen: Seen::default(),
        }
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
        self.look_at_recording(&view);
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
            if self.record {
                self.engine.send(Command::Record(true));
            }
        }
        if let Some(share) = self.share.take() {
            self.engine.send(share);
        }
        for other in &view.call.others {
            self.look_at(other);
        }
        self.look_at_history(view);
        self.look_at_hands(view);
        self.seen.links.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        self.seen.recorders.retain(|id| view.call.others.iter().any(|other| other.id == *id));
        self.seen.media.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        let news =
            view.stats.clone().filter(|stats| self.seen.stats.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, stats)));
        self.look_at_files(&view.call.files, news.is_some());
        if let Some(stats) = news {
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
            self.tell(&Event::Media { nickname: nickname.clone(), microphone, camera, screen });
        }
        let on = other.signs.recording;
        let news = if on { self.seen.recorders.insert(other.id) } else { self.seen.recorders.remove(&other.id) };
        if news {
            self.tell(&Event::Recording { by: Some(nickname), on, folder: None, message: None });
        }
    }

    /// Tells what becomes of our own recording.
    fn look_at_recording(&mut self, view: &View) {
        let before = std::mem::replace(&mut self.seen.recording, view.recording.clone());
        let told = |on, folder: &PathBuf, message: &Option<String>| {
            let (folder, message) = (Some(folder.display().to_string()), message.clone());
            self.tell(&Event::Recording { by: None, on, folder, message });
        };
        match &view.recording {
            RecordingView::Running { folder, .. } if !matches!(before, RecordingView::Running { .. }) => {
                told(true, folder, &None);
            }
            RecordingView::Done { folder, trouble } if matches!(before, RecordingView::Running { .. }) => {
                told(false, folder, trouble);
            }
            RecordingView::Failed { message } if before != view.recording => {
                self.tell(&Event::error("recording_failed", message));
            }
            RecordingView::Off
            | RecordingView::Running { .. }
            | RecordingView::Done { .. }
            | RecordingView::Failed { .. } => {}
        }
    }

    /// What was said before we came is told in one go, once there is any of it.
    fn look_at_history(&mut self, view: &View) {
        let mut past = view.call.chat.iter().filter_map(|line| Some((line, line.told_by.as_ref()?))).peekable();
        let Some((_, told_by)) = past.peek().copied().filter(|_| !self.seen.history) else { return };
        let line = |(line, _): (&ChatLine, _)| PastLine {
            from: match &line.author {
                Author::Me => String::new(),
                Author::Other { nickname, .. } => nickname.to_string(),
            },
            age_seconds: line.at.elapsed().as_secs(),
            text: line.text.to_string(),
        };
        let event = Event::History { told_by: told_by.to_string(), lines: past.map(line).collect() };
        self.seen.history = true;
        self.tell(&event);
    }

    fn look_at_hands(&mut self, view: &View) {
        let hands = view.call.hands().into_iter();
        let nicknames: Vec<_> = hands.filter_map(|who| nickname_of(view, who)).collect();
        if nicknames != self.seen.hands {
            self.seen.hands.clone_from(&nicknames);
            self.tell(&Event::Hands { nicknames });
        }
    }

    fn look_at_devices(&mut self, view: &View) {
        let studio = &view.studio;
        let statuses = [&studio.camera.status, &studio.microphone.status, &studio.speaker.status];
        for (index, status) in statuses.into_iter().enumerate() {
            let trouble = match status {
                DeviceStatus::Failed { message, .. } => Some(message.clone()),
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
            // Hands are told from the view, in their order; so are recordings.
            Notice::Entered | Notice::HandRaised { .. } | Notice::Recording { .. } => {}
            Notice::File(notice) => self.hear_of_file(&notice),
            Notice::Reacted { who, reaction } => {
                if let Some(nickname) = nickname_of(&self.engine.view(), who) {
                    self.tell(&Event::Reaction { nickname, reaction });
                }
            }
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
            Notice::Pointed { nickname, of, x, y, .. } => self.tell_pointed(&nickname, of, x, y),
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

    fn tell_pointed(&self, nickname: &Nickname, of: ParticipantId, x: u16, y: u16) {
        let view = self.engine.view();
        let mine = match &view.call.place {
            Place::Room(room) if room.me == of => Some(room.nickname.clone()),
            Place::Room(_) | Place::Joining { .. } | Place::Lobby => None,
        };
        let theirs = || view.call.others.iter().find(|other| other.id == of).map(|other| other.nickname.clone());
        if let Some(sharer) = mine.or_else(theirs) {
            self.tell(&Event::Pointed { from: nickname.to_string(), of: sharer.to_string(), x, y });
        }
    }

    fn hear_of_file(&self, notice: &FileNotice) {
        if let (FileNotice::Offered { file, .. }, Some(folder)) = (notice, &self.accept_files) {
            let command = FileCommand::Accept { file: *file, folder: folder.clone() };
            self.engine.send(CallCommand::File(command));
        }
        if let Some(message) = files::notice(notice) {
            self.tell(&Event::Notice { message });
        }
    }

    /// Tells what is new about files, and once a second how far they are.
    fn look_at_files(&mut self, files: &[FileView], second: bool) {
        for file in files {
            let word = files::word(&file.state);
            let changed = self.seen.files.insert(file.id, word) != Some(word);
            if changed || (second && word == "moving") {
                self.tell(&files::event(file));
            }
        }
        self.seen.files.retain(|id, _| files.iter().any(|file| file.id == *id));
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

/// What somebody is called who is in the room; none is us.
fn nickname_of(view: &View, who: Option<ParticipantId>) -> Option<String> {
    let Place::Room(room) = &view.call.place else { return None };
    match who {
        None => Some(room.nickname.to_string()),
        Some(who) => view.call.others.iter().find(|other| other.id == who).map(|other| other.nickname.to_string()),
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
