//! From blocks to Opus packets: one encoder for everybody who listens.
use std::time::Duration;

use bytes::Bytes;

use super::{
    BLOCK_SAMPLES, Captured, Mode, PACKET_SAMPLES,
    level::root_mean_square,
    opus::{Application, Channels, Encoder, LARGEST_PACKET, OpusError, packet},
    resilience::Protection,
};

/// Enough for music in two channels, in bit/s.
const MUSIC_BITRATE: u32 = 128_000;

/// Encoder effort, 0 to 10: where more is no longer heard.
const COMPLEXITY: i32 = 5;

/// Below this nobody hears anything: -46 dBFS. The codec has a judgement of its own besides, which by itself would take
/// a lasting note for background.
const QUIET: f32 = 0.005;

/// How much earlier than the beginning of the block that completes a packet the microphone heard what a decoder begins it
/// with: the block before, and the 6.5 ms that Opus looks ahead (`OPUS_GET_LOOKAHEAD` at 48 kHz).
pub(crate) const DELAY: Duration = Duration::from_micros(10_000 + 6_500);

/// For so many samples it is quiet before the encoder may send nothing: 200 ms.
const QUIET_FOR: usize = 9_600;

/// A packet of 20 ms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicePacket {
    /// The Opus packet (RFC 6716).
    pub payload: Bytes,
    /// Its time on the 48 kHz clock of RTP Opus (RFC 7587).
    pub timestamp: u32,
}

/// Collects blocks and makes a packet of every two, but for those in which there is nothing to hear.
#[derive(Debug)]
pub struct VoiceEncoder {
    opus: Encoder,
    mode: Mode,
    /// The mode that is wanted: it comes with the next packet.
    wanted: Mode,
    protection: Protection,
    /// What is collected, and before that the last packet. The two channels alternate where there are two.
    samples: [f32; 2 * PACKET_SAMPLES],
    filled: usize,
    /// The RTP time of the first sample collected.
    timestamp: u32,
    /// For how many samples it has been quiet.
    quiet: usize,
    /// Whether packets may be left out.
    dtx: bool,
    /// Whether the last packet said that there is nothing to hear.
    resting: bool,
}

impl VoiceEncoder {
    /// An encoder for speech whose first packet has this RTP time.
    ///
    /// # Errors
    ///
    /// Where the Opus library gets no memory.
    pub fn new(timestamp: u32) -> Result<Self, OpusError> {
        let (mode, protection) = (Mode::Voice, Protection::default());
        Ok(Self {
            opus: encoder(mode, protection)?,
            mode,
            wanted: mode,
            protection,
            samples: [0.0; 2 * PACKET_SAMPLES],
            filled: 0,
            timestamp,
            quiet: 0,
            dtx: false,
            resting: false,
        })
    }

    /// Goes over to another mode, with the next packet and without a gap.
    pub fn set_mode(&mut self, mode: Mode) {
        self.wanted = mode;
    }

    /// Protects the packets to come against loss, as far as the mode goes: music is not helped by what helps speech.
    pub fn protect(&mut self, protection: Protection) {
        if protection == self.protection {
            return;
        }
        self.protection = protection;
        if let Err(error) = protect(&mut self.opus, self.mode, protection) {
            tracing::warn!(%error, ?protection, "the sound cannot be protected like that");
        }
    }

    /// Takes the next 10 ms in; every second call gives a packet, unless there is nothing to hear: of the packets
    /// that would say only that (DTX), the first is given, so that whoever listens knows.
    pub fn push(&mut self, sound: &Captured) -> Option<VoicePacket> {
        if self.filled == 0 && self.wanted != self.mode {
            self.change_mode();
        }
        self.collect(sound);
        if self.filled < samples_of(self.mode) {
            return None;
        }
        self.filled = 0;
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(PACKET_SAMPLES as u32);
        self.allow_rest();
        let mut packet = [0; LARGEST_PACKET];
        match self.opus.encode(&self.samples[..samples_of(self.mode)], &mut packet) {
            Ok(bytes) => {
                let payload = &packet[..bytes];
                let rested = std::mem::replace(&mut self.resting, packet::is_silence(payload));
                let known = rested && self.resting;
                (!known).then(|| VoicePacket { payload: Bytes::copy_from_slice(payload), timestamp })
            }
            Err(error) => {
                tracing::warn!(%error, "20 ms of sound could not be encoded");
                None
            }
        }
    }

