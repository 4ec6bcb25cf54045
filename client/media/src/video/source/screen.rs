//! A screen, a window or a part of a screen, seen as often as is wanted.
//!
//! A desktop mostly stands still: a picture that is the same as the one before is not converted again, and keeps its
//! pixels, by which the encoder knows it ([`VideoFrame::same_pixels`]).
use std::{
    fmt,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::{OpenVideoError, VideoSource, VideoSourceError};
use crate::{
    frame::{Size, VideoFrame},
    spec::VideoSpec,
    video::convert,
};

mod error;
#[cfg(feature = "screen")]
mod system;
#[cfg(not(feature = "screen"))]
#[path = "screen/without.rs"]
mod system;
#[cfg(all(feature = "screen", target_os = "linux"))]
mod x11;
#[cfg(feature = "screen")]
mod xcap;

pub use error::{OpenScreenError, ScreenLost};
pub(in crate::video) use system::list;

/// How long the system may take to show the first picture. Some desktops ask the person first.
const OPENING: Duration = Duration::from_secs(60);

/// Sees a screen or a window. Lives on the thread that calls it.
pub(in crate::video) trait Grabber: Send {
    /// The picture as it is now; none where there is none at the moment, as of a minimised window.
    fn grab(&mut self) -> Result<Option<Grab>, ScreenLost>;

    /// What it is called, for people.
    fn label(&self) -> &str;
}

/// A picture as the system has it: four bytes a pixel, rows without padding.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::video) struct Grab {
    pub(in crate::video) width: u32,
    pub(in crate::video) height: u32,
    pub(in crate::video) order: Order,
    pub(in crate::video) pixels: Vec<u8>,
}

/// Where the colours are in the four bytes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "screen"), allow(dead_code, reason = "only what sees a screen names them"))]
pub(in crate::video) enum Order {
    /// Blue first.
    Bgra,
    /// Red first.
    Rgba,
}

impl Grab {
    /// In I420. `None` where it is smaller than two pixels.
    pub(in crate::video) fn to_frame(&self, captured_at: Instant) -> Option<VideoFrame> {
        let bgra = match self.order {
            Order::Bgra => true,
            Order::Rgba => false,
        };
        convert::from_rgba(&self.pixels, (self.width, self.height), bgra, captured_at)
    }
}

/// A screen, a window or a part of a screen that is being seen.
pub struct Screen {
    grabber: Box<dyn Grabber>,
    size: Size,
    fps: u32,
    due: Instant,
    /// The last picture, as it was seen and as it was handed on.
    latest: (Grab, VideoFrame),
}

/// A screen that is about to be seen: the desktop may ask the person first, and nobody has to wait for that.
#[derive(Debug)]
pub struct ScreenOpening {
    outcome: Receiver<Result<Screen, OpenScreenError>>,
    deadline: Instant,
}

impl Screen {
    /// Begins to see what `spec` names, `fps` times a second.
    pub fn open(spec: VideoSpec, fps: u32) -> Result<ScreenOpening, OpenVideoError> {
        let (sender, outcome) = mpsc::sync_channel(1);
        let open = move || {
            let opened = system::open(&spec).and_then(|grabber| Self::start(grabber, fps));
            // Whoever asked has gone on to something else where nobody listens.
            drop(sender.send(opened));
        };
        let thread = thread::Builder::new().name("screen opening".to_owned()).spawn(open);
        thread.map_err(|_| OpenVideoError::Resources)?;
        Ok(ScreenOpening { outcome, deadline: Instant::now() + OPENING })
    }

    fn start(mut grabber: Box<dyn Grabber>, fps: u32) -> Result<Self, OpenScreenError> {
        let refused = |lost: ScreenLost| OpenScreenError::Refused { reason: lost.to_string() };
        let grab = grabber.grab().map_err(refused)?.ok_or(OpenScreenError::Hidden)?;
        let now = Instant::now();
        let frame = grab.to_frame(now).ok_or(OpenScreenError::Hidden)?;
        Ok(Self { grabber, size: frame.size(), fps: fps.clamp(1, 240), due: now, latest: (grab, frame) })
    }

    fn look(&mut self) -> Result<VideoFrame, ScreenLost> {
        let now = Instant::now();
        let new = self.grabber.grab()?.filter(|grab| *grab != self.latest.0);
        if let Some((grab, frame)) = new.and_then(|grab| grab.to_frame(now).map(|frame| (grab, frame))) {
            self.latest = (grab, frame);
        }
        Ok(self.latest.1.clone().taken_at(now))
    }
}

