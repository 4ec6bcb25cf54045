//! How large pictures of the others are wanted: as large as they are shown, in steps that senders encode anyway.
//!
//! Pure: [`CallScreen`](super::CallScreen) tells it after each frame how every picture is shown, and what time it is.
//! A larger picture is asked for at once. A smaller one waits until the place has been smaller for a while, so that who
//! turns a page and back, or drags the edge of a window to and fro, costs nobody a keyframe.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use eframe::egui::Vec2;
use parlor_call::{Command, Wanted};
use parlor_protocol::{Lines, ParticipantId};

use crate::engine::PictureId;

/// How long a picture has been smaller before a smaller one is asked for.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// The sizes that are asked for, in rows of pixels. Beyond the last, all there are.
const STEPS: [Lines; 4] = [Lines(180), Lines(360), Lines(720), Lines(1080)];
/// A picture is stretched by this much before the next step is worth its bits.
const STRETCH: f32 = 1.25;
/// A place is smaller only where it is so by more than this: the width of a scroll bar is no reason.
const SPARE: f32 = 1.1;
/// In a place of more rows than this, people read what is shared, so they get every pixel of it.
const READABLE: f32 = 360.0 * STRETCH;
/// What is shared as motion is never larger. Anything that is, is text, which does not survive being made smaller.
const LARGEST_MOTION: Vec2 = Vec2::new(1280.0, 720.0);

/// How a picture is shown. The largest place counts where there are several.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub(crate) enum Shown {
    /// Nowhere, or where nobody can see it.
    #[default]
    Nowhere,
    /// As so many rows of pixels of the screen.
    Rows(f32),
    /// So that every pixel of it counts.
    Whole,
}

impl Shown {
    /// A picture of somebody's camera.
    pub(super) fn camera(rows: f32) -> Self {
        if rows > 0.0 { Self::Rows(rows) } else { Self::Nowhere }
    }

    /// A shared picture. `size` is that of the last picture that came, in its own pixels.
    pub(super) fn screen(rows: f32, size: Option<Vec2>) -> Self {
        let is_text = size.is_some_and(|size| size.x > LARGEST_MOTION.x || size.y > LARGEST_MOTION.y);
        if is_text || rows > READABLE { Self::Whole } else { Self::camera(rows) }
    }

    /// The larger of two places of one picture.
    pub(super) fn or_larger(self, other: Self) -> Self {
        if other > self { other } else { self }
    }

    fn lines(self) -> Lines {
        match self {
            Self::Nowhere => Lines::NONE,
            Self::Rows(rows) => {
                let enough = |step: &Lines| f32::from(step.0) * STRETCH >= rows;
                STEPS.into_iter().find(enough).unwrap_or(Lines::ALL)
            }
            Self::Whole => Lines::ALL,
        }
    }

    fn with_spare(self) -> Self {
        match self {
            Self::Rows(rows) => Self::Rows(rows * SPARE),
            Self::Nowhere | Self::Whole => self,
        }
    }
}

/// What was asked of everybody.
#[derive(Debug, Default)]
pub(crate) struct Sizes(BTreeMap<ParticipantId, Pair>);

/// What was asked of somebody.
#[derive(Debug)]
struct Pair {
    camera: Size,
    screen: Size,
    told: Wanted,
}

/// How large one picture is wanted.
#[derive(Debug, Clone, Copy)]
struct Size {
    lines: Lines,
    /// Since when it is shown smaller than that.
    smaller: Option<Instant>,
}

impl Sizes {
    /// Takes in how the pictures of those who are here are shown. Returns what to ask for.
    pub(super) fn watch(
        &mut self,
        here: impl Iterator<Item = ParticipantId>,
        shown: impl Fn(PictureId) -> Shown,
        now: Instant,
    ) -> Vec<Command> {
        let mut before = std::mem::take(&mut self.0);
        let mut asked = Vec::new();
        for who in here {
            let (camera, screen) = (shown(PictureId::Camera(who)), shown(PictureId::Screen(who)));
            let mut pair = before.remove(&who).unwrap_or_else(|| Pair::new(camera, screen));
            pair.camera.show(camera, now);
            pair.screen.show(screen, now);
            let wanted = Wanted { camera: pair.camera.lines, screen: pair.screen.lines };
            if pair.told != wanted {
                pair.told = wanted;
                asked.push(Command::Show { who, wanted });
            }
            self.0.insert(who, pair);
        }
        asked
    }

    /// When something is asked for next, although nothing changes.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let since = self.0.values().flat_map(|pair| [pair.camera.smaller, pair.screen.smaller]).flatten().min();
        since.map(|since| since + PATIENCE)
    }
}

impl Pair {
    /// Whoever is not told otherwise sends everything.
    fn new(camera: Shown, screen: Shown) -> Self {
        let size = |shown: Shown| Size { lines: shown.lines(), smaller: None };
        Self { camera: size(camera), screen: size(screen), told: Wanted::default() }
    }
}

