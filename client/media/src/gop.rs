//! A bounded queue of encoded pictures that never hands out one that cannot be decoded.
//!
//! A peer keeps one for what it has yet to send, a receiver one for what it has yet to decode. Encoded pictures build
//! on each other up to the next keyframe (a *group of pictures*), so a queue that overflows must not drop one of them:
//! it drops all of them, and tells its caller to ask for a keyframe.
use std::collections::VecDeque;

use crate::frame::EncodedFrame;

/// An encoded picture, as far as the queue cares.
pub trait Coded {
    /// Whether it can be decoded without any before it.
    fn is_keyframe(&self) -> bool;
}

impl Coded for EncodedFrame {
    fn is_keyframe(&self) -> bool {
        self.keyframe
    }
}

/// What became of a pushed picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits to be popped.
    Queued,
    /// It was dropped, because the queue waits for a keyframe that has been asked for already.
    Refused,
    /// It was dropped with all that waited: ask the encoder for a keyframe.
    Overflowed,
}

/// At most `capacity` pictures, first in, first out, beginning with a keyframe.
#[derive(Debug)]
pub struct GopQueue<F> {
    frames: VecDeque<F>,
    capacity: usize,
    waits_for_keyframe: bool,
}

impl<F: Coded> GopQueue<F> {
    /// An empty queue that waits for its first keyframe. A capacity of zero is taken as one.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self { frames: VecDeque::with_capacity(capacity), capacity, waits_for_keyframe: true }
    }

    /// Queues `frame`, if all that it builds on was queued before it.
    pub fn push(&mut self, frame: F) -> Pushed {
        let full = self.frames.len() == self.capacity;
        match (frame.is_keyframe(), full) {
            (false, _) if self.waits_for_keyframe => return Pushed::Refused,
            (false, true) => {
                self.clear();
                return Pushed::Overflowed;
            }
            // The keyframe makes all that still waits superfluous.
            (true, true) => self.frames.clear(),
            (_, false) => {}
        }
        self.waits_for_keyframe = false;
        self.frames.push_back(frame);
        Pushed::Queued
    }

    /// The next picture to send or to decode.
    pub fn pop(&mut self) -> Option<F> {
        self.frames.pop_front()
    }

    /// Drops everything, and refuses pictures until the next keyframe.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.waits_for_keyframe = true;
    }

    /// Drops all that waits before the next keyframe, because what it builds on turned out to be broken. False where no
    /// keyframe waits: ask for one.
    pub fn skip_to_keyframe(&mut self) -> bool {
        match self.frames.iter().position(F::is_keyframe) {
            Some(position) => drop(self.frames.drain(..position)),
            None => self.clear(),
        }
        !self.waits_for_keyframe
    }

    /// Whether every picture but a keyframe is refused at the moment.
    pub fn waits_for_keyframe(&self) -> bool {
        self.waits_for_keyframe
    }

    /// How many pictures wait.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no picture waits.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Clone, Copy)]
    struct Picture(usize, bool);

    impl Coded for Picture {
        fn is_keyframe(&self) -> bool {
            self.1
        }
    }

    #[test]
    fn nothing_is_queued_before_the_first_keyframe() {
        let mut queue = GopQueue::new(2);

        assert_eq!(queue.push(Picture(0, false)), Pushed::Refused);
        assert_eq!(queue.push(Picture(1, true)), Pushed::Queued);
        assert_eq!(queue.pop(), Some(Picture(1, true)));
    }

    #[test]
    fn after_an_overflow_nothing_comes_out_until_a_keyframe() {
        let mut queue = GopQueue::new(2);
        queue.push(Picture(0, true));
        queue.push(Picture(1, false));

        assert_eq!(queue.push(Picture(2, false)), Pushed::Overflowed);
        assert_eq!(queue.push(Picture(3, false)), Pushed::Refused);
        assert_eq!(queue.pop(), None);
        assert_eq!(queue.push(Picture(4, true)), Pushed::Queued);
        assert_eq!(queue.pop(), Some(Picture(4, true)));
    }

    #[test]
    fn a_keyframe_keeps_what_waits_where_there_is_room() {
        let mut queue = GopQueue::new(3);
        queue.push(Picture(0, true));
        queue.push(Picture(1, false));

        queue.push(Picture(2, true));

        assert_eq!(queue.len(), 3);
    }

    #[test]
    fn a_keyframe_replaces_what_fills_the_queue() {
        let mut queue = GopQueue::new(2);
        queue.push(Picture(0, true));
        queue.push(Picture(1, false));

        assert_eq!(queue.push(Picture(2, true)), Pushed::Queued);

        assert_eq!(queue.pop(), Some(Picture(2, true)));
        assert!(queue.is_empty());
    }

    #[test]
    fn a_broken_picture_is_skipped_up_to_the_next_keyframe() {
        let mut queue = GopQueue::new(4);
        (0..3).for_each(|number| {
            queue.push(Picture(number, number != 1));
        });
        queue.pop();

        assert!(queue.skip_to_keyframe());
        assert_eq!(queue.pop(), Some(Picture(2, true)));
        assert!(!queue.skip_to_keyframe());
        assert_eq!(queue.push(Picture(3, false)), Pushed::Refused);
    }

    proptest! {
        #[test]
        fn every_picture_that_comes_out_follows_its_predecessor_or_is_a_keyframe(
            capacity in 1_usize..6,
            steps in proptest::collection::vec((any::<bool>(), prop::bool::weighted(0.2)), 0..200),
        ) {
            let mut queue = GopQueue::new(capacity);
            let mut last = None;
            for (number, (pop, keyframe)) in steps.into_iter().enumerate() {
                queue.push(Picture(number, keyframe));
                prop_assert!(queue.len() <= capacity);
                if pop && let Some(picture) = queue.pop() {
                    prop_assert!(picture.1 || last == picture.0.checked_sub(1));
                    last = Some(picture.0);
                }
            }
        }
    }
}
