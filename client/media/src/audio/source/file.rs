//! A sound file played over and over, whatever is inside.
use std::path::{Path, PathBuf};

use super::{Endless, lanes::Lanes, matroska::MatroskaSound, wave::WaveSound};
use crate::audio::{
    BLOCK_SAMPLES, Captured,
    error::{AudioLost, OpenAudioError},
};
use crate::wall::unix_micros;

/// One pass through a file, giving sound at 48 kHz in one or two channels.
pub(super) trait OnePass {
    /// Appends some more sound to `out`; false at the end of the file.
    fn read(&mut self, out: &mut Lanes) -> Result<bool, String>;

    /// Whether it has two channels.
    fn is_stereo(&self) -> bool;
}

/// The file, opened anew each time its end is reached.
pub(super) struct LoopedFile {
    path: PathBuf,
    pass: Box<dyn OnePass>,
    ready: Lanes,
    /// Whether this pass has given nothing so far.
    nothing_yet: bool,
    /// Samples of earlier passes that are still to be given; `None` once this pass has begun to be.
    before: Option<usize>,
}

impl LoopedFile {
    pub(super) fn open(path: &Path) -> Result<Self, OpenAudioError> {
        let (path, pass) = (path.to_owned(), open_pass(path)?);
        let ready = Lanes::new(pass.is_stereo());
        let mut file = Self { path, pass, ready, nothing_yet: true, before: Some(0) };
        match file.refill() {
            Ok(()) => Ok(file),
            Err(detail) => Err(OpenAudioError::UnreadableFile { path: file.path, detail }),
        }
    }

    fn refill(&mut self) -> Result<(), String> {
        while self.ready.len() < BLOCK_SAMPLES {
            let before = self.ready.len();
            let more = self.pass.read(&mut self.ready)?;
            self.nothing_yet &= self.ready.len() == before;
            if more {
                continue;
            }
            if self.nothing_yet {
                return Err("it holds no sound".to_owned());
            }
            self.pass = open_pass(&self.path).map_err(|error| error.to_string())?;
            self.nothing_yet = true;
            if self.pass.is_stereo() != self.ready.is_stereo() {
                // Somebody has put another file in its place.
                self.ready = Lanes::new(self.pass.is_stereo());
            }
            self.before = Some(self.ready.len());
        }
        Ok(())
    }

    /// Tells the log when each pass begins, so that what is heard elsewhere can be held against the file.
    fn tell_the_beginning(&mut self) {
        let Some(before) = self.before.take() else { return };
        match before.checked_sub(BLOCK_SAMPLES) {
            Some(left) => self.before = Some(left),
            None => tracing::trace!(unix_us = unix_micros(), before, "a sound file begins"),
        }
    }
}

impl Endless for LoopedFile {
    fn fill(&mut self, captured: &mut Captured) -> Result<(), AudioLost> {
        self.refill().map_err(AudioLost::UnreadableFile)?;
        self.tell_the_beginning();
        self.ready.take(captured);
        Ok(())
    }
}

fn open_pass(path: &Path) -> Result<Box<dyn OnePass>, OpenAudioError> {
    let kind = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match kind.as_deref() {
        Some("wav") => Ok(Box::new(WaveSound::open(path)?)),
        Some("webm" | "mkv") => Ok(Box::new(MatroskaSound::open(path)?)),
        Some(_) | None => Err(OpenAudioError::UnknownFile { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::{SAMPLE_RATE, measure::tone_power};

    /// A second of 400 Hz at the left, 900 Hz at the right, and as many silent channels as it takes.
    fn write_wav(path: &Path, channels: u16, sample_rate: u32) {
        let sample_format = hound::SampleFormat::Float;
        let spec = hound::WavSpec { channels, sample_rate, bits_per_sample: 32, sample_format };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        for n in 0..sample_rate {
            for hz in [400.0, 900.0, 0.0, 0.0].into_iter().take(channels.into()) {
                writer.write_sample(0.5 * (TAU * hz * n as f32 / sample_rate as f32).sin()).unwrap();
            }
        }
        writer.finalize().unwrap();
    }

    fn second_second(path: &Path) -> Vec<Captured> {
        let mut file = LoopedFile::open(path).unwrap();
        let mut captured = Captured::SILENCE;
        let mut next = || {
            file.fill(&mut captured).unwrap();
            captured.clone()
        };
        (0..200).map(|_| next()).skip(100).collect()
    }

    #[test]
    fn a_file_of_two_channels_keeps_them_apart_at_any_rate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duo.wav");
        for rate in [48_000, 44_100] {
            write_wav(&path, 2, rate);

            let blocks = second_second(&path);

            let left: Vec<f32> = blocks.iter().flat_map(|block| block.left).collect();
            let right: Vec<f32> = blocks.iter().filter_map(|block| block.right).flatten().collect();
            for (side, own, others) in [(&left, 400.0, 900.0), (&right, 900.0, 400.0)] {
                let (own, others) = (tone_power(side, SAMPLE_RATE, own), tone_power(side, SAMPLE_RATE, others));
                assert!(own > 0.2 && others < 0.01, "{rate}: {own} of its own, {others} of the other");
            }
        }
    }

    #[test]
    fn any_other_number_of_channels_becomes_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("surround.wav");
        write_wav(&path, 4, 48_000);

        let blocks = second_second(&path);

        let mean: Vec<f32> = blocks.iter().flat_map(|block| block.left).collect();
        assert!(blocks.iter().all(|block| block.right.is_none()));
        assert!((tone_power(&mean, SAMPLE_RATE, 400.0) - 0.25 / 16.0).abs() < 0.004);
    }

    #[test]
    fn samples_that_are_no_numbers_spoil_nothing_but_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.wav");
        for rate in [48_000, 44_100] {
            let sample_format = hound::SampleFormat::Float;
            let spec = hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 32, sample_format };
            let mut writer = hound::WavWriter::create(&path, spec).unwrap();
            let broken = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN];
            for n in 0..rate {
                let tone = 0.5 * (TAU * 400.0 * n as f32 / rate as f32).sin();
                let left = if n % 1_000 == 0 { broken[n as usize / 1_000 % broken.len()] } else { tone };
                writer.write_sample(left).unwrap();
                writer.write_sample(tone).unwrap();
            }
            writer.finalize().unwrap();

            let blocks = second_second(&path);

            for block in &blocks {
                let right = block.right.unwrap();
                assert!(block.left.iter().chain(&right).all(|sample| sample.abs() < 2.0), "{rate}");
            }
            let left: Vec<f32> = blocks.iter().flat_map(|block| block.left).collect();
            let tone = tone_power(&left, SAMPLE_RATE, 400.0);
            assert!((tone - 0.25).abs() < 0.02, "{rate}: {tone}");
        }
    }
}
