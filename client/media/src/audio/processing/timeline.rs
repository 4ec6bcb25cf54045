//! When the blocks of a device really were, although they come in lumps and late.
//!
//! A delay-locked loop (Fons Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005): each block comes
//! where the loop expects it, or pulls the loop a little. What it settles on is the device's own rate, as the
//! computer's clock sees it. It begins quick and becomes slow, because a rate is known the better the longer one looks.
use std::f64::consts::{SQRT_2, TAU};

use crate::audio::BLOCK_TIME;

/// How quick the loop is at first, and in the end, in Hz.
const QUICK: f64 = 0.5;
const SLOW: f64 = 0.02;

/// How much of a single lateness is believed, in seconds: a thread that was held up says nothing about its device.
const BELIEVED: f64 = 0.02;

/// Blocks that come this far from where they are expected, in seconds, and so many in a row, are elsewhere for good:
/// sound was lost.
const ASTRAY: f64 = 0.012;
const ASTRAY_BLOCKS: u32 = 40;

/// What comes so late, in seconds, begins anew.
const PAUSE: f64 = 1.0;

/// How far a device's rate may be off: no crystal is further off, and who believes more takes lost sound for a slow clock.
const MOST_OFF: f64 = 500e-6;

/// How many blocks say nothing about the rate: whoever opens a device is asked for several at once.
const SETTLING: u32 = 100;

