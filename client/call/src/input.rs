//! What can happen to a call.
use parlor_protocol::{ConnectReport, IceCandidate, ParticipantId, PeerMessage, SeatToken, ServerMessage};

use crate::{Command, FileEvent};

/// One thing that happened. Plain data: a log of inputs replays a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A face asked for something.
    Command(Command),
    /// The secret for the next stay in a room. Comes before each [`Command::Enter`]; a stay that goes on over a lost
    /// connection keeps its own.
    NewSeat(SeatToken),
    /// The websocket to the server is open.
    SignalUp,
    /// The websocket is closed, or could not be opened.
    SignalDown {
        /// Why, for people.
        reason: String,
        /// Whether dialling again may help. It does not where the server is not the one it was.
        retry: bool,
    },
    /// The server said something.
    Signal(ServerMessage),
    /// A peer connection has news.
    Peer {
        /// Which.
        peer: PeerKey,
        /// What.
        event: PeerEvent,
    },
    /// What became of a file.
    File(FileEvent),
    /// The first picture of somebody's track is there.
    FirstFrame {
        /// Whose.
        who: ParticipantId,
        /// Which track.
        track: TrackKind,
    },
    /// A device that a track of ours needs is there, or is not.
    Device {
        /// The track.
        track: TrackKind,
        /// Whether it delivers.
        ready: bool,
    },
    /// Somebody has begun to speak into our microphone, or has stopped; also while it is muted.
    Speech(bool),
}

/// Names one peer connection of this program, never used twice: what a closed one still says is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PeerKey(pub(crate) u64);

impl PeerKey {
    /// The one with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// One stream of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackKind {
    /// Sound.
    Microphone,
    /// Pictures of the participant.
    Camera,
    /// Pictures of the participant's screen.
    Screen,
}

/// What a peer connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// The offer that was asked for, in force locally.
    Offer {
        /// As SDP.
        sdp: String,
    },
    /// The answer that was asked for, in force locally.
    Answer {
        /// As SDP.
        sdp: String,
    },
    /// An address under which we may be reached.
    Candidate(IceCandidate),
    /// Media can flow.
    Connected,
    /// How it came about; follows once it is connected.
    Route(ConnectReport),
    /// Nothing has come for some seconds. It may recover by itself.
    Disconnected,
    /// It will not recover.
    Failed {
        /// Why, for the log.
        reason: String,
    },
    /// The data channel is open.
    ChannelOpen,
    /// The data channel is closed.
    ChannelClosed,
    /// The data channel for files is open.
    FilesOpen,
    /// The data channel for files is closed.
    FilesClosed,
    /// Something came by the data channel.
    Message(PeerMessage),
}
