//! Makes pictures that the computer can keep up with.
//!
//! The *load* is the time that an encoder takes for a picture over the time that it has for one, of the encoder that is
//! worst off. While it is over [`TOO_MUCH`], pictures are lost, and a step is left out: first pictures a second, since
//! that is noticed least, and where that does not help the largest size. The way back is slow: a step is taken back once the load that is to be
//! expected then stays below [`EASY`] for [`UP_AFTER`], and for twice as long after each time that it was too early.
//!
//! Called by [`plan`](crate::plan), a few times a second.
use std::time::{Duration, Instant};

use crate::layers::Relief;

/// An encoder that needs more than its time misses pictures.
pub const TOO_MUCH: f32 = 1.0;
/// With less than this share there is room for whatever else the computer does.
pub const EASY: f32 = 0.5;
/// How long it must be too much: a moment's disturbance passes by itself.
pub const DOWN_AFTER: Duration = Duration::from_secs(2);
/// The same for a smaller size, which everybody sees.
pub const SHRINK_AFTER: Duration = Duration::from_secs(6);
/// How long it must be easy.
pub const UP_AFTER: Duration = Duration::from_secs(10);
/// The longest wait for the way back.
const LONGEST: Duration = Duration::from_secs(160);
/// A step that has to be left out again so soon was taken back too early.
const TOO_EARLY: Duration = Duration::from_secs(30);

/// What is left out, step by step, and the load of each beside that of the first: pictures a second, and pixels.
const STEPS: [(Relief, f32); 6] = [
    (Relief::NONE, 1.0),
    (Relief { fps_percent: 67, rungs: 0 }, 0.67),
    (Relief { fps_percent: 50, rungs: 0 }, 0.5),
    (Relief { fps_percent: 67, rungs: 1 }, 0.2),
    (Relief { fps_percent: 50, rungs: 1 }, 0.15),
    (Relief { fps_percent: 50, rungs: 2 }, 0.05),
];

/// Watches the load.
#[derive(Debug)]
pub struct Governor {
    step: usize,
    /// Since when it is too much.
    strained: Option<Instant>,
    /// Since when there is room for the step before.
    easy: Option<Instant>,
    /// When a step was taken back last.
    taken_back: Option<Instant>,
    wait: Duration,
}

impl Default for Governor {
    fn default() -> Self {
        Self { step: 0, strained: None, easy: None, taken_back: None, wait: UP_AFTER }
    }
}

impl Governor {
    /// Takes in the load of now: 1 is all the time that there is. 0 where nothing is encoded.
    pub fn load(&mut self, load: f32, now: Instant) {
        let passed = |since: &mut Option<Instant>| now.saturating_duration_since(*since.get_or_insert(now));
        if load <= TOO_MUCH {
            self.strained = None;
        } else if self.step + 1 < STEPS.len() && passed(&mut self.strained) >= self.patience() {
            self.step += 1;
            self.strained = None;
            if self.taken_back.take().is_some_and(|at| now.saturating_duration_since(at) < TOO_EARLY) {
                self.wait = (self.wait * 2).min(LONGEST);
            }
        }
        let Some(before) = self.step.checked_sub(1) else { return };
        let expected = load * STEPS[before].1 / STEPS[self.step].1;
        if expected >= EASY {
            self.easy = None;
        } else if passed(&mut self.easy) >= self.wait {
            self.step = before;
            (self.easy, self.taken_back) = (None, Some(now));
        }
    }

    /// How long it must be too much for the next step.
    fn patience(&self) -> Duration {
        let next = STEPS[(self.step + 1).min(STEPS.len() - 1)].0;
        if next.rungs > self.relief().rungs { SHRINK_AFTER } else { DOWN_AFTER }
    }

    /// What is left out.
    pub fn relief(&self) -> Relief {
        STEPS[self.step].0
    }

    /// Whether anything is.
    pub fn is_strained(&self) -> bool {
        self.step > 0
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_load_changes_nothing() {
        let (mut governor, start) = (Governor::default(), Instant::now());

        for tick in 0..400 {
            governor.load(if tick % 10 < 7 { 1.5 } else { 0.3 }, start + tick * Duration::from_millis(250));
        }

        assert!(!governor.is_strained());
    }

    #[test]
    fn load_that_stays_costs_frame_rate_first_and_size_then() {
        let reliefs = simulate(|_| 3.0, 30);

        assert_eq!(reliefs, STEPS.map(|(relief, _)| relief));
    }

    #[test]
    fn a_computer_that_is_a_bit_too_slow_ends_at_fewer_pictures() {
        // Pictures take 1.3 of the time at full rate.
        let reliefs = simulate(|relief| 1.3 * relief.fps_percent as f32 / 100.0, 300);

        assert_eq!(reliefs, [Relief::NONE, STEPS[1].0]);
    }

    #[test]
    fn what_was_left_out_comes_back_slowly_once_there_is_room() {
        let (mut governor, start) = (Governor::default(), Instant::now());
        let at = |tick: u32| start + tick * Duration::from_millis(250);
        (0..24).for_each(|tick| governor.load(1.1, at(tick)));
        let strained = governor.relief();

        let mut back = None;
        for tick in 24..400 {
            governor.load(0.1, at(tick));
            if !governor.is_strained() {
                back.get_or_insert(at(tick) - at(24));
            }
        }

        assert_ne!(strained, Relief::NONE);
        let back = back.expect("it comes back");
        assert!(back >= UP_AFTER && back <= UP_AFTER * 3, "{back:?}");
    }

    #[test]
    fn a_step_that_was_taken_back_too_early_is_tried_ever_more_rarely() {
        let (mut governor, start) = (Governor::default(), Instant::now());
        let mut changes = Vec::new();

        for tick in 0..4000_u32 {
            let now = start + tick * Duration::from_millis(250);
            let before = governor.relief();
            // It looks easy, and is not.
            governor.load(if governor.is_strained() { 0.1 } else { 2.0 }, now);
            if governor.relief() != before {
                changes.push(now);
            }
        }

        let gaps: Vec<_> = changes.windows(2).map(|pair| pair[1] - pair[0]).step_by(2).collect();
        assert!(gaps.is_sorted() && gaps.len() < 15, "{gaps:?}");
        assert!(gaps.last().is_some_and(|gap| *gap >= LONGEST), "{gaps:?}");
    }

    /// The different reliefs in the order in which they come.
    fn simulate(load: impl Fn(Relief) -> f32, seconds: u32) -> Vec<Relief> {
        let (mut governor, start) = (Governor::default(), Instant::now());
        let mut reliefs = vec![governor.relief()];
        for tick in 0..seconds * 4 {
            governor.load(load(governor.relief()), start + tick * Duration::from_millis(250));
            if reliefs.last() != Some(&governor.relief()) {
                reliefs.push(governor.relief());
            }
        }
        reliefs
    }
}
