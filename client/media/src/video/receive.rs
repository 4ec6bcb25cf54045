//! The picture of another participant: packets in, decoded pictures out, on a thread of its own.
//!
//! A broken picture is never shown: what cannot be repaired in time holds the last good one, and a keyframe is asked
//! for.
use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

pub use super::assembly::VideoPacket;
use super::{
    assembly::{AssembledFrame, Assembly},
    codec::{CodecError, Vp8Decoder},
    meter::Meter,
    save::Y4mSink,
};
use crate::{
    frame::{Size, VideoFrame},
    gop::{GopQueue, Pushed},
    record::{Deck, Tape},
    slot::SlotSender,
    sync::LONGEST_HOLD,
};

mod freezes;

use freezes::FreezeMeter;

/// Frames that may wait for the decoder. One that lags further behind goes on with a keyframe.
const QUEUE: usize = 30;

/// Frames that may wait while one is held back for its moment: more are not 150 ms but a pile.
const MOST_HELD: usize = 10;

/// Pictures less far apart than 1 ms of RTP's 90 kHz are of the same moment.
const SAME_MOMENT: u32 = 90;

/// Whose picture it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoReceiverSettings {
    /// The participant's nickname, for the log and for the saved file.
    pub name: String,
    /// A folder to write `NAME.y4m` to.
    pub save: Option<PathBuf>,
}

/// What the rest of the program must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoReceiverEvent {
    /// The first picture was decoded.
    FirstFrame {
        /// Its size.
        size: Size,
    },
    /// The sender must be asked for a keyframe.
    KeyframeNeeded,
}

/// The stream so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoReceiverStats {
    /// Size of the latest picture; none before the first.
    pub size: Option<Size>,
    /// Pictures a second, over the last second.
    pub fps: f32,
    /// Kilobits a second of decoded frames, over the last second.
    pub kbps: u32,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Times that the picture stood still for longer than three intervals, or an interval and 150 ms (W3C).
    pub freezes: u32,
    /// Bytes of VP8 that arrived.
    pub bytes: u64,
    /// Packets that arrived, each counted once.
    pub packets_received: u64,
    /// Packets that never arrived, or too late.
    pub packets_lost: u64,
    /// Packets that were missed at first, and arrived in time.
    pub packets_recovered: u64,
    /// Keyframes asked for.
    pub keyframes_requested: u32,
}

/// Receives one stream. To drop it is to stop it.
#[derive(Debug)]
pub struct VideoReceiver {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
    events: Box<dyn Fn(VideoReceiverEvent) + Send + Sync>,
    /// How long a picture that is ready, by its RTP time, is to be held back.
    hold: OnceLock<Box<Hold>>,
}

type Hold = dyn Fn(u32, Instant) -> Duration + Send + Sync;

#[derive(Debug)]
struct Inner {
    assembly: Assembly,
    frames: GopQueue<AssembledFrame>,
    deck: Deck<Tape>,
    /// Until when the decoder sleeps, if nothing comes; `None` while it works or sleeps without end.
    sleeps_until: Option<Instant>,
    stopped: bool,
    freezes: FreezeMeter,
    meter: Meter,
    size: Option<Size>,
    frames_decoded: u64,
    bytes: u64,
}

