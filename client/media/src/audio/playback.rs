//! What we hear: one thread that takes 10 ms from every voice, mixes them and feeds the output.
//!
//! The engine starts one and asks it for a [`Voice`] for every participant; the peer's task pushes packets into it.
pub(crate) mod limiter;
mod voice;
mod worker;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

pub use self::voice::{Playing, Voice, VoiceSettings, VoiceStats};
use self::{voice::VoiceShared, worker::Worker};
use super::{
    chime::Chime,
    clip::{self, Clip},
    error::{AudioLost, OpenAudioError},
    level::SharedLevel,
    processing::FarEnd,
    spec::SpeakerSpec,
};
pub use crate::audio::jitter::AudioPacket;
use crate::record::{Deck, MixTape};

/// What happens to the output of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaybackEvent {
    /// It is open and being fed.
    Opened {
        /// What was asked for.
        spec: SpeakerSpec,
        /// What a person calls it.
        label: String,
    },
    /// It does not open. It is tried again every 2 s, and reported again only for another reason.
    Failed {
        /// What was asked for.
        spec: SpeakerSpec,
        /// Why not.
        error: OpenAudioError,
    },
    /// It was open and has stopped. A speaker is tried again as after [`PlaybackEvent::Failed`]; a file is not, so
    /// that what it holds is kept.
    Lost {
        /// What was asked for.
        spec: SpeakerSpec,
        /// Why.
        reason: AudioLost,
    },
    /// The sound of one voice can no longer be saved.
    SaveFailed {
        /// Whose.
        name: String,
        /// Why.
        error: OpenAudioError,
    },
}

/// The mix of all voices and its output. To drop it closes the device and every file, and ends the thread.
#[derive(Debug)]
pub struct Playback {
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

/// What the handle and the thread share.
#[derive(Debug)]
struct Control {
    wanted: Mutex<SpeakerSpec>,
    /// Counts the changes of `wanted`.
    changes: AtomicU64,
    /// Voices that the thread has not taken over yet.
    joining: Mutex<Vec<Arc<VoiceShared>>>,
    deck: Deck<MixTape>,
    /// A sound of our own that is to be played and is not yet; the newest counts.
    chime: Mutex<Option<Chime>>,
    /// What is played beside the voices.
    clip: Mutex<Option<clip::Playing>>,
    level: SharedLevel,
    far_end: FarEnd,
    levelling: AtomicBool,
    stopped: AtomicBool,
}

impl Control {
    fn wanted(&self) -> MutexGuard<'_, SpeakerSpec> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn joining(&self) -> MutexGuard<'_, Vec<Arc<VoiceShared>>> {
        self.joining.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chime(&self) -> MutexGuard<'_, Option<Chime>> {
        self.chime.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Control {
    fn clip(&self) -> MutexGuard<'_, Option<clip::Playing>> {
        self.clip.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Playback {
    /// Starts with `spec` and no voices. `events` is called on the playback's thread.
    pub fn start(spec: SpeakerSpec, events: impl Fn(PlaybackEvent) + Send + 'static) -> Self {
        let control = Arc::new(Control {
            wanted: Mutex::new(spec),
            changes: AtomicU64::new(1),
            joining: Mutex::new(Vec::new()),
            deck: Deck::default(),
            chime: Mutex::new(None),
            clip: Mutex::new(None),
            level: SharedLevel::new(0.0),
            far_end: FarEnd::default(),
            levelling: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let theirs = Arc::clone(&control);
        let thread = thread::Builder::new()
            .name("audio-playback".to_owned())
            .spawn(move || Worker::new(theirs, Box::new(events)).run());
        let thread = thread.inspect_err(|error| tracing::error!(%error, "the sound output has no thread")).ok();
        Self { control, thread }
    }

    /// Changes the output, soon and without waiting. The voices go on; a speaker that has failed is tried at once.
    pub fn set_spec(&self, spec: SpeakerSpec) {
        *self.control.wanted() = spec;
        self.control.changes.fetch_add(1, Ordering::Release);
        self.wake();
    }

    /// Adds somebody to the mix. To drop the voice takes them out again.
    pub fn voice(&self, settings: VoiceSettings) -> Voice {
        let shared = Arc::new(VoiceShared::new(settings));
        let mut joining = self.control.joining();
        joining.retain(|voice| !voice.is_closed());
        joining.push(Arc::clone(&shared));
        drop(joining);
        self.wake();
        Voice::new(shared)
    }

    /// Where the mix passes a recording.
    pub fn deck(&self) -> &Deck<MixTape> {
        &self.control.deck
    }

    /// Plays a sound of our own into the mix, unless one is playing. Nobody but the person at this computer hears it.
    pub fn chime(&self, chime: Chime) {
        *self.control.chime() = Some(chime);
    }

    /// Plays a clip beside the voices, in place of another one.
    pub fn play(&self, clip: Clip) {
        *self.control.clip() = Some(clip::Playing::new(clip));
    }

    /// Ends what [`play`](Self::play) began.
    pub fn stop_playing(&self) {
        *self.control.clip() = None;
    }

    /// Brings all voices to the same loudness, or plays them as they come.
    pub fn set_levelling(&self, levelling: bool) {
        self.control.levelling.store(levelling, Ordering::Relaxed);
    }

    /// What goes to the speaker, for the input that is to take it out of what the microphone hears.
    pub fn far_end(&self) -> FarEnd {
        self.control.far_end.clone()
    }

    /// How loud all that is played is: 0 at -60 dBFS and below, 1 at full scale, even steps of dB in between.
    pub fn level(&self) -> f32 {
        self.control.level.get()
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.control.stopped.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound output has panicked");
        }
    }
}
