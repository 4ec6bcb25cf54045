//! A speaker: our end of its ring, kept just full enough.
use std::{
    thread::Thread,
    time::{Duration, Instant},
};

use rtrb::Producer;

use super::Appetite;
use crate::audio::{
    Block, SAMPLE_RATE,
    error::{AudioLost, OpenAudioError},
    pace::SteadyClock,
    resample::Resampler,
    stream::{self, OpenStream},
};

/// A device that takes nothing for so long is lost, whatever the driver believes.
const STALLED_AFTER: Duration = Duration::from_secs(3);

/// How often to look although nobody has woken us: only to notice a device that has stalled.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(crate) struct Speaker {
    stream: OpenStream<Producer<f32>>,
    resampler: Resampler,
    converted: Vec<f32>,
    clock: SteadyClock,
    calls: u32,
    last_call: Instant,
}

impl Speaker {
    pub(super) fn open(id: Option<&str>, waker: &Thread, now: Instant) -> Result<Self, OpenAudioError> {
        let stream = stream::play(id, waker)?;
        let resampler = Resampler::new(SAMPLE_RATE, stream.rate)
            .map_err(|error| OpenAudioError::Unsupported { label: stream.label.clone(), detail: error.to_string() })?;
        Ok(Self { stream, resampler, converted: Vec::new(), clock: SteadyClock::new(now), calls: 0, last_call: now })
    }

    pub(super) fn label(&self) -> &str {
        &self.stream.label
    }

    pub(super) fn poll(&mut self, now: Instant) -> Appetite {
        let health = &self.stream.health;
        if health.is_lost() {
            return Appetite::Lost(AudioLost::Disconnected { label: self.stream.label.clone() });
        }
        let calls = health.calls();
        if calls != self.calls {
            (self.calls, self.last_call) = (calls, now);
        } else if now.saturating_duration_since(self.last_call) > STALLED_AFTER {
            return Appetite::Lost(AudioLost::Stalled { label: self.stream.label.clone() });
        }
        if self.queued() < self.enough() {
            return Appetite::Block(self.clock.tick(now));
        }
        Appetite::Full(LOOK_AGAIN)
    }

    pub(super) fn write(&mut self, block: &Block) {
        self.converted.clear();
        self.resampler.convert(block, &mut self.converted);
        // Only called when there is room; if a strange rate made more of it than fits, the end is left out.
        let (_, _left_out) = self.stream.ring.push_partial_slice(&self.converted);
    }

    fn queued(&self) -> usize {
        self.stream.ring.buffer().capacity() - self.stream.ring.slots()
    }

    /// Two blocks, or one more than the device takes at once where that is a lot; never more than the ring holds.
    fn enough(&self) -> usize {
        let block = self.stream.rate as usize / 100;
        let most = self.stream.ring.buffer().capacity() - 2 * block;
        (self.stream.health.largest_call() + block).clamp(2 * block, most)
    }
}
