//! Something to tell a person once.
use std::time::Duration;

use parlor_protocol::{Nickname, ParticipantId, RefusedReason};

use crate::TrackKind;

/// One moment, for a toast or a line of output. What lasts is in the [`CallView`](crate::CallView).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// We are in the room.
    Entered,
    /// Somebody came in.
    ParticipantJoined {
        /// Who.
        id: ParticipantId,
        /// What they are called.
        nickname: Nickname,
    },
    /// Somebody is gone.
    ParticipantLeft {
        /// Who.
        id: ParticipantId,
        /// What they were called.
        nickname: Nickname,
        /// Whether they meant to.
        meant: bool,
    },
    /// A chat line from somebody else arrived.
    ChatReceived {
        /// From whom.
        from: ParticipantId,
        /// What they are called.
        nickname: Nickname,
        /// Whether it is for us alone.
        private: bool,
        /// What it says.
        text: String,
    },
    /// The first picture of somebody's track is there.
    FirstFrame {
        /// Whose.
        id: ParticipantId,
        /// What they are called.
        nickname: Nickname,
        /// Which track.
        track: TrackKind,
        /// How long after we came in.
        after: Duration,
    },
    /// The server did not let us in.
    Refused {
        /// For programs.
        reason: RefusedReason,
        /// For people.
        message: String,
    },
    /// The connection to the server broke while we are in a room. The call goes on.
    ServerLost {
        /// Why, for people.
        reason: String,
    },
    /// The connection to the server is back, and we are in our room again.
    ServerBack,
    /// The server could not be reached.
    ServerUnreachable {
        /// Why, for people.
        reason: String,
    },
    /// Something that was asked for could not be done.
    Problem {
        /// What, why and what to do about it.
        message: String,
    },
}
