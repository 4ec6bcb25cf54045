//! Whatever pictures come from: a camera, a screen, the test picture, a file.
//!
//! [`VideoInput`](super::input::VideoInput) opens a source and runs it on its thread.
use std::{path::PathBuf, time::Duration};

use crate::frame::{Size, VideoFrame};

pub mod camera;
pub mod file;
mod planes;
pub mod screen;

/// A source of raw pictures, at the pace at which they are to be shown.
pub trait VideoSource: Send {
    /// Waits for the next picture, for no longer than `patience`. `None`: none is due yet. After an error the source
    /// has ended.
    fn next_frame(&mut self, patience: Duration) -> Result<Option<VideoFrame>, VideoSourceError>;

    /// The size of its pictures.
    fn size(&self) -> Size;

    /// About how many pictures it gives a second.
    fn fps(&self) -> u32;

    /// Its name, for people.
    fn label(&self) -> &str;

    /// Asks for another rate, for a source that can choose.
    fn set_fps(&mut self, _fps: u32) {}
}

/// Why a source of pictures does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenVideoError {
    /// Nothing is plugged in.
    #[error("no camera was found: plug one in, or check that it is switched on")]
    NoCamera,
    /// The chosen camera is not there.
    #[error("the camera {name:?} is not plugged in: plug it in again, or choose another one")]
    Gone {
        /// The camera's name, or its id where the name is unknown.
        name: String,
    },
    /// Somebody else uses the camera.
    #[error("the camera {name:?} is in use by another program: close that program, or choose another camera")]
    Busy {
        /// The camera's name.
        name: String,
    },
    /// The operating system says no.
    #[error("this user may not use the camera {name:?}: {}", PERMISSION_REMEDY)]
    Denied {
        /// The camera's name.
        name: String,
    },
    /// It offers no kind of picture that can be used.
    #[error(
        "the camera {name:?} offers no format that Parlor understands (YUYV, NV12 or MJPEG): choose another camera"
    )]
    NoFormat {
        /// The camera's name.
        name: String,
    },
    /// The driver fails in its own way.
    #[error("the camera {name:?} does not start ({reason}): unplug it and plug it in again, perhaps elsewhere")]
    Camera {
        /// The camera's name.
        name: String,
        /// What the driver said.
        reason: String,
    },
    /// No picture of the screen is to be had.
    #[error(transparent)]
    Screen(#[from] screen::OpenScreenError),
    /// The file cannot be read.
    #[error("the file {} cannot be opened: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system has no thread left.
    #[error("the system has no resources left to open it: close other programs")]
    Resources,
}

#[cfg(target_os = "linux")]
const PERMISSION_REMEDY: &str = "add the user to the group \"video\", and log in again";
#[cfg(not(target_os = "linux"))]
const PERMISSION_REMEDY: &str = "allow it in the system's privacy settings";

/// Why a source of pictures ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VideoSourceError {
    /// The camera was unplugged, or its driver gave up.
    #[error("the camera {name:?} was unplugged or stopped working")]
    CameraLost {
        /// The camera's name.
        name: String,
    },
    /// The camera is there, but sends nothing.
    #[error("the camera {name:?} sends no pictures: unplug it and plug it in again")]
    CameraSilent {
        /// The camera's name.
        name: String,
    },
    /// The screen or window is gone.
    #[error(transparent)]
    Screen(#[from] screen::ScreenLost),
    /// The file cannot be read on.
    #[error("the file {} cannot be read: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}
