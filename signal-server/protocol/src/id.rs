//! Who somebody is: the public id, and the secret that proves it.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Names one participant to everybody. Written as 16 hex digits.
///
/// The server derives it from the participant's [`SeatToken`], so that somebody who reconnects, even to a server
/// that was restarted and remembers nothing, gets the same id back and nobody else can.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ParticipantId(u64);

/// An id or token that is not the right number of hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected {digits} hex digits")]
pub struct ParseIdError {
    digits: usize,
}

impl ParticipantId {
    /// The id with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl FromStr for ParticipantId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_hex::<8>(text).map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
}

impl TryFrom<String> for ParticipantId {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<ParticipantId> for String {
    fn from(id: ParticipantId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The secret from which a participant's id is derived: whoever shows it gets that seat. Written as 32 hex digits.
///
/// It goes from a client to its server and nowhere else, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeatToken([u8; 16]);

impl SeatToken {
    /// A token from 16 random bytes.
    pub const fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// The secret bytes, to derive the public id from.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl TryFrom<String> for SeatToken {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, ParseIdError> {
        parse_hex(&text).map(Self)
    }
}

impl From<SeatToken> for String {
    fn from(token: SeatToken) -> Self {
        token.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for SeatToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeatToken(secret)")
    }
}

pub(crate) fn parse_hex<const BYTES: usize>(text: &str) -> Result<[u8; BYTES], ParseIdError> {
    let error = ParseIdError { digits: BYTES * 2 };
    if text.len() != BYTES * 2 {
        return Err(error);
    }
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let (Some(high), Some(low)) = (hex_digit(pair[0]), hex_digit(pair[1])) else {
            return Err(error);
        };
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
