//! `.wav` files of any rate, any number of channels and any sample format.
use std::{fs::File, io::BufReader, path::Path};

use hound::{SampleFormat, WavReader};

use super::{
    file::OnePass,
    lanes::{LaneResampler, Lanes},
};
use crate::audio::{error::OpenAudioError, level::within_scale};

/// Samples read at a time, over all channels.
const LUMP: usize = 4_096;

pub(super) struct WaveSound {
    reader: WavReader<BufReader<File>>,
    resampler: LaneResampler,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl WaveSound {
    pub(super) fn open(path: &Path) -> Result<Self, OpenAudioError> {
        let unreadable = |detail: String| OpenAudioError::UnreadableFile { path: path.to_owned(), detail };
        let reader = WavReader::open(path).map_err(|error| unreadable(error.to_string()))?;
        let spec = reader.spec();
        if spec.channels == 0 || spec.bits_per_sample == 0 || spec.bits_per_sample > 32 {
            return Err(OpenAudioError::UnknownFile { path: path.to_owned() });
        }
        let resampler = LaneResampler::new(spec.sample_rate)
            .map_err(|_| unreadable(format!("{} samples a second are out of range", spec.sample_rate)))?;
        Ok(Self { reader, resampler, left: Vec::new(), right: Vec::new() })
    }
}

impl OnePass for WaveSound {
    fn read(&mut self, out: &mut Lanes) -> Result<bool, String> {
        let spec = self.reader.spec();
        let channels = usize::from(spec.channels);
        let frames = (LUMP / channels).max(1);
        self.left.clear();
        self.right.clear();
        let (left, right) = (&mut self.left, &mut self.right);
        match spec.sample_format {
            SampleFormat::Float => fold(self.reader.samples::<f32>(), channels, frames, left, right),
            SampleFormat::Int => {
                let scale = 1.0 / (1u64 << (spec.bits_per_sample - 1)) as f32;
                let samples = self.reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 * scale));
                fold(samples, channels, frames, left, right)
            }
        }
        .map_err(|error| error.to_string())?;
        self.resampler.convert(&self.left, &self.right, out);
        Ok(self.left.len() == frames)
    }

    fn is_stereo(&self) -> bool {
        self.reader.spec().channels == 2
    }
}

/// Both channels of two, the mean of any other number, for so many frames or up to the end. A frame that is not
/// complete is dropped.
fn fold(
    mut samples: impl Iterator<Item = hound::Result<f32>>,
    channels: usize,
    frames: usize,
    left: &mut Vec<f32>,
    right: &mut Vec<f32>,
) -> hound::Result<()> {
    for _ in 0..frames {
        let (mut sum, mut last) = (0.0, 0.0);
        for _ in 0..channels {
            let Some(sample) = samples.next().transpose()? else {
                return Ok(());
            };
            last = within_scale(sample);
            sum += last;
        }
        if channels == 2 {
            left.push(sum - last);
            right.push(last);
        } else {
            left.push(sum / channels as f32);
        }
    }
    Ok(())
}
