//! One encoder for everybody who gets pictures of one size, on a thread of its own.
//!
//! However many peers there are, a picture is encoded once in each size that somebody gets; the sink fans it out. The
//! stages of one source have each a slot that the source fills; a picture is scaled down once for all of them.
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use self::stillness::Stillness;
pub use super::codec::{Content, EncoderSettings};
use super::{
    codec::{CodecError, Vp8Encoder},
    convert::{Scaler, fitted},
    meter::Meter,
};
use crate::{
    frame::{EncodedFrame, Size, VideoFrame},
    slot::{SlotCloser, SlotReceiver},
};

mod keyframes;
mod stillness;

pub use keyframes::{KeyframeRequests, Need};

/// After a pause this long the source was off or another one: receivers get a keyframe at once.
const GAP: Duration = Duration::from_secs(1);

/// Encoders start for pictures of this size. They take more memory the larger they are, so they grow when they must.
const FIRST: Size = Size::new(320, 180);

/// The encoder as it was over the last second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EncoderStats {
    /// Size of the latest picture.
    pub size: Size,
    /// Pictures a second.
    pub fps: f32,
    /// Kilobits a second.
    pub kbps: u32,
    /// Mean time it takes to encode a picture, in milliseconds.
    pub ms_per_frame: f32,
    /// Pictures encoded since the start.
    pub frames: u64,
}

/// The thread that encodes. To drop it is to stop it.
#[derive(Debug)]
pub struct EncodeStage {
    shared: Arc<Shared>,
    pictures: SlotCloser<VideoFrame>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    keyframes: KeyframeRequests,
    active: AtomicBool,
    wanted: Mutex<EncoderSettings>,
    record: Mutex<Record>,
}

#[derive(Debug)]
struct Record {
    meter: Meter,
    size: Size,
    frames: u64,
}

impl EncodeStage {
    /// Starts to encode `pictures`; `sink` is called on the thread with every encoded one. Larger pictures are scaled
    /// down to the settings' size, and what comes faster than their rate is left out. Timestamps count from `epoch` on,
    /// which is the same for all encoders of one source.
    pub fn start(
        settings: EncoderSettings,
        epoch: Instant,
        pictures: SlotReceiver<VideoFrame>,
        sink: impl FnMut(EncodedFrame) + Send + 'static,
    ) -> Result<Self, CodecError> {
        let record = Record { meter: Meter::default(), size: settings.size, frames: 0 };
        let shared = Arc::new(Shared {
            keyframes: KeyframeRequests::default(),
            active: AtomicBool::new(true),
            wanted: Mutex::new(settings),
            record: Mutex::new(record),
        });
        let first = EncoderSettings { size: fitted(FIRST, settings.size), ..settings };
        let encoder = Vp8Encoder::new(first)?.since(epoch);
        let worker = Worker {
            settings,
            encoder,
            scaler: Scaler::default(),
            pace: Pace { interval: interval(settings.fps), due: None },
            stillness: Stillness::default(),
            previous: None,
            shared: Arc::clone(&shared),
        };
        let closer = pictures.closer();
        let thread = thread::Builder::new().name("video encoder".to_owned()).spawn(move || worker.run(&pictures, sink));
        let thread = thread.map_err(|error| CodecError::Start(error.to_string()))?;
        Ok(Self { shared, pictures: closer, thread: Some(thread) })
    }

    /// Where keyframes are asked for. Every peer has a clone.
    pub fn keyframes(&self) -> KeyframeRequests {
        self.shared.keyframes.clone()
    }

    /// Changes the bitrate to aim at, in kilobits a second, from the next picture on.
    pub fn set_kbps(&self, kbps: u32) {
        self.shared.wanted.lock().unwrap_or_else(PoisonError::into_inner).kbps = kbps;
    }

    /// Changes everything, from the next picture on.
    pub fn set_settings(&self, settings: EncoderSettings) {
        *self.shared.wanted.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// Whether to encode at all. While nobody watches, pictures are thrown away before they reach the thread.
    pub fn set_active(&self, active: bool) {
        self.shared.active.store(active, Ordering::Relaxed);
        self.pictures.set_paused(!active);
    }

    /// What the encoder did over the last second.
    pub fn stats(&self) -> EncoderStats {
        let now = Instant::now();
        let mut record = self.shared.record.lock().unwrap_or_else(PoisonError::into_inner);
        let Record { meter, size, frames } = &mut *record;
        EncoderStats {
            size: *size,
            fps: meter.fps(now),
            kbps: meter.kbps(now),
            ms_per_frame: meter.ms_per_frame(now),
            frames: *frames,
        }
    }
}

impl Drop for EncodeStage {
    fn drop(&mut self) {
        self.pictures.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the video encoder crashed");
        }
    }
}

