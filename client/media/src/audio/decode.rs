//! One voice from packets to sound: the jitter buffer's decisions, carried out with an Opus decoder.
//!
//! Playback has one of these for every participant and takes 10 ms at a time from it.
mod stretch;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    BLOCK_SAMPLES, SAMPLE_RATE, Stereo,
    fade::ramp_frames,
    jitter::{AudioPacket, JitterBuffer, JitterStats, Pace, Pulled},
    opus::{Channels, Decoder, Dred, LONGEST_PACKET, OpusError, packet},
};

/// Concealment is played as it is for so many samples, 60 ms, and has faded to nothing after [`FADED_AFTER`].
const FADE_AFTER: usize = 2_880;

/// So many samples of concealment in a row are silent: 200 ms.
const FADED_AFTER: usize = 9_600;

/// The ramp at the beginning of sound after silence: 5 ms.
const FADE_IN: usize = 240;

/// Decoder effort, 0 to 10: from 5 on a neural network makes up what is missing, which sounds far more like a voice.
const COMPLEXITY: i32 = 5;

/// One moment of both channels.
type Frame = [f32; 2];

/// The jitter buffer and the decoder of one voice.
#[derive(Debug)]
pub struct VoiceDecoder {
    jitter: JitterBuffer,
    opus: Decoder,
    dred: Dred,
    /// The packet that `dred` was read from, and how far back it goes, in samples.
    read: Option<(Bytes, usize)>,
    /// Decoded and not yet taken: less than a block between two calls of [`VoiceDecoder::pull`].
    queued: VecDeque<Frame>,
    scratch: Vec<Frame>,
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
    pub fn new() -> Result<Self, OpusError> {
        let mut opus = Decoder::new(Channels::Stereo)?;
        opus.set_complexity(COMPLEXITY)?;
        Ok(Self {
            jitter: JitterBuffer::new(),
            opus,
            dred: Dred::new()?,
            read: None,
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

    /// Takes in a copy of a packet, which a later one brought along at `now`. Push the later one first.
    pub fn push_copy(&mut self, packet: AudioPacket, now: Instant) {
        self.jitter.push_copy(packet, now);
    }

    /// The 10 ms to be heard from `at` on. Call it for one moment after the other, 10 ms apart.
    pub fn pull(&mut self, at: Instant) -> Stereo {
        while self.queued.len() < BLOCK_SAMPLES {
            let ahead = Duration::from_secs(1) * self.queued.len() as u32 / SAMPLE_RATE;
            match self.jitter.pull(at + ahead) {
                Pulled::Packet { packet, pace } => self.decode(&packet, pace),
                Pulled::Fec { next, samples } => self.recover(&next, samples),
                Pulled::Dred { from, before, samples } => self.revive(&from, before, samples),
                Pulled::Conceal { samples } => self.conceal(samples),
                Pulled::Comfort => self.comfort(),
                Pulled::Silence => self.be_silent(),
            }
        }
        let mut block = Stereo::SILENCE;
        let channels = block.left.iter_mut().zip(&mut block.right);
        channels.zip(self.queued.drain(..BLOCK_SAMPLES)).for_each(|((left, right), frame)| [*left, *right] = frame);
        block
    }

    /// Makes the delay this much longer than the network needs.
    pub fn set_extra_delay(&mut self, extra: Duration) {
        self.jitter.set_extra(extra);
    }

    /// The RTP time of what [`VoiceDecoder::pull`] gives next; none while nobody speaks.
    pub fn position(&self) -> Option<u32> {
        self.jitter.position().map(|next| next.wrapping_sub(self.queued.len() as u32))
    }

    /// What has happened so far; packets that could not be decoded count as concealed.
    pub fn stats(&self) -> JitterStats {
        let stats = self.jitter.stats();
        JitterStats { concealed_samples: stats.concealed_samples + self.broken_samples, ..stats }
    }

    fn decode(&mut self, packet: &AudioPacket, pace: Pace) {
        match self.opus.decode(&packet.payload, room(&mut self.scratch, LONGEST_PACKET)) {
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
                let samples = packet::samples(&packet.payload).unwrap_or(BLOCK_SAMPLES);
                self.broken_samples += samples as u64;
                self.conceal(samples);
            }
        }
    }

    fn recover(&mut self, next: &[u8], samples: usize) {
        match self.opus.recover(next, room(&mut self.scratch, samples)) {
            Ok(decoded) => {
                self.scratch.truncate(decoded);
                self.resume();
            }
            Err(_) => self.give_up(samples),
        }
    }

    fn revive(&mut self, from: &Bytes, before: usize, samples: usize) {
        let known = self.read.as_ref().filter(|(packet, _)| packet.as_ptr() == from.as_ptr());
        let reach = match known {
            Some((_, reach)) => *reach,
            None => self.dred.read(from),
        };
        // The packet is kept, so that no other can have its address.
        self.read = Some((from.clone(), reach));
        if before > reach {
            return self.give_up(samples);
        }
        match self.opus.revive(&self.dred, before, room(&mut self.scratch, samples)) {
            Ok(_) => self.resume(),
            Err(_) => self.give_up(samples),
        }
    }

    /// Conceals what the jitter buffer took for recoverable.
    fn give_up(&mut self, samples: usize) {
        self.broken_samples += samples as u64;
        self.conceal(samples);
    }

    /// Sound after concealment or silence comes in softly where nothing was before.
    fn resume(&mut self) {
        if std::mem::take(&mut self.silent) {
            let soft = FADE_IN.min(self.scratch.len());
            ramp_frames(&mut self.scratch[..soft], 0.0, 1.0);
        }
        self.concealed = 0;
        self.queued.extend(self.scratch.iter());
    }

    fn conceal(&mut self, samples: usize) {
        let to = conceal_gain(self.concealed + samples);
        self.bridge(samples, to);
        self.concealed += samples;
    }

    /// What the sender left behind when it said that there is nothing to hear: a decoder makes that up by itself.
    fn comfort(&mut self) {
        if self.silent {
            return self.queue_silence();
        }
        if self.opus.conceal(room(&mut self.scratch, BLOCK_SAMPLES)).is_err() {
            self.scratch.fill([0.0; 2]);
        }
        self.queued.extend(self.scratch.iter());
    }

    fn be_silent(&mut self) {
        if self.silent {
            self.queue_silence();
        } else if self.concealed >= FADED_AFTER {
            self.silent = true;
            self.opus.reset();
            self.queue_silence();
        } else {
            // The sender has left out some time without warning: its sound fades rather than stops.
            self.bridge(BLOCK_SAMPLES, 0.0);
            self.concealed = FADED_AFTER;
        }
    }

    /// Something that sounds like what was before, from the loudness reached so far `to` another.
    fn bridge(&mut self, samples: usize, to: f32) {
        if self.opus.conceal(room(&mut self.scratch, samples)).is_err() {
            self.scratch.fill([0.0; 2]);
        }
        ramp_frames(&mut self.scratch, conceal_gain(self.concealed), to);
        self.queued.extend(self.scratch.iter());
    }

    fn queue_silence(&mut self) {
        self.queued.extend([[0.0; 2]; BLOCK_SAMPLES]);
    }
}

/// Room for so many samples of both channels.
fn room(scratch: &mut Vec<Frame>, samples: usize) -> &mut [f32] {
    scratch.clear();
    scratch.resize(samples.clamp(1, LONGEST_PACKET), [0.0; 2]);
    scratch.as_flattened_mut()
}

/// The loudness of concealment after so many samples of it.
fn conceal_gain(samples: usize) -> f32 {
    let fading = samples.saturating_sub(FADE_AFTER) as f32 / (FADED_AFTER - FADE_AFTER) as f32;
    1.0 - fading.min(1.0)
}
