//! What a bad network did in all: for the log.
use std::time::Duration;

use super::link::Fate;

/// Waiting times are told apart by the millisecond, up to so many.
const MILLISECONDS: usize = 2_000;

/// Counts packets by their fate.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) lost: u64,
    pub(super) cut: u64,
    pub(super) queue_full: u64,
    /// How many waited for so many milliseconds; the last place has all that waited longer.
    queued: Vec<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { passed: 0, lost: 0, cut: 0, queue_full: 0, queued: vec![0; MILLISECONDS] }
    }
}

impl Tally {
    pub(super) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Arrives { queued, .. } => {
                self.passed += 1;
                let place = usize::try_from(queued.as_millis()).unwrap_or(usize::MAX);
                self.queued[place.min(MILLISECONDS - 1)] += 1;
            }
            Fate::Lost => self.lost += 1,
            Fate::Cut => self.cut += 1,
            Fate::QueueFull => self.queue_full += 1,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.passed + self.lost + self.cut + self.queue_full == 0
    }

    /// How long that share (0 to 1) of the packets that passed waited at most, in whole milliseconds.
    pub(super) fn queued_at_most(&self, share: f64) -> Duration {
        let wanted = (self.passed as f64 * share).ceil() as u64;
        let mut seen = 0;
        let place = self.queued.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        Duration::from_millis(place.unwrap_or_default() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn percentiles_are_those_of_the_packets_that_passed() {
        let mut tally = Tally::default();

        for ms in 1..=100 {
            tally.count(Fate::Arrives { at: Instant::now(), twice: false, queued: Duration::from_millis(ms) });
            tally.count(Fate::QueueFull);
        }

        let waited = [0.5, 0.95, 1.0].map(|share| tally.queued_at_most(share).as_millis());
        assert_eq!(waited, [50, 95, 100]);
        assert_eq!((tally.passed, tally.queue_full), (100, 100));
    }

    #[test]
    fn nothing_counted_has_not_waited_and_what_waits_for_ever_is_counted() {
        let mut tally = Tally::default();
        assert!(tally.is_empty());
        assert_eq!(tally.queued_at_most(0.95), Duration::ZERO);

        tally.count(Fate::Arrives { at: Instant::now(), twice: false, queued: Duration::MAX });

        assert_eq!(tally.queued_at_most(0.95), Duration::from_millis(1_999));
    }
}
