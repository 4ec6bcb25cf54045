//! Screens and windows as xcap sees them: on Windows, on macOS, and under Wayland through the desktop's portal.
//!
//! On X11 [`x11`](super::x11) does the same for a fifth of the effort. The pointer is in the picture where the system
//! draws it there.
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use xcap::{Frame, Monitor, VideoRecorder, Window, XCapError};

#[cfg(not(target_os = "linux"))]
use super::system::Found;
use super::{Grab, Grabber, OpenScreenError, Order, ScreenLost};
use crate::spec::{ScreenRegion, VideoSpec};

/// How long the first picture may take once the person has agreed.
const FIRST_PICTURE: Duration = Duration::from_secs(10);

pub(super) fn open(spec: &VideoSpec) -> Result<Box<dyn Grabber>, OpenScreenError> {
    match spec {
        VideoSpec::Screen(id) => open_monitor(*id, None),
        VideoSpec::Region(region) => open_monitor(Some(region.screen), Some(*region)),
        VideoSpec::Window(id) => {
            let windows = Window::all().map_err(refused)?;
            let mut windows = windows.into_iter();
            let window = windows.find(|window| window.id().is_ok_and(|found| found == *id));
            let window = window.ok_or(OpenScreenError::NoSuchWindow)?;
            let label = window.title().unwrap_or_default();
            Ok(Box::new(OneWindow { window, label }))
        }
        VideoSpec::Camera(_) | VideoSpec::Pattern(_) | VideoSpec::File(_) | VideoSpec::None => {
            Err(OpenScreenError::NoSuchScreen)
        }
    }
}

fn open_monitor(id: Option<u32>, region: Option<ScreenRegion>) -> Result<Box<dyn Grabber>, OpenScreenError> {
    let mut monitors = Monitor::all().map_err(refused)?.into_iter();
    let monitor = monitors.find(|monitor| match id {
        // Under Wayland the desktop asks which one.
        _ if cfg!(target_os = "linux") => true,
        None => monitor.is_primary().unwrap_or(false),
        Some(id) => monitor.id().is_ok_and(|found| found == id),
    });
    let monitor = monitor.ok_or(OpenScreenError::NoSuchScreen)?;
    let label = monitor.friendly_name().unwrap_or_default();
    if !cfg!(target_os = "linux") {
        return Ok(Box::new(OneMonitor { monitor, region, label }));
    }
    let (recorder, frames) = monitor.video_recorder().map_err(refused)?;
    recorder.start().map_err(refused)?;
    let first = match frames.recv_timeout(FIRST_PICTURE) {
        Ok(frame) => read(frame, region).ok_or(OpenScreenError::Hidden)?,
        Err(RecvTimeoutError::Timeout) => return Err(OpenScreenError::NoAnswer),
        Err(RecvTimeoutError::Disconnected) => {
            return Err(OpenScreenError::Refused { reason: "the recording ended".to_owned() });
        }
    };
    Ok(Box::new(Recording { recorder, frames, region, label, first: Some(first) }))
}

/// A screen that is looked at again and again.
struct OneMonitor {
    monitor: Monitor,
    region: Option<ScreenRegion>,
    label: String,
}

impl Grabber for OneMonitor {
    fn grab(&mut self) -> Result<Option<Grab>, ScreenLost> {
        let image = self.monitor.capture_image().map_err(|_| ScreenLost::ScreenGone)?;
        let frame = Frame { width: image.width(), height: image.height(), raw: image.into_raw() };
        read(frame, self.region).map(Some).ok_or(ScreenLost::ScreenGone)
    }

    fn label(&self) -> &str {
        &self.label
    }
}

/// A window that is looked at again and again.
struct OneWindow {
    window: Window,
    label: String,
}

impl Grabber for OneWindow {
    fn grab(&mut self) -> Result<Option<Grab>, ScreenLost> {
        if self.window.is_minimized().unwrap_or(false) {
            return Ok(None);
        }
        let closed = |_| ScreenLost::WindowClosed { title: self.label.clone() };
        let image = self.window.capture_image().map_err(closed)?;
        Ok(read(Frame { width: image.width(), height: image.height(), raw: image.into_raw() }, None))
    }

    fn label(&self) -> &str {
        &self.label
    }
}

