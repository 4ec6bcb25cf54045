//! Sound, from the microphone to the network and from the network to the speaker.
//!
//! Everything between the devices is 48 kHz, one channel, `f32`, in blocks of 10 ms; Opus packets hold 20 ms. Devices
//! and files may be anything: they are folded to one channel and resampled at the edge. The engine starts an
//! [`input::AudioInput`] for what we say and a [`playback::Playback`] for what we hear.
pub mod chime;
pub mod clip;
pub mod decode;
pub mod devices;
pub mod error;
pub mod input;
pub mod jitter;
pub mod level;
pub mod measure;
pub mod playback;
pub mod spec;

pub(crate) mod encode;
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
