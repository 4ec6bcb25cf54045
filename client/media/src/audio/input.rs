//! What we say: one thread that owns the source of our sound and encodes it once for everybody.
//!
//! The engine starts one, hands its packets to every peer, and tells it which source to use.
mod tape;
mod worker;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use self::{tape::Tape, worker::Worker};
use super::{
    clip::Clip,
    error::{AudioLost, OpenAudioError},
    level::SharedLevel,
    processing::{FarEnd, Processing, Running},
    resilience::Protection,
    spec::AudioSpec,
};
use crate::{
    frame::EncodedBlock,
    record::{Deck, MixTape},
};

/// What happens to the source of our sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioInputEvent {
    /// It is open and being sent.
    Opened {
        /// What was asked for.
        spec: AudioSpec,
        /// What a person calls it.
        label: String,
    },
    /// It does not open. It is tried again every 2 s, and reported again only for another reason.
    Failed {
        /// What was asked for.
        spec: AudioSpec,
        /// Why not.
        error: OpenAudioError,
    },
    /// It was open and has stopped. It is tried again as after [`AudioInputEvent::Failed`].
    Lost {
        /// What was asked for.
        spec: AudioSpec,
        /// Why.
        reason: AudioLost,
    },
    /// Every device is closed, as [`AudioSpec::None`] asks for.
    Closed,
    /// Somebody has begun to speak into it, or has stopped; also while muted.
    Speech(bool),
}

/// Our sound: a source, what is done to it, its meter, its mute switch and its encoder. To drop it closes the device and ends the thread.
#[derive(Debug)]
pub struct AudioInput {
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

/// What the handle and the thread share.
#[derive(Debug)]
struct Control {
    wanted: Mutex<AudioSpec>,
    /// Counts the changes of `wanted`.
    changes: AtomicU64,
    muted: AtomicBool,
    stopped: AtomicBool,
    wishes: Mutex<Wishes>,
    running: Mutex<Running>,
    level: SharedLevel,
    protection: Mutex<Protection>,
    deck: Deck<MixTape>,
    tape: Tape,
}

/// What is to be done to the sound, and what is played meanwhile.
#[derive(Debug, Clone, Default)]
struct Wishes {
    processing: Processing,
    far_end: FarEnd,
    /// Counts the changes.
    changes: u64,
}

impl Control {
    fn wanted(&self) -> MutexGuard<'_, AudioSpec> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Control {
    fn protection(&self) -> MutexGuard<'_, Protection> {
        self.protection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AudioInput {
    /// Starts with `spec`. Every 20 ms in which there is anything to hear `sink` gets a packet, on the input's thread; it
    /// must not wait for anything.
    ///
    /// The packets' RTP timestamps go on over every change of source; time without any source is left out of them.
    pub fn start(
        spec: AudioSpec,
        sink: impl FnMut(EncodedBlock) + Send + 'static,
        events: impl Fn(AudioInputEvent) + Send + 'static,
    ) -> Self {
        let control = Arc::new(Control {
            wanted: Mutex::new(spec),
            changes: AtomicU64::new(1),
            muted: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            wishes: Mutex::new(Wishes { changes: 1, ..Wishes::default() }),
            running: Mutex::new(Running::NOTHING),
            level: SharedLevel::new(0.0),
            protection: Mutex::default(),
            deck: Deck::default(),
            tape: Tape::default(),
        });
        let theirs = Arc::clone(&control);
        let thread = thread::Builder::new().name("audio-input".to_owned()).spawn(move || {
            match Worker::new(theirs, Box::new(sink), Box::new(events)) {
                Ok(worker) => worker.run(),
                Err(error) => tracing::error!(%error, "no sound can be encoded"),
            }
        });
        let thread = thread.inspect_err(|error| tracing::error!(%error, "the sound input has no thread")).ok();
        Self { control, thread }
    }

    /// Changes the source, soon and without waiting. [`AudioSpec::None`] closes the device and sends nothing.
    ///
    /// The source in use is left alone; one that has failed is tried again at once.
    pub fn set_spec(&self, spec: AudioSpec) {
        *self.control.wanted() = spec;
        self.control.changes.fetch_add(1, Ordering::Release);
        self.wake();
    }

    /// Changes what is done to the sound from the next 10 ms on, without a break.
    pub fn set_processing(&self, processing: Processing) {
        let mut wishes = self.control.wishes();
        wishes.processing = processing;
        wishes.changes += 1;
    }

    /// Takes what is played out of what the microphone hears. Only one input may listen to the same playback.
    pub fn listen_to(&self, far_end: FarEnd) {
        let mut wishes = self.control.wishes();
        wishes.far_end = far_end;
        wishes.changes += 1;
    }

    /// What is done to the sound at the moment; half a second old at most.
    pub fn running(&self) -> Running {
        *self.control.running()
    }

    /// Sends silence while `muted`. The device stays open, so that unmuting is immediate.
    pub fn set_muted(&self, muted: bool) {
        self.control.muted.store(muted, Ordering::Relaxed);
    }

    /// Protects what is sent against loss like this.
    pub fn protect(&self, protection: Protection) {
        *self.control.protection() = protection;
    }

    /// How loud the source is after what is done to it, also while what is sent is silence: 0 at -60 dBFS and below, 1 at full scale, even steps of dB in between.
    pub fn level(&self) -> f32 {
        self.control.level.get()
    }

    /// Where what we say passes a recording.
    pub fn deck(&self) -> &Deck<MixTape> {
        &self.control.deck
    }

    /// Keeps what the source gives and what is done to it from now on, also while muted, for no longer than `length`.
    pub fn record(&self, length: Duration) {
        self.control.tape.start(length);
    }

    /// Ends what [`record`](Self::record) began, and gives what was kept; none where nothing was asked for.
    pub fn take_recording(&self) -> Option<Clip> {
        self.control.tape.take()
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for AudioInput {
    fn drop(&mut self) {
        self.control.stopped.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound input has panicked");
        }
    }
}
