//! Whether somebody speaks: a detector that knows a voice from typing, a fan and a tone.
//!
//! The sound goes to 16 kHz and in 16 ms pieces to a small neural network (the crate `earshot`); what it makes of them
//! is smoothed here, so that a click lights nothing up and a pause for breath puts nothing out.
use std::fmt;

use earshot::Detector;

use super::{Block, level::root_mean_square, resample::Resampler};

/// The rate that the detector hears at, and the samples that it takes at a time: 16 ms.
const RATE: u32 = 16_000;
const PIECE: usize = 256;

/// From this score on, 0 to 1, a piece is taken for speech: voices get 0.7 to 1, a whistle up to 0.64 and noise up to
/// 0.61.
const LIKELY: f32 = 0.66;

/// How many of the latest pieces are looked at: about 200 ms.
const RECENT: u32 = 12;

/// So many of them have to be speech for somebody to begin: 130 ms of voice, longer than any key takes.
const BEGINS_WITH: u32 = 8;

/// For so many pieces without speech it goes on: about 500 ms, as long as breath is drawn.
const HANGOVER: u32 = 31;

/// What nobody could have said, however much it sounds like a voice: -55 dBFS.
const INAUDIBLE: f32 = 0.0018;

/// Listens to one source.
pub struct SpeechDetector {
    resampler: Option<Resampler>,
    detector: Box<Detector>,
    /// At 16 kHz, less than a piece between two calls.
    waiting: Vec<f32>,
    /// Of the latest pieces, which were speech: the lowest bit is the last one.
    recent: u32,
    since_speech: u32,
    speaking: bool,
}

impl SpeechDetector {
    /// One that has heard nothing.
    pub fn new() -> Self {
        let resampler = Resampler::new(super::SAMPLE_RATE, RATE);
        let resampler = resampler.inspect_err(|error| tracing::error!(%error, "speech is not detected")).ok();
        Self {
            resampler,
            detector: Box::default(),
            waiting: Vec::with_capacity(2 * PIECE),
            recent: 0,
            since_speech: 0,
            speaking: false,
        }
    }

    /// Takes the next 10 ms in. Whether somebody speaks.
    pub fn feed(&mut self, block: &Block) -> bool {
        let Some(resampler) = &mut self.resampler else { return false };
        // What is no number would end the resampler, and stay in the detector for ever.
        let sound = block.map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 });
        resampler.convert(&sound, &mut self.waiting);
        while self.waiting.len() >= PIECE {
            let mut piece = [0.0; PIECE];
            piece.iter_mut().zip(self.waiting.drain(..PIECE)).for_each(|(to, from)| *to = from.clamp(-1.0, 1.0));
            self.judge(&piece);
        }
        self.speaking
    }

    /// Forgets what was before, for a source that has closed.
    pub fn reset(&mut self) {
        self.detector.reset();
        self.waiting.clear();
        (self.recent, self.since_speech, self.speaking) = (0, 0, false);
    }

    fn judge(&mut self, piece: &[f32; PIECE]) {
        let score = self.detector.predict_f32(piece);
        let speech = score >= LIKELY && root_mean_square(piece) >= INAUDIBLE;
        self.recent = (self.recent << 1 | u32::from(speech)) & ((1 << RECENT) - 1);
        self.since_speech = if speech { 0 } else { self.since_speech.saturating_add(1) };
        self.speaking = match self.speaking {
            false => self.recent.count_ones() >= BEGINS_WITH,
            true => self.since_speech < HANGOVER,
        };
    }
}

impl Default for SpeechDetector {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SpeechDetector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechDetector").field("speaking", &self.speaking).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
