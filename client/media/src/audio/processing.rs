//! What is done to a microphone's sound before it is sent: echo, rumble, noise and loudness, in this order.
//!
//! The input's thread runs everything we say through a [`Chain`]. Every part can be turned on and off while it runs and
//! is faded in and out; what is off does not exist. Echo is removed by sonora (WebRTC's AEC3), which has to know what
//! the speaker plays: playback tells a [`far_end::FarEnd`], and an [`alignment::Alignment`] brings that into step with
//! the microphone. Gain is digital: the operating system's level is never touched.
pub(crate) mod alignment;
pub(crate) mod far_end;
pub(crate) mod listener;

mod canceller;
mod effects;
mod stage;
mod timeline;
mod words;

use std::time::Duration;

use self::{
    canceller::EchoCanceller,
    effects::{Denoiser, GainControl, HighPass, NoiseSuppressor},
    stage::Stage,
};
pub use self::{far_end::FarEnd, words::ParseNoiseError};
use super::{Block, Captured, Mode, SILENCE, fade::ramp, spec::AudioSpec};

/// How much later sound comes out of each part, as measured. Gain takes no time.
const CANCELLER_DELAY: Duration = Duration::from_micros(8_900);
const SUPPRESSOR_DELAY: Duration = Duration::from_micros(8_400);
const DENOISER_DELAY: Duration = Duration::from_micros(10_000);

/// What a person wants done to what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// Take out what the speaker plays.
    pub echo: bool,
    /// Take out steady and sudden noise.
    pub noise: Noise,
    /// Bring a voice to an even loudness.
    pub gain: bool,
    /// With [`Mode::Music`] nothing of the above is done, and both channels are kept.
    pub mode: Mode,
    /// To which sources.
    pub scope: Scope,
}

impl Default for Processing {
    fn default() -> Self {
        Self { echo: true, noise: Noise::Standard, gain: true, mode: Mode::Voice, scope: Scope::Microphones }
    }
}

/// How much noise is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Noise {
    /// None.
    Off,
    /// What is steady, as a fan, by about 12 dB.
    #[default]
    Standard,
    /// Whatever is no voice, by a small neural network behind the other: also keys and dishes. Music suffers.
    Strong,
}

/// Which sources are processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// Microphones: a tone or a file is sent as it is.
    #[default]
    Microphones,
    /// Tones and files too, and echo also where the sound of the others goes nowhere.
    Everything,
}

/// What is really done at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Running {
    /// How echo is taken out; none where that does not run.
    pub echo: Option<EchoState>,
    /// How much noise is taken out.
    pub noise: Noise,
    /// Whether loudness is evened out.
    pub gain: bool,
    /// Whether both channels are kept.
    pub mode: Mode,
}

impl Running {
    /// While no source is open.
    pub(crate) const NOTHING: Self = Self { echo: None, noise: Noise::Off, gain: false, mode: Mode::Voice };
}

/// What the echo canceller has found out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EchoState {
    /// How long what is played takes into the microphone, in milliseconds; none while that is not known.
    pub delay_ms: Option<u32>,
    /// How much faster the speaker's clock runs than the microphone's, in millionths.
    pub drift_ppm: f32,
    /// By how much the echo is quieter than without us, in dB, as the canceller estimates it.
    pub reduction_db: Option<f32>,
}

impl Processing {
    /// What of it is to run for a source, while what is played can come back by the air or not.
    pub(crate) fn of(self, source: &AudioSpec, audible: bool) -> Plan {
        let in_scope = match (self.scope, source) {
            (Scope::Everything, _) | (Scope::Microphones, AudioSpec::Microphone(_)) => true,
            (Scope::Microphones, AudioSpec::Tone(_) | AudioSpec::File(_) | AudioSpec::None) => false,
        };
        let echo = self.echo && (audible || self.scope == Scope::Everything);
        match self.mode {
            Mode::Voice if in_scope => Plan { echo, noise: self.noise, gain: self.gain, mode: self.mode },
            Mode::Voice | Mode::Music => Plan { echo: false, noise: Noise::Off, gain: false, mode: self.mode },
        }
    }
}

/// What is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) echo: bool,
    pub(crate) noise: Noise,
    pub(crate) gain: bool,
    pub(crate) mode: Mode,
}

impl Plan {
    /// How much later the sound comes out.
    pub(crate) fn delay(self) -> Duration {
        let parts = [
            (self.echo, CANCELLER_DELAY),
            (self.noise != Noise::Off, SUPPRESSOR_DELAY),
            (self.noise == Noise::Strong, DENOISER_DELAY),
        ];
        parts.into_iter().filter(|(runs, _)| *runs).map(|(_, delay)| delay).sum()
    }
}

/// Everything that is done to sound, in 10 ms at a time. Only what is planned exists.
pub(crate) struct Chain {
    high_pass: Stage<HighPass>,
    canceller: Stage<EchoCanceller>,
    suppressor: Stage<NoiseSuppressor>,
    denoiser: Stage<Denoiser>,
    gain: Stage<GainControl>,
    /// How much of the difference between the channels is kept: 0 for one channel, 1 for both.
    width: f32,
}

impl Chain {
    pub(crate) fn new(mode: Mode) -> Self {
        Self {
            high_pass: Stage::new(),
            canceller: Stage::new(),
            suppressor: Stage::new(),
            denoiser: Stage::new(),
            gain: Stage::new(),
            width: width(mode),
        }
    }

    /// Works on the next 10 ms. `far_end` is what the speaker played at that time, as far as the alignment knows; what
    /// comes out is 0 to 27 ms late, by what runs.
    pub(crate) fn process(&mut self, captured: &mut Captured, plan: Plan, far_end: Option<&Block>) {
        let side = self.fold(captured, plan.mode);
        let block = &mut captured.left;
        let anything = plan.echo || plan.noise != Noise::Off || plan.gain;
        let far_end = far_end.unwrap_or(&SILENCE);
        self.high_pass.apply(anything, block, HighPass::apply);
        self.canceller.apply(plan.echo, block, |canceller, block| canceller.apply(block, far_end));
        self.suppressor.apply(plan.noise != Noise::Off, block, NoiseSuppressor::apply);
        self.denoiser.apply(plan.noise == Noise::Strong, block, Denoiser::apply);
        self.gain.apply(plan.gain, block, GainControl::apply);
        if let Some(side) = side {
            let mut right = *block;
            for ((left, right), side) in block.iter_mut().zip(&mut right).zip(&side) {
                (*left, *right) = (*left + side, *right - side);
            }
            captured.right = Some(right);
        }
    }

    /// What the canceller knows, where it runs.
    pub(crate) fn echo(&self) -> Option<EchoState> {
        self.canceller.effect().map(EchoCanceller::state)
    }

    /// Leaves the mean of both channels in `captured`, and gives half of what they differ by, as far as it is kept.
    fn fold(&mut self, captured: &mut Captured, mode: Mode) -> Option<Block> {
        let before = std::mem::replace(&mut self.width, width(mode));
        let right = captured.right.take()?;
        let mut side = SILENCE;
        for ((left, right), side) in captured.left.iter_mut().zip(&right).zip(&mut side) {
            (*left, *side) = ((*left + right) / 2.0, (*left - right) / 2.0);
        }
        if before == 0.0 && self.width == 0.0 {
            return None;
        }
        ramp(&mut side, before, self.width);
        Some(side)
    }
}

fn width(mode: Mode) -> f32 {
    match mode {
        Mode::Voice => 0.0,
        Mode::Music => 1.0,
    }
}

#[cfg(test)]
mod tests;
