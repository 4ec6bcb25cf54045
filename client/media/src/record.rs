//! Recording: what everybody sends goes into one WebM file for each, as it is, and is neither decoded nor encoded.
//!
//! Each stage that media passes has a [`Deck`]. The engine starts a [`Recorder`], puts its [`Tape`]s into the decks and
//! takes them out again; the stages notice nothing but that they may be asked for a keyframe. All files of a recording
//! have the same zero, so whoever comes later has a file that begins later.
mod clock;
mod deck;
mod ebml;
mod mix;
mod names;
mod queue;
mod reel;
mod tape;
mod webm;
mod worker;

#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Instant, SystemTime},
};

use thiserror::Error;

pub use self::{
    deck::Deck,
    names::safe_name,
    tape::{MixTape, Tape},
};
use self::{
    mix::Source,
    queue::{Entry, Item, Queue},
    worker::Worker,
};

/// A recording leaves so much of the disk free, for everything else that the computer does.
pub const SPARE_BYTES: u64 = 500_000_000;

/// Where a recording goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecorderSettings {
    /// The folder that holds recordings. It is made where it is missing.
    pub recordings: PathBuf,
    /// What this one is called. It gets a number where there is one of that name.
    pub name: String,
    /// Whether to keep what we hear and say together in one more file, `mixed.webm`.
    pub mixed: bool,
    /// How much of the disk to leave free.
    pub spare_bytes: u64,
}

/// What happens to a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderEvent {
    /// It runs.
    Started {
        /// Its folder.
        folder: PathBuf,
    },
    /// It cannot be started.
    Failed(RecordError),
    /// It is over, and its files are whole.
    Ended {
        /// Its folder.
        folder: PathBuf,
        /// How much it takes.
        bytes: u64,
        /// Pictures and blocks of sound that are missing because the disk was too slow.
        dropped: u64,
        /// Why it ended by itself; none where it was asked to.
        trouble: Option<RecordError>,
    },
}

/// Why there is no recording, or no more.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The folder for it is not there and cannot be made.
    #[error("the folder {} cannot be made ({detail}): choose another folder for recordings", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the operating system says.
        detail: String,
    },
    /// The disk is almost full.
    #[error("only {} MB are free on the disk of {}: make room, or choose another folder for recordings", free_bytes / 1_000_000, folder.display())]
    NoSpace {
        /// The folder that is on it.
        folder: PathBuf,
        /// How much is free.
        free_bytes: u64,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {detail}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        detail: String,
    },
    /// What we hear and say cannot be encoded.
    #[error("the mixed sound cannot be encoded: {detail}")]
    Mix {
        /// What the codec says.
        detail: String,
    },
    /// The operating system gives no thread.
    #[error("there is no thread to write a recording on: {detail}")]
    Thread {
        /// What it says.
        detail: String,
    },
}

/// A recording that runs. To drop it is to stop it, and to wait until its files are whole.
#[derive(Debug)]
pub struct Recorder {
    queue: Arc<Queue>,
    mixed: bool,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts a recording. `events` is called on its thread: first that it has started or not, last that it has ended.
    pub fn start(
        settings: RecorderSettings,
        events: impl Fn(RecorderEvent) + Send + 'static,
    ) -> Result<Self, RecordError> {
        let queue = Arc::new(Queue::default());
        let mixed = settings.mixed;
        let worker = Worker::new(settings, Arc::clone(&queue), Instant::now(), SystemTime::now());
        let thread = thread::Builder::new().name("recorder".to_owned()).spawn(move || worker.run(&events));
        let thread = thread.map_err(|error| RecordError::Thread { detail: error.to_string() })?;
        Ok(Self { queue, mixed, thread: Some(thread) })
    }

    /// A tape for what one participant sends, or for what they share. Its file is made with the first thing on it.
    pub fn tape(&self, name: &str) -> Tape {
        Tape::new(Arc::clone(&self.queue), name)
    }

    /// The tapes for what we hear and for what we say, where both are to be kept together.
    pub fn mix(&self) -> Option<(MixTape, MixTape)> {
        let tape = |source| MixTape::new(Arc::clone(&self.queue), source);
        self.mixed.then(|| (tape(Source::Theirs), tape(Source::Mine)))
    }

    /// How much it takes so far.
    pub fn bytes(&self) -> u64 {
        self.queue.written()
    }

    /// Ends it soon, without waiting.
    pub fn stop(&self) {
        self.queue.stop();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the recorder has panicked");
        }
    }
}
