//! Pictures and blocks of sound, raw and encoded, as every stage hands them on.
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};

use bytes::Bytes;

use crate::video::codec::Content;

/// Width and height of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Size {
    /// A size, rounded down to even numbers, because I420 halves its chroma planes.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width: width & !1, height: height & !1 }
    }

    /// Whether both sides are even, as I420 needs them.
    pub(crate) const fn is_even(self) -> bool {
        self.width.is_multiple_of(2) && self.height.is_multiple_of(2)
    }

    /// Bytes that an I420 picture of this size takes.
    pub const fn i420_bytes(self) -> usize {
        let luma = self.width as usize * self.height as usize;
        luma + luma / 2
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// One raw picture: I420, limited range BT.601, planes packed one behind the other (Y, U, V) without padding.
///
/// Cloning is cheap: the pixels are shared.
#[derive(Debug, Clone)]
pub struct VideoFrame {
    size: Size,
    pixels: Arc<Pixels>,
    /// When the source made it.
    pub captured_at: Instant,
}

/// What all clones of a picture share.
#[derive(Debug)]
struct Pixels {
    planes: Vec<u8>,
    /// The same with half as many pixels across and down, once somebody has asked for it.
    half: OnceLock<VideoFrame>,
}

impl VideoFrame {
    /// Wraps packed I420 pixels. `None` where there are not exactly [`Size::i420_bytes`] of them, or where a side is
    /// odd or zero.
    pub fn new(size: Size, pixels: Vec<u8>, captured_at: Instant) -> Option<Self> {
        let right = size.is_even() && size.width > 0 && size.height > 0 && pixels.len() == size.i420_bytes();
        let pixels = Pixels { planes: pixels, half: OnceLock::new() };
        right.then(|| Self { size, pixels: Arc::new(pixels), captured_at })
    }

    /// Width and height, both even.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The same picture as of another moment.
    #[must_use]
    pub fn taken_at(mut self, captured_at: Instant) -> Self {
        self.captured_at = captured_at;
        self
    }

    /// Whether both are the same picture, perhaps taken at different times. Two that only look the same are not: that
    /// would take a look at every pixel.
    pub fn same_pixels(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pixels, &other.pixels)
    }

    /// The same picture with half as many pixels across and down. It is made once, however many encoders ask for it.
    pub(crate) fn half(&self, make: impl FnOnce(&Self) -> Self) -> Self {
        self.pixels.half.get_or_init(|| make(self)).clone().taken_at(self.captured_at)
    }

    /// All three planes, one behind the other.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels.planes
    }

    /// The Y, U and V planes; the chroma planes are half as wide and half as high.
    pub fn planes(&self) -> [&[u8]; 3] {
        let luma = self.size.width as usize * self.size.height as usize;
        let (y, chroma) = self.pixels.planes.split_at(luma);
        let (u, v) = chroma.split_at(luma / 4);
        [y, u, v]
    }
}

/// One encoded picture, made once for everybody.
#[derive(Debug, Clone)]
pub struct EncodedFrame {
    /// The VP8 frame (RFC 6386).
    pub payload: Bytes,
    /// Whether it can be decoded without any before it.
    pub keyframe: bool,
    /// Its time on the 90 kHz clock of RTP video (RFC 7741).
    pub timestamp: u32,
    /// When the picture was taken.
    pub captured_at: Instant,
    /// Its size in pixels.
    pub size: Size,
    /// Whether others build on it.
    pub temporal: Temporal,
    /// What is in it.
    pub content: Content,
}

/// The temporal layer of an encoded picture (RFC 7741, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Temporal {
    /// Later pictures build on it.
    #[default]
    Base,
    /// None builds on it, and it builds on those of the base alone: whoever has no room for it can do without.
    Upper,
}

/// One encoded block of 20 ms of sound, made once for everybody.
#[derive(Debug, Clone)]
pub struct EncodedBlock {
    /// The Opus packet (RFC 6716).
    pub payload: Bytes,
    /// Its time on the 48 kHz clock of RTP Opus (RFC 7587).
    pub timestamp: u32,
    /// When the microphone heard what a decoder gives for that time.
    pub captured_at: Instant,
}
