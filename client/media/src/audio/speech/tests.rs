use std::f32::consts::TAU;

use super::*;
use crate::audio::{BLOCK_SAMPLES, SAMPLE_RATE, artificial::speech};

const RATE: f32 = SAMPLE_RATE as f32;

/// A voice that says something for so many seconds.
pub(crate) fn voice(seconds: usize) -> Vec<f32> {
    speech(11, seconds as f32)
}

/// How often the detector says that somebody speaks, in parts of the blocks.
fn share(sound: &[f32]) -> f32 {
    let mut detector = SpeechDetector::new();
    let blocks = sound.as_chunks::<BLOCK_SAMPLES>().0;
    let speaking = blocks.iter().filter(|block| detector.feed(block)).count();
    speaking as f32 / blocks.len() as f32
}

fn noise(seconds: usize, loudness: f32) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(12);
    (0..seconds * SAMPLE_RATE as usize).map(|_| loudness * (random.f32() - 0.5)).collect()
}

#[test]
fn a_voice_is_speech_also_over_the_noise_of_a_room() {
    let clean = voice(5);
    let noisy: Vec<f32> = clean.iter().zip(noise(5, 0.01)).map(|(voice, noise)| voice + noise).collect();

    let (clean, noisy) = (share(&clean), share(&noisy));

    assert!(clean > 0.8 && noisy > 0.8, "{clean} {noisy}");
}

#[test]
fn silence_a_fan_and_a_note_are_no_speech() {
    // A fan hisses more at the bottom than at the top, and hums.
    let mut low = 0.0;
    let fan = noise(5, 0.3).into_iter().enumerate().map(|(n, sample)| {
        low += (sample - low) * 0.05;
        low + 0.03 * (TAU * 100.0 * n as f32 / RATE).sin()
    });
    let note = (0..240_000).map(|n| 0.3 * (TAU * 440.0 * n as f32 / RATE).sin());

    let shares = [vec![0.0; 240_000], noise(5, 0.3), fan.collect(), note.collect()].map(|sound| share(&sound));

    assert_eq!(shares, [0.0; 4]);
}

#[test]
fn typing_is_no_speech() {
    let mut random = fastrand::Rng::with_seed(13);
    let mut typing = vec![0.0f32; 10 * SAMPLE_RATE as usize];
    let mut at = 0;
    while at + 4_800 < typing.len() {
        // A key is a sharp click, a thud with some body, and another when it comes up again.
        for (start, loudness) in [(0, 0.5), (3_500, 0.25)] {
            let (pitch, sharp) = (180.0 + 60.0 * random.f32(), random.f32() * 0.5 + 0.5);
            for n in 0..1_200 {
                let time = n as f32 / RATE;
                let click = sharp * (random.f32() - 0.5) * (-time * 900.0).exp();
                let thud = 0.4 * (TAU * pitch * time).sin() * (-time * 250.0).exp();
                typing[at + start + n] += loudness * (click + thud);
            }
        }
        at += random.usize(5_000..11_000);
    }

    assert_eq!(share(&typing), 0.0);
}

#[test]
fn a_pause_for_breath_goes_through_and_a_longer_one_ends_it() {
    let mut detector = SpeechDetector::new();
    let speech = voice(3);
    let mut states = |sound: &[f32]| -> Vec<bool> {
        sound.as_chunks::<BLOCK_SAMPLES>().0.iter().map(|block| detector.feed(block)).collect()
    };

    let spoken = states(&speech);
    let breath = states(&[0.0; 14_400]);
    let on = states(&speech[..48_000]);
    let quiet = states(&[0.0; 96_000]);

    assert!(spoken[100..].iter().chain(&breath).chain(&on).all(|speaking| *speaking));
    assert_eq!(quiet.last(), Some(&false));
}

#[test]
fn sound_that_is_no_number_does_no_harm() {
    let mut detector = SpeechDetector::new();

    (0..100).for_each(|_| assert!(!detector.feed(&[f32::NAN; BLOCK_SAMPLES])));
    (0..100).for_each(|_| assert!(!detector.feed(&[f32::INFINITY; BLOCK_SAMPLES])));

    let heard = voice(3).as_chunks::<BLOCK_SAMPLES>().0.iter().any(|block| detector.feed(block));
    assert!(heard, "what held on to nonsense would hear nothing any more");
}
