//! One voice from packets to sound: the jitter buffer's decisions, carried out with an Opus decoder.
//!
//! Playback has one of these for every participant and takes 10 ms at a time from it.
mod stretch;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{
    BLOCK_SAMPLES, Block, SAMPLE_RATE, SILENCE,
    fade::ramp,
    jitter::{AudioPacket, JitterBuffer, JitterStats, Pace, Pulled},
};

/// The longest Opus packet, in samples: 120 ms.
const LONGEST_PACKET: usize = 5_760;

/// Concealment is played as it is for so many samples, 60 ms, and has faded to nothing after [`FADED_AFTER`].
const FADE_AFTER: usize = 2_880;

/// So many samples of concealment in a row are silent: 200 ms.
const FADED_AFTER: usize = 9_600;

/// The ramp at the beginning of sound after silence: 5 ms.
const FADE_IN: usize = 240;

/// The jitter buffer and the decoder of one voice.
#[derive(Debug)]
pub struct VoiceDecoder {
    jitter: JitterBuffer,
    opus: opus::Decoder,
    /// Decoded and not yet taken: less than a block between two calls of [`VoiceDecoder::pull`].
    queued: VecDeque<f32>,
    scratch: Vec<f32>,
    /// How much has been concealed in a row, in samples.
    concealed: usize,
    silent: bool,
    broken_samples: u64,
}

impl VoiceDecoder {
    /// A decoder that has heard nothing yet.
    ///
    /// # Errors
    ///
    /// Where the Opus library gets no memory.
    pub fn new() -> Result<Self, opus::Error> {
        Ok(Self {
            jitter: JitterBuffer::new(),
            opus: opus::Decoder::new(SAMPLE_RATE, opus::Channels::Mono)?,
            queued: VecDeque::with_capacity(LONGEST_PACKET + BLOCK_SAMPLES),
            scratch: Vec::with_capacity(LONGEST_PACKET),
            concealed: 0,
            silent: true,
            broken_samples: 0,
        })
    }

    /// Takes in a packet that arrived at `now`.
    pub fn push(&mut self, packet: AudioPacket, now: Instant) {
        self.jitter.push(packet, now);
    }

    /// The 10 ms to be heard from `at` on. Call it for one moment after the other, 10 ms apart.
    pub fn pull(&mut self, at: Instant) -> Block {
        while self.queued.len() < BLOCK_SAMPLES {
            let ahead = Duration::from_secs(1) * self.queued.len() as u32 / SAMPLE_RATE;
            match self.jitter.pull(at + ahead) {
                Pulled::Packet { packet, pace } => self.decode(&packet, pace),
                Pulled::Fec { next, samples } => self.recover(&next, samples),
                Pulled::Conceal { samples } => self.conceal(samples),
                Pulled::Silence => self.be_silent(),
            }
        }
        let mut block = SILENCE;
        block.iter_mut().zip(self.queued.drain(..BLOCK_SAMPLES)).for_each(|(to, from)| *to = from);
        block
    }

    /// What has happened so far; packets that could not be decoded count as concealed.
    pub fn stats(&self) -> JitterStats {
        let stats = self.jitter.stats();
        JitterStats { concealed_samples: stats.concealed_samples + self.broken_samples, ..stats }
    }

    fn decode(&mut self, packet: &AudioPacket, pace: Pace) {
        self.scratch.resize(LONGEST_PACKET, 0.0);
        match self.opus.decode_float(&packet.payload, &mut self.scratch, false) {
            Ok(samples) => {
                self.scratch.truncate(samples);
                match pace {
                    Pace::Steady => false,
                    Pace::Faster => stretch::shorten(&mut self.scratch),
                    Pace::Slower => stretch::lengthen(&mut self.scratch),
                };
                self.resume();
            }
            Err(error) => {
                tracing::debug!(%error, bytes = packet.payload.len(), "a sound packet is corrupt");
                let samples = self.opus.get_nb_samples(&packet.payload).unwrap_or(BLOCK_SAMPLES);
                self.broken_samples += samples as u64;
                self.conceal(samples);
            }
        }
    }

    fn recover(&mut self, next: &[u8], samples: usize) {
        self.scratch.resize(samples.clamp(1, LONGEST_PACKET), 0.0);
        match self.opus.decode_float(next, &mut self.scratch, true) {
            Ok(decoded) => {
                self.scratch.truncate(decoded);
                self.resume();
            }
            Err(_) => self.conceal(samples),
        }
    }

    /// Sound after concealment or silence comes in softly where nothing was before.
    fn resume(&mut self) {
        if std::mem::take(&mut self.silent) {
            let soft = FADE_IN.min(self.scratch.len());
            ramp(&mut self.scratch[..soft], 0.0, 1.0);
        }
        self.concealed = 0;
        self.queued.extend(self.scratch.iter());
    }

    fn conceal(&mut self, samples: usize) {
        let to = conceal_gain(self.concealed + samples);
        self.bridge(samples, to);
        self.concealed += samples;
    }

    fn be_silent(&mut self) {
        if self.silent {
            self.queued.extend(SILENCE);
        } else if self.concealed >= FADED_AFTER {
            self.fall_silent();
        } else {
            // The sender has left out some time without warning: its sound fades rather than stops.
            self.bridge(BLOCK_SAMPLES, 0.0);
            self.concealed = FADED_AFTER;
        }
    }

    /// Something that sounds like what was before, from the loudness reached so far `to` another.
    fn bridge(&mut self, samples: usize, to: f32) {
        self.scratch.clear();
        self.scratch.resize(samples.clamp(1, LONGEST_PACKET), 0.0);
        if self.opus.decode_float(&[], &mut self.scratch, false).is_err() {
            self.scratch.fill(0.0);
        }
        ramp(&mut self.scratch, conceal_gain(self.concealed), to);
        self.queued.extend(self.scratch.iter());
    }

    fn fall_silent(&mut self) {
        self.silent = true;
        if let Err(error) = self.opus.reset_state() {
            tracing::debug!(%error, "the Opus decoder does not reset");
        }
        self.queued.extend(SILENCE);
    }
}

/// The loudness of concealment after so many samples of it.
fn conceal_gain(samples: usize) -> f32 {
    let fading = samples.saturating_sub(FADE_AFTER) as f32 / (FADED_AFTER - FADE_AFTER) as f32;
    1.0 - fading.min(1.0)
}
