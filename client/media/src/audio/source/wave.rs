//! `.wav` files of any rate, any number of channels and any sample format.
use std::{collections::VecDeque, fs::File, io::BufReader, path::Path};

use hound::{SampleFormat, WavReader};

use super::file::OnePass;
use crate::audio::{SAMPLE_RATE, error::OpenAudioError, resample::Resampler};

/// Samples read at a time, over all channels.
const LUMP: usize = 4_096;

pub(super) struct WaveSound {
    reader: WavReader<BufReader<File>>,
    resampler: Resampler,
    folded: Vec<f32>,
}

impl WaveSound {
    pub(super) fn open(path: &Path) -> Result<Self, OpenAudioError> {
        let unreadable = |detail: String| OpenAudioError::UnreadableFile { path: path.to_owned(), detail };
        let reader = WavReader::open(path).map_err(|error| unreadable(error.to_string()))?;
        let spec = reader.spec();
        if spec.channels == 0 || spec.bits_per_sample == 0 || spec.bits_per_sample > 32 {
            return Err(OpenAudioError::UnknownFile { path: path.to_owned() });
        }
        let resampler = Resampler::new(spec.sample_rate, SAMPLE_RATE)
            .map_err(|_| unreadable(format!("{} samples a second are out of range", spec.sample_rate)))?;
        Ok(Self { reader, resampler, folded: Vec::new() })
    }
}

impl OnePass for WaveSound {
    fn read(&mut self, out: &mut VecDeque<f32>) -> Result<bool, String> {
        let spec = self.reader.spec();
        let channels = usize::from(spec.channels);
        let frames = (LUMP / channels).max(1);
        self.folded.clear();
        match spec.sample_format {
            SampleFormat::Float => fold(self.reader.samples::<f32>(), channels, frames, 1.0, &mut self.folded),
            SampleFormat::Int => {
                let scale = 1.0 / (1u64 << (spec.bits_per_sample - 1)) as f32;
                let samples = self.reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32));
                fold(samples, channels, frames, scale, &mut self.folded)
            }
        }
        .map_err(|error| error.to_string())?;
        self.resampler.convert(&self.folded, out);
        Ok(self.folded.len() == frames)
    }
}

/// The mean of all channels, for so many frames or up to the end. A frame that is not complete is dropped.
fn fold(
    mut samples: impl Iterator<Item = hound::Result<f32>>,
    channels: usize,
    frames: usize,
    scale: f32,
    folded: &mut Vec<f32>,
) -> hound::Result<()> {
    for _ in 0..frames {
        let mut sum = 0.0;
        for _ in 0..channels {
            let Some(sample) = samples.next().transpose()? else {
                return Ok(());
            };
            // A file of floats may hold anything, and one NaN would silence the encoder for good.
            sum += if sample.is_finite() { sample * scale } else { 0.0 };
        }
        folded.push((sum / channels as f32).clamp(-1.0, 1.0));
    }
    Ok(())
}
