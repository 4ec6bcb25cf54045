//! Text that people write, checked as it is parsed.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseNameError {
    /// Nothing is left once the white space around it is gone.
    #[error("{what} is empty")]
    Empty {
        /// What was being parsed.
        what: &'static str,
    },
    /// It is over its limit.
    #[error("{what} is too long: at most {limit} {unit}")]
    TooLong {
        /// What was being parsed.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// What the limit counts.
        unit: &'static str,
    },
    /// It has a character that cannot be shown.
    #[error("{what} has a character that cannot be shown")]
    ControlCharacter {
        /// What was being parsed.
        what: &'static str,
    },
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseNameError;

            fn from_str(text: &str) -> Result<Self, ParseNameError> {
                let parse: fn(&str) -> Result<String, ParseNameError> = $parse;
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseNameError;

            fn try_from(text: String) -> Result<Self, ParseNameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// What a room is called: 1 to 64 characters, none of them control characters, runs of white space folded to one.
    RoomName,
    |text| one_line("the room name", text, limits::ROOM_NAME_CHARS)
);

text_type!(
    /// What a participant is called: 1 to 32 characters, none of them control characters, white space folded.
    Nickname,
    |text| one_line("the nickname", text, limits::NICKNAME_CHARS)
);

text_type!(
    /// A chat line: 1 byte to 4 KiB of text, line breaks and tabs allowed, other control characters not.
    ChatText,
    parse_chat
);

text_type!(
    /// What a room is about: 1 to 120 characters in one line.
    Topic,
    |text| one_line("the topic", text, limits::TOPIC_CHARS)
);

text_type!(
    /// A few words from whoever removes somebody, closes a room or announces something: 1 to 200 characters in one line.
    Remark,
    |text| one_line("the remark", text, limits::REMARK_CHARS)
);

impl RoomName {
    /// A name for a room that nobody named: 16 hex digits from a random number.
    pub fn generated(random: u64) -> Self {
        Self(format!("{random:016x}"))
    }
}

impl Nickname {
    /// A name for somebody who gave none: `Guest-` and four hex digits.
    pub fn guest(random: u16) -> Self {
        Self(format!("Guest-{random:04x}"))
    }

    /// This name with a number behind it, shortened where the two would be too long: `Ada 2`.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let suffix = format!(" {number}");
        let room = limits::NICKNAME_CHARS.saturating_sub(suffix.chars().count());
        let stem: String = self.0.chars().take(room).collect();
        Self(format!("{}{suffix}", stem.trim_end()))
    }
}

pub(crate) fn one_line(what: &'static str, text: &str, limit: usize) -> Result<String, ParseNameError> {
    if text.trim().chars().any(char::is_control) {
        return Err(ParseNameError::ControlCharacter { what });
    }
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.is_empty() {
        return Err(ParseNameError::Empty { what });
    }
    if folded.chars().count() > limit {
        return Err(ParseNameError::TooLong { what, limit, unit: "characters" });
    }
    Ok(folded)
}

fn parse_chat(text: &str) -> Result<String, ParseNameError> {
    let what = "the message";
    let text = text.trim_end();
    if text.trim_start().is_empty() {
        return Err(ParseNameError::Empty { what });
    }
    if text.len() > limits::CHAT_BYTES {
        return Err(ParseNameError::TooLong { what, limit: limits::CHAT_BYTES, unit: "bytes" });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(ParseNameError::ControlCharacter { what });
    }
    Ok(text.to_owned())
}
