//! Tones in a file, for whatever takes a file for a microphone.
use std::{f32::consts::TAU, path::Path};

const RATE: u32 = 48_000;
const SECONDS: u32 = 10;

/// Writes ten seconds, whole waves, to be played over and over: a channel for each of these pitches, in Hz.
///
/// # Panics
/// Where the disk does not take it.
pub fn write(path: &Path, pitches: &[u32]) {
    let spec = hound::WavSpec {
        channels: pitches.len() as u16,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("a sound file");
    for at in 0..SECONDS * RATE {
        for hz in pitches {
            let turns = (at * hz % RATE) as f32 / RATE as f32;
            file.write_sample((0.3 * f32::from(i16::MAX) * (TAU * turns).sin()) as i16).expect("a sample");
        }
    }
    file.finalize().expect("the tones are written");
}