impl Size {
    fn show(&mut self, shown: Shown, now: Instant) {
        let (lines, with_spare) = (shown.lines(), shown.with_spare().lines());
        if lines >= self.lines {
            *self = Self { lines, smaller: None };
            return;
        }
        if with_spare >= self.lines {
            self.smaller = None;
            return;
        }
        let since = *self.smaller.get_or_insert(now);
        if now.saturating_duration_since(since) >= PATIENCE {
            *self = Self { lines: with_spare, smaller: None };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(2);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_picture_is_asked_for_as_large_as_it_is_shown_and_only_when_that_changes() {
        let (mut sizes, now) = (Sizes::default(), Instant::now());

        let first = show(&mut sizes, Shown::Rows(300.0), now);
        let again = show(&mut sizes, Shown::Rows(310.0), now + SECOND);

        assert_eq!((first, again), (Some(Lines(360)), None));
    }

    #[test]
    fn steps_are_taken_as_far_as_a_picture_can_be_stretched_unseen() {
        let lines = |rows| Shown::Rows(rows).lines();

        assert_eq!([1.0, 180.0, 225.0, 226.0].map(lines), [Lines(180), Lines(180), Lines(180), Lines(360)]);
        assert_eq!([451.0, 900.0, 901.0, 1350.0].map(lines), [Lines(720), Lines(720), Lines(1080), Lines(1080)]);
        assert_eq!(lines(1351.0), Lines::ALL);
        assert_eq!((Shown::Nowhere.lines(), Shown::camera(0.0).lines()), (Lines::NONE, Lines::NONE));
    }

    #[test]
    fn a_larger_picture_is_asked_for_at_once_and_a_smaller_one_after_a_while() {
        let (mut sizes, now) = (Sizes::default(), Instant::now());
        show(&mut sizes, Shown::Rows(180.0), now);

        let larger = show(&mut sizes, Shown::Rows(700.0), now);
        let smaller = show(&mut sizes, Shown::Rows(180.0), now + SECOND);
        let due = sizes.poll_timeout();
        let later = show(&mut sizes, Shown::Rows(180.0), now + SECOND + PATIENCE);

        assert_eq!((larger, smaller, later), (Some(Lines(720)), None, Some(Lines(180))));
        assert_eq!(due, Some(now + SECOND + PATIENCE));
        assert_eq!(sizes.poll_timeout(), None);
    }

    #[test]
    fn who_turns_a_page_and_back_asks_for_nothing() {
        let (mut sizes, now) = (Sizes::default(), Instant::now());
        show(&mut sizes, Shown::Rows(300.0), now);

        let away = show(&mut sizes, Shown::Nowhere, now);
        let back = show(&mut sizes, Shown::Rows(300.0), now + SECOND);
        let away_again = show(&mut sizes, Shown::Nowhere, now + 3 * SECOND);
        let at_last = show(&mut sizes, Shown::Nowhere, now + 3 * SECOND + PATIENCE);

        assert_eq!((away, back, away_again, at_last), (None, None, None, Some(Lines::NONE)));
    }

    #[test]
    fn a_place_at_the_edge_between_two_steps_keeps_the_larger_one() {
        let (mut sizes, now) = (Sizes::default(), Instant::now());
        show(&mut sizes, Shown::Rows(230.0), now);

        let at_the_edge = [215.0, 226.0, 220.0].map(Shown::Rows).into_iter().zip(1..);
        let asked: Vec<_> = at_the_edge.map(|(shown, n)| show(&mut sizes, shown, now + 5 * n * SECOND)).collect();
        show(&mut sizes, Shown::Rows(180.0), now + 30 * SECOND);
        let far = show(&mut sizes, Shown::Rows(180.0), now + 40 * SECOND);

        assert_eq!(asked, [None, None, None]);
        assert_eq!(far, Some(Lines(180)));
    }

    #[test]
    fn somebody_new_who_is_nowhere_is_asked_for_nothing_at_once() {
        let mut sizes = Sizes::default();

        assert_eq!(show(&mut sizes, Shown::Nowhere, Instant::now()), Some(Lines::NONE));
    }

    #[test]
    fn somebody_who_left_is_forgotten() {
        let (mut sizes, now) = (Sizes::default(), Instant::now());
        show(&mut sizes, Shown::Rows(300.0), now);
        show(&mut sizes, Shown::Nowhere, now);

        sizes.watch([].into_iter(), |_| Shown::Nowhere, now);

        assert_eq!(sizes.poll_timeout(), None);
        assert_eq!(show(&mut sizes, Shown::Rows(300.0), now), Some(Lines(360)));
    }

    #[test]
    fn what_is_shared_is_wanted_whole_where_it_can_be_read_and_where_it_is_text() {
        let (motion, text) = (Some(Vec2::new(1280.0, 720.0)), Some(Vec2::new(1920.0, 1080.0)));

        assert_eq!(Shown::screen(120.0, motion).lines(), Lines(180));
        assert_eq!(Shown::screen(400.0, motion).lines(), Lines(360));
        assert_eq!(Shown::screen(460.0, motion).lines(), Lines::ALL);
        assert_eq!(Shown::screen(120.0, text).lines(), Lines::ALL);
        assert_eq!(Shown::screen(120.0, None).lines(), Lines(180));
    }

    #[test]
    fn the_largest_place_of_a_picture_counts() {
        let places = [Shown::Rows(200.0), Shown::Nowhere, Shown::Rows(400.0), Shown::Rows(300.0)];

        assert_eq!(places.into_iter().fold(Shown::Nowhere, Shown::or_larger), Shown::Rows(400.0));
        assert_eq!(Shown::Whole.or_larger(Shown::Rows(9999.0)), Shown::Whole);
    }

    /// Shows a camera like this; returns what is asked for then.
    fn show(sizes: &mut Sizes, shown: Shown, now: Instant) -> Option<Lines> {
        let of = |id| if id == PictureId::Camera(ADA) { shown } else { Shown::Nowhere };
        let asked = sizes.watch([ADA].into_iter(), of, now);
        assert!(asked.len() <= 1, "{asked:?}");
        asked.into_iter().next().map(|command| match command {
            Command::Show { who: ADA, wanted: Wanted { camera, screen: Lines::NONE } } => camera,
            other => panic!("{other:?}"),
        })
    }
}
