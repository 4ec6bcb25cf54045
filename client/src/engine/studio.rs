//! Owns our devices and the media graph: sources, encoder and playback.
use std::{path::PathBuf, sync::Arc};

use parlor_call::TrackKind;
use parlor_media::{
    audio::{
        devices::{microphones, speakers},
        input::{AudioInput, AudioInputEvent},
        playback::{Playback, PlaybackEvent, Voice, VoiceSettings},
        spec::{AudioSpec, SpeakerSpec},
    },
    slot::slot,
    spec::VideoSpec,
    video::{
        devices::cameras,
        encode::{EncodeStage, EncoderSettings, EncoderStats},
        input::{VideoInput, VideoInputEvent, VideoInputSettings},
    },
};
use parlor_protocol::TrackState;
use tokio::sync::mpsc;

use super::{
    DeviceLists, DeviceStatus, DeviceView, EngineSettings, PictureId, Pictures, StartEngineError, StudioView,
    handle::Waker,
};
use crate::peer::FanOut;

/// What a device or a stage tells.
#[derive(Debug)]
pub(super) enum StudioEvent {
    Camera(VideoInputEvent),
    Microphone(AudioInputEvent),
    Speaker(PlaybackEvent),
    Devices(DeviceLists),
}

/// The studio. Dropping it closes every device.
#[derive(Debug)]
pub(super) struct Studio {
    camera: VideoInput,
    encoder: EncodeStage,
    microphone: AudioInput,
    playback: Playback,
    camera_on: bool,
    microphone_on: bool,
    view: StudioView,
    events: mpsc::Sender<StudioEvent>,
}

impl Studio {
    /// Opens nothing yet: that is up to [`set_track`](Self::set_track).
    pub(super) fn start(
        settings: &EngineSettings,
        fan_out: &FanOut,
        pictures: &Pictures,
        waker: Waker,
        events: mpsc::Sender<StudioEvent>,
    ) -> Result<Self, StartEngineError> {
        let media = |error: &dyn std::fmt::Display| StartEngineError::Media(error.to_string());
        let (to_encoder, frames) = slot();
        let (to_preview, preview) = slot();
        let wakes = waker.clone();
        preview.on_put(move || wakes.wake());
        pictures.insert(PictureId::Me, preview);
        let camera = VideoInput::start(
            VideoInputSettings { spec: VideoSpec::None, size: settings.size, fps: settings.fps },
            vec![to_encoder, to_preview],
            forward(&events, &waker, StudioEvent::Camera),
        )
        .map_err(|error| media(&error))?;
        let sink = fan_out.clone();
        let encoder = EncodeStage::start(
            EncoderSettings { size: settings.size, fps: settings.fps, kbps: settings.video_kbps },
            frames,
            move |frame| sink.send_frame(TrackKind::Camera, &frame),
        )
        .map_err(|error| media(&error))?;
        encoder.set_active(false);
        let keyframes = encoder.keyframes();
        fan_out.on_keyframe_needed(move |kind| match kind {
            TrackKind::Camera => keyframes.request(),
            TrackKind::Microphone | TrackKind::Screen => {}
        });
        let sink = fan_out.clone();
        let microphone = AudioInput::start(
            AudioSpec::None,
            move |block| sink.send_block(&block),
            forward(&events, &waker, StudioEvent::Microphone),
        );
        let playback = Playback::start(settings.speaker.clone(), forward(&events, &waker, StudioEvent::Speaker));
        let view = StudioView {
            camera: DeviceView::off(settings.camera.clone()),
            microphone: DeviceView::off(settings.microphone.clone()),
            speaker: DeviceView { chosen: settings.speaker.clone(), status: DeviceStatus::Opening },
            devices: Arc::default(),
        };
        let (camera_on, microphone_on) = (false, false);
        Ok(Self { camera, encoder, microphone, playback, camera_on, microphone_on, view, events })
    }

    pub(super) fn view(&self) -> &StudioView {
        &self.view
    }

    /// Brings one of our tracks into a state, as far as the devices allow.
    pub(super) fn set_track(&mut self, track: TrackKind, state: TrackState) {
        let on = state != TrackState::Off;
        match track {
            TrackKind::Microphone => {
                self.microphone.set_muted(state == TrackState::Muted);
                if std::mem::replace(&mut self.microphone_on, on) != on {
                    self.open_microphone();
                }
            }
            TrackKind::Camera => {
                if std::mem::replace(&mut self.camera_on, on) != on {
                    self.open_camera();
                }
            }
            TrackKind::Screen => {} // no source of screen pictures yet
        }
    }

    pub(super) fn choose_camera(&mut self, spec: VideoSpec) {
        self.view.camera.chosen = spec;
        self.open_camera();
    }

    pub(super) fn choose_microphone(&mut self, spec: AudioSpec) {
        self.view.microphone.chosen = spec;
        self.open_microphone();
    }

    pub(super) fn choose_speaker(&mut self, spec: SpeakerSpec) {
        self.view.speaker = DeviceView { chosen: spec.clone(), status: DeviceStatus::Opening };
        self.playback.set_spec(spec);
    }

