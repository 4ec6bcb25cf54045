//! The nonces of the library, few and used by everybody: it makes one for every request without a proof and forgets
//! none, so hardly any such request may reach it.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use stun::error_code::ErrorCode;

use super::request::{Request, nonce_of};
use crate::relay::credentials::REALM;

/// How long a nonce is given away.
const FRESH: Duration = Duration::from_secs(25 * 60);
/// How long one is accepted: shorter than by the library, which takes it for an hour.
const CURRENT: Duration = Duration::from_secs(55 * 60);
/// More than can be current at the same time.
const NONCES: usize = 8;

/// What to ask strangers with.
#[derive(Debug, Default)]
pub(super) struct Challenge {
    /// The nonces of the library, the newest last.
    nonces: VecDeque<(String, Instant)>,
}

impl Challenge {
    /// What to answer to somebody who has to prove themselves; none where the library is to do it, with a new nonce.
    pub(super) fn answer(&self, request: &Request, code: ErrorCode, now: Instant) -> Option<Vec<u8>> {
        let (nonce, made) = self.nonces.back()?;
        if now.saturating_duration_since(*made) >= FRESH {
            return None;
        }
        request.challenge(code, nonce, REALM)
    }

    /// Whether the library accepts this nonce.
    pub(super) fn is_current(&self, nonce: &str, now: Instant) -> bool {
        let current = |made: &Instant| now.saturating_duration_since(*made) < CURRENT;
        self.nonces.iter().any(|(known, made)| known == nonce && current(made))
    }

    /// Keeps the nonce of an answer of the library, where it has one.
    pub(super) fn learn(&mut self, answer: &[u8], now: Instant) {
        let Some(nonce) = nonce_of(answer) else { return };
        if self.nonces.len() == NONCES {
            self.nonces.pop_front();
        }
        self.nonces.push_back((nonce, now));
    }
}
