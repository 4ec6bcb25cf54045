//! What one participant says to one other: by the server's relay, or by their own data channel.
use serde::{Deserialize, Serialize};

use crate::{ChatText, FileMessage, MediaState, ParticipantId, PastLines, Presence, Reaction, Watch};

/// Counts the connections that a pair of participants has tried: what belongs to an older one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(u32);

impl Generation {
    /// The generation with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Numbers the chat lines from one participant to one other, from 1 upwards without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatNumber(u32);

impl ChatNumber {
    /// The number itself.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A network address to try, as ICE writes it (RFC 8839, section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceCandidate {
    /// The `candidate:…` line.
    pub candidate: String,
    /// The media section it belongs to, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media section it belongs to, by place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mline_index: Option<u16>,
}

/// What the server carries from one participant to one other without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Relayed {
    /// A session description to answer (RFC 3264).
    Offer {
        /// The connection it is for.
        generation: Generation,
        /// The description, as SDP (RFC 8866).
        sdp: String,
    },
    /// The answer to an offer.
    Answer {
        /// The connection it is for.
        generation: Generation,
        /// The description, as SDP.
        sdp: String,
    },
    /// One more address to try.
    Candidate {
        /// The connection it is for.
        generation: Generation,
        /// The address.
        candidate: IceCandidate,
    },
    /// What would go by the data channel, while there is none.
    Peer {
        /// The message.
        message: PeerMessage,
    },
}

/// What travels on the data channel called `parlor` of a pair, one JSON text a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PeerMessage {
    /// What of the sender can be seen and heard.
    State {
        /// All tracks.
        media: MediaState,
    },
    /// A chat line.
    Chat {
        /// Its number among those from this sender to this receiver.
        number: ChatNumber,
        /// Whether it went to this receiver alone.
        private: bool,
        /// What it says.
        text: ChatText,
    },
    /// Everything up to this chat line has arrived.
    ChatReceived {
        /// The highest number without a gap below it.
        number: ChatNumber,
    },
    /// Asks for what was said to everybody before the sender came.
    HistoryWanted {
        /// How many lines of it the sender has already, from the first one on.
        skip: u16,
    },
    /// Some of what was said to everybody before the receiver came.
    History {
        /// How many lines come before these.
        skip: u16,
        /// The lines, oldest first.
        lines: PastLines,
        /// Whether there are more, to be asked for.
        more: bool,
    },
    /// What the sender shows beside sound and pictures.
    Presence {
        /// All of it.
        presence: Presence,
    },
    /// What the sender feels at the moment.
    Reaction {
        /// What.
        reaction: Reaction,
    },
    /// Which of the receiver's pictures the sender wants.
    Watch {
        /// All of them.
        watch: Watch,
    },
    /// Whether the sender speaks.
    Speaking {
        /// Whether they do at the moment.
        speaking: bool,
    },
    /// The sender points at something in a shared picture.
    Point {
        /// Who shares it.
        of: ParticipantId,
        /// How far from its left edge, from 0 to 65535.
        x: u16,
        /// How far from its top.
        y: u16,
    },
    /// Something about a file that goes from one to the other.
    File {
        /// What.
        file: FileMessage,
    },
    /// The sender is leaving: do not wait for the network to find out.
    Leaving,
}
