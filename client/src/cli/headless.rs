//! The face without a window: the same engine, told and asked in lines.
//!
//! What is new in the view is told by [`look`], and notices by [`hear`].
mod hear;
mod look;
mod outside;

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::Place;
use parlor_protocol::ParticipantId;
use tokio::sync::Notify;

use self::{
    look::Seen,
    outside::{asked_to_stop, standard_input},
};
use super::{
    code::Code,
    command::{self, Asked},
    event::Event,
    join::{Arguments, Destination},
};
use crate::{
    engine::{Command, Engine, EngineHandle, View},
    sleep::sleep_until,
};

const EXIT_UNREACHABLE: u8 = 3;
const EXIT_REFUSED: u8 = 4;
const EXIT_NOT_TRUSTED: u8 = 5;

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