/// A screen of which the desktop sends pictures by itself.
struct Recording {
    recorder: VideoRecorder,
    frames: Receiver<Frame>,
    region: Option<ScreenRegion>,
    label: String,
    first: Option<Grab>,
}

impl Grabber for Recording {
    fn grab(&mut self) -> Result<Option<Grab>, ScreenLost> {
        let mut newest = None;
        // All that has come since, so that nothing piles up; none where the screen stood still.
        loop {
            match self.frames.try_recv() {
                Ok(frame) => newest = Some(frame),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    return Err(ScreenLost::Ended { reason: "the desktop ended it".to_owned() });
                }
            }
        }
        let newest = newest.and_then(|frame| read(frame, self.region));
        Ok(newest.or_else(|| self.first.take()))
    }

    fn label(&self) -> &str {
        &self.label
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Err(error) = self.recorder.stop() {
            tracing::warn!(%error, "the desktop may go on to record the screen");
        }
    }
}

/// The part of a picture that is wanted. `None` where it lies outside, or where bytes are missing.
fn read(frame: Frame, region: Option<ScreenRegion>) -> Option<Grab> {
    let Frame { width, height, raw } = frame;
    if raw.len() != width as usize * height as usize * 4 {
        return None;
    }
    let Some(region) = region else {
        return Some(Grab { width, height, order: Order::Rgba, pixels: raw });
    };
    let ScreenRegion { x, y, width: across, height: down, .. } = region;
    if x.checked_add(across)? > width || y.checked_add(down)? > height {
        return None;
    }
    let (stride, left, length) = (width as usize * 4, x as usize * 4, across as usize * 4);
    let rows = raw.chunks_exact(stride).skip(y as usize).take(down as usize);
    let pixels = rows.flat_map(|row| &row[left..left + length]).copied().collect();
    Some(Grab { width: across, height: down, order: Order::Rgba, pixels })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn find() -> Result<(Vec<Found>, Vec<Found>), OpenScreenError> {
    use crate::frame::Size;

    let screen = |monitor: Monitor| -> Result<Found, XCapError> {
        Ok(Found {
            spec: VideoSpec::Screen(Some(monitor.id()?)),
            title: monitor.friendly_name()?,
            program: String::new(),
            size: Size { width: monitor.width()?, height: monitor.height()? },
            own: false,
        })
    };
    let window = |window: Window| -> Result<Option<Found>, XCapError> {
        let (title, program) = (window.title()?, window.app_name()?);
        if window.is_minimized()? || (title.is_empty() && program.is_empty()) {
            return Ok(None);
        }
        let size = Size { width: window.width()?, height: window.height()? };
        let own = window.pid()? == std::process::id();
        Ok(Some(Found { spec: VideoSpec::Window(window.id()?), title, program, size, own }))
    };
    let monitors = Monitor::all().map_err(refused)?;
    let windows = Window::all().map_err(refused)?;
    Ok((
        monitors.into_iter().filter_map(|found| screen(found).ok()).collect(),
        windows.into_iter().filter_map(|found| window(found).ok().flatten()).collect(),
    ))
}

fn refused(error: XCapError) -> OpenScreenError {
    OpenScreenError::Refused { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_out_of_the_picture() {
        let raw = (0..12).flat_map(|pixel| [pixel; 4]).collect();
        let region = ScreenRegion { screen: 0, x: 1, y: 1, width: 2, height: 2 };

        let grab = read(Frame { width: 4, height: 3, raw }, Some(region)).unwrap();

        let pixels: Vec<_> = grab.pixels.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!((grab.width, grab.height, pixels), (2, 2, vec![5, 6, 9, 10]));
    }

    #[test]
    fn a_part_outside_of_the_picture_and_a_picture_cut_short_give_nothing() {
        let whole = || Frame { width: 4, height: 3, raw: vec![0; 48] };
        let outside = ScreenRegion { screen: 0, x: 3, y: 0, width: 2, height: 2 };

        assert_eq!(read(whole(), Some(outside)), None);
        assert_eq!(read(whole(), Some(ScreenRegion { x: u32::MAX, ..outside })), None);
        assert_eq!(read(Frame { width: 4, height: 3, raw: vec![0; 47] }, None), None);
    }
}
