//! What the headless face tells: one JSON object a line, or one line for people.
use std::fmt;

use parlor_protocol::{Reaction, Role, TrackState, TransferEnd};
use serde::Serialize;

use crate::engine::stats::Stats;

/// One thing to tell. `docs/headless.md` shows each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// We are in the room.
    Joined { room: String, me: String, nickname: String, capacity: usize, participants: Vec<String> },
    /// Somebody is here.
    ParticipantJoined { id: String, nickname: String },
    /// Somebody is gone: `left`, or `dropped`.
    ParticipantLeft { id: String, nickname: String, reason: &'static str },
    /// The connection to somebody: `dialing`, `connected` or `lost`.
    Link { nickname: String, state: &'static str },
    /// What of somebody can be seen and heard.
    Media { nickname: String, microphone: TrackState, camera: TrackState, screen: TrackState },
    /// Somebody begins to speak, or has ended: none of those who are muted, and of those whose programs do not tell.
    Speaking { nickname: String, speaking: bool },
    /// The first picture of somebody, so long after we came in.
    FirstFrame { nickname: String, kind: &'static str, ms: u64 },
    /// Somebody, perhaps we, point at something in a picture that somebody shares.
    Pointed { from: String, of: String, x: u16, y: u16 },
    /// Somebody says something.
    Chat { from: String, private: bool, text: String },
    /// A recording begins or ends: somebody's, or, where `by` is null, our own.
    Recording { by: Option<String>, on: bool, folder: Option<String>, message: Option<String> },
    /// A file is on its way, or not any more.
    File {
        file: u64,
        direction: &'static str,
        nickname: String,
        name: String,
        size: u64,
        state: &'static str,
        bytes: u64,
        bytes_per_second: Option<u64>,
        path: Option<String>,
        reason: Option<TransferEnd>,
        message: Option<String>,
    },
    /// What was said to everybody before we came, oldest first.
    History { told_by: String, lines: Vec<PastLine> },
    /// Whose hands are up, in the order in which they raised them.
    Hands { nicknames: Vec<String> },
    /// Somebody lets everybody see what they feel.
    Reaction { nickname: String, reaction: Reaction },
    /// The room is another than before. `by` is null where the server, or we, changed it.
    RoomChanged {
        room: String,
        by: Option<String>,
        capacity: usize,
        locked: bool,
        hidden: bool,
        passcode: bool,
        topic: Option<String>,
    },
    /// Somebody has another role.
    Appointed { nickname: String, role: Role },
    /// We were removed. `by` is null where the administrator did it.
    Removed { by: Option<String>, remark: Option<String> },
    /// The administrator says something.
    Announcement { text: String },
    /// The server stops.
    Stopping { back_in_seconds: Option<u64> },
    /// Something that a person would want to know.
    Notice { message: String },
    /// Something that went wrong.
    Error { code: String, message: String },
    /// One second of the call.
    Stats(Box<Stats>),
}

/// One line of what was said before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PastLine {
    pub(super) from: String,
    pub(super) age_seconds: u64,
    pub(super) text: String,
}

impl Event {
    pub(super) fn error(code: &str, message: impl Into<String>) -> Self {
        Self::Error { code: code.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joined { room, nickname, participants, .. } => {
                write!(f, "in the room {room:?} as {nickname:?}; here: {}", participants.join(", "))
            }
            Self::ParticipantJoined { nickname, .. } => write!(f, "{nickname} is here"),
            Self::ParticipantLeft { nickname, reason, .. } => write!(f, "{nickname} is gone ({reason})"),
            Self::Link { nickname, state } => write!(f, "connection to {nickname}: {state}"),
            Self::Speaking { nickname, speaking: true } => write!(f, "{nickname} speaks"),
            Self::Speaking { nickname, speaking: false } => write!(f, "{nickname} is silent"),
            Self::Media { nickname, microphone, camera, screen } => {
                write!(f, "{nickname}: microphone {microphone:?}, camera {camera:?}, screen {screen:?}")
            }
            Self::FirstFrame { nickname, kind, ms } => write!(f, "first {kind} picture of {nickname} after {ms} ms"),
            Self::Pointed { from, of, x, y } => write!(f, "{from} points at {x}, {y} in what {of} shares"),
            Self::Chat { from, private: false, text } => write!(f, "{from}: {text}"),
            Self::Chat { from, private: true, text } => write!(f, "{from} (to you alone): {text}"),
            Self::Recording { by: Some(by), on: true, .. } => write!(f, "{by} records the call"),
            Self::Recording { by: Some(by), on: false, .. } => write!(f, "{by} does not record the call any more"),
            Self::Recording { by: None, on, folder, message } => {
                write!(f, "the recording {}", if *on { "goes to" } else { "is in" })?;
                write!(f, " {}", folder.as_deref().unwrap_or_default())?;
                message.as_ref().map_or(Ok(()), |message| write!(f, ". {message}"))
            }
            Self::File { file, direction, nickname, name, size, state, bytes, path, message, .. } => {
                let preposition = if *direction == "in" { "from" } else { "to" };
                write!(f, "file {file}, {name} {preposition} {nickname}: {state}, {bytes} of {size} bytes")?;
                for more in [path, message].into_iter().flatten() {
                    write!(f, ", {more}")?;
                }
                Ok(())
            }
            Self::History { told_by, lines } => {
                write!(f, "said before we came, as {told_by} tells:")?;
                lines.iter().try_for_each(|line| write!(f, "\n  {}: {}", line.from, line.text))
            }
            Self::Hands { nicknames } if nicknames.is_empty() => write!(f, "no hand is up"),
            Self::Hands { nicknames } => write!(f, "hands are up: {}", nicknames.join(", ")),
            Self::Reaction { nickname, reaction } => write!(f, "{nickname} {}", reaction.emoji()),
            Self::RoomChanged { room, capacity, locked, hidden, passcode, topic, .. } => {
                write!(f, "the room is now {room:?} for {capacity}")?;
                for (is_so, word) in [(*locked, "locked"), (*hidden, "hidden"), (*passcode, "with a passcode")] {
                    if is_so {
                        write!(f, ", {word}")?;
                    }
                }
                topic.as_ref().map_or(Ok(()), |topic| write!(f, ", about {topic:?}"))
            }
            Self::Appointed { nickname, role } => write!(f, "{nickname} is now {}", in_words(*role)),
            Self::Removed { by, remark } => {
                write!(f, "removed from the room by {}", by.as_deref().unwrap_or("the server's administrator"))?;
                remark.as_ref().map_or(Ok(()), |remark| write!(f, ": {remark}"))
            }
            Self::Announcement { text } => write!(f, "the server's administrator says: {text}"),
            Self::Stopping { back_in_seconds: None } => write!(f, "the server stops; the call goes on"),
            Self::Stopping { back_in_seconds: Some(seconds) } => {
                write!(f, "the server stops, and is back in about {seconds} s; the call goes on")
            }
            Self::Notice { message } => f.write_str(message),
            Self::Error { message, .. } => write!(f, "error: {message}"),
            Self::Stats(stats) => {
                let (seconds, me) = (stats.at_ms / 1000, &stats.me);
                write!(f, "{seconds} s, {:.2} cores, {} MiB", me.cpu_cores, me.rss_mib)
            }
        }
    }
}

fn in_words(role: Role) -> &'static str {
    match role {
        Role::Member => "a member",
        Role::Moderator => "a moderator",
        Role::Owner => "the owner",
    }
}
