//! What the headless face tells: one JSON object a line, or one line for people.
use std::fmt;

use parlor_protocol::TrackState;
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
            Self::Notice { message } => f.write_str(message),
            Self::Error { message, .. } => write!(f, "error: {message}"),
            Self::Stats(stats) => {
                let (seconds, me) = (stats.at_ms / 1000, &stats.me);
                write!(f, "{seconds} s, {:.2} cores, {} MiB", me.cpu_cores, me.rss_mib)
            }
        }
    }
}
