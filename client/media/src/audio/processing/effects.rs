//! The parts of the chain, each a thin layer over a library.
use nnnoiseless::DenoiseState;
use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{AdaptiveDigital, GainController2, MaxProcessingRate, NoiseSuppression, Pipeline},
    high_pass_filter,
};

use super::stage::Effect;
use crate::audio::{Block, SAMPLE_RATE, SILENCE};

/// The gain with which evening out begins, in dB: a microphone is more often too quiet than too loud.
const FIRST_GAIN_DB: f32 = 6.0;

/// The most gain, in dB: more would lift a room instead of a voice.
const MOST_GAIN_DB: f32 = 30.0;

/// Full scale of a neural network that was trained on integers of 16 bit.
const SIXTEEN_BIT: f32 = 32_768.0;

/// Takes out rumble below 100 Hz, which no voice has.
pub(super) struct HighPass {
    filter: high_pass_filter::HighPassFilter,
    channel: [Vec<f32>; 1],
}

impl Effect for HighPass {
    fn begin() -> Self {
        Self {
            filter: high_pass_filter::HighPassFilter::new(SAMPLE_RATE as i32, 1),
            channel: [Vec::with_capacity(SILENCE.len())],
        }
    }
}

impl HighPass {
    pub(super) fn apply(&mut self, block: &mut Block) {
        self.channel[0].clear();
        self.channel[0].extend_from_slice(block);
        self.filter.process_channels(&mut self.channel);
        block.copy_from_slice(&self.channel[0]);
    }
}

/// Takes out steady noise, by what it is like in pauses.
pub(super) struct NoiseSuppressor {
    sonora: AudioProcessing,
}

impl Effect for NoiseSuppressor {
    fn begin() -> Self {
        Self { sonora: sonora(Config { noise_suppression: Some(NoiseSuppression::default()), ..Config::default() }) }
    }
}

impl NoiseSuppressor {
    pub(super) fn apply(&mut self, block: &mut Block) {
        capture(&mut self.sonora, block);
    }
}

/// Takes out whatever is no voice (Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech
/// Enhancement", 2018).
pub(super) struct Denoiser {
    state: Box<DenoiseState<'static>>,
}

impl Effect for Denoiser {
    fn begin() -> Self {
        Self { state: DenoiseState::new() }
    }
}

impl Denoiser {
    pub(super) fn apply(&mut self, block: &mut Block) {
        let scaled = block.map(|sample| sample * SIXTEEN_BIT);
        self.state.process_frame(block, &scaled);
        block.iter_mut().for_each(|sample| *sample /= SIXTEEN_BIT);
    }
}

/// Brings a voice to an even loudness, and limits what is too loud then.
pub(super) struct GainControl {
    sonora: AudioProcessing,
}

impl Effect for GainControl {
    fn begin() -> Self {
        let adaptive =
            AdaptiveDigital { initial_gain_db: FIRST_GAIN_DB, max_gain_db: MOST_GAIN_DB, ..AdaptiveDigital::default() };
        let gain = GainController2 { adaptive_digital: Some(adaptive), ..GainController2::default() };
        Self { sonora: sonora(Config { gain_controller2: Some(gain), ..Config::default() }) }
    }
}

impl GainControl {
    pub(super) fn apply(&mut self, block: &mut Block) {
        capture(&mut self.sonora, block);
    }
}

/// One channel at our rate, on all of its frequencies.
fn sonora(config: Config) -> AudioProcessing {
    let pipeline = Pipeline {
        maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
        multi_channel_render: false,
        multi_channel_capture: false,
        ..Pipeline::default()
    };
    let stream = StreamConfig::new(SAMPLE_RATE, 1);
    AudioProcessing::builder()
        .config(Config { pipeline, ..config })
        .capture_config(stream)
        .render_config(stream)
        .build()
}

fn capture(sonora: &mut AudioProcessing, block: &mut Block) {
    let dry = *block;
    if let Err(error) = sonora.process_capture_f32(&[&dry], &mut [block]) {
        tracing::debug!(%error, "10 ms of sound could not be processed");
        *block = dry;
    }
}
