//! How fast somebody may do something: whoever is faster is not heeded.
use std::time::{Duration, Instant};

/// So many at once, and one more after each interval.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    most: u32,
    interval: Duration,
    spent: u32,
    /// Since when one of those spent comes back.
    since: Option<Instant>,
}

impl Rate {
    pub(crate) const fn new(most: u32, interval: Duration) -> Self {
        Self { most, interval, spent: 0, since: None }
    }

    /// Whether one more is within the rate. It counts only where it is.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        let back = now.saturating_duration_since(since).as_nanos() / self.interval.as_nanos().max(1);
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        self.spent = self.spent.saturating_sub(back);
        self.since = if self.spent == 0 { Some(now) } else { since.checked_add(self.interval * back) };
        let allowed = self.spent < self.most;
        if allowed {
            self.spent += 1;
        }
        allowed
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_one_for_each_interval() {
        let start = Instant::now();
        let mut rate = Rate::new(3, Duration::from_secs(1));

        let burst = (0..10).filter(|_| rate.allows(start)).count();
        let soon = rate.allows(start + Duration::from_millis(900));
        let later: Vec<_> = (0..3).map(|_| rate.allows(start + Duration::from_millis(2100))).collect();

        assert_eq!(burst, 3);
        assert!(!soon);
        assert_eq!(later, [true, true, false]);
    }

    #[test]
    fn whoever_waits_long_may_do_no_more_at_once_than_at_first() {
        let start = Instant::now();
        let mut rate = Rate::new(3, Duration::from_secs(1));
        rate.allows(start);

        let burst = (0..10).filter(|_| rate.allows(start + Duration::from_secs(1_000_000))).count();

        assert_eq!(burst, 3);
    }
}