    /// Encodes while somebody is there to see it.
    pub(super) fn set_watched(&self, watched: bool) {
        self.encoder.set_active(watched);
    }

    /// A voice in the mix, for a participant.
    pub(super) fn voice(&self, name: &str, save: Option<&PathBuf>) -> Voice {
        let save = save.map(|folder| folder.join(format!("{name}.wav")));
        self.playback.voice(VoiceSettings { name: name.to_owned(), save })
    }

    /// Our own loudness, also while muted.
    pub(super) fn level(&self) -> f32 {
        self.microphone.level()
    }

    /// The encoder's last second, while it runs.
    pub(super) fn encoder_stats(&self) -> Option<EncoderStats> {
        let stats = self.encoder.stats();
        (stats.frames > 0).then_some(stats)
    }

    /// Lists the devices on a thread of its own, because some drivers take seconds to answer.
    pub(super) fn refresh_devices(&self) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let lists = DeviceLists { cameras: cameras(), microphones: microphones(), speakers: speakers() };
            // Nobody listens any more where the engine has stopped.
            let _ = events.blocking_send(StudioEvent::Devices(lists));
        });
    }

    /// Takes an event into the view. Returns whether a track of ours has become ready, or is no longer.
    pub(super) fn handle(&mut self, event: StudioEvent) -> Option<(TrackKind, bool)> {
        match event {
            StudioEvent::Camera(event) => {
                let (status, ready) = camera_status(event);
                self.view.camera.status = status;
                Some((TrackKind::Camera, ready))
            }
            StudioEvent::Microphone(event) => {
                let (status, ready) = microphone_status(event);
                self.view.microphone.status = status;
                Some((TrackKind::Microphone, ready))
            }
            StudioEvent::Speaker(event) => {
                if let Some(status) = speaker_status(event) {
                    self.view.speaker.status = status;
                }
                None
            }
            StudioEvent::Devices(lists) => {
                self.view.devices = Arc::new(lists);
                None
            }
        }
    }

    fn open_camera(&mut self) {
        let spec = if self.camera_on { self.view.camera.chosen.clone() } else { VideoSpec::None };
        self.view.camera.status = opening(spec == VideoSpec::None);
        self.camera.set_spec(spec);
    }

    fn open_microphone(&mut self) {
        let spec = if self.microphone_on { self.view.microphone.chosen.clone() } else { AudioSpec::None };
        self.view.microphone.status = opening(spec == AudioSpec::None);
        self.microphone.set_spec(spec);
    }
}

fn opening(off: bool) -> DeviceStatus {
    if off { DeviceStatus::Off } else { DeviceStatus::Opening }
}

fn camera_status(event: VideoInputEvent) -> (DeviceStatus, bool) {
    match event {
        VideoInputEvent::Opened { label, size, fps, .. } => {
            let detail = format!("{} × {} · {fps} fps", size.width, size.height);
            (DeviceStatus::Running { label, detail }, true)
        }
        VideoInputEvent::Failed { error, .. } => (DeviceStatus::Failed { message: error.to_string() }, false),
        VideoInputEvent::Lost { error, .. } => (DeviceStatus::Failed { message: error.to_string() }, false),
        VideoInputEvent::Closed => (DeviceStatus::Off, false),
    }
}

fn microphone_status(event: AudioInputEvent) -> (DeviceStatus, bool) {
    match event {
        AudioInputEvent::Opened { label, .. } => (DeviceStatus::Running { label, detail: String::new() }, true),
        AudioInputEvent::Failed { error, .. } => (DeviceStatus::Failed { message: error.to_string() }, false),
        AudioInputEvent::Lost { reason, .. } => (DeviceStatus::Failed { message: reason.to_string() }, false),
        AudioInputEvent::Closed => (DeviceStatus::Off, false),
    }
}

fn speaker_status(event: PlaybackEvent) -> Option<DeviceStatus> {
    Some(match event {
        PlaybackEvent::Opened { label, .. } => DeviceStatus::Running { label, detail: String::new() },
        PlaybackEvent::Failed { error, .. } => DeviceStatus::Failed { message: error.to_string() },
        PlaybackEvent::Lost { reason, .. } => DeviceStatus::Failed { message: reason.to_string() },
        PlaybackEvent::SaveFailed { name, error } => {
            tracing::error!(name, %error, "the sound of somebody is no longer kept");
            return None;
        }
    })
}

/// Hands the events of a media thread to the engine without ever making that thread wait.
fn forward<E>(
    events: &mpsc::Sender<StudioEvent>,
    waker: &Waker,
    wrap: impl Fn(E) -> StudioEvent + Send + 'static,
) -> impl Fn(E) + Send + 'static {
    let (events, waker) = (events.clone(), waker.clone());
    move |event| {
        if events.try_send(wrap(event)).is_err() {
            tracing::warn!("a device has news that nobody takes");
        }
        waker.wake();
    }
}
