//! The administrator's token: whoever shows it may close rooms and remove people.
use std::{fmt, io, str::FromStr};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Shortest token that somebody may choose.
const SHORTEST: usize = 16;
/// Longest token that somebody may choose.
const LONGEST: usize = 128;

/// A secret that the server prints at its start, or that was chosen for it. `Debug` does not show it.
#[derive(Clone)]
pub struct AdminToken {
    text: String,
    digest: [u8; 32],
}

/// Why a text cannot be a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseTokenError {
    /// It could be guessed, or is no token at all.
    #[error("an admin token has 16 to 128 characters: make one with `openssl rand -hex 16`")]
    Length,
    /// It cannot be sent in a header.
    #[error("an admin token has letters, digits and the signs - . _ ~ + / = only")]
    Character,
}

impl AdminToken {
    /// A new one of 128 random bits.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn generate() -> io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self::new(random.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The secret text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this text is the token. Takes the same time however much of it is right.
    pub(super) fn is(&self, text: &str) -> bool {
        // The digests are of one length, whatever was sent.
        self.digest.ct_eq(Sha256::digest(text).as_slice()).into()
    }

    fn new(text: String) -> Self {
        let digest = Sha256::digest(&text).into();
        Self { text, digest }
    }
}

impl FromStr for AdminToken {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if !(SHORTEST..=LONGEST).contains(&text.len()) {
            return Err(ParseTokenError::Length);
        }
        if !text.bytes().all(allowed) {
            return Err(ParseTokenError::Character);
        }
        Ok(Self::new(text.to_owned()))
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_token_is_itself_and_no_other() {
        let (one, other) = (AdminToken::generate().unwrap(), AdminToken::generate().unwrap());

        assert_eq!(one.as_str().len(), 32);
        assert!(one.is(one.as_str()));
        assert!(!one.is(other.as_str()) && !one.is(""));
    }

    #[test]
    fn a_token_that_is_short_or_cannot_be_sent_is_explained() {
        assert_eq!("hunter2".parse::<AdminToken>().unwrap_err(), ParseTokenError::Length);
        assert_eq!("sixteen or more characters".parse::<AdminToken>().unwrap_err(), ParseTokenError::Character);
        assert!("0123456789abcdef".parse::<AdminToken>().is_ok());
    }

    #[test]
    fn a_token_does_not_show_in_what_is_logged() {
        let token: AdminToken = "0123456789abcdef".parse().unwrap();

        assert!(!format!("{token:?}").contains("0123"));
    }
}
