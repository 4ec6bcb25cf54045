//! Something to tell a person once.
use std::time::Duration;

use parlor_protocol::{Nickname, ParticipantId, Reaction, RefusedReason, Remark, Role, RoomChange};

use crate::{FileNotice, TrackKind};

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
    /// Somebody, or we ourselves, let everybody see what they feel.
    Reacted {
        /// Who; none where we have.
        who: Option<ParticipantId>,
        /// What.
        reaction: Reaction,
    },
    /// Somebody, or we ourselves, point at something in a shared picture.
    Pointed {
        /// Who; none where we do.
        by: Option<ParticipantId>,
        /// What they are called.
        nickname: Nickname,
        /// Who shares the picture.
        of: ParticipantId,
        /// How far from its left edge, from 0 to 65535.
        x: u16,
        /// How far from its top.
        y: u16,
    },
    /// Somebody raised their hand.
    HandRaised {
        /// Who.
        id: ParticipantId,
        /// What they are called.
        nickname: Nickname,
    },
    /// Somebody started to record the call, or stopped.
    Recording {
        /// Who.
        id: ParticipantId,
        /// What they are called.
        nickname: Nickname,
        /// Whether it runs.
        on: bool,
    },
    /// Something about files.
    File(FileNotice),
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
    /// We were removed from the room.
    Removed {
        /// Who did it; none where the server's administrator did.
        by: Option<Nickname>,
        /// What they say.
        remark: Option<Remark>,
    },
    /// Somebody changed the room.
    RoomChanged {
        /// Who; none where the server, or we ourselves, did.
        by: Option<Nickname>,
        /// What, as far as those in the room are told: a passcode is never in it.
        change: RoomChange,
    },
    /// Somebody has another role.
    Appointed {
        /// Who; none where we have.
        nickname: Option<Nickname>,
        /// Their role, or ours.
        role: Role,
    },
    /// The server's administrator says something to everybody.
    Announcement {
        /// What.
        text: Remark,
    },
    /// The server stops. The call goes on.
    ServerStopping {
        /// When it is likely to be back.
        back_in: Option<Duration>,
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
    /// The computer is too slow to send our pictures as they are wanted, or no longer is.
    ProcessorBusy {
        /// Whether it is.
        busy: bool,
    },
    /// Something that was asked for could not be done.
    Problem {
        /// What, why and what to do about it.
        message: String,
    },
}