/// The loop. Moments are seconds since any one moment.
#[derive(Debug)]
pub(super) struct Timeline {
    /// How long a block takes, in seconds.
    period: f64,
    /// When the next block is expected.
    next: f64,
    /// Blocks so far.
    blocks: u64,
    /// Blocks since it began, or began anew.
    age: u32,
    astray: u32,
    /// The smallest distance of those, with its sign.
    least: f64,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self { period: BLOCK_TIME.as_secs_f64(), next: 0.0, blocks: 0, age: 0, astray: 0, least: 0.0 }
    }

    /// Takes in that a block came at this moment, and gives the moment at which it was due.
    pub(super) fn block(&mut self, at: f64) -> f64 {
        let error = at - self.next;
        if self.age == 0 || error.abs() > PAUSE {
            self.age = 0;
            self.astray = 0;
            self.next = at;
        } else if self.is_elsewhere(error) {
            self.next += self.least;
            self.astray = 0;
        }
        let pull = (at - self.next).clamp(-BELIEVED, BELIEVED);
        let due = self.next;
        let step = TAU * self.bandwidth() * self.period;
        self.next = due + SQRT_2 * step * pull + self.period;
        let nominal = BLOCK_TIME.as_secs_f64();
        let period = self.period + if self.age < SETTLING { 0.0 } else { step * step * pull };
        self.period = period.clamp(nominal * (1.0 - MOST_OFF), nominal * (1.0 + MOST_OFF));
        self.blocks += 1;
        self.age = self.age.saturating_add(1);
        due
    }

    /// How many blocks had begun at this moment; goes on into the future as it was.
    pub(super) fn blocks_at(&self, moment: f64) -> f64 {
        self.blocks as f64 + (moment - self.next) / self.period
    }

    /// How long a block takes, in seconds.
    pub(super) fn period(&self) -> f64 {
        self.period
    }

    /// Forgets when the next block is due, because it comes from another device.
    pub(super) fn begin_anew(&mut self) {
        (self.age, self.astray) = (0, 0);
        self.period = BLOCK_TIME.as_secs_f64();
    }

    fn bandwidth(&self) -> f64 {
        let seconds = f64::from(self.age.saturating_sub(SETTLING)) * BLOCK_TIME.as_secs_f64();
        (QUICK / seconds.max(1.0)).max(SLOW)
    }

    fn is_elsewhere(&mut self, error: f64) -> bool {
        if error.abs() < ASTRAY || (self.astray > 0 && error.signum() != self.least.signum()) {
            self.astray = 0;
            return false;
        }
        self.least = if self.astray == 0 || error.abs() < self.least.abs() { error } else { self.least };
        self.astray += 1;
        self.astray >= ASTRAY_BLOCKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Up to 4 ms late, evenly spread.
    fn lateness(random: &mut fastrand::Rng) -> f64 {
        random.f64() * 0.004
    }

    fn run(timeline: &mut Timeline, blocks: u32, at: impl Fn(u32) -> f64) {
        let mut random = fastrand::Rng::with_seed(1);
        for n in 0..blocks {
            timeline.block(at(n) + lateness(&mut random));
        }
    }

    #[test]
    fn the_rate_of_a_device_is_found_within_twenty_millionths_under_jitter() {
        for ppm in [-300.0, -100.0, 0.0, 100.0, 300.0] {
            let mut timeline = Timeline::new();
            let period = 0.01 * (1.0 + ppm * 1e-6);

            run(&mut timeline, 3_000, |n| f64::from(n) * period);

            let found = (timeline.period() / 0.01 - 1.0) * 1e6;
            assert!((found - ppm).abs() < 20.0, "{found} instead of {ppm}");
        }
    }

    #[test]
    fn a_burst_while_a_device_is_opened_says_nothing_about_its_rate() {
        let mut timeline = Timeline::new();

        run(&mut timeline, 1_000, |n| f64::from(n.saturating_sub(12)) * 0.01);

        let found = (timeline.period() / 0.01 - 1.0) * 1e6;
        assert!(found.abs() < 40.0, "{found}");
    }

    #[test]
    fn a_device_that_loses_sound_all_the_time_is_not_taken_for_a_slow_one() {
        let mut timeline = Timeline::new();

        // 5 ms are lost in every second.
        run(&mut timeline, 3_000, |n| f64::from(n) * 0.01 + f64::from(n / 100) * 0.005);

        let behind = timeline.blocks_at(29.99 + 29.0 * 0.005) - 2_999.0;
        assert!(timeline.period() <= 0.01 * (1.0 + MOST_OFF));
        assert!(behind.abs() < 3.5, "{behind} blocks");
    }

    #[test]
    fn blocks_in_lumps_of_forty_milliseconds_are_spread_evenly() {
        let mut timeline = Timeline::new();
        for n in 0..2_000u32 {
            timeline.block(f64::from(n / 4) * 0.04);
        }

        let due: Vec<f64> = (2_000..2_100u32).map(|n| timeline.block(f64::from(n / 4) * 0.04)).collect();

        assert!(due.windows(2).all(|pair| (pair[1] - pair[0] - 0.01).abs() < 0.0005));
    }

    #[test]
    fn a_thread_that_is_held_up_for_a_moment_moves_hardly_anything() {
        let mut timeline = Timeline::new();
        run(&mut timeline, 2_000, |n| f64::from(n) * 0.01);

        let before = timeline.blocks_at(30.0);
        for n in 2_000..2_012u32 {
            timeline.block(20.12 + f64::from(n) * 1e-6);
        }
        let after = timeline.blocks_at(30.0);

        assert!((after - before).abs() < 0.2, "{before} {after}");
    }

    #[test]
    fn sound_that_was_lost_is_noticed_within_half_a_second() {
        let mut timeline = Timeline::new();
        run(&mut timeline, 2_000, |n| f64::from(n) * 0.01);

        let before = timeline.blocks_at(30.0);
        for n in 2_000..2_050u32 {
            timeline.block(f64::from(n) * 0.01 + 0.05);
        }
        let after = timeline.blocks_at(30.0);

        assert!((before - after - 5.0).abs() < 0.3, "{before} {after}");
    }

    #[test]
    fn after_a_pause_it_begins_anew() {
        let mut timeline = Timeline::new();
        run(&mut timeline, 2_000, |n| f64::from(n) * 0.01);

        let due = timeline.block(500.0);

        assert_eq!(due, 500.0);
        assert!((timeline.blocks_at(500.02) - 2_002.0).abs() < 0.01);
    }
}
