//! The time of day, for what is compared between programs on one machine: never for what decides anything.
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Microseconds since 1970; zero where the clock is set to before that.
pub(crate) fn unix_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// The same of another moment.
pub(crate) fn unix_micros_at(at: Instant) -> u64 {
    let (unix, now) = (unix_micros(), Instant::now());
    let apart = |from: Instant, to: Instant| to.saturating_duration_since(from).as_micros() as u64;
    unix.saturating_sub(apart(at, now)).saturating_add(apart(now, at))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_lie_as_far_apart_by_the_wall_as_by_the_clock() {
        let now = Instant::now();

        let [before, after] = [now - Duration::from_secs(2), now + Duration::from_secs(3)].map(unix_micros_at);

        assert!((after - before).abs_diff(5_000_000) < 1_000_000, "{before} {after}");
        assert!(before < unix_micros());
    }
}
