//! One or two channels of sound that wait to become blocks.
use std::collections::VecDeque;

use rubato::ResamplerConstructionError;

use crate::audio::{BLOCK_SAMPLES, Captured, SAMPLE_RATE, resample::Resampler};

/// Sound at 48 kHz, the channels in step.
pub(super) struct Lanes {
    left: VecDeque<f32>,
    /// Empty where there is one channel.
    right: VecDeque<f32>,
    stereo: bool,
}

/// What brings one or two channels to 48 kHz.
pub(super) struct LaneResampler {
    left: Resampler,
    right: Resampler,
}

impl Lanes {
    pub(super) fn new(stereo: bool) -> Self {
        let lane = || VecDeque::with_capacity(4 * BLOCK_SAMPLES);
        Self { left: lane(), right: lane(), stereo }
    }

    pub(super) fn is_stereo(&self) -> bool {
        self.stereo
    }

    /// How many samples of each channel wait.
    pub(super) fn len(&self) -> usize {
        self.left.len()
    }

    /// Appends sound of one channel.
    pub(super) fn extend_mono(&mut self, samples: &[f32]) {
        self.left.extend(samples);
        if self.stereo {
            self.right.extend(samples);
        }
    }

    /// Appends sound of two channels, a sample of each in turn.
    pub(super) fn extend_interleaved(&mut self, samples: &[f32]) {
        for pair in samples.chunks_exact(2) {
            self.left.push_back(pair[0]);
            self.right.push_back(pair[1]);
        }
    }

    /// Takes the next 10 ms, where they are there.
    pub(super) fn take(&mut self, captured: &mut Captured) -> bool {
        if self.left.len() < BLOCK_SAMPLES || (self.stereo && self.right.len() < BLOCK_SAMPLES) {
            return false;
        }
        fill(&mut captured.left, &mut self.left);
        captured.right = self.stereo.then(|| {
            let mut right = [0.0; BLOCK_SAMPLES];
            fill(&mut right, &mut self.right);
            right
        });
        true
    }
}

impl LaneResampler {
    /// From `rate` samples a second. An error where that is absurd.
    pub(super) fn new(rate: u32) -> Result<Self, ResamplerConstructionError> {
        Ok(Self { left: Resampler::new(rate, SAMPLE_RATE)?, right: Resampler::new(rate, SAMPLE_RATE)? })
    }

    /// Takes sound of both channels in, the same number of samples, and appends what can be converted by now.
    pub(super) fn convert(&mut self, left: &[f32], right: &[f32], lanes: &mut Lanes) {
        self.left.convert(left, &mut lanes.left);
        if lanes.stereo {
            self.right.convert(right, &mut lanes.right);
        }
    }
}

/// A device or a file of floats may give anything, and one that is no number would silence filters and codec for good.
fn fill(block: &mut [f32; BLOCK_SAMPLES], lane: &mut VecDeque<f32>) {
    let samples = lane.drain(..BLOCK_SAMPLES).map(|sample| if sample.is_finite() { sample } else { 0.0 });
    block.iter_mut().zip(samples).for_each(|(to, from)| *to = from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_channels_stay_two_and_in_step() {
        let mut lanes = Lanes::new(true);
        let mut captured = Captured::SILENCE;
        let both: Vec<f32> = (0..BLOCK_SAMPLES).flat_map(|n| [n as f32, -(n as f32)]).collect();

        lanes.extend_interleaved(&both[..100]);
        let early = lanes.take(&mut captured);
        lanes.extend_interleaved(&both[100..]);
        let late = lanes.take(&mut captured);

        assert!(!early && late);
        assert_eq!(captured.left[BLOCK_SAMPLES - 1], 479.0);
        assert_eq!(captured.right.map(|right| right[BLOCK_SAMPLES - 1]), Some(-479.0));
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let mut lanes = Lanes::new(false);
        let mut captured = Captured::SILENCE;

        lanes.extend_mono(&[f32::NAN; BLOCK_SAMPLES]);

        assert!(lanes.take(&mut captured));
        assert_eq!(captured, Captured::SILENCE);
    }
}
