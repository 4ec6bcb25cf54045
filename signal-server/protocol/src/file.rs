//! What two participants say to each other about a file that goes from one to the other.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FileName, ParseIdError, id::parse_hex};

/// Names one transfer among those from one participant to one other: each is higher than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransferId(u32);

impl TransferId {
    /// The transfer with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The SHA-256 of a whole file. Written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for Checksum {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, ParseIdError> {
        parse_hex(&text).map(Self)
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a transfer ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// Somebody does not want it any more.
    Cancelled,
    /// There is no such transfer, or none any more.
    Unknown,
    /// Too many of this sender's files wait for an answer already.
    TooMany,
    /// The sender cannot read the file any more, or it has changed.
    Unreadable,
    /// The receiver's disk has no room for it.
    NoRoom,
    /// The receiver cannot write it.
    Unwritable,
    /// What arrived is not what was sent.
    Damaged,
}

/// What is said about one transfer. Its bytes travel on the data channel called `files`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum FileMessage {
    /// The sender has a file for the receiver. Said again, for all that is not finished, whenever a way opens.
    Offer {
        /// Which transfer.
        transfer: TransferId,
        /// What the file is called.
        name: FileName,
        /// How many bytes it has.
        size: u64,
    },
    /// The receiver wants it, from this byte on.
    Accept {
        /// Which transfer.
        transfer: TransferId,
        /// How much of it is there already.
        offset: u64,
    },
    /// The receiver does not want it.
    Decline {
        /// Which transfer.
        transfer: TransferId,
    },
    /// The sender has sent all bytes.
    Sent {
        /// Which transfer.
        transfer: TransferId,
        /// What they have to add up to.
        sha256: Checksum,
    },
    /// The receiver has all of it, and it is right.
    Received {
        /// Which transfer.
        transfer: TransferId,
    },
    /// Either side ends it early.
    End {
        /// Which transfer.
        transfer: TransferId,
        /// Whether the one who says so is its sender.
        sender: bool,
        /// Why.
        reason: TransferEnd,
    },
}
