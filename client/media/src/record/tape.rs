//! What a stage writes on: it takes in media, and hands it to the recorder's thread without ever waiting for it.
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{Entry, Item, Queue, Source};
use crate::audio::Block;

/// One can seek in a recording from keyframe to keyframe, so there is one at least this often.
const KEYFRAME_EVERY: Duration = Duration::from_secs(20);

/// How long a keyframe that was asked for is waited for.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What one participant sends, or what they share. Clones are the same tape; to drop the last ends its file.
#[derive(Clone)]
pub struct Tape(Arc<Shared>);

struct Shared {
    queue: Arc<Queue>,
    number: u64,
    pictures: Mutex<Pictures>,
}

#[derive(Default)]
struct Pictures {
    gate: Gate,
    /// When the last keyframe passed.
    keyframe: Option<Instant>,
    /// When one was asked for last.
    asked: Option<Instant>,
}

/// Whether a picture that builds on others can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Gate {
    /// No: there was no keyframe yet.
    #[default]
    Waiting,
    /// Yes.
    Open,
    /// No: one that it builds on did not fit into the queue.
    Broken,
}

impl Tape {
    pub(super) fn new(queue: Arc<Queue>, name: &str) -> Self {
        let number = queue.number_tape();
        queue.push_always(Entry { tape: number, at: Instant::now(), item: Item::Open { name: name.to_owned() } });
        Self(Arc::new(Shared { queue, number, pictures: Mutex::default() }))
    }

    /// Takes a picture that is whole since `at`. True where the sender must be asked for a keyframe.
    pub fn picture(&self, payload: &Bytes, keyframe: bool, timestamp: u32, at: Instant) -> bool {
        let mut pictures = self.0.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if keyframe {
            pictures.gate = Gate::Open;
            pictures.keyframe = Some(at);
        }
        match pictures.gate {
            Gate::Waiting => {}
            Gate::Open => {
                let item = Item::Picture { payload: payload.clone(), keyframe, timestamp };
                if !self.push(at, item) {
                    pictures.gate = Gate::Broken;
                }
            }
            Gate::Broken => self.0.queue.count_dropped(),
        }
        pictures.wants_keyframe(at) && !self.0.queue.is_over()
    }

    /// Takes a packet of sound that arrived at `at`.
    pub fn sound(&self, payload: &Bytes, timestamp: u32, at: Instant) {
        self.push(at, Item::Sound { payload: payload.clone(), timestamp });
    }

    fn push(&self, at: Instant, item: Item) -> bool {
        self.0.queue.push(Entry { tape: self.0.number, at, item })
    }
}

impl Pictures {
    fn wants_keyframe(&mut self, now: Instant) -> bool {
        let old = self.keyframe.is_none_or(|keyframe| now.saturating_duration_since(keyframe) >= KEYFRAME_EVERY);
        let asked = self.asked.is_some_and(|asked| now.saturating_duration_since(asked) < ASK_AGAIN);
        let wants = (old || self.gate != Gate::Open) && !asked;
        if wants {
            self.asked = Some(now);
        }
        wants
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.push_always(Entry { tape: self.number, at: Instant::now(), item: Item::Close });
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").field("number", &self.0.number).finish_non_exhaustive()
    }
}

/// One half of what is heard in the room: what the others say, or what we say.
#[derive(Debug)]
pub struct MixTape {
    queue: Arc<Queue>,
    source: Source,
}

impl MixTape {
    pub(super) fn new(queue: Arc<Queue>, source: Source) -> Self {
        Self { queue, source }
    }

    /// Takes the 10 ms that are heard, or said, from `at` on.
    pub fn block(&self, block: &Block, at: Instant) {
        let item = Item::Heard { source: self.source, block: Box::new(*block) };
        self.queue.push(Entry { tape: 0, at, item });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::queue::MOST_ENTRIES;

    #[test]
    fn a_keyframe_is_asked_for_until_one_comes_and_then_now_and_again() {
        let queue = Arc::new(Queue::default());
        let tape = Tape::new(queue, "ada");
        let start = Instant::now();
        let picture = |keyframe, millis: u64| {
            tape.picture(&Bytes::from_static(b"p"), keyframe, 0, start + Duration::from_millis(millis))
        };

        assert!(picture(false, 0));
        assert!(!picture(false, 33), "it is on its way");
        assert!(picture(false, 1033), "it did not come");
        assert!(!picture(true, 1066));
        assert!(!picture(false, 2100));
        assert!(picture(false, 21_100), "to seek by");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_pictures_go_on_with_a_keyframe() {
        let queue = Arc::new(Queue::default());
        let tape = Tape::new(queue.clone(), "ada");
        let now = Instant::now();
        let picture = |keyframe| tape.picture(&Bytes::from_static(b"p"), keyframe, 0, now);
        picture(true);
        (0..MOST_ENTRIES).for_each(|_| tape.sound(&Bytes::from_static(b"s"), 0, now));

        picture(false);
        let lost = queue.dropped();
        queue.take(Duration::ZERO);
        picture(false);
        let lost_with_it = queue.dropped();
        picture(true);
        picture(false);

        assert!(lost >= 1);
        assert_eq!(lost_with_it, lost + 1, "it builds on one that is missing");
        assert_eq!(queue.dropped(), lost_with_it);
        assert_eq!(queue.take(Duration::ZERO).entries.len(), 2);
    }
}
