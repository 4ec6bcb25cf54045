//! Files from one participant to one other: who has offered what, how far it is, and what to do about it.
//!
//! The bytes never come here. The engine moves them as [`FileAction`]s say, and tells by [`FileEvent`]s how far it is.
mod desk;
mod speed;
mod transfer;
mod view;

use std::path::PathBuf;

use parlor_protocol::{Checksum, FileName, Nickname, ParticipantId, TransferEnd, TransferId};

pub(crate) use self::desk::{Desk, Output};
pub use self::view::{FileDirection, FileEnd, FileState, FileView};
use crate::{ChatTo, PeerKey};

/// Names one transfer of this program, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub(crate) u64);

impl FileId {
    /// The transfer with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number, as people and scripts name it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What a person may ask about files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileCommand {
    /// Offer a file. To everybody, that is a transfer to each.
    Offer {
        /// To whom.
        to: ChatTo,
        /// Where it is.
        path: PathBuf,
        /// What the others are told that it is called.
        name: FileName,
        /// How many bytes it has.
        size: u64,
    },
    /// Take a file that somebody offers.
    Accept {
        /// Which.
        file: FileId,
        /// Where it is to go.
        folder: PathBuf,
    },
    /// Do not take it.
    Decline {
        /// Which.
        file: FileId,
    },
    /// End a transfer, whatever its direction, and keep nothing of it.
    Cancel {
        /// Which.
        file: FileId,
    },
    /// Show a transfer that has ended no more.
    Dismiss {
        /// Which.
        file: FileId,
    },
}

/// What is to be done about a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAction {
    /// Make a place for a file; answered by [`FileEvent::Opened`]. From then on its chunks are written as they come.
    Receive {
        /// Which.
        file: FileId,
        /// From whom.
        who: ParticipantId,
        /// What they call the transfer.
        transfer: TransferId,
        /// What the file is called.
        name: FileName,
        /// How many bytes it has.
        size: u64,
        /// Where it is to go.
        folder: PathBuf,
    },
    /// Compare what has been, or will have been written with this, and give the file its name; answered by
    /// [`FileEvent::Saved`].
    Check {
        /// Which.
        file: FileId,
        /// What it has to add up to.
        sha256: Checksum,
    },
    /// Send the bytes of a file; answered by [`FileEvent::Read`].
    Send {
        /// Which.
        file: FileId,
        /// By which connection.
        peer: PeerKey,
        /// To whom.
        who: ParticipantId,
        /// What we call the transfer.
        transfer: TransferId,
        /// Where the file is.
        path: PathBuf,
        /// How many bytes it has to have.
        size: u64,
        /// From which byte on.
        offset: u64,
    },
    /// Send no more of it for now: the connection is gone.
    Pause {
        /// Which.
        file: FileId,
    },
    /// Forget about it; what is written of it so far goes away.
    Stop {
        /// Which.
        file: FileId,
    },
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEvent {
    /// There is a place for it.
    Opened {
        /// Which.
        file: FileId,
    },
    /// So much has been written here, or there. Told a few times a second.
    Progress {
        /// Which.
        file: FileId,
        /// How many bytes.
        done: u64,
    },
    /// All of it has been sent.
    Read {
        /// Which.
        file: FileId,
        /// What it adds up to.
        sha256: Checksum,
    },
    /// All of it is there, is right, and has its name.
    Saved {
        /// Which.
        file: FileId,
        /// Where it is.
        path: PathBuf,
    },
    /// It cannot go on.
    Failed {
        /// Which.
        file: FileId,
        /// Why, for the other side.
        reason: TransferEnd,
        /// What the operating system says, for the person; may be empty.
        detail: String,
    },
}

/// Something about files to tell a person once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileNotice {
    /// Somebody has a file for us.
    Offered {
        /// Which.
        file: FileId,
        /// Who.
        from: Nickname,
        /// What it is called.
        name: FileName,
        /// How many bytes it has.
        size: u64,
    },
    /// A file of somebody is there.
    Saved {
        /// Whose.
        from: Nickname,
        /// What it is called.
        name: FileName,
        /// Where it is.
        path: PathBuf,
    },
    /// Somebody has a file of ours.
    Delivered {
        /// Who.
        to: Nickname,
        /// What it is called.
        name: FileName,
    },
    /// A transfer that neither side has cancelled has ended early.
    Failed {
        /// What the file is called.
        name: FileName,
        /// How it ended.
        end: FileEnd,
    },
    /// Something was not offered, because it cannot be sent.
    Unusable {
        /// What it is called.
        name: FileName,
        /// Why.
        why: Unusable,
    },
    /// A file was not offered, because nobody is there to take it.
    Nobody {
        /// What it is called.
        name: FileName,
    },
    /// A file was not offered, because as many as there may be are on their way to them already.
    TooMany {
        /// What it is called.
        name: FileName,
        /// To whom.
        to: Nickname,
    },
}

/// Why something is no file to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is not there.
    Missing,
    /// It is a folder.
    Folder,
    /// It is a device or something of that kind.
    NoFile,
    /// We may not read it.
    NotAllowed,
    /// Something else, as the operating system says it.
    Other(String),
}
