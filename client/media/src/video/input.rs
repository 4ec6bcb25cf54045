//! The picture of this participant: one thread that runs whichever source is chosen.
//!
//! Switching the camera happens here, before the encoder, so that nothing behind it ever notices: no renegotiation, and
//! everybody sees the new picture at once.
use std::{
    fmt, mem,
    sync::{Mutex, PoisonError},
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
        screen::{Screen, ScreenOpening},
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
    wishes: Option<SlotSender<Wish>>,
    wanted: Mutex<Wish>,
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
        let VideoInputSettings { size, fps, .. } = settings;
        let first = Wish { settings, choice: 1 };
        wishes.put(first.clone());
        let (events, scaler) = (Box::new(events), Scaler::default());
        let studio = Worker { size, fps, choice: 0, outputs, events, wanted, scaler, scaled: None };
        let thread = thread::Builder::new().name("video input".to_owned()).spawn(move || studio.run());
        let thread = thread.map_err(|_| OpenVideoError::Resources)?;
        Ok(Self { wishes: Some(wishes), wanted: Mutex::new(first), thread: Some(thread) })
    }

    /// Switches the source; returns at once. The present one is closed before the new one opens.
    pub fn set_spec(&self, spec: VideoSpec) {
        self.wish(|wish| {
            wish.settings.spec = spec;
            wish.choice += 1;
        });
    }

    /// Changes size and rate; returns at once. A source that runs goes on without a break: in the new size and, where
    /// it can choose, at the new rate. A camera is opened anew, since it keeps its first format, and so is a test picture
    /// that is to grow.
    pub fn set_shape(&self, size: Size, fps: u32) {
        self.wish(|wish| {
            let changed = (wish.settings.size, wish.settings.fps) != (size, fps);
            if changed && matches!(wish.settings.spec, VideoSpec::Camera(_)) {
                wish.choice += 1;
            }
            (wish.settings.size, wish.settings.fps) = (size, fps);
        });
    }

    fn wish(&self, change: impl FnOnce(&mut Wish)) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut wanted);
        if let Some(wishes) = &self.wishes {
            wishes.put(wanted.clone());
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

/// What the thread is to do. The newest one says everything, because those before it may never be read.
#[derive(Debug, Clone)]
struct Wish {
    settings: VideoInputSettings,
    /// Counts the choices of a source: one that was made again opens it again.
    choice: u64,
}

struct Worker {
    size: Size,
    fps: u32,
    choice: u64,
    outputs: Vec<SlotSender<VideoFrame>>,
    events: Box<dyn Fn(VideoInputEvent) + Send>,
    wanted: SlotReceiver<Wish>,
    scaler: Scaler,
    /// The last picture that was scaled, and what became of it: a desktop that stands still is scaled once.
    scaled: Option<[VideoFrame; 2]>,
}

/// What the thread is at.
enum State {
    Off,
    Opening { spec: VideoSpec, opening: Opening, reported: Option<OpenVideoError> },
    Running { spec: VideoSpec, source: Box<dyn VideoSource> },
    Waiting { spec: VideoSpec, retry_at: Instant, reported: Option<OpenVideoError> },
}

/// A source that takes its time to open.
enum Opening {
    Camera(CameraOpening),
    Screen(ScreenOpening),
}

impl Opening {
    /// Waits for no longer than `patience`: the source, why it does not open, or itself again.
    fn wait(self, patience: Duration) -> Result<Result<Box<dyn VideoSource>, Self>, OpenVideoError> {
        Ok(match self {
            Self::Camera(camera) => match camera.wait(patience)? {
                Ok(camera) => Ok(Box::new(camera)),
                Err(camera) => Err(Self::Camera(camera)),
            },
            Self::Screen(screen) => match screen.wait(patience)? {
                Ok(screen) => Ok(Box::new(screen)),
                Err(screen) => Err(Self::Screen(screen)),
            },
        })
    }
}

impl Worker {
    fn run(mut self) {
        let mut state = State::Off;
        loop {
            // With the source off there is nothing to do but to wait, and no picture wakes the thread in vain.
            let wish = if matches!(state, State::Off) { self.wanted.take() } else { self.wanted.try_take() };
            match wish {
                Some(wish) => state = self.obey(wish, state),
                None if self.wanted.is_closed() => return,
                None => state = self.go_on(state),
            }
        }
    }

    fn obey(&mut self, wish: Wish, state: State) -> State {
        let VideoInputSettings { spec, size, fps } = wish.settings;
        let changed = (self.size, self.fps) != (size, fps);
        (self.size, self.fps) = (size, fps);
        if mem::replace(&mut self.choice, wish.choice) == wish.choice {
            return match state {
                // A test picture is as large as it was asked for first.
                State::Running { spec: spec @ VideoSpec::Pattern(_), source } if exceeds(size, source.size()) => {
                    drop(source);
                    self.begin(spec)
                }
                State::Running { spec, source } if changed => self.succeed(spec, source),
                state => state,
            };
        }
        // The old device must be free before the new one opens: it may be the same one.
        drop(state);
        self.begin(spec)
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
                let opening = Camera::open(id.as_deref(), self.size, self.fps).map(Opening::Camera);
                return self.wait_for(opening, spec, reported);
            }
            VideoSpec::Screen(_) | VideoSpec::Window(_) | VideoSpec::Region(_) => {
                let opening = Screen::open(spec.clone(), self.fps).map(Opening::Screen);
                return self.wait_for(opening, spec, reported);
            }
            VideoSpec::Pattern(tag) => Box::new(TestPattern::new(self.size, self.fps, *tag)),
            VideoSpec::File(path) => match FileSource::open(path) {
                Ok(source) => Box::new(source),
                Err(error) => return self.fail(spec, error, reported),
            },
        };
        self.succeed(spec, source)
    }

    fn wait_for(
        &mut self,
        opening: Result<Opening, OpenVideoError>,
        spec: VideoSpec,
        reported: Option<OpenVideoError>,
    ) -> State {
        match opening {
            Ok(opening) => State::Opening { spec, opening, reported },
            Err(error) => self.fail(spec, error, reported),
        }
    }

    fn go_on(&mut self, state: State) -> State {
        match state {
            State::Off => State::Off,
            State::Opening { spec, opening, reported } => match opening.wait(PATIENCE) {
                Ok(Ok(source)) => self.succeed(spec, source),
                Ok(Err(opening)) => State::Opening { spec, opening, reported },
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
                    Some(wish) => self.obey(wish, State::Waiting { spec, retry_at, reported }),
                    None => State::Waiting { spec, retry_at, reported },
                }
            }
        }
    }

    fn succeed(&mut self, spec: VideoSpec, mut source: Box<dyn VideoSource>) -> State {
        // It may have been asked for at another rate while it opened.
        source.set_fps(self.fps);
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
            // A file does not heal by itself, and what is shared of a desktop is for the person to decide.
            VideoSpec::Screen(_)
            | VideoSpec::Window(_)
            | VideoSpec::Region(_)
            | VideoSpec::File(_)
            | VideoSpec::Pattern(_)
            | VideoSpec::None => State::Off,
        }
    }

    fn hand_on(&mut self, frame: &VideoFrame) {
        let fitting = self.fit(frame);
        for output in &self.outputs {
            output.put(fitting.clone());
        }
    }

    fn fit(&mut self, frame: &VideoFrame) -> VideoFrame {
        let size = fitted(frame.size(), self.size);
        if size == frame.size() {
            return frame.clone();
        }
        if let Some([source, scaled]) = &self.scaled
            && source.same_pixels(frame)
            && scaled.size() == size
        {
            return scaled.clone().taken_at(frame.captured_at);
        }
        let scaled = self.scaler.scale(frame, size);
        self.scaled = Some([frame.clone(), scaled.clone()]);
        scaled
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("size", &self.size).field("fps", &self.fps).finish_non_exhaustive()
    }
}

fn exceeds(size: Size, other: Size) -> bool {
    size.width > other.width || size.height > other.height
}
