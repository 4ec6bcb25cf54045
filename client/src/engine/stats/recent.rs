//! What share of packets was lost lately, from running totals that are looked at once a second.
use std::collections::VecDeque;

/// How far back it goes: long enough to be steady, short enough to tell that it has become better.
const SECONDS: usize = 5;

/// Packets so far, in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Packets {
    /// That were sent.
    pub(super) sent: u64,
    /// Those of them that did not arrive.
    pub(super) lost: u64,
}

impl Packets {
    fn since(self, before: Self) -> Option<Self> {
        Some(Self { sent: self.sent.checked_sub(before.sent)?, lost: self.lost.checked_sub(before.lost)? })
    }
}

/// The last seconds of one direction.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Packets>);

impl Recent {
    /// Takes in the totals of another second. Returns the share of the last seconds that was lost, 0 to 1.
    pub(super) fn lost_ratio(&mut self, now: Packets) -> f64 {
        // A new connection counts from zero.
        if self.0.back().is_some_and(|before| now.since(*before).is_none()) {
            self.0.clear();
        }
        if self.0.len() > SECONDS {
            self.0.pop_front();
        }
        self.0.push_back(now);
        let passed = self.0.front().and_then(|before| now.since(*before)).unwrap_or_default();
        if passed.sent == 0 { 0.0 } else { (passed.lost as f64 / passed.sent as f64).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_seconds_count() {
        let mut recent = Recent::default();
        recent.lost_ratio(packets(0, 0));

        let bad = recent.lost_ratio(packets(100, 20));
        let later: Vec<_> = (2..=6).map(|second| recent.lost_ratio(packets(second * 100, 20))).collect();

        assert_eq!(bad, 0.2);
        assert_eq!(later, [0.1, 20.0 / 300.0, 0.05, 0.04, 0.0]);
    }

    #[test]
    fn what_was_lost_before_we_looked_does_not_count() {
        assert_eq!(Recent::default().lost_ratio(packets(1000, 500)), 0.0);
    }

    #[test]
    fn a_new_connection_that_counts_from_zero_is_not_taken_for_a_loss() {
        let mut recent = Recent::default();
        recent.lost_ratio(packets(0, 0));
        recent.lost_ratio(packets(1000, 100));

        let anew = recent.lost_ratio(packets(10, 0));
        let then = recent.lost_ratio(packets(110, 10));

        assert_eq!((anew, then), (0.0, 0.1));
    }

    #[test]
    fn it_never_remembers_more_than_it_looks_at() {
        let mut recent = Recent::default();

        for second in 0..1000 {
            recent.lost_ratio(packets(second, 0));
        }

        assert_eq!(recent.0.len(), SECONDS + 1);
    }

    fn packets(sent: u64, lost: u64) -> Packets {
        Packets { sent, lost }
    }
}
