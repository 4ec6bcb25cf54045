//! Asks for smaller pictures when none come through, so that a short keyframe ends the wait.
//!
//! A receiver whose pictures stand still for [`STALLED`] wants half as many lines, then a quarter; a picture of a
//! quarter of the lines takes a tenth of the bits. Once pictures have come evenly for [`SOUND`], it wants twice as many
//! again, and after a relapse it waits longer.
//!
//! Called by whoever receives, a few times a second, with the time.
use std::time::{Duration, Instant};

/// A picture that stands still for so long is not merely late.
pub const STALLED: Duration = Duration::from_secs(1);
/// How long pictures must come before larger ones are tried.
pub const SOUND: Duration = Duration::from_secs(6);
/// The longest time for that, after relapses.
const LONGEST: Duration = Duration::from_secs(48);
/// The least share of the lines, as a power of two.
const SMALLEST: u8 = 2;

/// Watches the pictures of one track.
#[derive(Debug)]
pub struct Stall {
    /// How many times the lines are halved.
    halvings: u8,
    /// What the halvings are of.
    full: u16,
    decoded: u64,
    /// When the last picture came, or was first to be expected.
    moved: Option<Instant>,
    /// Since when pictures come evenly.
    sound: Option<Instant>,
    wait: Duration,
}

impl Default for Stall {
    fn default() -> Self {
        Self { halvings: 0, full: 0, decoded: 0, moved: None, sound: None, wait: SOUND }
    }
}

impl Stall {
    /// Takes in how many pictures were decoded so far, and how many lines the latest has; `expected` says whether more
    /// are to come. Returns how many lines to ask for at most; none where there is no reason to ask for fewer.
    pub fn look(&mut self, expected: bool, decoded: u64, lines: u16, now: Instant) -> Option<u16> {
        if !expected || decoded == 0 {
            *self = Self { decoded, ..Self::default() };
            return None;
        }
        let moves = std::mem::replace(&mut self.decoded, decoded) != decoded;
        let moved = *self.moved.get_or_insert(now);
        if moves {
            self.moved = Some(now);
        }
        if self.halvings == 0 {
            self.full = lines;
        }
        let still = now.saturating_duration_since(if moves { now } else { moved });
        if still >= STALLED {
            if self.halvings < SMALLEST {
                self.halvings += 1;
                self.wait = if self.sound.is_some() { (self.wait * 2).min(LONGEST) } else { self.wait };
            }
            (self.moved, self.sound) = (Some(now), None);
        } else if self.halvings > 0 && moves {
            let sound = *self.sound.get_or_insert(now);
            if now.saturating_duration_since(sound) >= self.wait {
                self.halvings -= 1;
                self.sound = Some(now);
            }
        }
        (self.halvings > 0).then(|| (self.full >> self.halvings).max(1))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(250);

    #[test]
    fn pictures_that_come_are_left_as_they_are() {
        let mut track = Track::default();

        assert_eq!(track.run(400, true, 7), [None]);
    }

    #[test]
    fn a_picture_that_stands_still_is_asked_for_in_half_the_size_and_then_in_a_quarter() {
        let mut track = Track::default();
        track.run(8, true, 7);

        assert_eq!(track.run(40, true, 0), [None, Some(360), Some(180)]);
    }

    #[test]
    fn the_size_comes_back_step_by_step_once_pictures_flow() {
        let mut track = Track::default();
        track.run(8, true, 7);
        track.run(10, true, 0);

        let asked = track.run(100, true, 7);

        assert_eq!(asked, [Some(180), Some(360), None]);
    }

    #[test]
    fn a_camera_that_is_off_is_no_stall() {
        let mut track = Track::default();
        track.run(8, true, 7);

        assert_eq!(track.run(100, false, 0), [None]);
        assert_eq!(track.run(3, true, 0), [None]);
    }

    #[test]
    fn a_short_gap_changes_nothing() {
        let mut track = Track::default();
        for _ in 0..20 {
            assert_eq!(track.run(8, true, 7), [None]);
            assert_eq!(track.run(3, true, 0), [None]);
        }
    }

    #[derive(Default)]
    struct Track {
        stall: Stall,
        now: Option<Instant>,
        decoded: u64,
    }

    impl Track {
        /// The different answers, in their order.
        fn run(&mut self, ticks: u32, expected: bool, pictures: u64) -> Vec<Option<u16>> {
            let mut answers = Vec::new();
            for _ in 0..ticks {
                let now = self.now.map_or_else(Instant::now, |now| now + TICK);
                self.now = Some(now);
                self.decoded += pictures;
                let answer = self.stall.look(expected, self.decoded, 720, now);
                if answers.last() != Some(&answer) {
                    answers.push(answer);
                }
            }
            answers
        }
    }
}
