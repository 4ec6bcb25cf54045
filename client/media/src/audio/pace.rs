//! Keeping time: when the next 10 ms are due, by the clock or by a device whose calls come in lumps.
use std::time::{Duration, Instant};

use super::BLOCK_TIME;

/// How far a paced thread may fall behind and still catch up; past that, the missing time is skipped.
const CATCH_UP: Duration = Duration::from_secs(1);

/// How far a device's own time may be off before it is believed at once: more than a thread is usually held up.
const DRIFT: Duration = Duration::from_millis(100);

/// How much of what the clock is off is made up for with each block.
const GENTLY: u32 = 64;

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

/// Even time for blocks that a device asks for in lumps: a lump begins when it is asked for, and each block in it is
/// 10 ms later than the one before. Follows the clock gently.
#[derive(Debug)]
pub(crate) struct SteadyClock {
    next: Instant,
    /// How many blocks the lump has so far.
    blocks: u32,
}

impl SteadyClock {
    pub(crate) fn new(now: Instant) -> Self {
        Self { next: now, blocks: 0 }
    }

    /// The device asks for the next lump.
    pub(crate) fn lump(&mut self, now: Instant) {
        let ahead = self.next.saturating_duration_since(now);
        let behind = now.saturating_duration_since(self.next);
        if ahead > DRIFT || behind > DRIFT {
            self.next = now;
        } else {
            let share = self.blocks.min(GENTLY / 2);
            self.next = self.next + behind * share / GENTLY - ahead * share / GENTLY;
        }
        self.blocks = 0;
    }

    /// The moment the next block belongs to.
    pub(crate) fn tick(&mut self) -> Instant {
        let tick = self.next;
        self.next += BLOCK_TIME;
        self.blocks = self.blocks.saturating_add(1);
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
    fn a_steady_clock_gives_the_blocks_of_a_lump_even_times_from_when_it_is_asked_for() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start);
        let lump = |clock: &mut SteadyClock, at: Instant| -> Vec<Instant> {
            clock.lump(at);
            (0..16).map(|_| clock.tick()).collect()
        };

        let first = lump(&mut clock, start);
        let second = lump(&mut clock, start + BLOCK_TIME * 16);

        assert!(first.iter().chain(&second).zip(0..).all(|(at, number)| *at == start + BLOCK_TIME * number));
    }

    #[test]
    fn a_steady_clock_hardly_follows_a_thread_that_is_late_once_and_follows_a_device_that_is_slow() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start);
        let lump = |clock: &mut SteadyClock, at: Instant| {
            clock.lump(at);
            clock.tick()
        };
        lump(&mut clock, start);

        let late = lump(&mut clock, start + BLOCK_TIME + Duration::from_millis(64));
        let slow = (2..1_000).map(|number| lump(&mut clock, start + Duration::from_millis(11) * number)).last();

        assert_eq!(late, start + BLOCK_TIME + Duration::from_millis(1));
        let asked_for = start + Duration::from_millis(11) * 999;
        assert!(slow.is_some_and(|at| asked_for.saturating_duration_since(at) < DRIFT));
    }

    #[test]
    fn a_steady_clock_follows_a_long_gap() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start);
        clock.tick();

        let later = start + Duration::from_secs(3);
        clock.lump(later);

        assert_eq!(clock.tick(), later);
    }
}
