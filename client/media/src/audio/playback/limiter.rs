//! Keeps the sum of many voices within full scale without the rattle of cutting it off.
use crate::audio::{Block, fade::ramp};

/// The loudest that leaves the limiter.
const CEILING: f32 = 0.97;

/// How much of the way back to full loudness is made in one block: about 200 ms in all.
const RELEASE: f32 = 0.05;

/// How fast the gain goes down when something loud comes: 1 ms, in samples.
const ATTACK: usize = 48;

/// Turns everything down while the sum is too loud, at once, and up again slowly.
#[derive(Debug)]
pub(crate) struct Limiter {
    gain: f32,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { gain: 1.0 }
    }

    pub(crate) fn apply(&mut self, block: &mut Block) {
        self.apply_all([block]);
    }

    /// Both channels alike, so that nothing moves from side to side.
    pub(crate) fn apply_to_both(&mut self, left: &mut Block, right: &mut Block) {
        self.apply_all([left, right]);
    }

    fn apply_all<const N: usize>(&mut self, channels: [&mut Block; N]) {
        let loudest = |block: &Block| block.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let peak = channels.iter().fold(0.0f32, |peak, block| peak.max(loudest(block)));
        let before = self.gain;
        let needed = if peak > CEILING { CEILING / peak } else { 1.0 };
        let released = (before + (1.0 - before) * RELEASE).min(needed);
        for block in channels {
            if needed < before {
                let (attack, rest) = block.split_at_mut(ATTACK);
                ramp(attack, before, needed);
                ramp(rest, needed, needed);
            } else {
                ramp(block, before, released);
            }
            // What is louder than the ceiling within the first millisecond.
            block.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
        self.gain = match needed < before {
            true => needed,
            false if released > 0.999 => 1.0,
            false => released,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::{BLOCK_SAMPLES, SILENCE};

    fn sine(amplitude: f32) -> Block {
        let mut block = SILENCE;
        block.iter_mut().enumerate().for_each(|(n, sample)| *sample = amplitude * (TAU * n as f32 / 48.0).sin());
        block
    }

    fn peak(block: &Block) -> f32 {
        block.iter().fold(0.0, |peak, sample| sample.abs().max(peak))
    }

    #[test]
    fn what_fits_passes_untouched() {
        let mut block = sine(0.9);

        Limiter::new().apply(&mut block);

        assert_eq!(block, sine(0.9));
    }

    #[test]
    fn four_loud_voices_are_turned_down_and_not_cut_off() {
        let mut limiter = Limiter::new();
        limiter.apply(&mut sine(3.6));

        let mut block = sine(3.6);
        limiter.apply(&mut block);

        assert!((peak(&block) - CEILING).abs() < 0.01);
        let at_the_ceiling = block.iter().filter(|sample| sample.abs() > 0.95).count();
        assert!(at_the_ceiling < BLOCK_SAMPLES / 4, "{at_the_ceiling} samples look cut off");
    }

    #[test]
    fn both_channels_are_turned_down_alike() {
        let (mut left, mut right) = (sine(1.8), sine(0.2));

        Limiter::new().apply_to_both(&mut left, &mut right);

        let after_the_attack = left[ATTACK..].iter().zip(&right[ATTACK..]);
        assert!(after_the_attack.into_iter().all(|(left, right)| (left - 9.0 * right).abs() < 1e-4));
    }

    #[test]
    fn loudness_comes_back_when_they_stop() {
        let mut limiter = Limiter::new();
        limiter.apply(&mut sine(3.6));

        let first = {
            let mut block = sine(0.5);
            limiter.apply(&mut block);
            peak(&block)
        };
        (0..200).for_each(|_| limiter.apply(&mut sine(0.5)));
        let mut last = sine(0.5);
        limiter.apply(&mut last);

        assert!(first < 0.25);
        assert_eq!(last, sine(0.5));
    }
}
