//! A few seconds of sound in memory: what a microphone was heard to say, or the melody that tests a speaker.
use std::{f32::consts::TAU, fmt, sync::Arc, time::Duration};

use super::{Block, SAMPLE_RATE};

/// The notes of the melody, in Hz: C major, up to the octave.
const NOTES: [f32; 4] = [523.25, 659.25, 783.99, 1046.5];
/// How long after one note the next one begins, in seconds.
const STEP: f32 = 0.22;
/// How long a note takes to fade to a third.
const FADE: f32 = 0.28;
/// How long it takes to begin, so that it does not click.
const ATTACK: f32 = 0.008;
/// How long the melody lasts.
const MELODY: f32 = 1.8;
/// Soft enough for headphones.
const LOUDNESS: f32 = 0.16;

/// Sound to be played as it is. Cheap to clone.
#[derive(Clone, PartialEq)]
pub struct Clip(Arc<[f32]>);

impl Clip {
    /// One channel at 48 kHz.
    pub fn new(samples: Vec<f32>) -> Self {
        Self(samples.into())
    }

    /// A short melody, pleasant enough to be heard twice.
    pub fn melody() -> Self {
        let length = (MELODY * SAMPLE_RATE as f32) as usize;
        let sample = |index: usize| {
            let at = index as f32 / SAMPLE_RATE as f32;
            // Into silence, whatever still sounds.
            let end = ((MELODY - at) / 0.2).clamp(0.0, 1.0);
            let notes = NOTES.iter().enumerate().map(|(number, hertz)| note(*hertz, at - number as f32 * STEP));
            notes.sum::<f32>() * LOUDNESS * end
        };
        Self((0..length).map(sample).collect())
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.0.len() as f64 / f64::from(SAMPLE_RATE))
    }

    /// The samples.
    pub fn samples(&self) -> &[f32] {
        &self.0
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clip").field(&self.length()).finish()
    }
}

/// A note that was struck `since` seconds ago, with a quieter octave above it.
fn note(hertz: f32, since: f32) -> f32 {
    if since < 0.0 {
        return 0.0;
    }
    let envelope = (since / ATTACK).min(1.0) * (-since / FADE).exp();
    envelope * ((TAU * hertz * since).sin() + 0.25 * (TAU * 2.0 * hertz * since).sin())
}

/// A clip, and how far it is played.
#[derive(Debug)]
pub(crate) struct Playing {
    clip: Clip,
    at: usize,
}

impl Playing {
    pub(crate) fn new(clip: Clip) -> Self {
        Self { clip, at: 0 }
    }

    /// Adds the next 10 ms. False once there is no more.
    pub(crate) fn mix_into(&mut self, mix: &mut Block) -> bool {
        let rest = self.clip.0.get(self.at..).unwrap_or_default();
        mix.iter_mut().zip(rest).for_each(|(to, from)| *to += from);
        self.at += mix.len();
        self.at < self.clip.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BLOCK_SAMPLES, SILENCE, measure::tone_power};

    #[test]
    fn the_melody_begins_and_ends_in_silence_and_is_never_too_loud() {
        let melody = Clip::melody();
        let loudest = melody.samples().iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));

        assert!((0.1..0.6).contains(&loudest), "{loudest}");
        assert!(melody.samples()[0].abs() < 0.001);
        assert!(melody.samples().last().unwrap().abs() < 0.001);
    }

    #[test]
    fn the_melody_goes_up() {
        let melody = Clip::melody();
        let step = (STEP * SAMPLE_RATE as f32) as usize;
        let power =
            |number: usize, hertz: f32| tone_power(&melody.samples()[number * step..][..step], SAMPLE_RATE, hertz);

        for (number, hertz) in NOTES.into_iter().enumerate() {
            assert!(power(number, hertz) > 10.0 * power(number, hertz * 1.19), "note {number}");
        }
    }

    #[test]
    fn a_clip_is_played_once_to_its_end() {
        let mut playing = Playing::new(Clip::new(vec![0.5; BLOCK_SAMPLES + 10]));
        let (mut first, mut second, mut third) = (SILENCE, SILENCE, SILENCE);

        let more = [&mut first, &mut second, &mut third].map(|block| playing.mix_into(block));

        assert_eq!(more, [true, false, false]);
        assert!(first.iter().all(|sample| *sample == 0.5));
        assert_eq!(second.iter().filter(|sample| **sample == 0.5).count(), 10);
        assert_eq!(third, SILENCE);
    }
}