    /// Leaves out time in which there was nothing to send, and what was only half collected.
    pub fn skip(&mut self, samples: u32) {
        (self.filled, self.quiet, self.resting) = (0, 0, false);
        self.timestamp = self.timestamp.wrapping_add(samples);
        self.opus.reset();
    }

    /// The new encoder hears the last packet first, so that what it makes goes on from there. The mode stays where it
    /// cannot be had.
    fn change_mode(&mut self) {
        let mode = self.wanted;
        let mut opus = match encoder(mode, self.protection) {
            Ok(opus) => opus,
            Err(error) => {
                tracing::warn!(%error, ?mode, "the sound cannot be encoded like that");
                self.wanted = self.mode;
                return;
            }
        };
        let last = self.samples;
        match mode {
            Mode::Voice => {
                let means = last.chunks_exact(2).map(|both| (both[0] + both[1]) / 2.0);
                self.samples.iter_mut().zip(means).for_each(|(to, from)| *to = from);
            }
            Mode::Music => self.samples.chunks_exact_mut(2).zip(last).for_each(|(both, one)| both.fill(one)),
        }
        let mut unheard = [0; LARGEST_PACKET];
        if let Err(error) = opus.encode(&self.samples[..samples_of(mode)], &mut unheard) {
            tracing::debug!(%error, "the Opus encoder does not begin");
        }
        (self.opus, self.mode, self.dtx, self.resting) = (opus, mode, false, false);
    }

    fn collect(&mut self, sound: &Captured) {
        let mean = sound.mean();
        match self.mode {
            Mode::Voice => {
                self.samples[self.filled..self.filled + BLOCK_SAMPLES].copy_from_slice(&mean);
                self.filled += BLOCK_SAMPLES;
            }
            Mode::Music => {
                let Captured { left, right } = sound;
                let right = right.as_ref().unwrap_or(left);
                let both = left.iter().zip(right).flat_map(|(left, right)| [*left, *right]);
                let room = &mut self.samples[self.filled..self.filled + 2 * BLOCK_SAMPLES];
                room.iter_mut().zip(both).for_each(|(to, from)| *to = from);
                self.filled += 2 * BLOCK_SAMPLES;
            }
        }
        self.quiet = if root_mean_square(&mean) < QUIET { self.quiet.saturating_add(BLOCK_SAMPLES) } else { 0 };
    }

    /// Lets the encoder send nothing where it has been quiet; never in music, whose quiet passages are part of it.
    fn allow_rest(&mut self) {
        let dtx = self.mode == Mode::Voice && self.quiet >= QUIET_FOR;
        if std::mem::replace(&mut self.dtx, dtx) != dtx
            && let Err(error) = self.opus.set_dtx(dtx)
        {
            tracing::debug!(%error, "the Opus encoder does not rest");
        }
    }
}

/// How many samples, those of both channels counted, make a packet.
fn samples_of(mode: Mode) -> usize {
    match mode {
        Mode::Voice => PACKET_SAMPLES,
        Mode::Music => 2 * PACKET_SAMPLES,
    }
}

fn encoder(mode: Mode, protection: Protection) -> Result<Encoder, OpusError> {
    let mut opus = match mode {
        Mode::Voice => Encoder::new(Channels::Mono, Application::Voice)?,
        Mode::Music => Encoder::new(Channels::Stereo, Application::Music)?,
    };
    opus.set_complexity(COMPLEXITY)?;
    protect(&mut opus, mode, protection)?;
    Ok(opus)
}

fn protect(opus: &mut Encoder, mode: Mode, protection: Protection) -> Result<(), OpusError> {
    opus.set_expected_loss(protection.expected_loss)?;
    opus.set_fec(protection.copies)?;
    match mode {
        Mode::Voice => {
            opus.set_bitrate(protection.bitrate)?;
            opus.set_dred(protection.carried)
        }
        Mode::Music => opus.set_bitrate(MUSIC_BITRATE),
    }
}

#[cfg(test)]
mod tests;
