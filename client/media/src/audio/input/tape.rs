//! What the microphone says, kept for a few seconds, so that a person can hear themselves.
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::audio::{Block, SAMPLE_RATE, clip::Clip};

/// More than a test needs, whoever asks for it.
const LONGEST: Duration = Duration::from_secs(10);

/// The tape: off, or running until it is full.
#[derive(Debug, Default)]
pub(super) struct Tape(Mutex<Option<Recording>>);

#[derive(Debug)]
struct Recording {
    samples: Vec<f32>,
    most: usize,
}

impl Tape {
    /// Keeps what comes from now on, no longer than this. What was kept before is forgotten.
    pub(super) fn start(&self, length: Duration) {
        let most = (length.min(LONGEST).as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
        *self.lock() = Some(Recording { samples: Vec::with_capacity(most), most });
    }

    /// Takes in the next 10 ms, where it runs.
    pub(super) fn feed(&self, block: &Block) {
        if let Some(recording) = self.lock().as_mut() {
            let room = recording.most - recording.samples.len();
            recording.samples.extend_from_slice(&block[..room.min(block.len())]);
        }
    }

    /// Stops, and gives what was kept; none where it did not run.
    pub(super) fn take(&self) -> Option<Clip> {
        self.lock().take().map(|recording| Clip::new(recording.samples))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Recording>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::BLOCK_SAMPLES;

    #[test]
    fn a_tape_keeps_no_more_than_was_asked_for() {
        let tape = Tape::default();

        tape.start(Duration::from_millis(25));
        (0..10).for_each(|_| tape.feed(&[0.5; BLOCK_SAMPLES]));
        let kept = tape.take().unwrap();

        assert_eq!(kept.length(), Duration::from_millis(25));
        assert!(tape.take().is_none(), "it is given once");
    }

    #[test]
    fn a_tape_that_does_not_run_keeps_nothing() {
        let tape = Tape::default();

        tape.feed(&[0.5; BLOCK_SAMPLES]);

        assert!(tape.take().is_none());
    }
}
