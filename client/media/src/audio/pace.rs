//! Keeping time: when the next 10 ms are due, by the clock or by a device whose calls come in lumps.
use std::time::{Duration, Instant};

use super::BLOCK_TIME;

/// How far a paced thread may fall behind and still catch up; past that, the missing time is skipped.
const CATCH_UP: Duration = Duration::from_secs(1);

/// How far a device's own time may be off before it is believed at once.
const DRIFT: Duration = Duration::from_millis(40);

/// Blocks by the clock: one every 10 ms, the late ones made up for.
#[derive(Debug)]
pub(crate) struct Pacer {
    due: Instant,
}

impl Pacer {
    pub(crate) fn new(now: Instant) -> Self {
        Self { due: now }
    }

    /// The moment the next block belongs to if that has come, or how long it still takes.
    pub(crate) fn poll(&mut self, now: Instant) -> Result<Instant, Duration> {
        let behind = now.saturating_duration_since(self.due);
        if behind > CATCH_UP {
            // The computer slept, or is far too busy: a flood of old blocks would help nobody.
            self.due = now;
        }
        if self.due > now {
            return Err(self.due - now);
        }
        let due = self.due;
        self.due += BLOCK_TIME;
        Ok(due)
    }
}

/// Even time for blocks that a device asks for in lumps: advances by 10 ms a block and follows the clock gently.
#[derive(Debug)]
pub(crate) struct SteadyClock {
    next: Instant,
}

impl SteadyClock {
    pub(crate) fn new(now: Instant) -> Self {
        Self { next: now }
    }

    /// The moment the next block belongs to.
    pub(crate) fn tick(&mut self, now: Instant) -> Instant {
        let ahead = self.next.saturating_duration_since(now);
        let behind = now.saturating_duration_since(self.next);
        if ahead > DRIFT || behind > DRIFT {
            self.next = now;
        } else {
            self.next = self.next + behind / 64 - ahead / 64;
        }
        let tick = self.next;
        self.next += BLOCK_TIME;
        tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pacer_gives_a_block_every_ten_milliseconds() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);

        assert_eq!(pacer.poll(start), Ok(start));
        assert_eq!(pacer.poll(start), Err(BLOCK_TIME));
        assert_eq!(pacer.poll(start + BLOCK_TIME), Ok(start + BLOCK_TIME));
    }

    #[test]
    fn a_pacer_makes_up_for_a_short_delay() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);

        let late = start + Duration::from_millis(305);
        let made_up = std::iter::from_fn(|| pacer.poll(late).ok()).count();

        assert_eq!(made_up, 31);
    }

    #[test]
    fn a_pacer_skips_a_night_asleep() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);

        let morning = start + Duration::from_secs(8 * 3600);

        assert_eq!(pacer.poll(morning), Ok(morning));
        assert_eq!(pacer.poll(morning), Err(BLOCK_TIME));
    }

    #[test]
    fn a_steady_clock_smooths_lumps() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start);

        let lump = [clock.tick(start), clock.tick(start), clock.tick(start + BLOCK_TIME * 2)];

        assert_eq!(lump[0], start);
        assert!(lump[1] - lump[0] > Duration::from_millis(9));
        assert!(lump[2] - lump[1] > Duration::from_millis(9));
    }

    #[test]
    fn a_steady_clock_follows_a_long_gap() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start);
        clock.tick(start);

        let later = start + Duration::from_secs(3);

        assert_eq!(clock.tick(later), later);
    }
}