impl VideoReceiver {
    /// Starts a receiver that puts decoded pictures into `pictures`. `events` is called on its thread, and on the one
    /// that pushes.
    pub fn start(
        settings: VideoReceiverSettings,
        pictures: SlotSender<VideoFrame>,
        events: impl Fn(VideoReceiverEvent) + Send + Sync + 'static,
    ) -> Result<Self, CodecError> {
        let inner = Inner {
            assembly: Assembly::default(),
            frames: GopQueue::new(QUEUE),
            deck: Deck::default(),
            sleeps_until: None,
            stopped: false,
            freezes: FreezeMeter::default(),
            meter: Meter::default(),
            size: None,
            frames_decoded: 0,
            bytes: 0,
        };
        let (inner, events) = (Mutex::new(inner), Box::new(events));
        let shared = Arc::new(Shared { inner, changed: Condvar::new(), events, hold: OnceLock::new() });
        let saved = settings.save.map(|folder| Y4mSink::new(&folder, &settings.name));
        let worker = Worker {
            name: settings.name,
            decoder: Vp8Decoder::new()?,
            saved,
            pictures,
            shared: Arc::clone(&shared),
            before: None,
        };
        let thread = thread::Builder::new().name("video decoder".to_owned()).spawn(move || worker.run());
        let thread = thread.map_err(|error| CodecError::Start(error.to_string()))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Takes a packet that arrived at `now`. Never waits for the decoder.
    pub fn push(&self, packet: VideoPacket, now: Instant) {
        let mut inner = self.shared.lock();
        inner.bytes += packet.payload.len() as u64;
        inner.assembly.push(packet, now);
        let asks = inner.collect(now);
        let wakes = inner.has_news_for_the_decoder();
        drop(inner);
        if wakes {
            self.shared.changed.notify_one();
        }
        self.shared.ask_if(asks);
    }

    /// Tells whether pictures are to come. While the sender's camera is off, their absence is no freeze.
    pub fn set_expected(&self, expected: bool) {
        self.shared.lock().freezes.set_expected(expected);
    }

    /// Changes how long a missing packet is waited for (250 ms at first).
    pub fn set_patience(&self, patience: Duration) {
        self.shared.lock().assembly.set_patience(patience);
    }

    /// Has every picture wait for its moment, once it is decoded: `hold` is told its RTP time and when it is ready, on
    /// the decoder's thread, and says for how long. Only the first such rule counts.
    pub fn set_timing(&self, hold: impl Fn(u32, Instant) -> Duration + Send + Sync + 'static) {
        if self.shared.hold.set(Box::new(hold)).is_err() {
            tracing::debug!("pictures keep the timing that they have");
        }
    }

    /// Has whole pictures pass a recording there, before they are decoded.
    pub fn set_deck(&self, deck: Deck<Tape>) {
        self.shared.lock().deck = deck;
    }

    /// The stream starts anew, from another sender or with another SSRC.
    pub fn restart(&self) {
        let mut inner = self.shared.lock();
        inner.assembly.restart();
        inner.frames.clear();
    }

    /// The stream so far.
    pub fn stats(&self) -> VideoReceiverStats {
        let now = Instant::now();
        let mut inner = self.shared.lock();
        let packets = inner.assembly.stats();
        VideoReceiverStats {
            size: inner.size,
            fps: inner.meter.fps(now),
            kbps: inner.meter.kbps(now),
            frames_decoded: inner.frames_decoded,
            freezes: inner.freezes.freezes(now),
            bytes: inner.bytes,
            packets_received: packets.received,
            packets_lost: packets.lost,
            packets_recovered: packets.recovered,
            keyframes_requested: packets.keyframes_requested,
        }
    }
}

impl Drop for VideoReceiver {
    fn drop(&mut self) {
        self.shared.lock().stopped = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a video decoder crashed");
        }
    }
}

impl Inner {
    /// Moves whole frames to the decoder's queue. True where a keyframe must be asked for.
    fn collect(&mut self, now: Instant) -> bool {
        let mut recorder_asks = false;
        while let Some(frame) = self.assembly.poll_frame(now) {
            recorder_asks |= self.deck.picture(&frame.payload, frame.keyframe, frame.timestamp, now);
            match self.frames.push(frame) {
                Pushed::Queued => {}
                Pushed::Refused | Pushed::Overflowed => self.assembly.require_keyframe(now),
            }
        }
        self.assembly.poll_keyframe_request() || recorder_asks
    }

    fn has_news_for_the_decoder(&self) -> bool {
        let earlier = match (self.assembly.poll_timeout(), self.sleeps_until) {
            (Some(timeout), Some(until)) => timeout < until,
            (Some(_), None) => true,
            (None, _) => false,
        };
        earlier || !self.frames.is_empty()
    }
}

