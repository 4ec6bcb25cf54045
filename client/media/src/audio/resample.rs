//! From one sample rate to another, in whatever lumps the samples come.
use audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, ResampleError, Resampler as _, ResamplerConstructionError};

/// The rates that are converted; a file header may claim any number.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// One channel from one rate to another; the same rate passes through untouched.
pub(crate) struct Resampler {
    conversion: Option<Conversion>,
}

struct Conversion {
    fft: Fft<f32>,
    /// Samples still too few to convert: always less than one step of the converter.
    waiting: Vec<f32>,
    converted: Vec<f32>,
}

impl Resampler {
    /// A converter from `from` to `to` samples a second. An error where a rate is absurd.
    pub(crate) fn new(from: u32, to: u32) -> Result<Self, ResamplerConstructionError> {
        if from == to {
            return Ok(Self { conversion: None });
        }
        if !RATES.contains(&from) || !RATES.contains(&to) {
            return Err(ResamplerConstructionError::InvalidSampleRate { input: from as usize, output: to as usize });
        }
        let step = from as usize / 100;
        let fft = Fft::new(from as usize, to as usize, step, 1, FixedSync::Input)?;
        let converted = vec![0.0; fft.output_frames_max()];
        Ok(Self { conversion: Some(Conversion { fft, waiting: Vec::with_capacity(2 * step), converted }) })
    }

    /// Takes `samples` in and appends what can be converted by now to `out`.
    pub(crate) fn convert(&mut self, samples: &[f32], out: &mut impl Extend<f32>) {
        let Some(conversion) = &mut self.conversion else {
            out.extend(samples.iter().copied());
            return;
        };
        conversion.waiting.extend_from_slice(samples);
        if let Err(error) = conversion.drain(out) {
            // Sizes are taken from the converter itself, so this means a bug in it; the sound has a gap and goes on.
            tracing::warn!(%error, "resampling failed");
            conversion.waiting.clear();
        }
    }
}

impl Conversion {
    fn drain(&mut self, out: &mut impl Extend<f32>) -> Result<(), ResampleError> {
        let mut used = 0;
        while self.waiting.len() - used >= self.fft.input_frames_next() {
            let input = &self.waiting[used..];
            let room = self.converted.len();
            let (Ok(from), Ok(mut to)) =
                (SequentialSlice::new(input, 1, input.len()), SequentialSlice::new_mut(&mut self.converted, 1, room))
            else {
                break;
            };
            let (taken, made) = self.fft.process_into_buffer(&from, &mut to, None)?;
            out.extend(self.converted[..made].iter().copied());
            used += taken;
        }
        self.waiting.drain(..used);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::measure::tone_power;

    fn convert(from: u32, to: u32, lump: usize) -> Vec<f32> {
        let tone: Vec<f32> = (0..from).map(|n| 0.5 * (TAU * 440.0 * n as f32 / from as f32).sin()).collect();
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut out = Vec::new();
        for samples in tone.chunks(lump) {
            resampler.convert(samples, &mut out);
        }
        out
    }

    #[test]
    fn a_tone_keeps_pitch_and_length_at_every_usual_rate_in_lumps_of_any_size() {
        for (from, to) in [(8_000, 48_000), (16_000, 48_000), (44_100, 48_000), (96_000, 48_000), (48_000, 44_100)] {
            for lump in [1, 7, 480, 4_096] {
                let out = convert(from, to, lump);

                let missing = to as usize - out.len();
                assert!(missing < to as usize / 20, "{from} to {to}: {missing} samples missing");
                let power = tone_power(&out[out.len() / 2..], to, 440.0);
                assert!((power - 0.25).abs() < 0.02, "{from} to {to}: power {power}");
            }
        }
    }

    #[test]
    fn the_same_rate_passes_untouched() {
        let mut out = Vec::new();

        Resampler::new(48_000, 48_000).unwrap().convert(&[0.1, -0.2], &mut out);

        assert_eq!(out, [0.1, -0.2]);
    }

    #[test]
    fn an_absurd_rate_is_refused() {
        assert!(Resampler::new(0, 48_000).is_err());
        assert!(Resampler::new(u32::MAX, 48_000).is_err());
    }
}
