//! Passcodes are hashed with Argon2id (RFC 9106), which is slow on purpose: the lobby hands the work out as jobs and
//! goes on with the result. Whoever drives it runs them where waiting harms nobody.
use std::fmt;

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use parlor_protocol::Passcode;
use serde::{Deserialize, Serialize};
use tracing::error;

/// How often the memory is passed over.
const PASSES: u32 = 2;
/// The least memory that Argon2 takes, in KiB.
const LEAST_MEMORY_KIB: u32 = 8;

/// Names one job for as long as the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct JobId(pub(super) u64);

/// Work for a processor and not for the lobby: [`run`](Self::run) it, and hand what comes out to
/// [`Lobby::handle_passcode`](super::Lobby::handle_passcode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasscodeJob {
    pub(super) id: JobId,
    pub(super) work: Work,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    Hash { passcode: Passcode, salt: [u8; 16], memory_kib: u32 },
    Verify { passcode: Passcode, hash: PasscodeHash },
}

/// What came out of a [`PasscodeJob`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasscodeResult {
    pub(super) id: JobId,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Hashed(PasscodeHash),
    Right,
    Wrong,
    /// There was not the memory for it.
    Failed,
}

/// A hash with its salt and cost, in the PHC string format. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PasscodeHash(String);

impl PasscodeJob {
    /// Does the work: some tens of milliseconds, and 19 MiB of memory with the usual limits.
    pub fn run(self) -> PasscodeResult {
        let outcome = match self.work {
            Work::Hash { passcode, salt, memory_kib } => match hash(&passcode, &salt, memory_kib) {
                Ok(hash) => Outcome::Hashed(hash),
                Err(error) => {
                    error!(%error, "a passcode could not be hashed");
                    Outcome::Failed
                }
            },
            Work::Verify { passcode, hash } => match verify(&passcode, &hash) {
                Ok(()) => Outcome::Right,
                Err(argon2::password_hash::Error::Password) => Outcome::Wrong,
                Err(error) => {
                    error!(%error, "a passcode could not be compared");
                    Outcome::Failed
                }
            },
        };
        PasscodeResult { id: self.id, outcome }
    }
}

fn hash(passcode: &Passcode, salt: &[u8], memory_kib: u32) -> Result<PasscodeHash, argon2::password_hash::Error> {
    let params = Params::new(memory_kib.max(LEAST_MEMORY_KIB), PASSES, 1, None)?;
    let salt = SaltString::encode_b64(salt)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(PasscodeHash(argon2.hash_password(passcode.as_str().as_bytes(), &salt)?.to_string()))
}

/// The cost is that of the hash.
fn verify(passcode: &Passcode, hash: &PasscodeHash) -> Result<(), argon2::password_hash::Error> {
    Argon2::default().verify_password(passcode.as_str().as_bytes(), &PasswordHash::new(&hash.0)?)
}

impl fmt::Debug for PasscodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasscodeHash(secret)")
    }
}

#[cfg(test)]
pub(super) fn hash_for_tests(passcode: &Passcode) -> PasscodeHash {
    hash(passcode, &[1; 16], LEAST_MEMORY_KIB).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passcode_is_known_again_and_another_is_not() {
        let hash = hash_for_tests(&passcode("open sesame"));

        for (guess, outcome) in [("open sesame", Outcome::Right), ("open barley", Outcome::Wrong)] {
            let job =
                PasscodeJob { id: JobId(1), work: Work::Verify { passcode: passcode(guess), hash: hash.clone() } };
            assert_eq!(job.run().outcome, outcome, "{guess}");
        }
    }

    #[test]
    fn equal_passcodes_with_different_salts_have_different_hashes() {
        let hashed = |salt| hash(&passcode("open sesame"), &[salt; 16], 8).unwrap();

        assert_ne!(hashed(1), hashed(2));
        assert!(hashed(1).0.starts_with("$argon2id$v=19$"), "{}", hashed(1).0);
    }

    #[test]
    fn no_job_shows_its_secret() {
        let job = PasscodeJob {
            id: JobId(1),
            work: Work::Verify { passcode: passcode("sesame"), hash: hash_for_tests(&passcode("sesame")) },
        };

        let shown = format!("{job:?}");

        assert!(!shown.contains("sesame") && !shown.contains("argon2"), "{shown}");
    }

    fn passcode(text: &str) -> Passcode {
        text.parse().unwrap()
    }
}