impl Shared {
    // A panic while it is held would be a bug in this module; what is inside stays usable.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask_if(&self, needed: bool) {
        if needed {
            (self.events)(VideoReceiverEvent::KeyframeNeeded);
        }
    }

    /// Sleeps until there is a frame to decode. Meanwhile, what is missing for too long is given up in time. `None`:
    /// the receiver is gone.
    fn next_frame(&self) -> Option<AssembledFrame> {
        let mut inner = self.lock();
        loop {
            if inner.stopped {
                return None;
            }
            if let Some(frame) = inner.frames.pop() {
                return Some(frame);
            }
            let now = Instant::now();
            let timeout = inner.assembly.poll_timeout();
            if timeout.is_some_and(|timeout| timeout <= now) {
                inner.assembly.handle_timeout(now);
                if inner.collect(now) {
                    drop(inner);
                    self.ask_if(true);
                    inner = self.lock();
                }
                continue;
            }
            inner.sleeps_until = timeout;
            inner = match timeout {
                None => self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(timeout) => {
                    let result = self.changed.wait_timeout(inner, timeout - now);
                    result.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            inner.sleeps_until = None;
        }
    }
}

impl Shared {
    /// Waits for the moment of a picture, unless others pile up behind it meanwhile: then this one was held for too
    /// long already.
    fn hold_back(&self, timestamp: u32) {
        let now = Instant::now();
        let Some(hold) = self.hold.get().map(|hold| hold(timestamp, now)) else { return };
        let until = now + hold.min(LONGEST_HOLD);
        let mut inner = self.lock();
        while !inner.stopped && inner.frames.len() <= MOST_HELD {
            let Some(wait) = until.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero()) else {
                return;
            };
            let waited = self.changed.wait_timeout(inner, wait);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

struct Worker {
    name: String,
    decoder: Vp8Decoder,
    saved: Option<Y4mSink>,
    pictures: SlotSender<VideoFrame>,
    shared: Arc<Shared>,
    /// The RTP time of the picture before.
    before: Option<u32>,
}

impl Worker {
    fn run(mut self) {
        while let Some(frame) = self.shared.next_frame() {
            let decoded = self.decoder.decode(&frame.payload, Instant::now());
            let again =
                self.before.replace(frame.timestamp).is_some_and(|before| is_same_moment(before, frame.timestamp));
            match decoded {
                // It is there for those after it to build on.
                Ok(Some(_)) if again => {}
                Ok(Some(picture)) => {
                    self.shared.hold_back(frame.timestamp);
                    self.hand_on(picture, frame.payload.len());
                }
                Ok(None) => {}
                Err(error) => self.give_up(&error),
            }
        }
    }

    fn hand_on(&mut self, picture: VideoFrame, bytes: usize) {
        let now = Instant::now();
        let size = picture.size();
        let mut inner = self.shared.lock();
        let first = inner.size.replace(size).is_none();
        inner.frames_decoded += 1;
        inner.meter.count(now, bytes, Duration::ZERO);
        inner.freezes.picture(now);
        drop(inner);
        if let Some(saved) = &mut self.saved {
            saved.write(&picture);
        }
        self.pictures.put(picture);
        if first {
            tracing::info!(from = self.name, %size, "first picture");
            (self.shared.events)(VideoReceiverEvent::FirstFrame { size });
        }
    }

    fn give_up(&self, error: &CodecError) {
        tracing::debug!(from = self.name, %error, "holding the picture until a keyframe comes");
        let now = Instant::now();
        let mut inner = self.shared.lock();
        if !inner.frames.skip_to_keyframe() {
            inner.assembly.require_keyframe(now);
        }
        let asks = inner.collect(now);
        drop(inner);
        self.shared.ask_if(asks);
    }
}

/// Whether a picture is of the moment of the one before, or an earlier one: so begin the pictures of another encoder.
/// The sender lets the time rise all the same, by the least that there is.
fn is_same_moment(before: u32, timestamp: u32) -> bool {
    timestamp.wrapping_sub(before) < SAME_MOMENT
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_one_moment_are_told_from_those_that_follow_also_where_time_wraps_around() {
        assert!(is_same_moment(u32::MAX, 0));
        assert!(is_same_moment(7, 8));
        assert!(!is_same_moment(u32::MAX, 1_500));
        assert!(!is_same_moment(3_000, 0), "time that goes back is another stream");
    }
}
