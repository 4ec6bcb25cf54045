//! What the speaker plays, on its way from playback to the echo canceller.
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use crate::audio::Block;

/// How many blocks may wait: half a second. Then the oldest is dropped.
const MOST_WAITING: usize = 50;

/// The way from playback, which fills it, to the one input that listens. Cheap to clone.
///
/// Both ends are threads of ours, not callbacks of a device, so a lock that is held for a copy of 2 kB is fine.
#[derive(Debug, Clone, Default)]
pub struct FarEnd(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Whether anybody listens; nothing is kept otherwise.
    listened: AtomicBool,
    /// Whether it is heard in a room: it comes from a loudspeaker, not into a file.
    audible: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Counts the outputs that were opened.
    device: u32,
    blocks: VecDeque<Played>,
}

/// 10 ms that went to a speaker.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) block: Block,
    /// When.
    pub(crate) at: Instant,
    /// Counts the outputs: a time of its own begins with each.
    pub(crate) device: u32,
}

impl FarEnd {
    /// Takes in what goes to the output now.
    pub(crate) fn play(&self, block: &Block, at: Instant) {
        if !self.0.listened.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = self.waiting();
        if waiting.blocks.len() >= MOST_WAITING {
            waiting.blocks.pop_front();
        }
        let device = waiting.device;
        waiting.blocks.push_back(Played { block: *block, at, device });
    }

    /// What is played goes to another output from now on.
    pub(crate) fn opened(&self, audible: bool) {
        self.0.audible.store(audible, Ordering::Relaxed);
        let mut waiting = self.waiting();
        waiting.device = waiting.device.wrapping_add(1);
    }

    /// Whether what is played can come back by the air.
    pub(crate) fn is_audible(&self) -> bool {
        self.0.audible.load(Ordering::Relaxed)
    }

    /// Whether this is the way from the same playback.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Begins or ends to keep what is played.
    pub(crate) fn listen(&self, listen: bool) {
        if self.0.listened.swap(listen, Ordering::Relaxed) != listen {
            self.waiting().blocks.clear();
        }
    }

    /// What was played since the last time, the oldest first.
    pub(crate) fn take(&self, into: &mut VecDeque<Played>) {
        into.append(&mut self.waiting().blocks);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    fn taken(far_end: &FarEnd) -> VecDeque<Played> {
        let mut into = VecDeque::new();
        far_end.take(&mut into);
        into
    }

    #[test]
    fn what_nobody_listens_to_is_not_kept() {
        let far_end = FarEnd::default();

        far_end.play(&SILENCE, Instant::now());

        assert!(taken(&far_end).is_empty());
    }

    #[test]
    fn the_newest_half_second_waits_and_no_more() {
        let far_end = FarEnd::default();
        far_end.listen(true);

        let start = Instant::now();
        for n in 0..200 {
            far_end.play(&[n as f32; 480], start);
        }

        let kept = taken(&far_end);
        assert_eq!(kept.len(), MOST_WAITING);
        assert_eq!(kept.front().map(|played| played.block[0]), Some(150.0));
        assert!(taken(&far_end).is_empty());
    }

    #[test]
    fn another_output_counts_as_another_device() {
        let far_end = FarEnd::default();
        far_end.listen(true);

        far_end.opened(true);
        far_end.play(&SILENCE, Instant::now());
        far_end.opened(false);
        far_end.play(&SILENCE, Instant::now());

        let devices: Vec<u32> = taken(&far_end).iter().map(|played| played.device).collect();
        assert_eq!(devices, [1, 2]);
        assert!(!far_end.is_audible());
    }
}
