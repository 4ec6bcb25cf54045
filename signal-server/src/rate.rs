//! How fast something may go: a bucket that fills at a steady rate and from which every event takes one.
use std::time::Instant;

/// A token bucket, full at first.
#[derive(Debug)]
pub(crate) struct Rate {
    per_second: f64,
    burst: f64,
    left: f64,
    filled: Instant,
}

impl Rate {
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst);
        Self { per_second: f64::from(per_second), burst, left: burst, filled: now }
    }

    /// Whether one more event is within the rate.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        self.allows_many(1, now)
    }

    /// Whether so many more are within the rate. Where they are not, none of them is taken.
    pub(crate) fn allows_many(&mut self, count: usize, now: Instant) -> bool {
        let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
        let elapsed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.left = (self.left + elapsed * self.per_second).min(self.burst);
        if self.left < count {
            return false;
        }
        self.left -= count;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_allowed_and_not_one_more() {
        let start = Instant::now();
        let mut rate = Rate::new(50, 200, start);

        let allowed = (0..300).filter(|_| rate.allows(start)).count();

        assert_eq!(allowed, 200);
    }

    #[test]
    fn after_a_burst_the_steady_rate_is_allowed() {
        let start = Instant::now();
        let mut rate = Rate::new(50, 200, start);
        while rate.allows(start) {}

        let later = start + Duration::from_secs(2);
        let allowed = (0..300).filter(|_| rate.allows(later)).count();

        assert_eq!(allowed, 100);
    }

    #[test]
    fn a_long_silence_saves_up_no_more_than_a_burst() {
        let start = Instant::now();
        let mut rate = Rate::new(50, 200, start);

        let later = start + Duration::from_secs(3600);
        let allowed = (0..300).filter(|_| rate.allows(later)).count();

        assert_eq!(allowed, 200);
    }
}
