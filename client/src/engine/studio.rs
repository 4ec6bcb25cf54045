//! Owns our devices and the media graph: sources, encoders and playback.
mod follow;
mod line;
mod share;
mod sound_test;
mod status;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use parlor_bandwidth::{
    layers::{Layer, Source},
    plan::Run,
};
use parlor_call::TrackKind;
use parlor_media::{
    audio::{
        chime::Chime,
        devices::{microphones, speakers},
        input::{AudioInput, AudioInputEvent},
        playback::{Playback, PlaybackEvent, Voice, VoiceSettings},
        processing::{Running, Scope},
        resilience::Protection,
        spec::{AudioSpec, SpeakerSpec},
    },
    frame::Size,
    record::{Deck, MixTape},
    spec::VideoSpec,
    video::{
        devices::cameras,
        encode::Content,
        input::VideoInputEvent,
        screens::{OpenScreenError, Shareables},
    },
};
use parlor_protocol::TrackState;
use tokio::sync::mpsc;

pub(super) use self::line::EncoderAtWork;
use self::{
    follow::StandIns,
    line::{Outlets, PictureLine, Shape},
    status::{camera_status, microphone_status, speaker_status},
};
use super::{
    DeviceLists, DeviceStatus, DeviceView, EngineSettings, PictureId, PictureLimit, Pictures, ShareMode,
    ShareablesView, StartEngineError, StudioView, handle::Waker, planning,
};
use crate::{
    peer::FanOut,
    settings::{SoundChoice, VideoChoice},
};

/// What a device or a stage tells.
#[derive(Debug)]
pub(super) enum StudioEvent {
    Camera(VideoInputEvent),
    Screen(VideoInputEvent),
    Microphone(AudioInputEvent),
    Speaker(PlaybackEvent),
    Devices(DeviceLists),
    Shareables(Result<Shareables, OpenScreenError>),
}

/// What the call has to know of what a device or a stage told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StudioNews {
    /// A track of ours delivers, or no longer does.
    Ready { track: TrackKind, ready: bool },
    /// Somebody has begun to speak into our microphone, or has stopped.
    Speech(bool),
    /// What was shared cannot be seen, or not any more.
    ShareEnded { message: String },
}

