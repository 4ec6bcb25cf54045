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
        let peak = block.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let needed = if peak > CEILING { CEILING / peak } else { 1.0 };
        if needed < self.gain {
            let (attack, rest) = block.split_at_mut(ATTACK);
            ramp(attack, self.gain, needed);
            ramp(rest, needed, needed);
            self.gain = needed;
        } else {
            let released = (self.gain + (1.0 - self.gain) * RELEASE).min(needed);
            ramp(block, self.gain, released);
            self.gain = if released > 0.999 { 1.0 } else { released };
        }
        // What is louder than the ceiling within the first millisecond.
        block.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
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
