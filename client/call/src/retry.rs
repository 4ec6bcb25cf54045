//! How long to wait before the next try.
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(8);

/// Waits that double from half a second to eight, each shortened by up to a third at random, so that the clients of
/// a server that comes back do not all dial at once.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    tries: u32,
    random: u64,
}

impl Backoff {
    pub(crate) fn new(seed: u64) -> Self {
        Self { tries: 0, random: seed }
    }

    /// The wait before the next try.
    pub(crate) fn next_delay(&mut self) -> Duration {
        let full = LONGEST.min(FIRST * 2_u32.saturating_pow(self.tries.min(8)));
        self.tries = self.tries.saturating_add(1);
        full - (full / 3).mul_f64(self.random_share())
    }

    /// Starts from the shortest wait again.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }

    /// A number from 0 to 1, by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    fn random_share(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        f64::from((mixed >> 32) as u32) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit_and_start_over_after_a_success() {
        let mut backoff = Backoff::new(7);

        let waits: Vec<_> = (0..8).map(|_| backoff.next_delay()).collect();
        backoff.reset();
        let after_reset = backoff.next_delay();

        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert!(waits[7] > waits[0] * 4);
        assert!(after_reset <= FIRST);
    }

    #[test]
    fn two_clients_do_not_dial_in_step() {
        let (mut ada, mut bob) = (Backoff::new(1), Backoff::new(2));

        assert_ne!(ada.next_delay(), bob.next_delay());
    }
}
