//! A little more or less time for the same sound: one period of the voice is doubled or left out, the pitch stays.
use super::Frame;
use crate::audio::level::root_mean_square;

/// The periods that are looked for: 2.5 to 10 ms, which is 100 to 400 Hz.
const SHORTEST_PERIOD: usize = 120;
const LONGEST_PERIOD: usize = 480;

/// How alike two periods must be for the splice not to be heard: 1 is the same.
const ALIKE: f32 = 0.85;

/// Below this nobody hears a splice, however different the two sides: -50 dBFS.
const QUIET: f32 = 0.003;

/// Leaves out one period, if `sound` begins with two that are alike or hardly audible. True if it did.
pub(super) fn shorten(sound: &mut Vec<Frame>) -> bool {
    let Some(period) = splice(&mean(sound)) else {
        return false;
    };
    for n in 0..period {
        sound[n] = blend(sound[n], sound[period + n], n, period);
    }
    sound.drain(period..2 * period);
    true
}

/// Doubles one period, if `sound` begins with two that are alike or hardly audible. True if it did.
pub(super) fn lengthen(sound: &mut Vec<Frame>) -> bool {
    let Some(period) = splice(&mean(sound)) else {
        return false;
    };
    let between: Vec<Frame> = (0..period).map(|n| blend(sound[period + n], sound[n], n, period)).collect();
    sound.splice(period..period, between);
    true
}

/// Both channels as one, as far as a splice looks: both are spliced alike, so that nothing moves from side to side.
fn mean(sound: &[Frame]) -> Vec<f32> {
    sound.iter().take(2 * LONGEST_PERIOD).map(|[left, right]| (left + right) / 2.0).collect()
}

/// From `first` at the beginning to `second` at the end.
fn blend(first: Frame, second: Frame, n: usize, length: usize) -> Frame {
    let share = (n as f32 + 0.5) / length as f32;
    [0, 1].map(|side| first[side] + (second[side] - first[side]) * share)
}

/// The length of the period to splice at the beginning of `sound`.
fn splice(sound: &[f32]) -> Option<usize> {
    let longest = LONGEST_PERIOD.min(sound.len() / 2);
    if longest < SHORTEST_PERIOD {
        return None;
    }
    if root_mean_square(&sound[..2 * longest]) < QUIET {
        return Some(longest);
    }
    // Every fourth lag first, then its neighbours: a voice changes slowly enough from sample to sample at 48 kHz.
    let coarse =
        (SHORTEST_PERIOD..=longest).step_by(4).max_by(|a, b| likeness(sound, *a).total_cmp(&likeness(sound, *b)))?;
    let fine = (coarse - 3..=coarse + 3)
        .filter(|lag| (SHORTEST_PERIOD..=longest).contains(lag))
        .max_by(|a, b| likeness(sound, *a).total_cmp(&likeness(sound, *b)))?;
    (likeness(sound, fine) >= ALIKE).then_some(fine)
}

/// How alike the first `lag` samples and the next `lag` are: the correlation coefficient.
fn likeness(sound: &[f32], lag: usize) -> f32 {
    let (first, second) = (&sound[..lag], &sound[lag..2 * lag]);
    let (mut product, mut left, mut right) = (0.0f32, 0.0f32, 0.0f32);
    for (a, b) in first.iter().zip(second).step_by(2) {
        product += a * b;
        left += a * a;
        right += b * b;
    }
    let scale = (left * right).sqrt();
    if scale > 0.0 { product / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::{PACKET_SAMPLES, SAMPLE_RATE, measure::tone_power};

    /// The right channel is half as loud.
    fn voice(hz: f32) -> Vec<Frame> {
        let at = |n: usize| 0.3 * (TAU * hz * n as f32 / SAMPLE_RATE as f32).sin();
        (0..PACKET_SAMPLES).map(|n| [at(n), at(n) / 2.0]).collect()
    }

    fn left(sound: &[Frame]) -> Vec<f32> {
        sound.iter().map(|[left, _]| *left).collect()
    }

    fn largest_step(sound: &[Frame]) -> f32 {
        sound.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_is_shortened_without_a_click_at_the_same_pitch() {
        for hz in [110.0, 200.0, 440.0, 1_000.0] {
            let mut sound = voice(hz);

            assert!(shorten(&mut sound));

            assert!((PACKET_SAMPLES - LONGEST_PERIOD..PACKET_SAMPLES).contains(&sound.len()));
            assert!(largest_step(&sound) < 1.2 * largest_step(&voice(hz)));
            assert!((tone_power(&left(&sound), SAMPLE_RATE, hz) / 0.09 - 1.0).abs() < 0.25);
            assert!(sound.iter().all(|[left, right]| (left - 2.0 * right).abs() < 1e-5), "both sides stay together");
        }
    }

    #[test]
    fn a_tone_is_lengthened_without_a_click_at_the_same_pitch() {
        for hz in [110.0, 200.0, 440.0, 1_000.0] {
            let mut sound = voice(hz);

            assert!(lengthen(&mut sound));

            assert!((PACKET_SAMPLES + 1..=PACKET_SAMPLES + LONGEST_PERIOD).contains(&sound.len()));
            assert!(largest_step(&sound) < 1.2 * largest_step(&voice(hz)));
            assert!((tone_power(&left(&sound), SAMPLE_RATE, hz) / 0.09 - 1.0).abs() < 0.25);
        }
    }

    #[test]
    fn silence_takes_the_longest_step() {
        let mut sound = vec![[0.0; 2]; PACKET_SAMPLES];

        assert!(shorten(&mut sound));

        assert_eq!(sound.len(), PACKET_SAMPLES - LONGEST_PERIOD);
    }

    #[test]
    fn noise_is_left_alone() {
        let mut random = fastrand::Rng::with_seed(7);
        let noise: Vec<Frame> = (0..PACKET_SAMPLES).map(|_| [random.f32() - 0.5, random.f32() - 0.5]).collect();
        let mut sound = noise.clone();

        assert!(!shorten(&mut sound));
        assert!(!lengthen(&mut sound));

        assert_eq!(sound, noise);
    }

    #[test]
    fn a_scrap_is_left_alone() {
        let mut sound = vec![[0.0; 2]; 100];

        assert!(!shorten(&mut sound));
        assert!(!lengthen(&mut sound));
    }
}
