//! A microphone: the far end of its ring, brought to 48 kHz in blocks of 10 ms.
use std::{
    thread::Thread,
    time::{Duration, Instant},
};

use rtrb::Consumer;

use super::{
    AudioSource, Polled,
    lanes::{LaneResampler, Lanes},
};
use crate::audio::{
    BLOCK_TIME, Captured, SAMPLE_RATE,
    error::{AudioLost, OpenAudioError},
    strain::{CallLength, Strain},
    stream::{self, OpenStream, Pair},
};

/// A device that says nothing for so long is lost, whatever the driver believes.
const STALLED_AFTER: Duration = Duration::from_secs(3);

/// How often to look although nobody has woken us: only to notice a device that has stalled.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(super) struct Microphone {
    id: Option<String>,
    waker: Thread,
    label: String,
    /// None only where it could not be opened anew.
    stream: Option<OpenStream<Consumer<Pair>>>,
    strain: Strain,
    resampler: LaneResampler,
    ready: Lanes,
    /// What has just come out of the ring, by channel.
    arrived: [Vec<f32>; 2],
    last_sound: Instant,
}

impl Microphone {
    pub(super) fn open(id: Option<&str>, waker: Thread, now: Instant) -> Result<Self, OpenAudioError> {
        let length = CallLength::SHORTEST;
        let stream = stream::capture(id, length, &waker)?;
        let resampler = resampler(&stream)?;
        Ok(Self {
            id: id.map(str::to_owned),
            waker,
            label: stream.label.clone(),
            ready: Lanes::new(stream.channels == 2),
            stream: Some(stream),
            strain: Strain::new(length, now),
            resampler,
            arrived: Default::default(),
            last_sound: now,
        })
    }

    /// Opens it anew, with longer calls. Some cards can be open only once, so it is closed first.
    fn lengthen(&mut self, length: CallLength, now: Instant) -> Result<(), OpenAudioError> {
        tracing::info!(microphone = self.label, ?length, "sound is lost too often");
        self.stream = None;
        let stream = stream::capture(self.id.as_deref(), length, &self.waker)?;
        self.resampler = resampler(&stream)?;
        self.ready = Lanes::new(stream.channels == 2);
        (self.stream, self.strain, self.last_sound) = (Some(stream), Strain::new(length, now), now);
        Ok(())
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// When the block that was just taken began, as far as the ring lets us know: what came behind it is newer.
    fn begun(&self, now: Instant) -> Instant {
        let behind = Duration::from_secs(1) * self.ready.len() as u32 / SAMPLE_RATE;
        now.checked_sub(BLOCK_TIME + behind).unwrap_or(now)
    }

    fn take_in(&mut self, now: Instant) {
        let Some(stream) = &mut self.stream else { return };
        let arrived = stream.ring.slots();
        if arrived == 0 {
            return;
        }
        self.last_sound = now;
        if let Ok(chunk) = stream.ring.read_chunk(arrived) {
            let [left, right] = &mut self.arrived;
            left.clear();
            right.clear();
            for [one, other] in chunk {
                left.push(one);
                right.push(other);
            }
            self.resampler.convert(left, right, &mut self.ready);
        }
    }
}

impl AudioSource for Microphone {
    fn poll(&mut self, captured: &mut Captured, now: Instant) -> Polled {
        if self.ready.take(captured) {
            return Polled::Block(self.begun(now));
        }
        self.take_in(now);
        if self.ready.take(captured) {
            return Polled::Block(self.begun(now));
        }
        let health = self.stream.as_ref().map(|stream| &stream.health).filter(|health| !health.is_lost());
        let Some(xruns) = health.map(|health| health.xruns()) else {
            return Polled::Lost(AudioLost::Disconnected { label: self.label.clone() });
        };
        if let Some(length) = self.strain.judge(xruns, now)
            && let Err(error) = self.lengthen(length, now)
        {
            tracing::warn!(%error, "the microphone does not open again");
            return Polled::Lost(AudioLost::Disconnected { label: self.label.clone() });
        }
        if now.saturating_duration_since(self.last_sound) > STALLED_AFTER {
            return Polled::Lost(AudioLost::Stalled { label: self.label.clone() });
        }
        Polled::Wait(LOOK_AGAIN)
    }
}

fn resampler(stream: &OpenStream<Consumer<Pair>>) -> Result<LaneResampler, OpenAudioError> {
    LaneResampler::new(stream.rate)
        .map_err(|error| OpenAudioError::Unsupported { label: stream.label.clone(), detail: error.to_string() })
}
