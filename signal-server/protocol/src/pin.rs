//! How a client knows a server's key again.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{ParseIdError, id::parse_hex};

/// The letters of Crockford's base 32: none looks like another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The first 16 bytes of the SHA-256 of a server's public key, as its certificate holds it (SubjectPublicKeyInfo, DER;
/// RFC 7469, section 2.4). Written as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin([u8; 16]);

impl Pin {
    /// The pin with these bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// What two people compare: the first 60 bits, as in `7QX9-M2PA-4T8R`.
    ///
    /// ```
    /// assert_eq!(parlor_protocol::Pin::new([0xff; 16]).code(), "ZZZZ-ZZZZ-ZZZZ");
    /// ```
    pub fn code(&self) -> String {
        let bits = self.0.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |place: u32| char::from(LETTERS[(bits >> (59 - 5 * place) & 31) as usize]);
        let group = |first: u32| (first..first + 4).map(letter).collect::<String>();
        [group(0), group(4), group(8)].join("-")
    }
}

impl FromStr for Pin {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_hex(text).map(Self)
    }
}

impl TryFrom<String> for Pin {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.to_string()
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
