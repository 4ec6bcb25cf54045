//! Camera, microphone and speaker: each is opened for a moment.
use std::{io, sync::mpsc, time::Duration};

use parlor_media::{
    audio::{
        devices::{microphones, speakers},
        input::{AudioInput, AudioInputEvent},
        playback::{Playback, PlaybackEvent},
        spec::{AudioSpec, SpeakerSpec},
    },
    device::Device,
    frame::Size,
    slot::slot,
    spec::VideoSpec,
    video::{
        devices::cameras,
        input::{VideoInput, VideoInputEvent, VideoInputSettings},
    },
};

use super::step::{Report, State};

/// How long a device may take to open. Some cameras take many seconds.
const OPENING: Duration = Duration::from_secs(12);
/// What a device may say before we listen.
const WAITING_EVENTS: usize = 16;
const SIZE: Size = Size::new(640, 360);
const FPS: u32 = 30;

/// How a device opened: its name, or why it did not.
type Opened = Result<String, String>;

pub(super) async fn examine(report: &mut Report) -> io::Result<()> {
    tell(report, "camera", cameras, try_camera).await?;
    tell(report, "microphone", microphones, try_microphone).await?;
    tell(report, "speaker", speakers, try_speaker).await
}

/// Drivers block, so they are called on a thread of their own.
async fn tell(
    report: &mut Report,
    step: &'static str,
    list: impl FnOnce() -> Vec<Device> + Send + 'static,
    open: impl FnOnce() -> Opened + Send + 'static,
) -> io::Result<()> {
    let tried = tokio::task::spawn_blocking(move || {
        let labels: Vec<_> = list().into_iter().map(|device| device.label).collect();
        if labels.is_empty() { None } else { Some((labels, open())) }
    });
    match tried.await {
        Ok(None) => {
            let none = format!("no {step} is found: plug one in to use one; one can join without");
            report.tell(step, State::Skipped, &none)
        }
        Ok(Some((labels, Ok(opened)))) => {
            let others = match labels.len() - 1 {
                0 => String::new(),
                others => format!(", and {others} more: see `parlor devices`"),
            };
            report.tell(step, State::Ok, &format!("{opened} opens{others}"))
        }
        Ok(Some((_, Err(reason)))) => report.tell(step, State::Failed, &reason),
        Err(_) => report.tell(step, State::Failed, "its driver crashes: unplug it and plug it in again"),
    }
}

fn try_camera() -> Opened {
    let (output, pictures) = slot();
    let (events, waiting) = mpsc::sync_channel(WAITING_EVENTS);
    let settings = VideoInputSettings { spec: VideoSpec::Camera(None), size: SIZE, fps: FPS };
    let _camera = VideoInput::start(settings, vec![output], move |event| {
        let outcome = match event {
            VideoInputEvent::Opened { label, .. } => Ok(label),
            VideoInputEvent::Failed { error, .. } => Err(error.to_string()),
            VideoInputEvent::Lost { error, .. } => Err(error.to_string()),
            VideoInputEvent::Closed => return,
        };
        let _ = events.try_send(outcome);
    })
    .map_err(|error| error.to_string())?;
    let label = first(&waiting)?;
    match pictures.take_timeout(OPENING) {
        Some(_) => Ok(label),
        None => Err(format!("the camera {label:?} sends no pictures: unplug it and plug it in again")),
    }
}

fn try_microphone() -> Opened {
    let (events, waiting) = mpsc::sync_channel(WAITING_EVENTS);
    let spec = AudioSpec::Microphone(None);
    let _microphone = AudioInput::start(spec, drop, move |event| {
        let outcome = match event {
            AudioInputEvent::Opened { label, .. } => Ok(label),
            AudioInputEvent::Failed { error, .. } => Err(error.to_string()),
            AudioInputEvent::Lost { reason, .. } => Err(reason.to_string()),
            AudioInputEvent::Closed | AudioInputEvent::Speech(_) => return,
        };
        let _ = events.try_send(outcome);
    });
    first(&waiting)
}

fn try_speaker() -> Opened {
    let (events, waiting) = mpsc::sync_channel(WAITING_EVENTS);
    let _speaker = Playback::start(SpeakerSpec::Speaker(None), move |event| {
        let outcome = match event {
            PlaybackEvent::Opened { label, .. } => Ok(label),
            PlaybackEvent::Failed { error, .. } | PlaybackEvent::SaveFailed { error, .. } => Err(error.to_string()),
            PlaybackEvent::Lost { reason, .. } => Err(reason.to_string()),
        };
        let _ = events.try_send(outcome);
    });
    first(&waiting)
}

fn first(waiting: &mpsc::Receiver<Opened>) -> Opened {
    waiting.recv_timeout(OPENING).unwrap_or_else(|_| {
        Err(format!("it does not open within {} s: close other programs that use it", OPENING.as_secs()))
    })
}
