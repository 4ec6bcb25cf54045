//! A picture of one transfer, for faces.
use std::path::PathBuf;

use parlor_protocol::{FileName, Nickname, ParticipantId, TransferEnd};

use super::FileId;

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileView {
    /// Which.
    pub id: FileId,
    /// The other one.
    pub who: ParticipantId,
    /// What they are, or were, called.
    pub nickname: Nickname,
    /// Where the file goes.
    pub direction: FileDirection,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it has.
    pub size: u64,
    /// How far it is.
    pub state: FileState,
}

/// Where a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDirection {
    /// From us to them.
    Out,
    /// From them to us.
    In,
}

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// The receiver has not answered yet.
    Offered,
    /// The receiver wants it, and makes a place for it.
    Opening,
    /// Its bytes are on their way.
    Moving {
        /// How many have arrived.
        done: u64,
        /// How fast they came lately; none until that can be told.
        bytes_per_second: Option<u64>,
    },
    /// There is no connection. It goes on where it was as soon as there is one.
    Paused {
        /// How many bytes have arrived.
        done: u64,
    },
    /// All bytes have arrived or are about to; whether they are right is being looked at.
    Checking,
    /// It is over.
    Ended(FileEnd),
}

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEnd {
    /// The file is there.
    Done {
        /// Where; none where it is theirs.
        path: Option<PathBuf>,
    },
    /// The receiver did not want it.
    Declined,
    /// Somebody has cancelled it.
    Cancelled {
        /// Whether we have.
        by_us: bool,
    },
    /// They have left.
    Left,
    /// It could not go on.
    Failed {
        /// Why.
        reason: TransferEnd,
        /// Whether the trouble is on our side.
        ours: bool,
        /// What the operating system says; may be empty.
        detail: String,
    },
}
