//! Sound, from the microphone to the network and from the network to the speaker.
//!
//! Everything between the devices is 48 kHz, `f32`, in blocks of 10 ms of one channel; Opus packets hold 20 ms. What is
//! said has one channel, music two, and what is heard always two. Devices and files may be anything: they are folded
//! and resampled at the edge. The engine starts an
//! [`input::AudioInput`] for what we say and a [`playback::Playback`] for what we hear.
pub mod artificial;
pub mod chime;
pub mod clip;
pub mod decode;
pub mod devices;
pub mod error;
pub mod input;
pub mod jitter;
pub mod level;
pub mod leveller;
pub mod measure;
pub mod opus;
pub mod playback;
pub mod processing;
pub mod red;
pub mod resilience;
pub mod spec;
pub mod speech;

pub mod encode;
mod fade;
mod host;
mod pace;
mod resample;
mod sink;
mod source;
mod strain;
mod stream;
mod wav;

use std::time::Duration;

/// Samples a second everywhere inside; also the RTP clock of Opus (RFC 7587, section 4.1).
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in one block of 10 ms.
pub const BLOCK_SAMPLES: usize = 480;

/// How long one block lasts.
pub const BLOCK_TIME: Duration = Duration::from_millis(10);

/// Samples in one Opus packet of ours: 20 ms, two blocks.
pub const PACKET_SAMPLES: usize = 2 * BLOCK_SAMPLES;

/// 10 ms of sound: 48 kHz, one channel, full scale at ±1.
pub type Block = [f32; BLOCK_SAMPLES];

/// A block of silence.
pub const SILENCE: Block = [0.0; BLOCK_SAMPLES];

/// 10 ms from a source of sound: one channel, or two.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// The only channel, or the left one.
    pub left: Block,
    /// The right one, where there are two.
    pub right: Option<Block>,
}

impl Captured {
    /// Silence in one channel.
    pub const SILENCE: Self = Self { left: SILENCE, right: None };

    /// The mean of both channels.
    pub fn mean(&self) -> Block {
        self.right.as_ref().map_or(self.left, |right| mean(&self.left, right))
    }
}

impl From<Block> for Captured {
    fn from(left: Block) -> Self {
        Self { left, right: None }
    }
}

/// What our sound is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Speech: one channel, few bits, and whatever makes it easier to understand on any network.
    #[default]
    Voice,
    /// Music: both channels, many bits, and nothing done to it.
    Music,
}

/// 10 ms of what is heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Stereo {
    /// The left channel.
    pub left: Block,
    /// The right one.
    pub right: Block,
}

impl Stereo {
    /// 10 ms of silence.
    pub const SILENCE: Self = Self { left: SILENCE, right: SILENCE };

    /// The mean of the two channels.
    pub fn mono(&self) -> Block {
        mean(&self.left, &self.right)
    }

    /// Adds a sound to both channels.
    pub(crate) fn add(&mut self, sound: &Block) {
        for channel in [&mut self.left, &mut self.right] {
            channel.iter_mut().zip(sound).for_each(|(to, from)| *to += from);
        }
    }
}

fn mean(left: &Block, right: &Block) -> Block {
    let mut mean = *left;
    mean.iter_mut().zip(right).for_each(|(left, right)| *left = (*left + right) / 2.0);
    mean
}
