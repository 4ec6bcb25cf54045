//! A camera, on a thread of its own.
//!
//! Drivers block: for seconds while a camera opens, forever while it hangs. So nothing but the capture thread ever
//! talks to one, and whoever owns the [`Camera`] waits for pictures only as long as it has patience.
use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{OpenVideoError, VideoSource, VideoSourceError};
use crate::{
    device::{self, Device},
    frame::{Size, VideoFrame},
    slot::{SlotReceiver, SlotSender, slot},
    video::devices,
};

mod format;
mod pixels;
#[cfg_attr(target_os = "linux", path = "camera/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "camera/other.rs")]
mod system;

use pixels::Converter;

/// How long a camera may take to open and to give its first picture.
const OPENING: Duration = Duration::from_secs(10);

/// How long a camera may pause between two pictures. In the dark some take only five a second.
const SILENCE: Duration = Duration::from_secs(2);

/// How long closing waits for the capture thread.
const CLOSING: Duration = Duration::from_millis(300);

const SENDS_NOTHING: &str = "it sends no pictures";

/// Capture threads whose driver does not return, with the ids of the cameras that they keep busy until it does.
static LEFT_BEHIND: Mutex<Vec<(String, JoinHandle<()>)>> = Mutex::new(Vec::new());

/// A camera that runs.
#[derive(Debug)]
pub struct Camera {
    capture: CaptureThread,
    facts: CameraFacts,
    silent_after: Instant,
}

/// A camera that is about to run: opening may take seconds, and nobody has to wait for it.
#[derive(Debug)]
pub struct CameraOpening {
    capture: CaptureThread,
    outcome: Receiver<Result<CameraFacts, OpenVideoError>>,
    deadline: Instant,
}

#[derive(Debug, Clone)]
struct CameraFacts {
    label: String,
    size: Size,
    fps: u32,
}

impl Camera {
    /// Begins to open the camera with this id, or the first one, in the format nearest to `size` and `fps`.
    pub fn open(id: Option<&str>, size: Size, fps: u32) -> Result<CameraOpening, OpenVideoError> {
        let (outcome_sender, outcome) = mpsc::sync_channel(1);
        let (pictures_sender, pictures) = slot();
        let (id, device) = (id.map(str::to_owned), Arc::default());
        let found = Arc::clone(&device);
        let body = move || run(id.as_deref(), (size, fps), &found, &outcome_sender, &pictures_sender);
        let thread = thread::Builder::new().name("camera".to_owned()).spawn(body);
        let thread = thread.map_err(|_| OpenVideoError::Resources)?;
        let capture = CaptureThread { pictures: Some(pictures), thread: Some(thread), device };
        Ok(CameraOpening { capture, outcome, deadline: Instant::now() + OPENING })
    }
}

impl CameraOpening {
    /// Waits for the camera, for no longer than `patience`: the camera, why it does not open, or itself again.
    pub fn wait(self, patience: Duration) -> Result<Result<Camera, Self>, OpenVideoError> {
        let name = || self.capture.device.get().map_or_else(String::new, |device| device.label.clone());
        let failure = |reason: &str| Err(OpenVideoError::Camera { name: name(), reason: reason.to_owned() });
        match self.outcome.recv_timeout(patience) {
            Ok(Ok(facts)) => {
                let silent_after = Instant::now() + SILENCE;
                Ok(Ok(Camera { capture: self.capture, facts, silent_after }))
            }
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Timeout) if Instant::now() < self.deadline => Ok(Err(self)),
            Err(RecvTimeoutError::Timeout) => failure(SENDS_NOTHING),
            Err(RecvTimeoutError::Disconnected) => failure("its driver crashed"),
        }
    }
}

impl VideoSource for Camera {
    fn next_frame(&mut self, patience: Duration) -> Result<Option<VideoFrame>, VideoSourceError> {
        let lost = || VideoSourceError::CameraLost { name: self.facts.label.clone() };
        let Some(pictures) = &self.capture.pictures else { return Err(lost()) };
        match pictures.take_timeout(patience) {
            Some(Ok(frame)) => {
                self.silent_after = Instant::now() + SILENCE;
                Ok(Some(frame))
            }
            Some(Err(error)) => Err(error),
            None if pictures.is_closed() => Err(lost()),
            None if Instant::now() > self.silent_after => {
                Err(VideoSourceError::CameraSilent { name: self.facts.label.clone() })
            }
            None => Ok(None),
        }
    }

    fn size(&self) -> Size {
        self.facts.size
    }

    fn fps(&self) -> u32 {
        self.facts.fps
    }

    fn label(&self) -> &str {
        &self.facts.label
    }
}

type Captured = Result<VideoFrame, VideoSourceError>;

/// The thread that holds the device. It ends when nobody takes its pictures any more.
struct CaptureThread {
    pictures: Option<SlotReceiver<Captured>>,
    thread: Option<JoinHandle<()>>,
    /// The device, once it is found.
    device: Arc<OnceLock<Device>>,
}

impl Drop for CaptureThread {
    fn drop(&mut self) {
        self.pictures = None;
        let Some(thread) = self.thread.take() else { return };
        let deadline = Instant::now() + CLOSING;
        while !thread.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        if !thread.is_finished() {
            // Only the driver can end its call. The thread owns nothing but the device, and ends when it returns.
            let id = self.device.get().map_or_else(String::new, |device| device.id.clone());
            tracing::warn!(camera = id, "a camera's driver does not return; it is left behind");
            LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner).push((id, thread));
        } else if thread.join().is_err() {
            tracing::warn!("a camera's driver crashed");
        }
    }
}

