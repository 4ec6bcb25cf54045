//! Which way leads to the screens: X11 by itself, everything else through xcap.
use super::xcap;
use super::{Grab, Grabber, OpenScreenError};
#[cfg(target_os = "linux")]
use super::{ScreenLost, x11};
use crate::{
    frame::Size,
    spec::VideoSpec,
    video::{
        convert::{Scaler, fitted},
        screens::{Shareable, Shareables},
    },
};

/// Something that can be shared, before its picture is taken.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) spec: VideoSpec,
    pub(super) title: String,
    pub(super) program: String,
    pub(super) size: Size,
    pub(super) own: bool,
}

#[cfg(target_os = "linux")]
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Under Wayland the desktop itself asks which screen, and nobody sees windows but those of X11 programs.
#[cfg(target_os = "linux")]
pub(super) fn open(spec: &VideoSpec) -> Result<Box<dyn Grabber>, OpenScreenError> {
    let on_wayland = is_set("WAYLAND_DISPLAY");
    match spec {
        VideoSpec::Screen(_) | VideoSpec::Region(_) if on_wayland => xcap::open(spec),
        VideoSpec::Screen(_) | VideoSpec::Region(_) | VideoSpec::Window(_) => x11::open(spec),
        VideoSpec::Camera(_) | VideoSpec::Pattern(_) | VideoSpec::File(_) | VideoSpec::None => {
            Err(OpenScreenError::NoSuchScreen)
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open(spec: &VideoSpec) -> Result<Box<dyn Grabber>, OpenScreenError> {
    xcap::open(spec)
}

/// Lists what can be shared, with small pictures no larger than `thumbnails`, if they are wanted. May take a second.
pub(in crate::video) fn list(thumbnails: Option<Size>) -> Result<Shareables, OpenScreenError> {
    let (screens, windows) = find()?;
    let picture = |found: &Found| thumbnails.and_then(|size| thumbnail(&found.spec, size));
    let shareable = |found: Found| Shareable {
        thumbnail: picture(&found),
        spec: found.spec,
        title: found.title,
        program: found.program,
        size: found.size,
        own: found.own,
    };
    Ok(Shareables {
        screens: screens.into_iter().map(shareable).collect(),
        windows: windows.into_iter().map(shareable).collect(),
    })
}

#[cfg(target_os = "linux")]
fn find() -> Result<(Vec<Found>, Vec<Found>), OpenScreenError> {
    if !is_set("WAYLAND_DISPLAY") {
        return x11::find();
    }
    let any = Found {
        spec: VideoSpec::Screen(None),
        title: String::new(),
        program: String::new(),
        size: Size::new(0, 0),
        own: false,
    };
    let windows = if is_set("DISPLAY") { x11::find().map(|(_, windows)| windows) } else { Ok(Vec::new()) };
    Ok((vec![any], windows.unwrap_or_default()))
}

#[cfg(not(target_os = "linux"))]
fn find() -> Result<(Vec<Found>, Vec<Found>), OpenScreenError> {
    xcap::find()
}

/// A small picture. None where there is nothing to see, or where the desktop would ask the person first.
fn thumbnail(spec: &VideoSpec, size: Size) -> Option<crate::frame::VideoFrame> {
    #[cfg(target_os = "linux")]
    if is_set("WAYLAND_DISPLAY") && spec.shows_desktop() {
        return None;
    }
    let grab: Grab = open(spec).ok()?.grab().ok()??;
    let frame = grab.to_frame(std::time::Instant::now())?;
    Some(Scaler::default().scale(&frame, fitted(frame.size(), size)))
}

#[cfg(target_os = "linux")]
impl From<OpenScreenError> for ScreenLost {
    fn from(error: OpenScreenError) -> Self {
        Self::Ended { reason: error.to_string() }
    }
}
