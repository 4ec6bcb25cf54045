//! What the speaker played, in step with what the microphone hears.
//!
//! Speaker and microphone have clocks of their own, which differ by a few hundred millionths, and both lose sound now
//! and then. So each has a [`Timeline`], which tells when its blocks really were. For every block of the microphone
//! this gives the sound that went to the speaker at the same time, stretched by the ratio of the two rates: the way of
//! an echo takes the same time then, for hours, and after sound was lost too. The canceller finds out how long that is.
use std::{collections::VecDeque, time::Instant};

use audioadapter_buffers::direct::SequentialSlice;
use rubato::{
    Adjustable as _, Async, FixedAsync, PolynomialDegree, ResampleError, Resampler as _, ResamplerConstructionError,
};

use super::timeline::Timeline;
use crate::audio::{BLOCK_SAMPLES, Block, SILENCE};

/// How much later than it was played sound is asked for, in seconds: by then playback has told of it, even if its
/// thread was held up a little. Less than it takes through any two devices, or echo would come before its cause.
const LATER: f64 = 0.02;

/// What was played is kept for so long, in samples: a second.
const KEPT: usize = 48_000;

/// How far from its place the sound may be, in samples: a canceller loses more by moving it than by this.
const TOLERATED: f64 = 192.0;

/// In how many samples a distance beyond that is made up for: a minute, so that nobody notices.
const MADE_UP_IN: f64 = 60.0 * 48_000.0;

/// The most that sound is stretched to make up for a distance.
const MOST_STRETCH: f64 = 200e-6;

/// From which distance on it jumps to its place, in samples: sound was lost.
const JUMP: f64 = 480.0;

/// The most that two rates may differ.
const RANGE: f64 = 1.02;

/// The sound that was played lately, and where in it the microphone is.
pub(crate) struct Alignment {
    epoch: Instant,
    played: Timeline,
    captured: Timeline,
    sound: VecDeque<f32>,
    /// The number of the first sample that is kept.
    first: i64,
    /// The number of the next sample to be given.
    next: Option<i64>,
    stretch: Async<f32>,
    taken: Vec<f32>,
}

impl Alignment {
    pub(crate) fn new(now: Instant) -> Result<Self, ResamplerConstructionError> {
        let stretch = Async::new_poly(1.0, RANGE, PolynomialDegree::Septic, BLOCK_SAMPLES, 1, FixedAsync::Output)?;
        Ok(Self {
            epoch: now,
            played: Timeline::new(),
            captured: Timeline::new(),
            sound: VecDeque::with_capacity(KEPT + BLOCK_SAMPLES),
            first: 0,
            next: None,
            taken: Vec::with_capacity(stretch.input_frames_max()),
            stretch,
        })
    }

    /// Takes in 10 ms that went to the speaker at this moment.
    pub(crate) fn play(&mut self, block: &Block, at: Instant) {
        self.played.block(self.seconds(at));
        self.sound.extend(block);
        let surplus = self.sound.len().saturating_sub(KEPT);
        self.sound.drain(..surplus);
        self.first += surplus as i64;
    }

    /// What comes from now on goes to another speaker.
    pub(crate) fn other_speaker(&mut self) {
        self.played.begin_anew();
    }

    /// What was played when the 10 ms that came from the microphone at this moment were heard, or a little earlier, by
    /// a time that stays the same. Silence where nothing was.
    pub(crate) fn far_end(&mut self, at: Instant) -> Block {
        let due = self.captured.block(self.seconds(at));
        let wanted = self.played.blocks_at(due - LATER) * BLOCK_SAMPLES as f64;
        let next = match self.next {
            Some(next) if (wanted - next as f64).abs() < JUMP => next,
            Some(_) | None => wanted as i64,
        };
        let mut block = SILENCE;
        match self.read(next, wanted - next as f64, &mut block) {
            Ok(taken) => self.next = Some(next + taken),
            Err(error) => {
                // The ratio is kept in its range, so this means a bug in the resampler; echo is heard for a moment.
                tracing::warn!(%error, "what is played could not be aligned");
                self.next = None;
            }
        }
        block
    }

    /// By how much faster the speaker's clock runs than the microphone's, in millionths.
    pub(crate) fn drift_ppm(&self) -> f32 {
        ((self.ratio() - 1.0) * 1e6) as f32
    }

    /// Samples that are played while the microphone takes one.
    fn ratio(&self) -> f64 {
        self.captured.period() / self.played.period()
    }

    fn read(&mut self, next: i64, distance: f64, block: &mut Block) -> Result<i64, ResampleError> {
        let beyond = distance - distance.clamp(-TOLERATED, TOLERATED);
        let making_up = (beyond / MADE_UP_IN).clamp(-MOST_STRETCH, MOST_STRETCH);
        let ratio = (1.0 / (self.ratio() + making_up)).clamp(1.0 / RANGE + 1e-6, RANGE - 1e-6);
        self.stretch.set_resample_ratio(ratio, true)?;
        let needed = self.stretch.input_frames_next();
        self.taken.clear();
        for number in next..next + needed as i64 {
            let kept = usize::try_from(number - self.first).ok().and_then(|index| self.sound.get(index));
            self.taken.push(kept.copied().unwrap_or_default());
        }
        let (Ok(from), Ok(mut to)) =
            (SequentialSlice::new(&self.taken, 1, needed), SequentialSlice::new_mut(block, 1, BLOCK_SAMPLES))
        else {
            return Ok(needed as i64);
        };
        let (taken, _) = self.stretch.process_into_buffer(&from, &mut to, None)?;
        Ok(taken as i64)
    }

    /// Seconds since we began; negative before.
    fn seconds(&self, at: Instant) -> f64 {
        let after = at.saturating_duration_since(self.epoch).as_secs_f64();
        after - self.epoch.saturating_duration_since(at).as_secs_f64()
    }
}

#[cfg(test)]
mod tests;
