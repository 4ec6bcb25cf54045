//! Who is on the stage, and whose picture is a large one.
use std::collections::BTreeSet;

use parlor_call::CallView;
use parlor_protocol::{ParticipantId, TrackState};

use crate::{engine::PictureId, settings::Layout};

/// Everything on the stage: the large pictures, and the small ones beside them. Without large ones all are alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cast {
    pub(super) large: Vec<PictureId>,
    pub(super) small: Vec<PictureId>,
}

/// What the person did to single pictures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Held in large places, in this order.
    pub(super) pinned: Vec<PictureId>,
    /// In windows of their own.
    pub(super) popped: BTreeSet<PictureId>,
}

impl Marks {
    /// Holds a picture in a large place beside those already there, or no longer.
    pub(super) fn toggle_pin(&mut self, id: PictureId) {
        if self.pinned.contains(&id) {
            self.pinned.retain(|pinned| *pinned != id);
        } else {
            self.pinned.push(id);
        }
    }

    /// Gives a picture a window of its own.
    pub(super) fn pop_out(&mut self, id: PictureId) {
        self.popped.insert(id);
    }

    /// Forgets whatever is no longer there.
    pub(super) fn retain(&mut self, there: &[PictureId]) {
        self.pinned.retain(|id| there.contains(id));
        self.popped.retain(|id| there.contains(id));
    }
}

/// All pictures of a call, in the order in which they stand: what is shared, the others as they came, and us.
pub(super) fn everybody(call: &CallView, hide_self: bool) -> Vec<PictureId> {
    let shared = call.others.iter().filter(|other| other.media.screen == TrackState::On);
    let shared = shared.map(|other| PictureId::Screen(other.id));
    let mine = (call.media.screen.wanted == TrackState::On).then_some(PictureId::MyScreen);
    let cameras = call.others.iter().map(|other| PictureId::Camera(other.id));
    let me = (!hide_self).then_some(PictureId::Me);
    shared.chain(mine).chain(cameras).chain(me).collect()
}

/// Who is large and who is small.
pub(super) fn cast(all: &[PictureId], layout: Layout, marks: &Marks, speaker: Option<ParticipantId>) -> Cast {
    let here: Vec<_> = all.iter().copied().filter(|id| !marks.popped.contains(id)).collect();
    let large = large(&here, layout, &marks.pinned, speaker);
    let small = here.into_iter().filter(|id| !large.contains(id)).collect();
    Cast { large, small }
}

fn large(here: &[PictureId], layout: Layout, pinned: &[PictureId], speaker: Option<ParticipantId>) -> Vec<PictureId> {
    let pinned: Vec<_> = pinned.iter().copied().filter(|id| here.contains(id)).collect();
    if !pinned.is_empty() {
        return pinned;
    }
    // Our own screen is never large: it would show itself, and itself in itself.
    let shared: Vec<_> = here.iter().copied().filter(|id| matches!(id, PictureId::Screen(_))).collect();
    match layout {
        Layout::Grid => Vec::new(),
        Layout::Automatic => shared,
        Layout::Speaker if !shared.is_empty() => shared,
        Layout::Speaker => foremost(here, speaker).into_iter().collect(),
    }
}

/// Who speaks; before anybody has spoken, who came first.
pub(super) fn foremost(here: &[PictureId], speaker: Option<ParticipantId>) -> Option<PictureId> {
    let speaker = speaker.map(PictureId::Camera).filter(|id| here.contains(id));
    speaker.or_else(|| here.iter().copied().find(|id| matches!(id, PictureId::Camera(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(2);
    const BOB: ParticipantId = ParticipantId::new(3);
    const ALL: [PictureId; 3] = [PictureId::Camera(ADA), PictureId::Camera(BOB), PictureId::Me];
    const SHARED: [PictureId; 4] =
        [PictureId::Screen(BOB), PictureId::Camera(ADA), PictureId::Camera(BOB), PictureId::Me];

    #[test]
    fn all_are_alike_until_something_is_shared() {
        let before = cast(&ALL, Layout::Automatic, &Marks::default(), Some(ADA));
        let after = cast(&SHARED, Layout::Automatic, &Marks::default(), Some(ADA));

        assert_eq!(before, Cast { large: Vec::new(), small: ALL.to_vec() });
        assert_eq!(after, Cast { large: vec![PictureId::Screen(BOB)], small: ALL.to_vec() });
    }

    #[test]
    fn in_a_grid_also_what_is_shared_is_one_of_many() {
        let grid = cast(&SHARED, Layout::Grid, &Marks::default(), None);

        assert_eq!(grid, Cast { large: Vec::new(), small: SHARED.to_vec() });
    }

    #[test]
    fn who_speaks_is_large_and_before_that_who_came_first() {
        let large = |speaker| cast(&ALL, Layout::Speaker, &Marks::default(), speaker).large;

        assert_eq!(large(Some(BOB)), [PictureId::Camera(BOB)]);
        assert_eq!(large(None), [PictureId::Camera(ADA)]);
        assert_eq!(large(Some(ParticipantId::new(99))), [PictureId::Camera(ADA)]);
    }

    #[test]
    fn alone_nobody_is_large() {
        let alone = cast(&[PictureId::Me], Layout::Speaker, &Marks::default(), None);

        assert_eq!(alone, Cast { large: Vec::new(), small: vec![PictureId::Me] });
    }

    #[test]
    fn what_is_pinned_is_large_in_every_layout_as_long_as_it_is_there() {
        let pinned = vec![PictureId::Camera(ADA), PictureId::Me, PictureId::Screen(ADA)];
        let marks = Marks { pinned, ..Marks::default() };

        for layout in Layout::ALL {
            let cast = cast(&SHARED, layout, &marks, Some(BOB));

            assert_eq!(cast.large, [PictureId::Camera(ADA), PictureId::Me]);
            assert_eq!(cast.small, [PictureId::Screen(BOB), PictureId::Camera(BOB)]);
        }
    }

    #[test]
    fn what_has_a_window_of_its_own_is_not_on_the_stage() {
        let popped = [PictureId::Screen(BOB), PictureId::Camera(ADA)].into();
        let marks = Marks { popped, pinned: vec![PictureId::Camera(ADA)] };

        let cast = cast(&SHARED, Layout::Automatic, &marks, None);

        assert_eq!(cast, Cast { large: Vec::new(), small: vec![PictureId::Camera(BOB), PictureId::Me] });
    }

    #[test]
    fn our_own_screen_is_never_large() {
        let all = [PictureId::MyScreen, PictureId::Camera(ADA), PictureId::Me];

        for layout in Layout::ALL {
            let large = cast(&all, layout, &Marks::default(), None).large;

            assert!(!large.contains(&PictureId::MyScreen), "{layout:?}");
        }
    }
}
