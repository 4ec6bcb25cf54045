//! The newest picture of everybody, for faces.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use parlor_media::{frame::VideoFrame, slot::SlotReceiver};
use parlor_protocol::ParticipantId;

/// Whose picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PictureId {
    /// Our own camera.
    Me,
    /// Somebody's camera.
    Camera(ParticipantId),
    /// What we share ourselves.
    MyScreen,
    /// Somebody's shared screen.
    Screen(ParticipantId),
}

/// The pictures that are there, each in a slot of one: a face takes the newest and misses the rest.
#[derive(Debug, Clone, Default)]
pub struct Pictures(Arc<Mutex<BTreeMap<PictureId, SlotReceiver<VideoFrame>>>>);

impl Pictures {
    /// The newest picture that was not taken yet.
    pub fn take(&self, id: PictureId) -> Option<VideoFrame> {
        self.with(|slots| slots.get(&id).and_then(SlotReceiver::try_take))
    }

    /// Whose pictures there may be.
    pub fn ids(&self) -> Vec<PictureId> {
        self.with(|slots| slots.keys().copied().collect())
    }

    pub(super) fn insert(&self, id: PictureId, slot: SlotReceiver<VideoFrame>) {
        self.with(|slots| slots.insert(id, slot));
    }

    pub(super) fn remove(&self, id: PictureId) {
        self.with(|slots| slots.remove(&id));
    }

    fn with<R>(&self, act: impl FnOnce(&mut BTreeMap<PictureId, SlotReceiver<VideoFrame>>) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
