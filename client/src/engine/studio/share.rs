//! What we share beside our camera: a screen, a window, a second camera.
use parlor_call::TrackKind;
use parlor_media::{
    frame::Size,
    spec::VideoSpec,
    video::{encode::Content, input::VideoInputEvent, screens::shareables},
};

use super::{Studio, StudioEvent, StudioNews, gives, line::Shape, opening, status::camera_status};
use crate::engine::{DeviceStatus, DeviceView, ShareMode};

/// Screens are shown with all their pixels up to this length of a side, the longest that receivers take.
const LARGEST_SCREEN: Size = Size::new(4096, 4096);
/// Cameras and films are not made larger than they are, and no larger than this.
const LARGEST_FILM: Size = Size::new(1920, 1080);
/// The largest small picture of what could be shared.
const THUMBNAIL: Size = Size::new(480, 270);
const MOTION_SIZE: Size = Size::new(1280, 720);
/// Letters need no more pictures, and more bits for each are sharper ones.
const TEXT_FPS: u32 = 8;
const MOTION_FPS: u32 = 30;
/// Taken only while something changes: a desktop that stands still takes next to nothing.
const TEXT_KBPS: u32 = 2500;
const MOTION_KBPS: u32 = 2000;

pub(super) fn shape(source: &VideoSpec, mode: ShareMode) -> Shape {
    let full = match source {
        VideoSpec::Screen(_) | VideoSpec::Window(_) | VideoSpec::Region(_) => LARGEST_SCREEN,
        VideoSpec::Camera(_) | VideoSpec::Pattern(_) | VideoSpec::File(_) | VideoSpec::None => LARGEST_FILM,
    };
    match mode {
        ShareMode::Text => Shape { size: full, fps: TEXT_FPS, kbps: TEXT_KBPS, content: Content::Screen },
        ShareMode::Motion => Shape { size: MOTION_SIZE, fps: MOTION_FPS, kbps: MOTION_KBPS, content: Content::Camera },
    }
}

impl Studio {
    /// Chooses what is shared and how. The same source goes on without a break; it runs once its track is on.
    pub(in crate::engine) fn share(&mut self, source: VideoSpec, mode: ShareMode) {
        self.screen.set_shape(shape(&source, mode));
        self.view.share_mode = mode;
        let goes_on = self.screen_on && self.view.share.chosen == source;
        self.view.share.chosen = source;
        if self.screen_on && !goes_on {
            self.open_screen();
        }
    }

    /// Lists what could be shared, on a thread of its own: taking the small pictures may last a second.
    pub(in crate::engine) fn list_shareables(&mut self) {
        if std::mem::replace(&mut self.listing, true) {
            return;
        }
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let listed = shareables(Some(THUMBNAIL));
            // Nobody listens any more where the engine has stopped.
            let _ = events.blocking_send(StudioEvent::Shareables(listed));
        });
    }

    /// Starts or ends what was chosen.
    pub(super) fn set_sharing(&mut self, on: bool) {
        if std::mem::replace(&mut self.screen_on, on) == on {
            return;
        }
        if on {
            return self.open_screen();
        }
        self.screen.set_spec(VideoSpec::None);
        // Why it ended stays to be read.
        let status = match std::mem::take(&mut self.view.share.status) {
            failed @ DeviceStatus::Failed { .. } => failed,
            DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Running { .. } => DeviceStatus::Off,
        };
        self.view.share = DeviceView { chosen: VideoSpec::None, status };
    }

    pub(super) fn handle_screen(&mut self, event: VideoInputEvent) -> Option<StudioNews> {
        let chosen = &self.view.share.chosen;
        let ends = |spec: &VideoSpec| !matches!(spec, VideoSpec::Camera(_));
        let ended = match &event {
            VideoInputEvent::Closed => return Some(StudioNews::Ready { track: TrackKind::Screen, ready: false }),
            // What is still said of a source that was replaced is of no interest.
            VideoInputEvent::Opened { spec, .. }
            | VideoInputEvent::Failed { spec, .. }
            | VideoInputEvent::Lost { spec, .. }
                if !self.screen_on || spec != chosen =>
            {
                return None;
            }
            VideoInputEvent::Opened { .. } => None,
            VideoInputEvent::Failed { spec, error } => ends(spec).then(|| error.to_string()),
            VideoInputEvent::Lost { spec, error } => ends(spec).then(|| error.to_string()),
        };
        self.screen_gives = gives(&event);
        let (_, status) = camera_status(event);
        let ready = matches!(status, DeviceStatus::Running { .. });
        self.view.share.status = status;
        Some(match ended {
            Some(message) => StudioNews::ShareEnded { message },
            None => StudioNews::Ready { track: TrackKind::Screen, ready },
        })
    }

    fn open_screen(&mut self) {
        let spec = self.view.share.chosen.clone();
        self.view.share.status = opening(spec == VideoSpec::None);
        self.screen.set_spec(spec);
    }
}
