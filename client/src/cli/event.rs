//! What the headless face tells: one JSON object a line, or one line for people.
use std::fmt;

use parlor_protocol::{Role, TrackState};
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
    /// The first picture of somebody, so long after we came in.
    FirstFrame { nickname: String, kind: &'static str, ms: u64 },
    /// Somebody says something.
    Chat { from: String, private: bool, text: String },
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
            Self::Media { nickname, microphone, camera, screen } => {
                write!(f, "{nickname}: microphone {microphone:?}, camera {camera:?}, screen {screen:?}")
            }
            Self::FirstFrame { nickname, kind, ms } => write!(f, "first {kind} picture of {nickname} after {ms} ms"),
            Self::Chat { from, private: false, text } => write!(f, "{from}: {text}"),
            Self::Chat { from, private: true, text } => write!(f, "{from} (to you alone): {text}"),
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
