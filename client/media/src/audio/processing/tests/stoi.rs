//! How well a voice is understood (Taal, Hendriks, Heusdens and Jensen, "An Algorithm for Intelligibility Prediction of
//! Time-Frequency Weighted Noisy Speech", 2011): 1 for the voice itself, below 0.6 for hardly anything.
use std::f32::consts::TAU;

use crate::audio::{SAMPLE_RATE, resample::Resampler};

/// The measure's own rate, in Hz, frame, hop and length of the transform, in samples.
const RATE: u32 = 10_000;
const FRAME: usize = 256;
const HOP: usize = 128;
const TRANSFORM: usize = 512;

/// Third octaves from this centre on, in Hz, and how many.
const LOWEST: f32 = 150.0;
const BANDS: usize = 15;

/// Frames that are compared at a time: 384 ms.
const SEGMENT: usize = 30;

/// What is worse than this counts alike: -15 dB.
const CLIP: f32 = 6.623_413;

/// Frames of the clean voice this much quieter than its loudest one are pauses, in power: 40 dB.
const PAUSE: f32 = 1e-4;

/// How well `sent` carries the voice `clean`; both at 48 kHz and in step.
pub(super) fn intelligibility(clean: &[f32], sent: &[f32]) -> f32 {
    let (clean, sent) = (slow(clean), slow(sent));
    let frames = (clean.len().min(sent.len()) - FRAME) / HOP;
    let power = |n: usize| clean[n * HOP..n * HOP + FRAME].iter().map(|sample| sample * sample).sum::<f32>();
    let loudest = (0..frames).map(power).fold(0.0, f32::max);
    let spoken: Vec<usize> = (0..frames).filter(|n| power(*n) > loudest * PAUSE).collect();
    let transform = Transform::new();
    let of = |sound: &[f32]| spoken.iter().map(|n| transform.bands(&sound[n * HOP..])).collect::<Vec<_>>();
    let (clean, sent) = (of(&clean), of(&sent));
    let (mut sum, mut count) = (0.0, 0.0f32);
    for (clean, sent) in clean.windows(SEGMENT).zip(sent.windows(SEGMENT)) {
        for band in 0..BANDS {
            sum += likeness(clean, sent, band);
            count += 1.0;
        }
    }
    sum / count
}

/// The part of `sent` that fits `clean` best: what is processed comes up to 50 ms late.
pub(super) fn shift_back<'a>(clean: &[f32], sent: &'a [f32]) -> &'a [f32] {
    let length = clean.len().min(SAMPLE_RATE as usize * 3);
    let fit = |shift: &usize| -> f32 {
        let sent = &sent[*shift..];
        clean[..length].iter().zip(sent).step_by(3).map(|(clean, sent)| clean * sent).sum()
    };
    let shifts = 0..(sent.len() - length).min(SAMPLE_RATE as usize / 20);
    let best = shifts.max_by(|one, other| fit(one).total_cmp(&fit(other))).unwrap_or(0);
    &sent[best..sent.len().min(best + clean.len())]
}

fn slow(sound: &[f32]) -> Vec<f32> {
    let mut slow = Vec::new();
    Resampler::new(SAMPLE_RATE, RATE).unwrap().convert(sound, &mut slow);
    slow
}

fn likeness(clean: &[[f32; BANDS]], sent: &[[f32; BANDS]], band: usize) -> f32 {
    let norm = |frames: &[[f32; BANDS]]| frames.iter().map(|frame| frame[band] * frame[band]).sum::<f32>().sqrt();
    let scale = norm(clean) / (norm(sent) + 1e-9);
    let pairs: Vec<(f32, f32)> = clean
        .iter()
        .zip(sent)
        .map(|(clean, sent)| (clean[band], (sent[band] * scale).min(clean[band] * CLIP)))
        .collect();
    let length = pairs.len() as f32;
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / length, sum.1 + pair.1 / length));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (clean, sent) in pairs {
        let (a, b) = (clean - x, sent - y);
        (xy, xx, yy) = (xy + a * b, xx + a * a, yy + b * b);
    }
    xy / ((xx * yy).sqrt() + 1e-12)
}

/// A plain Fourier transform, by its definition: a few seconds of sound do not need a fast one.
struct Transform {
    window: Vec<f32>,
    turn: Vec<(f32, f32)>,
}

impl Transform {
    fn new() -> Self {
        let window = (0..FRAME).map(|n| 0.5 - 0.5 * (TAU * (n + 1) as f32 / (FRAME + 1) as f32).cos());
        let turn = (0..TRANSFORM).map(|n| (TAU * n as f32 / TRANSFORM as f32).sin_cos());
        Self { window: window.collect(), turn: turn.collect() }
    }

    fn bands(&self, sound: &[f32]) -> [f32; BANDS] {
        std::array::from_fn(|band| {
            let centre = LOWEST * 2f32.powf(band as f32 / 3.0);
            let bin = |hz: f32| (hz * TRANSFORM as f32 / RATE as f32).round() as usize;
            let edges = bin(centre * 2f32.powf(-1.0 / 6.0))..bin(centre * 2f32.powf(1.0 / 6.0));
            edges.map(|bin| self.power(sound, bin)).sum::<f32>().sqrt()
        })
    }

    fn power(&self, sound: &[f32], bin: usize) -> f32 {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, (sample, weight)) in sound.iter().zip(&self.window).enumerate() {
            let (s, c) = self.turn[n * bin % TRANSFORM];
            (sine, cosine) = (sine + sample * weight * s, cosine + sample * weight * c);
        }
        sine * sine + cosine * cosine
    }
}

#[test]
fn a_voice_is_like_itself_and_noise_is_not() {
    let voice = super::speech(1, 3.0);
    let mut random = fastrand::Rng::with_seed(1);
    let noise: Vec<f32> = voice.iter().map(|_| random.f32() - 0.5).collect();

    assert!(intelligibility(&voice, &voice) > 0.999);
    assert!(intelligibility(&voice, &noise) < 0.4);
}
