//! VP8 both ways and VP9 one way, through libvpx.
//!
//! The encode and receive stages call it from their threads, file sources from theirs.
use std::time::Instant;

use bytes::Bytes;

use crate::frame::{EncodedFrame, Size, Temporal, VideoFrame};

mod turning;
mod vpx;

use turning::PageTurns;

/// Ticks a second of the clock of pictures (RFC 7741, section 4.1).
const CLOCK: u32 = 90_000;

/// libvpx is told of no longer pause than so many pictures take. From the time between two pictures it reckons how many
/// come a second; one pause of seconds, and it takes a third of the bits that it is given from then on.
const LONGEST_PAUSE: u64 = 4;

/// Pictures with a longer side are refused: a forged header must not cost gigabytes.
pub const MAX_SIDE: u32 = 4096;

/// What an encoder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// The largest picture.
    pub size: Size,
    /// Pictures a second, at most.
    pub fps: u32,
    /// Kilobits a second (1 kbit = 1000 bits) to aim at.
    pub kbps: u32,
    /// What is in the pictures.
    pub content: Content,
}

/// What is in pictures: it decides where an encoder spends its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Content {
    /// What a lens sees, or a film: it moves, and must move evenly.
    #[default]
    Camera,
    /// Letters and lines that mostly stand still, and must be sharp.
    Screen,
}

/// What libvpx made of a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The library refuses the settings.
    #[error("the video codec does not start: {0}")]
    Start(String),
    /// The picture is larger than the encoder, or has an odd side.
    #[error("a picture of {given} does not fit an encoder made for {limit}")]
    Misfit {
        /// Size of the picture.
        given: Size,
        /// Largest size of the encoder.
        limit: Size,
    },
    /// The encoder gave up on a picture.
    #[error("the picture cannot be encoded: {0}")]
    Encode(String),
    /// The data is no whole picture, or builds on one that is missing.
    #[error("the picture cannot be decoded: {0}")]
    Decode(String),
    /// The data is sound, but not the kind of picture that a video call sends.
    #[error("the picture is larger than {MAX_SIDE}x{MAX_SIDE}, or not 8 bit 4:2:0")]
    Unsupported,
}

/// A VP8 encoder for live pictures: constant bitrate, no look-ahead, keyframes on request only. Every second picture of a
/// camera is of the upper temporal layer; text has a single one, in which nothing is lost by leaving pictures out.
///
/// The first picture of a new page of text is as coarse as is allowed, and those after it make it finer. Without that it
/// would be as fine as the page before had become in the end, and take seconds to send.
#[derive(Debug)]
pub struct Vp8Encoder {
    codec: vpx::Encoder,
    settings: EncoderSettings,
    /// The size of the pictures that it takes now, no larger than that in the settings.
    size: Size,
    /// When its clock showed zero.
    started: Option<Instant>,
    last_timestamp: Option<u64>,
    /// The time that libvpx is told, in which there are no pauses.
    codec_time: u64,
    /// Whether nothing has to build on the next picture.
    upper_next: bool,
    turns: PageTurns,
}

impl Vp8Encoder {
    /// Starts an encoder for pictures up to `settings.size`.
    pub fn new(settings: EncoderSettings) -> Result<Self, CodecError> {
        let EncoderSettings { size, .. } = settings;
        if !size.is_even() || size.width.max(size.height) > MAX_SIDE || size.width.min(size.height) == 0 {
            return Err(CodecError::Misfit { given: size, limit: Size::new(MAX_SIDE, MAX_SIDE) });
        }
        let codec = vpx::Encoder::new(settings)?;
        Ok(Self {
            codec,
            settings,
            size,
            started: None,
            last_timestamp: None,
            codec_time: 0,
            upper_next: false,
            turns: PageTurns::default(),
        })
    }

    /// Counts time from then on, and not from the first picture: pictures of one source that several encoders take have
    /// the same timestamps.
    #[must_use]
    pub fn since(mut self, epoch: Instant) -> Self {
        self.started = Some(epoch);
        self
    }

    /// The largest picture it takes, the bitrate and the frame rate it was last told.
    pub fn settings(&self) -> EncoderSettings {
        self.settings
    }

    /// Encodes one picture. Its size must be the encoder's, and later than the one before. `None`: the encoder saw
    /// fit to drop it.
    pub fn encode(&mut self, frame: &VideoFrame, force_keyframe: bool) -> Result<Option<EncodedFrame>, CodecError> {
        if frame.size() != self.size {
            return Err(CodecError::Misfit { given: frame.size(), limit: self.size });
        }
        let before = self.last_timestamp;
        let timestamp = self.timestamp(frame.captured_at);
        let passed = before.map_or(1, |before| timestamp - before);
        self.codec_time += passed.min(LONGEST_PAUSE * u64::from(CLOCK / self.settings.fps.clamp(1, 240)));
        if self.settings.content == Content::Screen {
            self.codec.set_coarse(self.turns.turns(frame))?;
        }
        let temporal = if self.upper_next && !force_keyframe { Temporal::Upper } else { Temporal::Base };
        let Some((payload, keyframe)) = self.codec.encode(frame, self.codec_time, force_keyframe, temporal)? else {
            return Ok(None);
        };
        let temporal = if keyframe { Temporal::Base } else { temporal };
        self.upper_next = self.settings.content == Content::Camera && temporal == Temporal::Base;
        #[expect(clippy::cast_possible_truncation, reason = "RTP timestamps wrap around (RFC 3550, section 5.1)")]
        let timestamp = timestamp as u32;
        let (payload, captured_at) = (Bytes::from(payload), frame.captured_at);
        let (size, content) = (self.size, self.settings.content);
        Ok(Some(EncodedFrame { payload, keyframe, timestamp, captured_at, size, temporal, content }))
    }

