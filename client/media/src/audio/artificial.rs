//! A voice without a person, for tests: sounds with the rhythm, the pitch and the spectrum of speech.
//!
//! Syllables of a voice go through three resonances, with hisses between them and pauses between phrases (a formant
//! synthesiser after Klatt, 1980, much simplified).
use std::f32::consts::TAU;

use crate::audio::SAMPLE_RATE;

/// The first three resonances of some vowels, in Hz.
const VOWELS: [[f32; 3]; 6] = [
    [730.0, 1090.0, 2440.0],
    [270.0, 2290.0, 3010.0],
    [530.0, 1840.0, 2480.0],
    [300.0, 870.0, 2240.0],
    [570.0, 840.0, 2410.0],
    [490.0, 1350.0, 1690.0],
];

/// So many seconds at 48 kHz of a voice that peaks at about half of full scale. Another seed is another person.
pub fn speech(seed: u64, seconds: f32) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    let length = (seconds * SAMPLE_RATE as f32) as usize;
    let pitch = 90.0 + random.f32() * 120.0;
    let mut sound = Vec::with_capacity(length);
    while sound.len() < length {
        for _ in 0..random.usize(4..9) {
            hiss(&mut sound, &mut random);
            vowel(&mut sound, &mut random, pitch);
        }
        sound.extend(std::iter::repeat_n(0.0, random.usize(4_000..16_000)));
    }
    sound.truncate(length);
    let peak = sound.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    sound.iter_mut().for_each(|sample| *sample *= 0.5 / peak);
    sound
}

fn vowel(sound: &mut Vec<f32>, random: &mut fastrand::Rng, pitch: f32) {
    let length = random.usize(5_000..12_000);
    let mut resonances = VOWELS[random.usize(..VOWELS.len())].map(|hz| Resonance::new(hz * (0.9 + 0.2 * random.f32())));
    let (mut phase, from, to) = (0.0f32, 0.8 + 0.4 * random.f32(), 0.8 + 0.4 * random.f32());
    let loud = 0.4 + 0.6 * random.f32();
    for n in 0..length {
        let way = n as f32 / length as f32;
        phase += pitch * (from + (to - from) * way) / SAMPLE_RATE as f32;
        let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
        phase = phase.fract();
        let breath = (random.f32() - 0.5) * 0.02;
        let envelope = (way * 8.0).min((1.0 - way) * 5.0).min(1.0);
        let voiced: f32 = resonances.iter_mut().map(|resonance| resonance.next(pulse + breath)).sum();
        sound.push(voiced * envelope * loud);
    }
}

fn hiss(sound: &mut Vec<f32>, random: &mut fastrand::Rng) {
    let length = random.usize(1_500..5_000);
    let mut resonance = Resonance::new(3_000.0 + 4_000.0 * random.f32());
    let loud = 0.02 + 0.05 * random.f32();
    for n in 0..length {
        let envelope = (TAU * n as f32 / length as f32 / 2.0).sin();
        sound.push(resonance.next((random.f32() - 0.5) * loud) * envelope);
    }
}

/// A resonance of the mouth: two poles.
struct Resonance {
    feedback: [f32; 2],
    last: [f32; 2],
}

impl Resonance {
    fn new(hz: f32) -> Self {
        let radius = (-std::f32::consts::PI * (60.0 + hz * 0.04) / SAMPLE_RATE as f32).exp();
        Self { feedback: [2.0 * radius * (TAU * hz / SAMPLE_RATE as f32).cos(), -radius * radius], last: [0.0; 2] }
    }

    fn next(&mut self, input: f32) -> f32 {
        let output = input + self.feedback[0] * self.last[0] + self.feedback[1] * self.last[1];
        self.last = [output, self.last[0]];
        output
    }
}
