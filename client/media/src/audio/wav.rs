//! Sound into a `.wav` file that can be read at any moment, also when the program is killed while it writes.
use std::{fs::File, io::BufWriter, path::Path, time::Instant};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::{Block, SAMPLE_RATE};
use crate::wall::unix_micros_at;

/// Blocks between two updates of the header: one second.
const FLUSH_AFTER: u32 = 100;

/// The most samples that the 32-bit sizes of the format can describe, with room for the header: about 12 hours.
const MOST_SAMPLES: u32 = (u32::MAX - 1_024) / 2;

/// A file of 48 kHz, one channel, 16 bit, written block by block.
pub(crate) struct WavFile {
    writer: WavWriter<BufWriter<File>>,
    unflushed: u32,
}

impl WavFile {
    /// Makes the file, or empties it if there is one. Its first block is due at `from`.
    pub(crate) fn create(path: &Path, from: Instant) -> hound::Result<Self> {
        let spec =
            WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut writer = WavWriter::create(path, spec)?;
        writer.flush()?;
        tracing::debug!(path = %path.display(), unix_us = unix_micros_at(from), "sound is saved from now on");
        Ok(Self { writer, unflushed: 0 })
    }

    /// Appends 10 ms. An error where the disk is full or the file has reached the 4 GB of the format.
    pub(crate) fn write(&mut self, block: &Block) -> hound::Result<()> {
        if self.writer.len() > MOST_SAMPLES {
            return Err(hound::Error::TooWide);
        }
        let mut samples = self.writer.get_i16_writer(block.len() as u32);
        for sample in block {
            samples.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16);
        }
        samples.flush()?;
        self.unflushed += 1;
        if self.unflushed >= FLUSH_AFTER {
            self.unflushed = 0;
            self.writer.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::BLOCK_SAMPLES;

    #[test]
    fn a_file_is_readable_while_it_is_written() {
        let path = std::env::temp_dir().join(format!("parlor-wav-{}.wav", fastrand::u64(..)));
        let mut file = WavFile::create(&path, Instant::now()).unwrap();

        let when_empty = hound::WavReader::open(&path).unwrap().len();
        for _ in 0..150 {
            file.write(&[0.5; BLOCK_SAMPLES]).unwrap();
        }
        let after_one_second: Vec<i16> =
            hound::WavReader::open(&path).unwrap().into_samples().collect::<Result<_, _>>().unwrap();
        drop(file);
        let closed = hound::WavReader::open(&path).unwrap().len();

        assert_eq!(when_empty, 0);
        assert_eq!(after_one_second, vec![16_384; 48_000]);
        assert_eq!(closed, 72_000);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn sound_beyond_full_scale_is_cut_off_and_not_wrapped() {
        let path = std::env::temp_dir().join(format!("parlor-wav-{}.wav", fastrand::u64(..)));
        let mut file = WavFile::create(&path, Instant::now()).unwrap();

        file.write(&[-3.0; BLOCK_SAMPLES]).unwrap();
        drop(file);

        let first: i16 = hound::WavReader::open(&path).unwrap().samples().next().unwrap().unwrap();
        assert_eq!(first, -i16::MAX);
        std::fs::remove_file(path).unwrap();
    }
}
