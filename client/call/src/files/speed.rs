//! How fast bytes came lately.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// What counts as lately.
const WINDOW: Duration = Duration::from_secs(4);
/// Nothing can be told from less.
const SHORTEST: Duration = Duration::from_millis(700);
/// Looks that are remembered: more often than this many in [`WINDOW`] nobody looks.
const LOOKS: usize = 64;

/// A speedometer that is told now and then how far it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Speed(VecDeque<(Instant, u64)>);

impl Speed {
    /// So much had arrived at `now`.
    pub(super) fn look(&mut self, done: u64, now: Instant) {
        while self.0.len() >= LOOKS || self.0.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW)
        {
            self.0.pop_front();
        }
        self.0.push_back((now, done));
    }

    /// Bytes a second; none until that can be told.
    pub(super) fn bytes_per_second(&self) -> Option<u64> {
        let ((first_at, first), (last_at, last)) = (self.0.front()?, self.0.back()?);
        let time = last_at.saturating_duration_since(*first_at);
        let millis = u64::try_from(time.as_millis()).ok().filter(|_| time >= SHORTEST)?;
        Some(last.saturating_sub(*first).saturating_mul(1000) / millis)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_the_last_seconds_and_falls_to_nothing_when_nothing_comes() {
        let start = Instant::now();
        let mut speed = Speed::default();
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);

        speed.look(0, at(0));
        let at_once = speed.bytes_per_second();
        for tenths in 1..=20 {
            speed.look(1000 * tenths, at(tenths));
        }
        let steady = speed.bytes_per_second();
        for tenths in 21..=80 {
            speed.look(20_000, at(tenths));
        }

        assert_eq!(at_once, None);
        assert_eq!(steady, Some(10_000));
        assert_eq!(speed.bytes_per_second(), Some(0));
    }
}
