//! The picture of this participant: one thread that runs whichever source is chosen.
//!
//! Switching the camera happens here, before the encoder, so that nothing behind it ever notices: no renegotiation, and
//! everybody sees the new picture at once.
use std::{
    fmt, mem,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    convert::{Scaler, fitted},
    pattern::TestPattern,
    source::{
        OpenVideoError, VideoSource, VideoSourceError,
        camera::{Camera, CameraOpening},
        file::FileSource,
    },
};
use crate::{
    frame::{Size, VideoFrame},
    slot::{SlotReceiver, SlotSender, slot},
    spec::VideoSpec,
};

/// How long a camera that failed is left alone before it is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// How long the thread waits for a picture before it looks whether it is to do something else.
const PATIENCE: Duration = Duration::from_millis(50);

/// What to capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoInputSettings {
    /// The source to begin with.
    pub spec: VideoSpec,
    /// The size that is wanted; pictures may be smaller, and are never larger.
    pub size: Size,
    /// Pictures a second that are wanted; a source may give fewer or more.
    pub fps: u32,
}

/// What a person may want to know about their picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoInputEvent {
    /// The source runs.
    Opened {
        /// What was asked for.
        spec: VideoSpec,
        /// The name of what was opened.
        label: String,
        /// The size of the pictures that come out.
        size: Size,
        /// About how many pictures a second it gives.
        fps: u32,
    },
    /// The source does not open. A camera is tried again by itself, and only another error is reported again.
    Failed {
        /// What was asked for.
        spec: VideoSpec,
        /// Why it does not open.
        error: OpenVideoError,
    },
    /// The source ended by itself. A camera is opened again by itself when it is back.
    Lost {
        /// What was asked for.
        spec: VideoSpec,
        /// What happened.
        error: VideoSourceError,
    },
    /// The source was closed, because [`VideoSpec::None`] was asked for.
    Closed,
}

/// The thread that captures. To drop it is to close the source and to stop.
#[derive(Debug)]
pub struct VideoInput {
    wishes: Option<SlotSender<VideoSpec>>,
    thread: Option<JoinHandle<()>>,
}

impl VideoInput {
    /// Starts with the source of the settings. Pictures go to all `outputs`; `events` is called on the thread.
    pub fn start(
        settings: VideoInputSettings,
        outputs: Vec<SlotSender<VideoFrame>>,
        events: impl Fn(VideoInputEvent) + Send + 'static,
    ) -> Result<Self, OpenVideoError> {
        let (wishes, wanted) = slot();
        let VideoInputSettings { spec, size, fps } = settings;
        wishes.put(spec);
        let studio = Worker { size, fps, outputs, events: Box::new(events), wanted, scaler: Scaler::default() };
        let thread = thread::Builder::new().name("video input".to_owned()).spawn(move || studio.run());
        let thread = thread.map_err(|_| OpenVideoError::Resources)?;
        Ok(Self { wishes: Some(wishes), thread: Some(thread) })
    }

    /// Switches the source; returns at once. The present one is closed before the new one opens.
    pub fn set_spec(&self, spec: VideoSpec) {
        if let Some(wishes) = &self.wishes {
            wishes.put(spec);
        }
    }
}

impl Drop for VideoInput {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the video input crashed");
        }
    }
}

struct Worker {
    size: Size,
    fps: u32,
    outputs: Vec<SlotSender<VideoFrame>>,
    events: Box<dyn Fn(VideoInputEvent) + Send>,
    wanted: SlotReceiver<VideoSpec>,
    scaler: Scaler,
}

/// What the thread is at.
enum State {
    Off,
    Opening { spec: VideoSpec, camera: CameraOpening, reported: Option<OpenVideoError> },
    Running { spec: VideoSpec, source: Box<dyn VideoSource> },
    Waiting { spec: VideoSpec, retry_at: Instant, reported: Option<OpenVideoError> },
}

