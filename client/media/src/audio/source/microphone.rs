//! A microphone: the far end of its ring, brought to 48 kHz in blocks of 10 ms.
use std::{
    collections::VecDeque,
    thread::Thread,
    time::{Duration, Instant},
};

use rtrb::Consumer;

use super::{AudioSource, Polled};
use crate::audio::{
    BLOCK_SAMPLES, Block, SAMPLE_RATE,
    error::{AudioLost, OpenAudioError},
    resample::Resampler,
    stream::{self, OpenStream},
};

/// A device that says nothing for so long is lost, whatever the driver believes.
const STALLED_AFTER: Duration = Duration::from_secs(3);

/// How often to look although nobody has woken us: only to notice a device that has stalled.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(super) struct Microphone {
    stream: OpenStream<Consumer<f32>>,
    resampler: Resampler,
    ready: VecDeque<f32>,
    last_sound: Instant,
}

impl Microphone {
    pub(super) fn open(id: Option<&str>, waker: Thread, now: Instant) -> Result<Self, OpenAudioError> {
        let stream = stream::capture(id, &waker)?;
        let resampler = Resampler::new(stream.rate, SAMPLE_RATE)
            .map_err(|error| OpenAudioError::Unsupported { label: stream.label.clone(), detail: error.to_string() })?;
        Ok(Self { stream, resampler, ready: VecDeque::with_capacity(4 * BLOCK_SAMPLES), last_sound: now })
    }

    pub(super) fn label(&self) -> &str {
        &self.stream.label
    }

    fn take_in(&mut self, now: Instant) {
        let arrived = self.stream.ring.slots();
        if arrived == 0 {
            return;
        }
        self.last_sound = now;
        if let Ok(chunk) = self.stream.ring.read_chunk(arrived) {
            let (first, second) = chunk.as_slices();
            self.resampler.convert(first, &mut self.ready);
            self.resampler.convert(second, &mut self.ready);
            chunk.commit_all();
        }
    }
}

impl AudioSource for Microphone {
    fn poll(&mut self, block: &mut Block, now: Instant) -> Polled {
        if self.ready.len() < BLOCK_SAMPLES {
            self.take_in(now);
        }
        if self.ready.len() >= BLOCK_SAMPLES {
            block.iter_mut().zip(self.ready.drain(..BLOCK_SAMPLES)).for_each(|(to, from)| *to = from);
            return Polled::Block;
        }
        if self.stream.health.is_lost() {
            return Polled::Lost(AudioLost::Disconnected { label: self.stream.label.clone() });
        }
        if now.saturating_duration_since(self.last_sound) > STALLED_AFTER {
            return Polled::Lost(AudioLost::Stalled { label: self.stream.label.clone() });
        }
        Polled::Wait(LOOK_AGAIN)
    }
}
