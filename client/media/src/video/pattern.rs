//! The test picture: colour bars, a ball that moves, and a mark that a program can read.
//!
//! People without a camera send it; tests send it to see that the right picture arrives, whole and in time.
use std::{
    f32::consts::TAU,
    thread,
    time::{Duration, Instant},
};

use crate::{
    frame::{Size, VideoFrame},
    video::source::{VideoSource, VideoSourceError},
    wall::unix_micros,
};

mod mark;

pub use mark::{PatternMark, read, stamp, top};

/// Y, U and V of the bars: grey, yellow, cyan, green, magenta, red, blue, at three quarters of full brightness.
const BARS: [[u8; 3]; 7] =
    [[180, 128, 128], [162, 44, 142], [131, 156, 44], [112, 72, 58], [84, 184, 198], [65, 100, 212], [35, 212, 114]];

const NIGHT: [u8; 3] = [30, 140, 122];
const BALL: [u8; 3] = [225, 120, 140];

/// A test picture that moves, at a steady rate, forever.
#[derive(Debug)]
pub struct TestPattern {
    size: Size,
    fps: u32,
    tag: u8,
    counter: u32,
    due: Instant,
    background: Vec<u8>,
}

impl TestPattern {
    /// Pictures of `size` (at least 64x48), `fps` a second, with `tag` in their mark. The counter starts at zero.
    pub fn new(size: Size, fps: u32, tag: u8) -> Self {
        let size = Size::new(size.width.max(64), size.height.max(48));
        Self { size, fps: fps.clamp(1, 240), tag, counter: 0, due: Instant::now(), background: background(size) }
    }

    /// Draws the picture with this counter, as taken at `captured_at`.
    pub fn draw(&self, counter: u32, captured_at: Instant) -> Option<VideoFrame> {
        let mut canvas = Canvas { size: self.size, pixels: self.background.clone() };
        canvas.draw_ball(counter);
        mark::draw(&mut canvas, PatternMark { counter, tag: self.tag });
        VideoFrame::new(self.size, canvas.pixels, captured_at)
    }
}

impl VideoSource for TestPattern {
    fn next_frame(&mut self, patience: Duration) -> Result<Option<VideoFrame>, VideoSourceError> {
        let now = Instant::now();
        let wait = self.due.saturating_duration_since(now);
        thread::sleep(wait.min(patience));
        if wait > patience {
            return Ok(None);
        }
        let interval = Duration::from_secs(1) / self.fps;
        // A machine that slept goes on from now, instead of drawing all that it missed.
        self.due = if now > self.due + interval { now + interval } else { self.due + interval };
        let counter = self.counter;
        self.counter = counter.wrapping_add(1);
        tracing::trace!(counter, unix_us = unix_micros(), "a test picture");
        Ok(self.draw(counter, Instant::now()))
    }

    fn size(&self) -> Size {
        self.size
    }

    fn fps(&self) -> u32 {
        self.fps
    }

    fn label(&self) -> &str {
        "Test picture"
    }
}

/// A picture being drawn.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub(crate) size: Size,
    pub(crate) pixels: Vec<u8>,
}

impl Canvas {
    /// Fills a rectangle with one colour. Columns and rows are given as the first one and the one behind the last.
    pub(crate) fn fill(&mut self, columns: (usize, usize), rows: (usize, usize), colour: [u8; 3]) {
        for row in rows.0..rows.1 {
            self.fill_row(columns, row, colour);
        }
    }

    fn fill_row(&mut self, columns: (usize, usize), row: usize, colour: [u8; 3]) {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (left, right) = (columns.0.min(width), columns.1.min(width));
        if row >= height || left >= right {
            return;
        }
        self.pixels[row * width + left..row * width + right].fill(colour[0]);
        if row.is_multiple_of(2) {
            let (luma, chroma) = (width * height, width * height / 4);
            for (plane, value) in [(luma, colour[1]), (luma + chroma, colour[2])] {
                let start = plane + row / 2 * (width / 2);
                self.pixels[start + left / 2..start + right / 2].fill(value);
            }
        }
    }

    /// A ball that bounces along the bars once in four seconds of thirty pictures.
    fn draw_ball(&mut self, counter: u32) {
        let (width, stage) = (self.size.width as f32, mark::top(self.size) as f32);
        let radius = stage / 9.0;
        let turn = (counter % 120) as f32 / 120.0;
        let x = radius + (width - 2.0 * radius) * (0.5 - 0.5 * (turn * TAU).cos());
        let y = stage - radius - (stage - 2.0 * radius) * (turn * 2.0 * TAU).sin().abs();
        for row in (y - radius).max(0.0) as usize..=(y + radius) as usize {
            let rise = row as f32 - y;
            let half = (radius * radius - rise * rise).max(0.0).sqrt();
            self.fill_row(((x - half) as usize & !1, (x + half) as usize & !1), row, BALL);
        }
    }
}

fn background(size: Size) -> Vec<u8> {
    let mut canvas = Canvas { size, pixels: vec![128; size.i420_bytes()] };
    let (width, height, top) = (size.width as usize, size.height as usize, mark::top(size));
    for (bar, colour) in BARS.into_iter().enumerate() {
        let columns = ((bar * width / BARS.len()) & !1, ((bar + 1) * width / BARS.len() + 1) & !1);
        canvas.fill(columns, (0, top * 3 / 4), colour);
    }
    canvas.fill((0, width), ((top * 3 / 4) & !1, height), NIGHT);
    canvas.pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_counted_from_zero_and_tagged() {
        let mut pattern = TestPattern::new(Size::new(320, 180), 200, 7);

        let marks: Vec<_> = (0..3).map(|_| read(&next(&mut pattern))).collect();

        assert_eq!(marks, (0..3).map(|counter| Some(PatternMark { counter, tag: 7 })).collect::<Vec<_>>());
    }

    #[test]
    fn a_picture_that_is_not_due_is_not_waited_for() {
        let mut pattern = TestPattern::new(Size::new(320, 180), 1, 0);
        next(&mut pattern);

        assert!(pattern.next_frame(Duration::from_millis(1)).unwrap().is_none());
    }

    #[test]
    fn the_picture_moves_over_colours() {
        let pattern = TestPattern::new(Size::new(640, 360), 30, 0);
        let [first, later] = [0, 15].map(|counter| pattern.draw(counter, Instant::now()).unwrap());

        let moved = first.planes()[0].iter().zip(later.planes()[0]).filter(|(a, b)| a != b).count();
        let colours: std::collections::BTreeSet<_> = first.planes()[1].iter().collect();

        assert!(moved > 2000, "{moved} pixels changed");
        assert!(colours.len() >= BARS.len());
    }

    fn next(pattern: &mut TestPattern) -> VideoFrame {
        pattern.next_frame(Duration::from_secs(2)).unwrap().expect("a picture within two seconds")
    }
}
