//! What waits for the recorder's thread: bounded, so that a disk that stands still costs no memory without end.
use std::{
    collections::VecDeque,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::mix::Source;
use crate::audio::Block;

/// More never wait: half a minute of a call of eight.
pub(super) const MOST_ENTRIES: usize = 20_000;

/// More bytes never wait: as much as a second of a fast disk.
pub(super) const MOST_BYTES: usize = 32 << 20;

/// With so many waiting the thread is woken before its time.
const WAKE_AT: usize = MOST_ENTRIES / 8;

/// Something for the recorder.
#[derive(Debug)]
pub(super) struct Entry {
    /// Whose; 0 is the mix.
    pub(super) tape: u64,
    /// When it came.
    pub(super) at: Instant,
    pub(super) item: Item,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Item {
    /// A tape of this name begins.
    Open { name: String },
    /// A whole picture.
    Picture { payload: Bytes, keyframe: bool, timestamp: u32 },
    /// A packet of sound.
    Sound { payload: Bytes, timestamp: u32 },
    /// 10 ms for the mix.
    Heard { source: Source, block: Box<Block> },
    /// The tape is over.
    Close,
}

impl Item {
    fn bytes(&self) -> usize {
        match self {
            Self::Open { name } => name.len(),
            Self::Picture { payload, .. } | Self::Sound { payload, .. } => payload.len(),
            Self::Heard { .. } => size_of::<Block>(),
            Self::Close => 0,
        }
    }
}

/// The queue, and what else both sides share.
#[derive(Debug, Default)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
    written: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Inner {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// Nothing more is taken.
    over: bool,
    tapes: u64,
}

/// What was taken out at once.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) entries: VecDeque<Entry>,
    /// Nothing will follow.
    pub(super) last: bool,
}

impl Queue {
    /// Queues something, if there is room. False where it is lost.
    pub(super) fn push(&self, entry: Entry) -> bool {
        let inner = self.lock();
        if inner.over {
            return true; // it came too late, which is nobody's loss
        }
        let bytes = entry.item.bytes();
        if inner.entries.len() >= MOST_ENTRIES || inner.bytes + bytes > MOST_BYTES {
            drop(inner);
            self.count_dropped();
            return false;
        }
        self.insert(inner, entry, bytes);
        true
    }

    /// Queues the beginning or the end of a tape. There are no more of them than people who come and go.
    pub(super) fn push_always(&self, entry: Entry) {
        let inner = self.lock();
        if !inner.over {
            let bytes = entry.item.bytes();
            self.insert(inner, entry, bytes);
        }
    }

    /// Waits for so long, or until much has come or the end has, and takes everything.
    pub(super) fn take(&self, wait: Duration) -> Batch {
        let idle = |inner: &mut Inner| !inner.over && inner.entries.len() < WAKE_AT;
        let waited = self.changed.wait_timeout_while(self.lock(), wait, idle);
        let mut inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        inner.bytes = 0;
        Batch { entries: std::mem::take(&mut inner.entries), last: inner.over }
    }

    /// A number for a new tape.
    pub(super) fn number_tape(&self) -> u64 {
        let mut inner = self.lock();
        inner.tapes += 1;
        inner.tapes
    }

    /// Takes nothing more.
    pub(super) fn stop(&self) {
        self.lock().over = true;
        self.changed.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().over
    }

    pub(super) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn set_written(&self, bytes: u64) {
        self.written.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    fn insert(&self, mut inner: MutexGuard<'_, Inner>, entry: Entry, bytes: usize) {
        inner.bytes += bytes;
        inner.entries.push_back(entry);
        let wakes = inner.entries.len() == WAKE_AT;
        drop(inner);
        if wakes {
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