impl ScreenOpening {
    /// Waits for the screen, for no longer than `patience`: the screen, why it cannot be seen, or itself again.
    pub fn wait(self, patience: Duration) -> Result<Result<Screen, Self>, OpenVideoError> {
        match self.outcome.recv_timeout(patience) {
            Ok(opened) => Ok(Ok(opened?)),
            Err(RecvTimeoutError::Timeout) if Instant::now() < self.deadline => Ok(Err(self)),
            Err(RecvTimeoutError::Timeout) => Err(OpenScreenError::NoAnswer.into()),
            Err(RecvTimeoutError::Disconnected) => {
                Err(OpenScreenError::Refused { reason: "it crashed".to_owned() }.into())
            }
        }
    }
}

impl VideoSource for Screen {
    fn next_frame(&mut self, patience: Duration) -> Result<Option<VideoFrame>, VideoSourceError> {
        let now = Instant::now();
        let wait = self.due.saturating_duration_since(now);
        thread::sleep(wait.min(patience));
        if wait > patience {
            return Ok(None);
        }
        let interval = Duration::from_secs(1) / self.fps;
        // Where the system is slower than the rate, the rate is the system's.
        self.due = if now > self.due + interval { now + interval } else { self.due + interval };
        Ok(Some(self.look()?))
    }

    fn size(&self) -> Size {
        self.size
    }

    fn fps(&self) -> u32 {
        self.fps
    }

    fn label(&self) -> &str {
        self.grabber.label()
    }

    fn set_fps(&mut self, fps: u32) {
        self.fps = fps.clamp(1, 240);
        self.due = Instant::now();
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen").field("label", &self.label()).field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn a_picture_that_stands_still_keeps_its_pixels_and_gets_a_new_time() {
        let mut screen = screen([grey(10), grey(10), grey(20)]);

        let first = next(&mut screen);
        let same = next(&mut screen);
        let other = next(&mut screen);

        assert!(same.same_pixels(&first) && !other.same_pixels(&same));
        assert!(same.captured_at > first.captured_at);
    }

    #[test]
    fn a_minimised_window_shows_its_last_picture_and_a_closed_one_is_the_end() {
        let mut screen = screen([grey(10), Ok(None)]);

        let before = next(&mut screen);
        let minimised = screen.next_frame(PATIENCE);
        let closed = screen.next_frame(PATIENCE);

        assert!(before.same_pixels(&screen.latest.1));
        assert!(minimised.is_ok_and(|frame| frame.is_some_and(|frame| frame.same_pixels(&before))));
        assert_eq!(closed.unwrap_err(), VideoSourceError::Screen(gone()));
    }

    #[test]
    fn a_window_that_is_minimised_from_the_start_is_said_to_be_so() {
        let grabber = Script { scenes: VecDeque::from([Ok(None)]) };

        let opened = Screen::start(Box::new(grabber), 200);

        assert_eq!(opened.err(), Some(OpenScreenError::Hidden));
    }

    #[test]
    fn colours_come_out_right_from_both_orders_of_bytes() {
        let red = |order, pixel: [u8; 4]| Grab { width: 5, height: 3, order, pixels: pixel.repeat(15) };

        for grab in [red(Order::Rgba, [255, 0, 0, 255]), red(Order::Bgra, [0, 0, 255, 0])] {
            let frame = grab.to_frame(Instant::now()).unwrap();

            let [y, u, v] = frame.planes().map(|plane| plane[0]);
            assert_eq!(frame.size(), Size::new(4, 2), "an odd border is cut off");
            assert!(y.abs_diff(81) < 3 && u.abs_diff(90) < 3 && v.abs_diff(240) < 3, "{y} {u} {v}");
        }
    }

    const PATIENCE: Duration = Duration::from_secs(2);

    type Scene = Result<Option<Grab>, ScreenLost>;

    /// Shows one scene after the other; at the end the window is closed.
    struct Script {
        scenes: VecDeque<Scene>,
    }

    impl Grabber for Script {
        fn grab(&mut self) -> Scene {
            self.scenes.pop_front().unwrap_or_else(|| Err(gone()))
        }

        fn label(&self) -> &str {
            "notes"
        }
    }

    fn gone() -> ScreenLost {
        ScreenLost::WindowClosed { title: "notes".to_owned() }
    }

    fn grey(value: u8) -> Scene {
        Ok(Some(Grab { width: 4, height: 4, order: Order::Bgra, pixels: vec![value; 64] }))
    }

    fn screen<const N: usize>(scenes: [Scene; N]) -> Screen {
        let scenes = [grey(10)].into_iter().chain(scenes).collect();
        Screen::start(Box::new(Script { scenes }), 200).unwrap()
    }

    fn next(screen: &mut Screen) -> VideoFrame {
        screen.next_frame(PATIENCE).unwrap().expect("a picture in two seconds")
    }
}
