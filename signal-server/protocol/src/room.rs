//! Rooms: how they are shown, how they are made, and what may be done in them.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Nickname, ParseNameError, RoomName, Topic, limits};

/// A room as the lobby shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its name.
    pub name: RoomName,
    /// How many are in it.
    pub participants: usize,
    /// How many it takes.
    pub capacity: usize,
    /// Whether nobody else may come in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub locked: bool,
    /// Whether one has to know a passcode to come in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub passcode: bool,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    /// Who is in it: the first eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Nickname>,
}

/// How a room is, for those who are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRules {
    /// How many it takes.
    pub capacity: usize,
    /// Whether nobody else may come in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub locked: bool,
    /// Whether the list of rooms leaves it out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Whether one has to know a passcode to come in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub passcode: bool,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

/// How a new room is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoomOptions {
    /// Whether the list of rooms leaves it out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// How many it takes; the server's own limit holds where that is lower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<usize>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

impl RoomOptions {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One change to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum RoomChange {
    /// Let nobody else in, or let them in again. Whoever was in the room and comes back is let in all the same.
    Lock {
        /// Whether to.
        locked: bool,
    },
    /// Leave it out of the list of rooms, or show it there.
    Hide {
        /// Whether to.
        hidden: bool,
    },
    /// Give it another name.
    Rename {
        /// Which.
        name: RoomName,
    },
    /// Say what it is about.
    SetTopic {
        /// What; none takes the topic away.
        #[serde(default)]
        topic: Option<Topic>,
    },
    /// Take more or fewer. Nobody has to leave for it.
    SetCapacity {
        /// How many.
        capacity: usize,
    },
    /// Have newcomers know a passcode.
    SetPasscode {
        /// Which; none takes the passcode away.
        #[serde(default)]
        passcode: Option<Passcode>,
    },
}

/// What somebody may do in a room. Higher ones may do all that lower ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talk and leave.
    #[default]
    Member,
    /// Change the room and remove members.
    Moderator,
    /// Appoint moderators, and remove anybody. A room has one owner: whoever made it, until they leave.
    Owner,
}

/// What one has to know to come into a room: 1 to 64 characters, white space folded. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Passcode(String);

impl Passcode {
    /// Stands for one that those who see a change are not told.
    pub fn withheld() -> Self {
        Self("…".to_owned())
    }

    /// The secret text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Passcode {
    type Err = ParseNameError;

    fn from_str(text: &str) -> Result<Self, ParseNameError> {
        crate::name::one_line("the passcode", text, limits::PASSCODE_CHARS).map(Self)
    }
}

impl TryFrom<String> for Passcode {
    type Error = ParseNameError;

    fn try_from(text: String) -> Result<Self, ParseNameError> {
        text.parse()
    }
}

impl From<Passcode> for String {
    fn from(passcode: Passcode) -> Self {
        passcode.0
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passcode(secret)")
    }
}

/// A room as its server wrote it down for somebody in it, under the server's own signature: a server that was
/// started anew makes the room again from it, rules, passcode, roles and all. Only the server reads it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomSeal(String);

impl RoomSeal {
    /// The text of the seal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RoomSeal {
    type Error = ParseNameError;

    fn try_from(text: String) -> Result<Self, ParseNameError> {
        let what = "the seal of the room";
        if text.len() > limits::SEAL_BYTES {
            return Err(ParseNameError::TooLong { what, limit: limits::SEAL_BYTES, unit: "bytes" });
        }
        Ok(Self(text))
    }
}

impl From<RoomSeal> for String {
    fn from(seal: RoomSeal) -> Self {
        seal.0
    }
}

impl fmt::Debug for RoomSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomSeal(secret)")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
