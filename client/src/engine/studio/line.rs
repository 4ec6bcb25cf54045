//! The way of our pictures, from a source to everybody: once for the camera, once for what is shared.
use parlor_call::TrackKind;
use parlor_media::{
    frame::Size,
    slot::slot,
    spec::VideoSpec,
    video::{
        encode::{Content, EncodeStage, EncoderSettings, EncoderStats, KeyframeRequests},
        input::{VideoInput, VideoInputEvent, VideoInputSettings},
    },
};

use super::super::{PictureId, Pictures, StartEngineError, handle::Waker};
use crate::peer::FanOut;

/// How pictures are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The largest size.
    pub(super) size: Size,
    /// Pictures a second.
    pub(super) fps: u32,
    /// Thousands of bits a second.
    pub(super) kbps: u32,
    /// What is in them.
    pub(super) content: Content,
}

impl Shape {
    fn for_encoder(self) -> EncoderSettings {
        let Self { size, fps, kbps, content } = self;
        EncoderSettings { size, fps, kbps, content }
    }
}

/// A source of pictures, our preview of it, and its encoder.
#[derive(Debug)]
pub(super) struct PictureLine {
    input: VideoInput,
    encoder: EncodeStage,
}

/// Where the pictures of a line go.
pub(super) struct Outlets<'a> {
    pub(super) kind: TrackKind,
    pub(super) preview: PictureId,
    pub(super) fan_out: &'a FanOut,
    pub(super) pictures: &'a Pictures,
    pub(super) waker: &'a Waker,
}

impl PictureLine {
    /// Opens no source yet.
    pub(super) fn start(
        shape: Shape,
        outlets: &Outlets<'_>,
        events: impl Fn(VideoInputEvent) + Send + 'static,
    ) -> Result<Self, StartEngineError> {
        let media = |error: &dyn std::fmt::Display| StartEngineError::Media(error.to_string());
        let (to_encoder, frames) = slot();
        let (to_preview, preview) = slot();
        let wakes = outlets.waker.clone();
        preview.on_put(move || wakes.wake());
        outlets.pictures.insert(outlets.preview, preview);
        let settings = VideoInputSettings { spec: VideoSpec::None, size: shape.size, fps: shape.fps };
        let input = VideoInput::start(settings, vec![to_encoder, to_preview], events).map_err(|error| media(&error))?;
        let (sink, kind) = (outlets.fan_out.clone(), outlets.kind);
        let encoder = EncodeStage::start(shape.for_encoder(), frames, move |frame| sink.send_frame(kind, &frame));
        let encoder = encoder.map_err(|error| media(&error))?;
        encoder.set_active(false);
        Ok(Self { input, encoder })
    }

    /// Takes pictures from elsewhere.
    pub(super) fn set_spec(&self, spec: VideoSpec) {
        self.input.set_spec(spec);
    }

    /// Makes other pictures of the same source, without a break.
    pub(super) fn set_shape(&self, shape: Shape) {
        self.input.set_shape(shape.size, shape.fps);
        self.encoder.set_settings(shape.for_encoder());
    }

    /// Encodes while somebody is there to see it.
    pub(super) fn set_watched(&self, watched: bool) {
        self.encoder.set_active(watched);
    }

    /// Where keyframes are asked for.
    pub(super) fn keyframes(&self) -> KeyframeRequests {
        self.encoder.keyframes()
    }

    /// The encoder's last second, once it has run.
    pub(super) fn stats(&self) -> Option<EncoderStats> {
        let stats = self.encoder.stats();
        (stats.frames > 0).then_some(stats)
    }
}
