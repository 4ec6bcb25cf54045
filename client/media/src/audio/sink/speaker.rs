//! A speaker: our end of its ring, kept just full enough.
use std::{
    thread::Thread,
    time::{Duration, Instant},
};

use rtrb::Producer;

use super::Appetite;
use crate::audio::{
    SAMPLE_RATE, Stereo,
    error::{AudioLost, OpenAudioError},
    pace::SteadyClock,
    resample::Resampler,
    strain::{CallLength, Strain},
    stream::{self, OpenStream},
};

/// A device that takes nothing for so long is lost, whatever the driver believes.
const STALLED_AFTER: Duration = Duration::from_secs(3);

/// How often to look although nobody has woken us: only to notice a device that has stalled.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(crate) struct Speaker {
    waker: Thread,
    label: String,
    /// None only where it could not be opened anew.
    stream: Option<OpenStream<Producer<[f32; 2]>>>,
    strain: Strain,
    /// One for each channel; they are in step.
    resamplers: [Resampler; 2],
    converted: [Vec<f32>; 2],
    frames: Vec<[f32; 2]>,
    clock: SteadyClock,
    calls: u32,
    last_call: Instant,
}

impl Speaker {
    pub(super) fn open(id: Option<&str>, waker: &Thread) -> Result<Self, OpenAudioError> {
        let length = CallLength::SHORTEST;
        let stream = stream::play(id, length, waker)?;
        let resamplers = resamplers(&stream)?;
        // To open a device may take seconds, in which it cannot have asked for anything.
        let now = Instant::now();
        Ok(Self {
            waker: waker.clone(),
            label: stream.label.clone(),
            stream: Some(stream),
            strain: Strain::new(length, now),
            resamplers,
            converted: [Vec::new(), Vec::new()],
            frames: Vec::new(),
            clock: SteadyClock::new(now),
            calls: 0,
            last_call: now,
        })
    }

    /// Opens it anew, with longer calls. Some cards can be open only once, so it is closed first.
    fn lengthen(&mut self, length: CallLength) -> Result<(), OpenAudioError> {
        tracing::info!(speaker = self.label, ?length, "sound is lost too often");
        let Some(found) = self.stream.take().map(OpenStream::close) else { return Ok(()) };
        let stream = stream::play_again(found, length, &self.waker)?;
        self.resamplers = resamplers(&stream)?;
        let now = Instant::now();
        (self.stream, self.strain) = (Some(stream), Strain::new(length, now));
        (self.calls, self.last_call) = (0, now);
        Ok(())
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn poll(&mut self, now: Instant) -> Appetite {
        let health = self.stream.as_ref().map(|stream| &stream.health).filter(|health| !health.is_lost());
        let Some((calls, xruns)) = health.map(|health| (health.calls(), health.xruns())) else {
            return Appetite::Lost(AudioLost::Disconnected { label: self.label.clone() });
        };
        if let Some(length) = self.strain.judge(xruns, now) {
            return match self.lengthen(length) {
                Ok(()) => Appetite::Full(Duration::ZERO),
                Err(error) => {
                    tracing::warn!(%error, "the speaker does not open again");
                    Appetite::Lost(AudioLost::Disconnected { label: self.label.clone() })
                }
            };
        }
        if calls != self.calls {
            (self.calls, self.last_call) = (calls, now);
            self.clock.lump(now);
        } else if now.saturating_duration_since(self.last_call) > STALLED_AFTER {
            return Appetite::Lost(AudioLost::Stalled { label: self.label.clone() });
        }
        if self.stream.as_ref().is_some_and(wants_more) {
            return Appetite::Block(self.clock.tick());
        }
        Appetite::Full(LOOK_AGAIN)
    }

    pub(super) fn queued(&self) -> Duration {
        let Some(stream) = &self.stream else { return Duration::ZERO };
        let waiting = stream.ring.buffer().capacity() - stream.ring.slots();
        Duration::from_secs_f64(waiting as f64 / f64::from(stream.rate.max(1)))
    }

    pub(super) fn write(&mut self, block: &Stereo) {
        let channels = self.resamplers.iter_mut().zip(&mut self.converted).zip([&block.left, &block.right]);
        for ((resampler, converted), channel) in channels {
            converted.clear();
            resampler.convert(channel, converted);
        }
        let [left, right] = &self.converted;
        self.frames.clear();
        self.frames.extend(left.iter().zip(right).map(|(left, right)| [*left, *right]));
        // Only called when there is room; if a strange rate made more of it than fits, the end is left out.
        if let Some(stream) = &mut self.stream {
            let (_, _left_out) = stream.ring.push_partial_slice(&self.frames);
        }
    }
}

/// Whether less is queued than two blocks, or than one more than the device takes at once where that is a lot; never
/// more than the ring holds.
fn wants_more(stream: &OpenStream<Producer<[f32; 2]>>) -> bool {
    let capacity = stream.ring.buffer().capacity();
    let block = stream.rate as usize / 100;
    let enough = (stream.health.largest_call() + block).clamp(2 * block, capacity - 2 * block);
    capacity - stream.ring.slots() < enough
}

fn resamplers(stream: &OpenStream<Producer<[f32; 2]>>) -> Result<[Resampler; 2], OpenAudioError> {
    let resampler = || {
        Resampler::new(SAMPLE_RATE, stream.rate)
            .map_err(|error| OpenAudioError::Unsupported { label: stream.label.clone(), detail: error.to_string() })
    };
    Ok([resampler()?, resampler()?])
}