    /// How coarse the latest picture is, 0 to 63; `None` where libvpx does not say.
    pub fn quantizer(&mut self) -> Option<u32> {
        self.codec.quantizer()
    }

    /// Changes the bitrate to aim at, in kilobits a second.
    pub fn set_kbps(&mut self, kbps: u32) -> Result<(), CodecError> {
        self.codec.configure(self.size, kbps)?;
        self.settings.kbps = kbps;
        Ok(())
    }

    /// Changes the size of the pictures to come, up to the size the encoder was made for. A keyframe follows.
    pub fn set_size(&mut self, size: Size) -> Result<(), CodecError> {
        let limit = self.settings.size;
        let fits = size.width <= limit.width && size.height <= limit.height;
        if !fits || !size.is_even() || size.width == 0 || size.height == 0 {
            return Err(CodecError::Misfit { given: size, limit });
        }
        self.codec.configure(size, self.settings.kbps)?;
        self.size = size;
        self.upper_next = false;
        Ok(())
    }

    /// Fits it to other pictures: of exactly this size, which may be larger than any before. Returns whether a keyframe
    /// follows, because the size or the content is another one.
    pub fn fit(&mut self, wanted: EncoderSettings) -> Result<bool, CodecError> {
        let EncoderSettings { size, fps, kbps, content } = wanted;
        let (before, limit) = (self.size, self.settings.size);
        let other_content = content != self.settings.content;
        if size.width > limit.width || size.height > limit.height || other_content {
            let size = Size { width: size.width.max(limit.width), height: size.height.max(limit.height) };
            let grown = Self::new(EncoderSettings { size, ..wanted })?;
            (self.codec, self.settings, self.size) = (grown.codec, grown.settings, grown.size);
            self.upper_next = false;
        }
        if self.size != size {
            self.set_size(size)?;
        }
        if kbps != self.settings.kbps {
            self.set_kbps(kbps)?;
        }
        self.settings = EncoderSettings { size: self.settings.size, fps, kbps, content };
        Ok(before != size || other_content)
    }

    /// Starts afresh after an error, at full size; the clock goes on.
    pub fn restart(&mut self) -> Result<(), CodecError> {
        self.codec = vpx::Encoder::new(self.settings)?;
        self.size = self.settings.size;
        (self.upper_next, self.turns) = (false, PageTurns::default());
        Ok(())
    }

    /// Ticks of the 90 kHz clock since the first picture, always rising.
    fn timestamp(&mut self, captured_at: Instant) -> u64 {
        let started = *self.started.get_or_insert(captured_at);
        let nanos = captured_at.saturating_duration_since(started).as_nanos();
        let ticks = u64::try_from((nanos * 9 + 50_000) / 100_000).unwrap_or(u64::MAX / 2);
        let timestamp = self.last_timestamp.map_or(ticks, |last| ticks.max(last + 1));
        self.last_timestamp = Some(timestamp);
        timestamp
    }
}

/// A VP8 decoder (RFC 6386).
#[derive(Debug)]
pub struct Vp8Decoder(vpx::Decoder);

impl Vp8Decoder {
    /// Starts a decoder; its first picture must be a keyframe.
    pub fn new() -> Result<Self, CodecError> {
        vpx::Decoder::vp8().map(Self)
    }

    /// Decodes one frame. `None`: it is one to build on, not to be shown. After an error, go on with a keyframe.
    pub fn decode(&mut self, payload: &[u8], captured_at: Instant) -> Result<Option<VideoFrame>, CodecError> {
        self.0.decode(payload, captured_at)
    }
}

/// A VP9 decoder, for files.
#[derive(Debug)]
pub struct Vp9Decoder(vpx::Decoder);

impl Vp9Decoder {
    /// Starts a decoder; its first picture must be a keyframe.
    pub fn new() -> Result<Self, CodecError> {
        vpx::Decoder::vp9().map(Self)
    }

    /// Decodes one frame. `None`: it is one to build on, not to be shown. After an error, go on with a keyframe.
    pub fn decode(&mut self, payload: &[u8], captured_at: Instant) -> Result<Option<VideoFrame>, CodecError> {
        self.0.decode(payload, captured_at)
    }
}
