//! What is heard in the room: what we hear and what we say, put together and encoded.
use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;

use crate::audio::{
    BLOCK_SAMPLES, Block, PACKET_SAMPLES, SAMPLE_RATE, SILENCE,
    opus::{Application, Channels, Encoder, LARGEST_PACKET, OpusError},
    playback::limiter::Limiter,
};

/// Enough for several voices at once, in bit/s.
const BITRATE: u32 = 64_000;

/// Blocks of one source that lie closer together than this belong together without a gap: 60 ms.
const GAP: u64 = 2_880;

/// Sound further ahead than this is no sound of this call: 10 s.
const FURTHEST: u64 = 480_000;

/// Whose sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// All that we hear.
    Theirs,
    /// What we say.
    Mine,
}

/// The sum, as far as it is not encoded yet.
#[derive(Debug)]
pub(super) struct Mixdown {
    opus: Encoder,
    limiter: Limiter,
    /// The samples from `begins` on.
    sum: VecDeque<f32>,
    /// Samples since the beginning of the recording.
    begins: u64,
    /// Where the next block of each source belongs.
    theirs: u64,
    mine: u64,
}

impl Mixdown {
    pub(super) fn new() -> Result<Self, OpusError> {
        let mut opus = Encoder::new(Channels::Mono, Application::Music)?;
        opus.set_bitrate(BITRATE)?;
        Ok(Self { opus, limiter: Limiter::new(), sum: VecDeque::new(), begins: 0, theirs: 0, mine: 0 })
    }

    /// Adds 10 ms that begin so long after the beginning of the recording.
    pub(super) fn add(&mut self, source: Source, block: &Block, after: Duration) {
        let seen = samples(after);
        let expected = match source {
            Source::Theirs => &mut self.theirs,
            Source::Mine => &mut self.mine,
        };
        let at = if seen.abs_diff(*expected) <= GAP { *expected } else { seen };
        *expected = at + BLOCK_SAMPLES as u64;
        let Some(offset) = at.checked_sub(self.begins).filter(|offset| *offset <= FURTHEST) else { return };
        let offset = offset as usize;
        if self.sum.len() < offset + BLOCK_SAMPLES {
            self.sum.resize(offset + BLOCK_SAMPLES, 0.0);
        }
        self.sum.range_mut(offset..offset + BLOCK_SAMPLES).zip(block).for_each(|(sum, sample)| *sum += sample);
    }

    /// The next packet and when it begins, in milliseconds, if it ends by then. Where nothing came it is silent.
    pub(super) fn next(&mut self, until: Duration) -> Result<Option<(Bytes, u64)>, OpusError> {
        if self.begins + PACKET_SAMPLES as u64 > samples(until) {
            return Ok(None);
        }
        let mut packet = [0.0; PACKET_SAMPLES];
        for half in packet.chunks_exact_mut(BLOCK_SAMPLES) {
            let mut block = SILENCE;
            let there = self.sum.len().min(BLOCK_SAMPLES);
            block.iter_mut().zip(self.sum.drain(..there)).for_each(|(to, from)| *to = from);
            self.limiter.apply(&mut block);
            half.copy_from_slice(&block);
        }
        let at = self.begins * 1000 / u64::from(SAMPLE_RATE);
        self.begins += PACKET_SAMPLES as u64;
        let mut encoded = [0; LARGEST_PACKET];
        let bytes = self.opus.encode(&packet, &mut encoded)?;
        Ok(Some((Bytes::copy_from_slice(&encoded[..bytes]), at)))
    }
}

fn samples(after: Duration) -> u64 {
    (after.as_micros() * u128::from(SAMPLE_RATE) / 1_000_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{measure::tone_power, opus::Decoder};

    #[test]
    fn two_sources_are_heard_together_and_a_gap_is_silent() {
        let mut mixdown = Mixdown::new().unwrap();
        for block in (0..200).filter(|block| !(80..120).contains(block)) {
            let after = Duration::from_millis(10 * block);
            mixdown.add(Source::Theirs, &tone(block, 440.0), after);
            mixdown.add(Source::Mine, &tone(block, 1_500.0), after + Duration::from_millis(block % 7));
        }

        let heard = decoded(&mut mixdown, Duration::from_secs(2));

        assert_eq!(heard.len(), 96_000);
        let both = |samples: &[f32]| [440.0, 1_500.0].map(|hertz| tone_power(samples, SAMPLE_RATE, hertz));
        assert!(both(&heard[4_800..36_000]).iter().all(|power| *power > 0.01), "{:?}", both(&heard[4_800..36_000]));
        assert!(heard[43_200..55_000].iter().all(|sample| sample.abs() < 0.01));
        assert!(both(&heard[62_400..90_000]).iter().all(|power| *power > 0.01));
    }

    #[test]
    fn sound_from_the_far_future_takes_no_memory() {
        let mut mixdown = Mixdown::new().unwrap();

        mixdown.add(Source::Mine, &SILENCE, Duration::from_secs(1_000_000));

        assert!(mixdown.sum.is_empty());
    }

    fn tone(block: u64, hertz: f32) -> Block {
        let at = |sample: usize| (block * 480 + sample as u64) as f32 / 48_000.0;
        std::array::from_fn(|sample| (at(sample) * hertz * std::f32::consts::TAU).sin() * 0.3)
    }

    fn decoded(mixdown: &mut Mixdown, until: Duration) -> Vec<f32> {
        let mut decoder = Decoder::new(Channels::Mono).unwrap();
        let mut heard = Vec::new();
        while let Some((packet, at)) = mixdown.next(until).unwrap() {
            assert_eq!(at, heard.len() as u64 / 48);
            let mut samples = [0.0; PACKET_SAMPLES];
            decoder.decode(&packet, &mut samples).unwrap();
            heard.extend(samples);
        }
        heard
    }
}
