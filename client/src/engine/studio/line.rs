//! The way of our pictures, from a source to everybody: once for the camera, once for what is shared.
use std::{collections::BTreeSet, time::Instant};

use parlor_bandwidth::{
    layers::{Layer, MOST_LAYERS},
    plan::Run,
};
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

/// A rate that is so little beside the one before, in percent, is not worth to tell an encoder.
const SAME_RATE_PERCENT: u32 = 4;

/// How the pictures of a source are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The largest size.
    pub(super) size: Size,
    /// Pictures a second.
    pub(super) fps: u32,
    /// Thousands of bits a second that the largest are worth.
    pub(super) kbps: u32,
    /// What is in them.
    pub(super) content: Content,
}

/// A source of pictures, our preview of it, and its encoders.
#[derive(Debug)]
pub(super) struct PictureLine {
    input: VideoInput,
    shape: Shape,
    encoders: [Encoder; MOST_LAYERS],
}

/// The encoder of one layer.
#[derive(Debug)]
struct Encoder {
    layer: Layer,
    stage: EncodeStage,
    /// What it was told last, while it runs.
    running: Option<EncoderSettings>,
}

/// An encoder that runs.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct EncoderAtWork {
    /// Of which track.
    pub(in crate::engine) kind: TrackKind,
    /// Which of its encoders.
    pub(in crate::engine) layer: Layer,
    /// Its last second.
    pub(in crate::engine) stats: EncoderStats,
    /// Pictures a second that it is to make.
    pub(in crate::engine) fps: u32,
}

impl EncoderAtWork {
    /// The time that it takes for a picture over the time that it has.
    pub(in crate::engine) fn load(&self) -> f32 {
        self.stats.ms_per_frame * self.fps as f32 / 1000.0
    }
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
    /// Opens no source yet, and encodes nothing.
    pub(super) fn start(
        shape: Shape,
        outlets: &Outlets<'_>,
        events: impl Fn(VideoInputEvent) + Send + 'static,
    ) -> Result<Self, StartEngineError> {
        let media = |error: &dyn std::fmt::Display| StartEngineError::Media(error.to_string());
        let epoch = Instant::now();
        let mut inlets = Vec::with_capacity(MOST_LAYERS + 1);
        let mut encoder = |layer| -> Result<Encoder, StartEngineError> {
            let (to_encoder, frames) = slot();
            inlets.push(to_encoder);
            let (sink, kind) = (outlets.fan_out.clone(), outlets.kind);
            let sink = move |frame| sink.send_frame(kind, layer, &frame);
            let stage = EncodeStage::start(shape.for_encoder(), epoch, frames, sink).map_err(|error| media(&error))?;
            stage.set_active(false);
            Ok(Encoder { layer, stage, running: None })
        };
        let [largest, middle, smallest] = Layer::ALL;
        let encoders = [encoder(largest)?, encoder(middle)?, encoder(smallest)?];
        let (to_preview, preview) = slot();
        inlets.push(to_preview);
        let wakes = outlets.waker.clone();
        preview.on_put(move || wakes.wake());
        outlets.pictures.insert(outlets.preview, preview);
        let settings = VideoInputSettings { spec: VideoSpec::None, size: shape.size, fps: shape.fps };
        let input = VideoInput::start(settings, inlets, events).map_err(|error| media(&error))?;
        Ok(Self { input, shape, encoders })
    }

    /// How its pictures are to be.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Takes pictures from elsewhere.
    pub(super) fn set_spec(&self, spec: VideoSpec) {
        self.input.set_spec(spec);
    }

    /// Makes other pictures of the same source, without a break.
    pub(super) fn set_shape(&mut self, shape: Shape) {
        self.shape = shape;
        self.input.set_shape(shape.size, shape.fps);
    }

    /// Runs these encoders, and lets go on as they are those whose pictures are still `in_use`. The others rest.
    pub(super) fn encode(&mut self, runs: &[Run], in_use: &BTreeSet<Layer>) {
        let content = self.shape.content;
        for encoder in &mut self.encoders {
            match runs.iter().find(|run| run.layer == encoder.layer) {
                Some(run) => encoder.run(EncoderSettings {
                    size: Size::new(run.width, run.height),
                    fps: run.fps,
                    kbps: run.kbps,
                    content,
                }),
                None if in_use.contains(&encoder.layer) => {}
                None => encoder.rest(),
            }
        }
    }

    /// Where keyframes are asked for.
    pub(super) fn keyframes(&self) -> [KeyframeRequests; MOST_LAYERS] {
        self.encoders.each_ref().map(|encoder| encoder.stage.keyframes())
    }

    /// The encoders that run, once they have made something.
    pub(super) fn at_work(&self, kind: TrackKind) -> impl Iterator<Item = EncoderAtWork> {
        let at_work = move |encoder: &Encoder| {
            let fps = encoder.running?.fps;
            let stats = encoder.stage.stats();
            (stats.frames > 0).then_some(EncoderAtWork { kind, layer: encoder.layer, stats, fps })
        };
        self.encoders.iter().filter_map(at_work)
    }
}

impl Shape {
    fn for_encoder(self) -> EncoderSettings {
        let Self { size, fps, kbps, content } = self;
        EncoderSettings { size, fps, kbps, content }
    }
}

impl Encoder {
    fn run(&mut self, wanted: EncoderSettings) {
        let nearly_same = self.running.is_some_and(|before| {
            let change = before.kbps.abs_diff(wanted.kbps);
            EncoderSettings { kbps: before.kbps, ..wanted } == before && change * 100 <= before.kbps * SAME_RATE_PERCENT
        });
        if nearly_same {
            return;
        }
        self.stage.set_settings(wanted);
        if self.running.replace(wanted).is_none() {
            self.stage.set_active(true);
        }
    }

    fn rest(&mut self) {
        if self.running.take().is_some() {
            self.stage.set_active(false);
        }
    }
}
