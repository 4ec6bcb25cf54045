//! A steady sine, for tests of a line and of this program.
use std::f64::consts::TAU;

use super::Endless;
use crate::audio::{Captured, SAMPLE_RATE, error::AudioLost, fade::ramp};

const AMPLITUDE: f64 = 0.3;

/// The sine. The phase goes on from block to block, so there is never a click.
pub(super) struct Tone {
    /// Where in the period we are, 0 to 1.
    phase: f64,
    step: f64,
    begun: bool,
}

impl Tone {
    pub(super) fn new(hz: u32) -> Self {
        Self { phase: 0.0, step: f64::from(hz) / f64::from(SAMPLE_RATE), begun: false }
    }
}

impl Endless for Tone {
    fn fill(&mut self, captured: &mut Captured) -> Result<(), AudioLost> {
        captured.right = None;
        for sample in &mut captured.left {
            *sample = (AMPLITUDE * (TAU * self.phase).sin()) as f32;
            self.phase = (self.phase + self.step).fract();
        }
        if !self.begun {
            self.begun = true;
            ramp(&mut captured.left, 0.0, 1.0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::measure::tone_power;

    #[test]
    fn the_tone_has_its_pitch_and_loudness_and_no_clicks() {
        let mut tone = Tone::new(440);
        let mut sound = Vec::new();

        for _ in 0..100 {
            let mut captured = Captured::SILENCE;
            tone.fill(&mut captured).unwrap();
            sound.extend(captured.left);
        }

        assert!((tone_power(&sound[4_800..], SAMPLE_RATE, 440.0) - 0.09).abs() < 0.005);
        let steepest = 0.3 * std::f32::consts::TAU * 440.0 / 48_000.0;
        assert!(sound.windows(2).all(|pair| (pair[1] - pair[0]).abs() <= steepest * 1.01));
    }
}
