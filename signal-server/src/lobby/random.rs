//! Where names nobody can guess come from, and the key under which seals are signed.
use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

/// What only this server knows. `Debug` does not show it.
#[derive(Clone)]
pub struct LobbySecrets {
    seal_key: [u8; 32],
    seed: [u8; 32],
}

/// The system gives no random numbers.
#[derive(Debug, Error)]
#[error("the system gives no random numbers ({0}): without them nothing here is secret")]
pub struct NoRandomnessError(getrandom::Error);

impl LobbySecrets {
    /// Fresh ones: nobody gets a room of an earlier run back.
    pub fn random() -> Result<Self, NoRandomnessError> {
        Ok(Self::fixed(random()?, random()?))
    }

    /// With the key under which an earlier run signed its seals: a server that keeps it is re-filled by its clients.
    pub fn with_seal_key(seal_key: [u8; 32]) -> Result<Self, NoRandomnessError> {
        Ok(Self::fixed(seal_key, random()?))
    }

    /// Exactly these, for tests and replays. Two runs with one seed make up the same names.
    pub const fn fixed(seal_key: [u8; 32], seed: [u8; 32]) -> Self {
        Self { seal_key, seed }
    }

    pub(super) fn seal_key(&self) -> [u8; 32] {
        self.seal_key
    }

    pub(super) fn numbers(&self) -> Numbers {
        Numbers { seed: self.seed, drawn: 0 }
    }
}

impl fmt::Debug for LobbySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LobbySecrets(secret)")
    }
}

fn random() -> Result<[u8; 32], NoRandomnessError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(NoRandomnessError)?;
    Ok(bytes)
}

/// Numbers that nobody without the seed can tell apart from random ones: HMAC-SHA256 in counter mode.
pub(super) struct Numbers {
    seed: [u8; 32],
    drawn: u64,
}

impl Numbers {
    pub(super) fn bytes(&mut self) -> [u8; 16] {
        self.drawn += 1;
        let digest = authenticate(&self.seed, &self.drawn.to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes
    }

    pub(super) fn number(&mut self) -> u64 {
        self.bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Numbers").field("drawn", &self.drawn).finish_non_exhaustive()
    }
}

/// HMAC-SHA256 (RFC 2104) of a text.
pub(super) fn authenticate(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    // A key of one block or less is padded with zeros to one block (RFC 2104, section 2): that cannot fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_the_standard() {
        // RFC 4231, test case 1, has a key of 20 bytes: zeros behind it change nothing.
        let mut key = [0; 32];
        key[..20].fill(0x0b);

        let code = authenticate(&key, b"Hi There");

        assert_eq!(code[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
    }

    #[test]
    fn numbers_do_not_repeat_and_need_the_seed() {
        let (mut one, mut other) =
            (LobbySecrets::fixed([0; 32], [1; 32]).numbers(), LobbySecrets::fixed([0; 32], [2; 32]).numbers());

        let drawn = [one.number(), one.number(), other.number(), other.number()];

        let different: std::collections::BTreeSet<_> = drawn.into_iter().collect();
        assert_eq!(different.len(), 4);
    }

    #[test]
    fn no_secret_is_shown() {
        let secrets = LobbySecrets::fixed([7; 32], [7; 32]);

        assert!(!format!("{secrets:?} {:?}", secrets.numbers()).contains('7'));
    }
}
