//! How much may be sent again: a share of what the way takes.
use std::time::Instant;

/// This share of the target. Where more is lost than this mends, a keyframe mends it better.
const SHARE: f64 = 0.3;
/// What was not used in this time is lost: one burst of losses is mended whole.
const SECONDS: f64 = 1.0;
/// And so where the way is full: sound waits behind it.
const SECONDS_FULL: f64 = 0.1;
/// What the way is taken for until it is known, in bits a second.
const UNKNOWN: f64 = 1e6;

/// The bits that may be sent again.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    bits: f64,
    counted: Option<Instant>,
}

impl Allowance {
    /// Takes so many bytes from it. False where it does not hold them. `full` says that a queue stands on the way.
    pub(super) fn take(&mut self, bytes: usize, target: Option<f64>, full: bool, now: Instant) -> bool {
        let seconds = if full { SECONDS_FULL } else { SECONDS };
        let rate = SHARE * target.unwrap_or(UNKNOWN);
        let passed = self.counted.map_or(seconds, |before| now.saturating_duration_since(before).as_secs_f64());
        self.counted = Some(now);
        self.bits = (self.bits + passed * rate).min(seconds * rate);
        let bits = bytes as f64 * 8.0;
        let enough = self.bits >= bits;
        if enough {
            self.bits -= bits;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn where_the_way_is_full_little_is_sent_at_a_time() {
        let now = Instant::now();
        let taken = |full| {
            let mut allowance = Allowance::default();
            (0..100).take_while(|_| allowance.take(1_250, Some(1e6), full, now)).count()
        };

        assert_eq!((taken(false), taken(true)), (30, 3));
    }

    #[test]
    fn over_time_no_more_than_the_share_is_taken_and_what_is_not_used_does_not_add_up() {
        let start = Instant::now();
        let mut allowance = Allowance::default();

        let mut taken = 0;
        for n in 0..1_000_u32 {
            let now = start + Duration::from_secs(100) + n * Duration::from_millis(10);
            taken += usize::from(allowance.take(1_250, Some(1e6), false, now));
        }

        let expected = (10.0 + SECONDS) * SHARE * 1e6 / 10_000.0;
        assert!((taken as f64 - expected).abs() <= 2.0, "{taken} instead of {expected}");
    }
}
