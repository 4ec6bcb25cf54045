//! How loud a stream is, for meters and speaking indicators.
use std::sync::atomic::{AtomicU32, Ordering};

use super::Block;

/// What counts as silence: the bottom of the meter, in dB below full scale.
const FLOOR_DB: f32 = -60.0;

/// How far the meter falls back in one block: the whole scale in 400 ms, slow enough to read.
const FALL_PER_BLOCK: f32 = 0.025;

/// Measures blocks: loudness in dB, rising at once and falling back slowly.
#[derive(Debug, Default)]
pub struct LevelMeter {
    level: f32,
}

impl LevelMeter {
    /// Takes the next 10 ms in and gives the new level.
    pub fn feed(&mut self, block: &Block) -> f32 {
        self.level = loudness(block).max(self.level - FALL_PER_BLOCK).max(0.0);
        self.level
    }

    /// Back to silence at once, for a source that has closed.
    pub fn reset(&mut self) {
        self.level = 0.0;
    }
}

/// The loudness of some samples: 0 at -60 dBFS and below, 1 at full scale, even steps of dB in between.
pub fn loudness(samples: &[f32]) -> f32 {
    let rms = root_mean_square(samples);
    if rms.is_finite() && rms > 0.0 { (1.0 - 20.0 * rms.log10() / FLOOR_DB).clamp(0.0, 1.0) } else { 0.0 }
}

/// A sample as it may be from -1 to 1, silence where it is no number. Devices and files of floats may give anything, and
/// one that is no number would silence filters and codecs for good.
pub(crate) fn within_scale(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// The root mean square of some samples; 0 for none.
pub(crate) fn root_mean_square(samples: &[f32]) -> f32 {
    let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
    (sum / samples.len().max(1) as f32).sqrt()
}

/// A level or a gain that one thread writes and any may read, without a lock.
#[derive(Debug)]
pub(crate) struct SharedLevel(AtomicU32);

impl SharedLevel {
    pub(crate) fn new(level: f32) -> Self {
        Self(AtomicU32::new(level.to_bits()))
    }

    pub(crate) fn set(&self, level: f32) {
        self.0.store(level.to_bits(), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BLOCK_SAMPLES, SILENCE};

    #[test]
    fn silence_is_nothing_and_full_scale_is_all() {
        assert_eq!(loudness(&SILENCE), 0.0);
        assert_eq!(loudness(&[1.0; BLOCK_SAMPLES]), 1.0);
        assert_eq!(loudness(&[]), 0.0);
        assert_eq!(loudness(&[f32::NAN]), 0.0);
    }

    #[test]
    fn the_scale_is_even_in_decibels() {
        let half_way = loudness(&[10f32.powf(-30.0 / 20.0); BLOCK_SAMPLES]);

        assert!((half_way - 0.5).abs() < 0.01, "{half_way}");
    }

    #[test]
    fn the_meter_rises_at_once_and_falls_slowly_to_zero() {
        let mut meter = LevelMeter::default();

        let loud = meter.feed(&[0.5; BLOCK_SAMPLES]);
        let after = meter.feed(&SILENCE);
        let later = (0..100).map(|_| meter.feed(&SILENCE)).last().unwrap();

        assert!(loud > 0.85);
        assert!(after < loud && after > 0.8);
        assert_eq!(later, 0.0);
    }
}
