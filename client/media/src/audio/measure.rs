//! How strong one pitch is in a stretch of sound: how tests and diagnoses know a tone when they hear one.
use std::f32::consts::TAU;

/// The power of `hz` in `samples` at `rate` samples a second, by Goertzel's algorithm.
///
/// A sine of amplitude `a` at exactly `hz` gives `a * a`; other pitches give next to nothing over 100 ms or more.
/// Zero for no samples.
pub fn tone_power(samples: &[f32], rate: u32, hz: f32) -> f32 {
    if samples.is_empty() || rate == 0 {
        return 0.0;
    }
    let turn = f64::from(TAU * hz) / f64::from(rate);
    let coefficient = 2.0 * turn.cos();
    let (mut before, mut last) = (0.0f64, 0.0f64);
    for &sample in samples {
        (before, last) = (last, f64::from(sample) + coefficient * last - before);
    }
    let energy = last * last + before * before - coefficient * last * before;
    let scale = 2.0 / samples.len() as f64;
    (energy * scale * scale) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f32, amplitude: f32) -> Vec<f32> {
        (0..48_000).map(|n| amplitude * (TAU * hz * n as f32 / 48_000.0).sin()).collect()
    }

    #[test]
    fn a_tone_is_as_strong_as_it_is_loud() {
        let samples = sine(440.0, 0.5);

        assert!((tone_power(&samples, 48_000, 440.0) - 0.25).abs() < 0.01);
    }

    #[test]
    fn another_pitch_is_hardly_there() {
        let samples = sine(440.0, 0.5);

        assert!(tone_power(&samples, 48_000, 880.0) < 0.001);
        assert!(tone_power(&samples, 48_000, 500.0) < 0.001);
    }

    #[test]
    fn nothing_has_no_pitch() {
        assert_eq!(tone_power(&[], 48_000, 440.0), 0.0);
    }
}