struct Worker {
    settings: EncoderSettings,
    encoder: Vp8Encoder,
    scaler: Scaler,
    pace: Pace,
    stillness: Stillness,
    /// When the picture before was taken, and how large it was.
    previous: Option<(Instant, Size)>,
    shared: Arc<Shared>,
}

impl Worker {
    fn run(mut self, pictures: &SlotReceiver<VideoFrame>, mut sink: impl FnMut(EncodedFrame)) {
        let mut broken = false;
        while let Some(frame) = pictures.take() {
            self.take_settings();
            if !self.shared.active.load(Ordering::Relaxed) || !self.pace.admits(frame.captured_at) {
                continue;
            }
            match self.encode(&frame) {
                Ok(encoded) => {
                    broken = false;
                    encoded.into_iter().for_each(&mut sink);
                }
                Err(error) => {
                    if !broken {
                        tracing::error!(%error, "the picture is not sent");
                    }
                    broken = true;
                    self.recover();
                }
            }
        }
    }

    fn take_settings(&mut self) {
        let wanted = *self.shared.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if self.settings.fps != wanted.fps {
            self.pace = Pace { interval: interval(wanted.fps), due: None };
        }
        self.settings = wanted;
    }

    /// The next picture starts afresh, as a keyframe.
    fn recover(&mut self) {
        self.previous = None;
        if let Err(error) = self.encoder.restart() {
            tracing::error!(%error, "the encoder does not start again");
        }
    }

    fn encode(&mut self, frame: &VideoFrame) -> Result<Option<EncodedFrame>, CodecError> {
        let started = Instant::now();
        let keyframe_wanted = self.shared.keyframes.take(started);
        if !keyframe_wanted && self.stillness.skips(frame) {
            if let Some((at, _)) = &mut self.previous {
                *at = frame.captured_at;
            }
            return Ok(None);
        }
        let scaled = self.scaler.scale(frame, fitted(frame.size(), self.settings.size));
        let force = self.prepare(&scaled)? || keyframe_wanted;
        let encoded = self.encoder.encode(&scaled, force)?;
        if let Some(encoded) = &encoded {
            // What nobody knows the quantizer of is taken for fine.
            let quantizer = self.encoder.quantizer().unwrap_or_default();
            self.stillness.encoded(frame, encoded.payload.len(), quantizer);
            if encoded.keyframe {
                self.shared.keyframes.keyframe_made();
            }
            let now = Instant::now();
            let mut record = self.shared.record.lock().unwrap_or_else(PoisonError::into_inner);
            record.meter.count(now, encoded.payload.len(), now.saturating_duration_since(started));
            record.size = encoded.size;
            record.frames += 1;
        }
        Ok(encoded)
    }

    /// Fits the encoder to the picture, and says whether it must become a keyframe.
    fn prepare(&mut self, frame: &VideoFrame) -> Result<bool, CodecError> {
        let (at, size) = (frame.captured_at, frame.size());
        let previous = self.previous.replace((at, size));
        let resized = self.encoder.fit(EncoderSettings { size, ..self.settings })?;
        let paused = previous.is_none_or(|(before, _)| at.saturating_duration_since(before) > GAP);
        Ok(resized || paused)
    }
}

fn interval(fps: u32) -> Duration {
    Duration::from_secs(1) / fps.clamp(1, 240)
}

/// Lets through as many pictures a second as are wanted.
#[derive(Debug)]
struct Pace {
    interval: Duration,
    due: Option<Instant>,
}

impl Pace {
    /// Whether a picture of this moment is to be encoded. An eighth of an interval too early is on time: sources
    /// tremble.
    fn admits(&mut self, at: Instant) -> bool {
        let due = self.due.unwrap_or(at);
        if at + self.interval / 8 < due {
            return false;
        }
        let late = at.saturating_duration_since(due) > self.interval;
        self.due = Some(if late { at } else { due } + self.interval);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_at_the_wanted_rate_loses_nothing_though_it_trembles() {
        let millis = (0..300).map(|frame| frame * 100 / 3 + [0, 3, 1, 2][frame as usize % 4]);

        assert_eq!(admitted(30, millis), 300);
    }

    #[test]
    fn a_source_that_is_too_fast_is_thinned_out() {
        assert_eq!(admitted(30, (0..600).map(|frame| frame * 100 / 6)), 300);
        assert_eq!(admitted(20, (0..300).map(|frame| frame * 100 / 3)), 200);
    }

    #[test]
    fn after_a_pause_pictures_are_not_let_through_in_a_burst() {
        let millis = [0, 33, 5000, 5001, 5002, 5033];

        assert_eq!(admitted(30, millis.into_iter()), 4);
    }

    fn admitted(fps: u32, millis: impl Iterator<Item = u64>) -> usize {
        let start = Instant::now();
        let mut pace = Pace { interval: Duration::from_secs(1) / fps, due: None };
        millis.filter(|at| pace.admits(start + Duration::from_millis(*at))).count()
    }
}
