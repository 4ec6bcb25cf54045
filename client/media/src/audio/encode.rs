//! From blocks to Opus packets: one encoder for everybody who listens.
use bytes::Bytes;

use super::{BLOCK_SAMPLES, Block, PACKET_SAMPLES, SAMPLE_RATE};
use crate::frame::EncodedBlock;

/// Enough for a voice at the full 20 kHz, in bit/s.
const BITRATE: i32 = 32_000;

/// Encoder effort, 0 to 10: where more is no longer heard.
const COMPLEXITY: i32 = 5;

/// The loss that the copies inside the packets (in-band FEC) are dimensioned for, in per cent.
const EXPECTED_LOSS: i32 = 10;

/// The most bytes a packet of one frame can have (RFC 6716, section 3.4).
const LARGEST_PACKET: usize = 1_275;

/// Collects blocks and makes a packet of every two.
#[derive(Debug)]
pub(crate) struct VoiceEncoder {
    opus: opus::Encoder,
    samples: [f32; PACKET_SAMPLES],
    filled: usize,
    /// The RTP time of the first sample collected.
    timestamp: u32,
}

impl VoiceEncoder {
    pub(crate) fn new(timestamp: u32) -> Result<Self, opus::Error> {
        let mut opus = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, opus::Application::Voip)?;
        opus.set_bitrate(opus::Bitrate::Bits(BITRATE))?;
        opus.set_complexity(COMPLEXITY)?;
        opus.set_inband_fec(true)?;
        opus.set_packet_loss_perc(EXPECTED_LOSS)?;
        Ok(Self { opus, samples: [0.0; PACKET_SAMPLES], filled: 0, timestamp })
    }

    /// Takes the next 10 ms in; every second call gives a packet.
    pub(crate) fn push(&mut self, block: &Block) -> Option<EncodedBlock> {
        self.samples[self.filled..self.filled + BLOCK_SAMPLES].copy_from_slice(block);
        self.filled += BLOCK_SAMPLES;
        if self.filled < PACKET_SAMPLES {
            return None;
        }
        self.filled = 0;
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(PACKET_SAMPLES as u32);
        let mut packet = [0; LARGEST_PACKET];
        match self.opus.encode_float(&self.samples, &mut packet) {
            Ok(bytes) => Some(EncodedBlock { payload: Bytes::copy_from_slice(&packet[..bytes]), timestamp }),
            Err(error) => {
                tracing::warn!(%error, "20 ms of sound could not be encoded");
                None
            }
        }
    }

    /// Leaves out time in which there was nothing to send, and what was only half collected.
    pub(crate) fn skip(&mut self, samples: u32) {
        self.filled = 0;
        self.timestamp = self.timestamp.wrapping_add(samples);
        if let Err(error) = self.opus.reset_state() {
            tracing::debug!(%error, "the Opus encoder does not reset");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    #[test]
    fn every_second_block_gives_a_packet_twenty_milliseconds_after_the_one_before() {
        let mut encoder = VoiceEncoder::new(u32::MAX - 959).unwrap();

        let packets: Vec<_> = (0..6).filter_map(|_| encoder.push(&SILENCE)).collect();

        assert_eq!(packets.iter().map(|packet| packet.timestamp).collect::<Vec<_>>(), [u32::MAX - 959, 0, 960]);
        assert!(
            packets.iter().all(|packet| opus::packet::get_nb_samples(&packet.payload, SAMPLE_RATE).unwrap() == 960)
        );
    }

    #[test]
    fn time_without_sound_is_left_out() {
        let mut encoder = VoiceEncoder::new(0).unwrap();
        encoder.push(&SILENCE);

        encoder.skip(48_000);
        encoder.push(&SILENCE);

        assert_eq!(encoder.push(&SILENCE).unwrap().timestamp, 48_000);
    }
}