impl fmt::Debug for CaptureThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureThread").field("thread", &self.thread).finish_non_exhaustive()
    }
}

/// The capture thread: opens the device, says how that went, and hands pictures on until nobody wants them.
fn run(
    id: Option<&str>,
    wanted: (Size, u32),
    found: &OnceLock<Device>,
    outcome: &SyncSender<Result<CameraFacts, OpenVideoError>>,
    pictures: &SlotSender<Captured>,
) {
    let opened = open_device(id, wanted, found).and_then(|(mut device, facts)| {
        // A camera that is plugged into a crowded bus opens, and fails with its first picture.
        let first = device.first_picture(pictures).map_err(|error| why(&facts.label, &error.to_string()))?;
        Ok((device, facts, first))
    });
    let (mut device, facts, first) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            // Nobody is there to hear it where the camera was switched meanwhile.
            let _ = outcome.send(Err(error));
            return;
        }
    };
    let name = facts.label.clone();
    if outcome.send(Ok(facts)).is_err() {
        return;
    }
    first.into_iter().for_each(|frame| pictures.put(Ok(frame)));
    while !pictures.is_closed() {
        match device.next_picture() {
            Ok(Some(frame)) => pictures.put(Ok(frame)),
            // A picture torn on the way through USB; the next one will do.
            Ok(None) => {}
            Err(error) => {
                tracing::info!(camera = name, %error, "the camera is lost");
                pictures.put(Err(VideoSourceError::CameraLost { name }));
                return;
            }
        }
    }
}

fn open_device(
    id: Option<&str>,
    wanted: (Size, u32),
    found: &OnceLock<Device>,
) -> Result<(CaptureDevice, CameraFacts), OpenVideoError> {
    let gone = |id: &str| OpenVideoError::Gone { name: device::remembered(id).unwrap_or_else(|| id.to_owned()) };
    let node = devices::find(id).ok_or_else(|| id.map_or(OpenVideoError::NoCamera, gone))?;
    let Device { id, label: name } = found.get_or_init(|| node.device.clone());
    let (mut camera, stride) = system::open(&node, wanted).map_err(|error| match error {
        // Not another program keeps it busy but we do.
        OpenVideoError::Busy { name } if is_left_behind(id) => {
            OpenVideoError::Camera { name, reason: SENDS_NOTHING.to_owned() }
        }
        error => error,
    })?;
    camera.open_stream().map_err(|error| why(name, &error.to_string()))?;
    let format = camera.camera_format();
    let size = Size::new(format.width(), format.height());
    let facts = CameraFacts { label: name.clone(), size, fps: format.frame_rate() };
    tracing::info!(camera = name, %format, "the camera runs");
    Ok((CaptureDevice { camera, converter: Converter::new(format, stride) }, facts))
}

fn is_left_behind(id: &str) -> bool {
    let mut left_behind = LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
    left_behind.retain(|(_, thread)| !thread.is_finished());
    left_behind.iter().any(|(camera, _)| camera == id)
}

struct CaptureDevice {
    camera: nokhwa::Camera,
    converter: Converter,
}

impl CaptureDevice {
    /// The first whole picture; none where nobody waits for it any more.
    fn first_picture(&mut self, pictures: &SlotSender<Captured>) -> Result<Option<VideoFrame>, nokhwa::NokhwaError> {
        while !pictures.is_closed() {
            if let Some(frame) = self.next_picture()? {
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    fn next_picture(&mut self) -> Result<Option<VideoFrame>, nokhwa::NokhwaError> {
        let raw = self.camera.frame_raw()?;
        Ok(self.converter.convert(&raw, Instant::now()))
    }
}

/// Reads out of what a driver said why a camera does not open.
fn why(name: &str, said: &str) -> OpenVideoError {
    let name = name.to_owned();
    let code = said.rsplit_once("(os error ").and_then(|(_, code)| code.split(')').next()?.parse::<u32>().ok());
    match code {
        Some(1 | 13) => OpenVideoError::Denied { name },
        Some(2 | 6 | 19) => OpenVideoError::Gone { name },
        Some(16) => OpenVideoError::Busy { name },
        Some(28) => OpenVideoError::Camera { name, reason: "other devices take all of its USB bus".to_owned() },
        _ => OpenVideoError::Camera { name, reason: said.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_that_is_not_there_is_named() {
        let opening = Camera::open(Some("usb-Nobody-video-index0"), Size::new(640, 360), 30).unwrap();

        let error = opening.wait(Duration::from_secs(10)).unwrap_err();

        assert_eq!(error, OpenVideoError::Gone { name: "usb-Nobody-video-index0".to_owned() });
    }

    #[test]
    fn what_the_driver_says_becomes_what_a_person_can_do() {
        let error = |said| why("Brio", said).to_string();

        assert!(
            error("Could not open device stream: Device or resource busy (os error 16)").contains("close that program")
        );
        assert!(error("V4L2 Error: Permission denied (os error 13)").contains("may not use the camera \"Brio\""));
        assert!(error("No such device (os error 19)").contains("plug it in again"));
        assert!(error("Not same/Rejected").contains("Not same/Rejected"));
    }
}