/// The studio. Dropping it closes every device.
#[derive(Debug)]
pub(super) struct Studio {
    camera: PictureLine,
    screen: PictureLine,
    microphone: AudioInput,
    playback: Playback,
    camera_on: bool,
    screen_on: bool,
    microphone_on: bool,
    /// The size and rate of the camera's pictures, while there are any.
    camera_gives: Option<(Size, u32)>,
    /// Those of what is shared.
    screen_gives: Option<(Size, u32)>,
    /// Whether a list of what could be shared is on its way.
    listing: bool,
    stand_ins: StandIns,
    video: VideoChoice,
    /// To which sources of sound anything is done.
    scope: Scope,
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
        let outlets = |kind, preview| Outlets { kind, preview, fan_out, pictures, waker: &waker };
        let shape =
            Shape { size: settings.size, fps: settings.fps, kbps: settings.video_kbps, content: Content::Camera };
        let to_camera = outlets(TrackKind::Camera, PictureId::Me);
        let camera = PictureLine::start(shape, &to_camera, forward(&events, &waker, StudioEvent::Camera))?;
        let share_mode = ShareMode::default();
        let shape = share::shape(&VideoSpec::None, share_mode);
        let to_screen = outlets(TrackKind::Screen, PictureId::MyScreen);
        let screen = PictureLine::start(shape, &to_screen, forward(&events, &waker, StudioEvent::Screen))?;
        let (of_camera, of_screen) = (camera.keyframes(), screen.keyframes());
        fan_out.on_keyframe_needed(move |kind, layer, need| match kind {
            TrackKind::Camera => of_camera[layer.index()].request(need),
            TrackKind::Screen => of_screen[layer.index()].request(need),
            TrackKind::Microphone => {}
        });
        let sink = fan_out.clone();
        let microphone = AudioInput::start(
            AudioSpec::None,
            move |block| sink.send_block(&block),
            forward(&events, &waker, StudioEvent::Microphone),
        );
        let playback = Playback::start(settings.speaker.clone(), forward(&events, &waker, StudioEvent::Speaker));
        microphone.listen_to(playback.far_end());
        let scope = if settings.process_everything { Scope::Everything } else { Scope::Microphones };
        let view = StudioView {
            sound: settings.sound,
            camera: DeviceView::off(settings.camera.clone()),
            share: DeviceView::off(VideoSpec::None),
            share_mode,
            shareables: ShareablesView::default(),
            microphone: DeviceView::off(settings.microphone.clone()),
            speaker: DeviceView { chosen: settings.speaker.clone(), status: DeviceStatus::Opening },
            devices: Arc::default(),
            ..StudioView::default()
        };
        let (camera_on, screen_on, microphone_on) = (false, false, false);
        let video = VideoChoice {
            width: settings.size.width,
            height: settings.size.height,
            fps: settings.fps,
            kbps: settings.video_kbps,
            upload_kbps: settings.upload_kbps,
        };
        let studio = Self {
            camera,
            screen,
            microphone,
            playback,
            camera_on,
            screen_on,
            camera_gives: None,
            screen_gives: None,
            microphone_on,
            listing: false,
            stand_ins: StandIns::new(settings.follow_devices),
            video,
            scope,
            view,
            events,
        };
        studio.process_sound();
        Ok(studio)
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
            TrackKind::Screen => self.set_sharing(on),
        }
    }

    pub(super) fn choose_camera(&mut self, spec: VideoSpec) {
        self.view.camera.chosen = spec;
        self.stand_ins.camera.chosen();
        self.show_missing();
        self.open_camera();
    }

    pub(super) fn choose_microphone(&mut self, spec: AudioSpec) {
        self.view.microphone.chosen = spec;
        self.stand_ins.microphone.chosen();
        self.show_missing();
        self.open_microphone();
    }

    pub(super) fn choose_speaker(&mut self, spec: SpeakerSpec) {
        self.view.speaker.chosen = spec;
        self.stand_ins.speaker.chosen();
        self.show_missing();
        self.open_speaker();
    }

    /// Sends other pictures from now on: the camera is opened anew where they differ in size or rate.
    pub(super) fn set_video(&mut self, choice: VideoChoice) {
        self.video = choice;
        self.shape_camera();
    }

    /// Does this to sound from now on.
    pub(super) fn set_sound(&mut self, choice: SoundChoice) {
        self.view.sound = choice;
        self.process_sound();
    }

    /// What is done to our sound at the moment.
    pub(super) fn sound_running(&self) -> Running {
        self.microphone.running()
    }

    /// What can be encoded of a track; nothing while it has no pictures.
    pub(super) fn source(&self, kind: TrackKind) -> Option<Source> {
        let (gives, line) = match kind {
            TrackKind::Microphone => return None,
            TrackKind::Camera => (self.camera_gives?, &self.camera),
            TrackKind::Screen => (self.screen_gives.filter(|_| self.screen_on)?, &self.screen),
        };
        let ((size, fps), shape) = (gives, line.shape());
        Some(planning::source((size.width, size.height), fps.min(shape.fps), shape.kbps, shape.content))
    }

    /// What everything that we send may take together, as the person has said.
    pub(super) fn upload_kbps(&self) -> Option<u32> {
        self.video.upload_kbps
    }

    /// Runs these encoders of a track, and those that are still in use.
    pub(super) fn encode(&mut self, kind: TrackKind, runs: &[Run], in_use: &BTreeSet<Layer>) {
        match kind {
            TrackKind::Microphone => {}
            TrackKind::Camera => self.camera.encode(runs, in_use),
            TrackKind::Screen => self.screen.encode(runs, in_use),
        }
    }

    /// Shows what keeps our pictures from being as good as they are wanted.
    pub(super) fn set_limit(&mut self, limit: PictureLimit) {
        self.view.limit = limit;
    }

    /// Protects what we say against loss like this.
    pub(super) fn protect_sound(&self, protection: Protection) {
        self.microphone.protect(protection);
    }

    /// A voice in the mix, for a participant.
    pub(super) fn voice(&self, name: &str, save: Option<&PathBuf>) -> Voice {
        let save = save.map(|folder| folder.join(format!("{name}.wav")));
        self.playback.voice(VoiceSettings { name: name.to_owned(), save })
    }

    /// Where what we hear, and what we say, pass a recording.
    pub(super) fn decks(&self) -> (&Deck<MixTape>, &Deck<MixTape>) {
        (self.playback.deck(), self.microphone.deck())
    }

    /// Plays something to the person at this computer.
    pub(super) fn chime(&self, chime: Chime) {
        self.playback.chime(chime);
    }

    /// Our own loudness, also while muted.
    pub(super) fn level(&self) -> f32 {
        self.microphone.level()
    }

    /// The encoders that run: the camera's, then those of what is shared.
    pub(super) fn encoders_at_work(&self) -> impl Iterator<Item = EncoderAtWork> {
        self.camera.at_work(TrackKind::Camera).chain(self.screen.at_work(TrackKind::Screen))
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

    /// Takes an event into the view. Returns what the call has to know of it.
    pub(super) fn handle(&mut self, event: StudioEvent) -> Option<StudioNews> {
        match event {
            StudioEvent::Camera(event) => {
                self.camera_gives = gives(&event);
                let (spec, status) = camera_status(event);
                let ready = matches!(status, DeviceStatus::Running { .. });
                self.view.camera.status = status;
                self.follow_camera(&spec);
                Some(StudioNews::Ready { track: TrackKind::Camera, ready })
            }
            StudioEvent::Screen(event) => self.handle_screen(event),
            StudioEvent::Microphone(AudioInputEvent::Speech(speaking)) => Some(StudioNews::Speech(speaking)),
            StudioEvent::Microphone(event) => {
                let (spec, status) = microphone_status(event)?;
                let ready = matches!(status, DeviceStatus::Running { .. });
                self.view.microphone.status = status;
                self.follow_microphone(&spec);
                Some(StudioNews::Ready { track: TrackKind::Microphone, ready })
            }
            StudioEvent::Speaker(event) => {
                if let Some((spec, status)) = speaker_status(event) {
                    self.view.speaker.status = status;
                    self.follow_speaker(&spec);
                }
                None
            }
            StudioEvent::Shareables(listed) => {
                self.listing = false;
                self.view.shareables = match listed {
                    Ok(list) => ShareablesView::Listed(Arc::new(list)),
                    Err(error) => ShareablesView::Failed { message: error.to_string() },
                };
                None
            }
            StudioEvent::Devices(lists) => {
                self.view.devices = Arc::new(lists);
                self.follow_lists();
                None
            }
        }
    }

    fn shape_camera(&mut self) {
        let VideoChoice { width, height, fps, kbps, .. } = self.video;
        self.camera.set_shape(Shape { size: Size::new(width, height), fps, kbps, content: Content::Camera });
    }

    fn process_sound(&self) {
        let choice = self.view.sound;
        self.microphone.set_processing(choice.processing(self.scope));
        self.playback.set_levelling(choice.level_voices);
    }

    fn open_camera(&mut self) {
        let spec = if self.camera_on { self.camera_in_use() } else { VideoSpec::None };
        self.view.camera.status = opening(spec == VideoSpec::None);
        self.camera.set_spec(spec);
    }

    fn open_microphone(&mut self) {
        let spec = if self.microphone_on { self.microphone_in_use() } else { AudioSpec::None };
        self.view.microphone.status = opening(spec == AudioSpec::None);
        self.microphone.set_spec(spec);
    }

    fn open_speaker(&mut self) {
        self.view.speaker.status = DeviceStatus::Opening;
        self.playback.set_spec(self.speaker_in_use());
    }
}

/// The size and rate of the pictures of a source that has just opened.
fn gives(event: &VideoInputEvent) -> Option<(Size, u32)> {
    match event {
        VideoInputEvent::Opened { size, fps, .. } => Some((*size, *fps)),
        VideoInputEvent::Failed { .. } | VideoInputEvent::Lost { .. } | VideoInputEvent::Closed => None,
    }
}

fn opening(off: bool) -> DeviceStatus {
    if off { DeviceStatus::Off } else { DeviceStatus::Opening }
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
