//! Our own tracks: what is wanted, and what the devices allow.
use parlor_protocol::{MediaState, TrackState};

use crate::{MyMedia, MyTrack, TrackKind};

#[derive(Debug, Clone, Copy, Default)]
struct Track {
    wanted: TrackState,
    ready: bool,
}

impl Track {
    fn actual(self) -> TrackState {
        if self.ready { self.wanted } else { TrackState::Off }
    }
}

/// All our tracks, and the number of the state that the others were told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tracks {
    microphone: Track,
    camera: Track,
    screen: Track,
    told: MediaState,
}

impl Tracks {
    pub(crate) fn wanting(microphone: TrackState, camera: TrackState) -> Self {
        let track = |wanted| Track { wanted, ready: false };
        Self { microphone: track(microphone), camera: track(camera), ..Self::default() }
    }

    pub(crate) fn wanted(&self, kind: TrackKind) -> TrackState {
        self.track(kind).wanted
    }

    /// Returns whether that is a change.
    pub(crate) fn set_wanted(&mut self, kind: TrackKind, wanted: TrackState) -> bool {
        std::mem::replace(&mut self.track_mut(kind).wanted, wanted) != wanted
    }

    pub(crate) fn set_ready(&mut self, kind: TrackKind, ready: bool) {
        self.track_mut(kind).ready = ready;
    }

    /// What the others were told last.
    pub(crate) fn told(&self) -> MediaState {
        self.told
    }

    /// What the others must be told now, if that is news.
    pub(crate) fn news(&mut self) -> Option<MediaState> {
        let now = MediaState {
            revision: self.told.revision,
            microphone: self.microphone.actual(),
            camera: self.camera.actual(),
            screen: self.screen.actual(),
        };
        if now == self.told {
            return None;
        }
        self.told = MediaState { revision: now.revision.saturating_add(1), ..now };
        Some(self.told)
    }

    pub(crate) fn view(&self) -> MyMedia {
        let view = |track: Track| MyTrack { wanted: track.wanted, actual: track.actual() };
        MyMedia { microphone: view(self.microphone), camera: view(self.camera), screen: view(self.screen) }
    }

    fn track(&self, kind: TrackKind) -> &Track {
        match kind {
            TrackKind::Microphone => &self.microphone,
            TrackKind::Camera => &self.camera,
            TrackKind::Screen => &self.screen,
        }
    }

    fn track_mut(&mut self, kind: TrackKind) -> &mut Track {
        match kind {
            TrackKind::Microphone => &mut self.microphone,
            TrackKind::Camera => &mut self.camera,
            TrackKind::Screen => &mut self.screen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_that_is_wanted_but_does_not_open_is_off_for_the_others() {
        let mut tracks = Tracks::wanting(TrackState::On, TrackState::On);

        tracks.set_ready(TrackKind::Microphone, true);
        let told = tracks.news().expect("news");

        assert_eq!((told.microphone, told.camera), (TrackState::On, TrackState::Off));
        assert_eq!(tracks.view().camera.wanted, TrackState::On);
    }

    #[test]
    fn each_change_is_told_once_with_a_higher_revision() {
        let mut tracks = Tracks::wanting(TrackState::On, TrackState::Off);
        tracks.set_ready(TrackKind::Microphone, true);

        let first = tracks.news().expect("news");
        let nothing = tracks.news();
        tracks.set_wanted(TrackKind::Microphone, TrackState::Muted);
        let second = tracks.news().expect("news");

        assert_eq!(nothing, None);
        assert!(second.revision > first.revision);
        assert_eq!(second.microphone, TrackState::Muted);
    }
}