impl Worker {
    fn run(mut self) {
        let mut state = State::Off;
        loop {
            // With the source off there is nothing to do but to wait, and no picture wakes the thread in vain.
            let wish = if matches!(state, State::Off) { self.wanted.take() } else { self.wanted.try_take() };
            match wish {
                Some(spec) => {
                    // The old device must be free before the new one opens: it may be the same one.
                    drop(mem::replace(&mut state, State::Off));
                    state = self.begin(spec);
                }
                None if self.wanted.is_closed() => return,
                None => state = self.go_on(state),
            }
        }
    }

    fn begin(&mut self, spec: VideoSpec) -> State {
        tracing::debug!(%spec, "switching the video source");
        if spec == VideoSpec::None {
            (self.events)(VideoInputEvent::Closed);
            return State::Off;
        }
        self.open(spec, None)
    }

    fn open(&mut self, spec: VideoSpec, reported: Option<OpenVideoError>) -> State {
        let source: Box<dyn VideoSource> = match &spec {
            VideoSpec::None => return State::Off,
            VideoSpec::Camera(id) => {
                return match Camera::open(id.as_deref(), self.size, self.fps) {
                    Ok(camera) => State::Opening { spec, camera, reported },
                    Err(error) => self.fail(spec, error, reported),
                };
            }
            VideoSpec::Pattern(tag) => Box::new(TestPattern::new(self.size, self.fps, *tag)),
            VideoSpec::File(path) => match FileSource::open(path) {
                Ok(source) => Box::new(source),
                Err(error) => return self.fail(spec, error, reported),
            },
        };
        self.succeed(spec, source)
    }

    fn go_on(&mut self, state: State) -> State {
        match state {
            State::Off => State::Off,
            State::Opening { spec, camera, reported } => match camera.wait(PATIENCE) {
                Ok(Ok(camera)) => self.succeed(spec, Box::new(camera)),
                Ok(Err(camera)) => State::Opening { spec, camera, reported },
                Err(error) => self.fail(spec, error, reported),
            },
            State::Running { spec, mut source } => match source.next_frame(PATIENCE) {
                Ok(frame) => {
                    frame.into_iter().for_each(|frame| self.hand_on(&frame));
                    State::Running { spec, source }
                }
                Err(error) => {
                    drop(source);
                    (self.events)(VideoInputEvent::Lost { spec: spec.clone(), error });
                    Self::after_failure(spec, None)
                }
            },
            State::Waiting { spec, retry_at, reported } => {
                let wait = retry_at.saturating_duration_since(Instant::now());
                if wait.is_zero() {
                    return self.open(spec, reported);
                }
                match self.wanted.take_timeout(wait) {
                    Some(wish) => self.begin(wish),
                    None => State::Waiting { spec, retry_at, reported },
                }
            }
        }
    }

    fn succeed(&mut self, spec: VideoSpec, source: Box<dyn VideoSource>) -> State {
        let (label, size, fps) = (source.label().to_owned(), fitted(source.size(), self.size), source.fps());
        (self.events)(VideoInputEvent::Opened { spec: spec.clone(), label, size, fps });
        State::Running { spec, source }
    }

    fn fail(&mut self, spec: VideoSpec, error: OpenVideoError, reported: Option<OpenVideoError>) -> State {
        if reported.as_ref() != Some(&error) {
            (self.events)(VideoInputEvent::Failed { spec: spec.clone(), error: error.clone() });
        }
        Self::after_failure(spec, Some(error))
    }

    fn after_failure(spec: VideoSpec, reported: Option<OpenVideoError>) -> State {
        match spec {
            VideoSpec::Camera(_) => State::Waiting { spec, retry_at: Instant::now() + RETRY, reported },
            // A file does not heal by itself.
            VideoSpec::File(_) | VideoSpec::Pattern(_) | VideoSpec::None => State::Off,
        }
    }

    fn hand_on(&mut self, frame: &VideoFrame) {
        let frame = self.scaler.scale(frame, fitted(frame.size(), self.size));
        for output in &self.outputs {
            output.put(frame.clone());
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("size", &self.size).field("fps", &self.fps).finish_non_exhaustive()
    }
}
