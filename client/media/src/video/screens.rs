//! Which screens and windows there are to be shared.
use super::source::screen;
pub use super::source::screen::{OpenScreenError, ScreenLost};
use crate::{
    frame::{Size, VideoFrame},
    spec::VideoSpec,
};

/// What can be shared at the moment.
#[derive(Debug, Clone, Default)]
pub struct Shareables {
    /// Whole screens, the main one first.
    pub screens: Vec<Shareable>,
    /// Windows, those in front first.
    pub windows: Vec<Shareable>,
}

/// A screen or a window that can be shared.
#[derive(Debug, Clone)]
pub struct Shareable {
    /// What to open.
    pub spec: VideoSpec,
    /// What it is called; empty where the desktop itself asks which screen.
    pub title: String,
    /// The program that a window belongs to; empty for screens.
    pub program: String,
    /// How large it is; zero where that is not known before it is opened.
    pub size: Size,
    /// Whether it is a window of this very program.
    pub own: bool,
    /// What it shows, small.
    pub thumbnail: Option<VideoFrame>,
}

/// Lists what can be shared, with pictures no larger than `thumbnails`, if they are wanted. May take a second: call it
/// on a thread that nobody waits for.
pub fn shareables(thumbnails: Option<Size>) -> Result<Shareables, OpenScreenError> {
    screen::list(thumbnails)
}
