//! The place for a tape in a stage that media passes.
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bytes::Bytes;

use super::tape::{MixTape, Tape};
use crate::audio::Block;

/// A place for a tape. Clones are the same place. While it is empty, what passes is not kept, and costs nothing.
pub struct Deck<T>(Arc<Mutex<Option<T>>>);

impl<T> Deck<T> {
    /// Puts a tape in, in place of the one that may be there.
    pub fn insert(&self, tape: T) {
        *self.lock() = Some(tape);
    }

    /// Takes the tape out.
    pub fn eject(&self) {
        // Whatever the end of a tape takes, it does not take it under the lock.
        let tape = self.lock().take();
        drop(tape);
    }

    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deck<Tape> {
    /// A whole picture passes. True where the sender must be asked for a keyframe.
    pub fn picture(&self, payload: &Bytes, keyframe: bool, timestamp: u32, at: Instant) -> bool {
        self.lock().as_ref().is_some_and(|tape| tape.picture(payload, keyframe, timestamp, at))
    }

    /// A packet of sound passes.
    pub fn sound(&self, payload: &Bytes, timestamp: u32, at: Instant) {
        if let Some(tape) = self.lock().as_ref() {
            tape.sound(payload, timestamp, at);
        }
    }
}

impl Deck<MixTape> {
    /// 10 ms of sound pass.
    pub fn block(&self, block: &Block, at: Instant) {
        if let Some(tape) = self.lock().as_ref() {
            tape.block(block, at);
        }
    }
}

impl<T> Default for Deck<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Deck<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Deck<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deck").field("loaded", &self.lock().is_some()).finish()
    }
}
