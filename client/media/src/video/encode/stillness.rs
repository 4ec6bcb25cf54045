//! Pictures of a desktop that stands still cost nothing: once nothing can be made sharper, they are left out.
use std::time::{Duration, Instant};

use crate::frame::VideoFrame;

/// An encoded picture with no more bytes than this changed nothing worth mentioning.
const NOTHING_NEW: usize = 600;
/// Only pictures with quantizers up to this, of 63, are sharp. Behind a large picture the ones that follow have no bits to
/// spare: they are coarse, and small for that reason alone.
const FINE: u32 = 24;
/// How many such pictures in a row show that the picture is as sharp as it gets.
const SHARP: u32 = 3;
/// Large pictures are changed in details forever. After so many of the same nobody sees a difference.
const LONG: u32 = 16;
/// Whoever receives nothing at all takes a still picture for a broken connection.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Watches a desktop stand still.
#[derive(Debug, Default)]
pub(super) struct Stillness {
    latest: Option<VideoFrame>,
    /// How many encoded pictures in a row had nothing new in them.
    unchanged: u32,
    /// How many encoded pictures in a row were the same.
    same: u32,
    /// Whether the latest one was fine.
    fine: bool,
    encoded_at: Option<Instant>,
}

impl Stillness {
    /// Whether this picture shows nothing that was not sent already.
    pub(super) fn skips(&self, frame: &VideoFrame) -> bool {
        let same = self.latest.as_ref().is_some_and(|latest| latest.same_pixels(frame));
        let lately = self.encoded_at.is_some_and(|at| frame.captured_at.saturating_duration_since(at) < SIGN_OF_LIFE);
        same && lately && self.fine && (self.unchanged >= SHARP || self.same >= LONG)
    }

    /// A picture was encoded to so many bytes with this quantizer, 0 (finest) to 63.
    pub(super) fn encoded(&mut self, frame: &VideoFrame, bytes: usize, quantizer: u32) {
        let same = self.latest.as_ref().is_some_and(|latest| latest.same_pixels(frame));
        self.fine = quantizer <= FINE;
        self.unchanged = if same && self.fine && bytes <= NOTHING_NEW { self.unchanged.saturating_add(1) } else { 0 };
        self.same = if same { self.same.saturating_add(1) } else { 0 };
        self.encoded_at = Some(frame.captured_at);
        self.latest = Some(frame.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    #[test]
    fn a_still_picture_is_sent_until_it_is_sharp_and_then_once_a_second() {
        let start = Instant::now();
        let mut stillness = Stillness::default();
        let picture = picture(start);
        let mut sent = Vec::new();

        for tick in 0..40 {
            let frame = picture.clone().taken_at(start + tick * Duration::from_millis(100));
            if !stillness.skips(&frame) {
                // It takes five pictures to become sharp.
                stillness.encoded(&frame, if tick < 5 { 20_000 } else { 300 }, FINE);
                sent.push(tick);
            }
        }

        assert_eq!(sent, [0, 1, 2, 3, 4, 5, 6, 7, 17, 27, 37]);
    }

    #[test]
    fn a_still_picture_that_is_never_called_sharp_is_sent_for_a_while_alone() {
        let start = Instant::now();
        let mut stillness = Stillness::default();
        let picture = picture(start);

        let sent = (0..100).filter(|_| {
            let skipped = stillness.skips(&picture);
            if !skipped {
                stillness.encoded(&picture, 4000, FINE);
            }
            !skipped
        });

        assert_eq!(sent.count(), 17);
    }

    #[test]
    fn a_coarse_picture_is_made_finer_however_little_each_of_those_that_follow_adds() {
        let start = Instant::now();
        let mut stillness = Stillness::default();
        let picture = picture(start);
        (0..100).for_each(|_| stillness.encoded(&picture, 300, FINE + 1));

        let while_coarse = stillness.skips(&picture);
        (0..SHARP).for_each(|_| stillness.encoded(&picture, 300, FINE));

        assert!(!while_coarse && stillness.skips(&picture));
    }

    #[test]
    fn whatever_moves_is_sent() {
        let start = Instant::now();
        let mut stillness = Stillness::default();
        let first = picture(start);
        (0..10).for_each(|_| stillness.encoded(&first, 100, FINE));

        let skipped = stillness.skips(&first);
        let moved = stillness.skips(&picture(start));

        assert!(skipped && !moved);
    }

    fn picture(captured_at: Instant) -> VideoFrame {
        let size = Size::new(4, 4);
        VideoFrame::new(size, vec![90; size.i420_bytes()], captured_at).unwrap()
    }
}
