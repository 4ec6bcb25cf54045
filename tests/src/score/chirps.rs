//! A sound that can be found again to the millisecond: a tone that goes on, and a chirp in each second.
use std::{f64::consts::TAU, path::Path};

const RATE: u32 = 48_000;
/// A file of so many seconds, which a program plays over and over.
const SECONDS: usize = 10;
/// Where in its second a chirp begins, in samples.
const PLACE: usize = RATE as usize / 2;
/// How long one is, in samples, and from which pitch to which it goes, in Hz.
const LENGTH: usize = RATE as usize * 60 / 1_000;
const FROM_HZ: f64 = 500.0;
const TO_HZ: f64 = 3_000.0;
/// What is heard between them, so that nobody takes it for silence.
const BETWEEN_HZ: f64 = 300.0;
const BETWEEN: f64 = 0.05;
const LOUD: f64 = 0.5;
/// What is looked through has so much fewer samples: enough for the highest pitch.
const THINNED: usize = 4;
/// The longest way from mouth to ear that is looked for, in samples.
const LONGEST: usize = RATE as usize * 9 / 10;
/// What is less like a chirp, 0 to 1, is none.
const ALIKE: f64 = 0.6;

/// How long a piece of sound took from mouth to ear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// When it was said, in microseconds since 1970.
    pub unix_us: u64,
    /// How much later it was heard, in milliseconds.
    pub ms: f64,
}

/// Writes the sound, as a microphone takes it.
///
/// # Panics
/// Where the disk does not take it.
pub fn write(path: &Path) {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = hound::WavWriter::create(path, spec).expect("a file for the chirps");
    let chirp = chirp();
    for at in 0..SECONDS * RATE as usize {
        let within = (at % RATE as usize).checked_sub(PLACE).and_then(|at| chirp.get(at));
        let between = BETWEEN * (TAU * BETWEEN_HZ * at as f64 / f64::from(RATE)).sin();
        let sample = between + LOUD * within.copied().unwrap_or_default();
        file.write_sample((sample * f64::from(i16::MAX)) as i16).expect("a sample");
    }
    file.finalize().expect("the chirps are written");
}

/// How long each chirp took that was said and heard. What was `heard` has 48 kHz and begins at `heard_from`; the file
/// was begun at each of the times `began`, all in seconds since 1970.
pub fn delays(heard: &[f32], heard_from: f64, began: &[f64]) -> Vec<Delay> {
    let heard = thinned(heard.iter().map(|sample| f64::from(*sample)));
    let chirp = thinned(chirp().into_iter());
    let ends = began.iter().skip(1).copied().chain([f64::INFINITY]);
    let passes = began.iter().zip(ends);
    let said = passes.flat_map(|(begin, end)| {
        let times = (0..SECONDS).map(move |second| begin + second as f64 + PLACE as f64 / f64::from(RATE));
        times.filter(move |at| *at < end)
    });
    let rate = f64::from(RATE) / THINNED as f64;
    let found = said.filter_map(|said| {
        let first = ((said - heard_from) * rate).round();
        let first = (first >= 0.0).then_some(first as usize)?;
        let hay = heard.get(first..first + LONGEST / THINNED + chirp.len())?;
        let after = find(&chirp, hay)? as f64 + first as f64 - (said - heard_from) * rate;
        Some(Delay { unix_us: (said * 1e6) as u64, ms: after * 1e3 / rate })
    });
    found.collect()
}

fn chirp() -> Vec<f64> {
    let length = LENGTH as f64 / f64::from(RATE);
    let sample = |at| {
        let at = at as f64 / f64::from(RATE);
        let turns = FROM_HZ * at + (TO_HZ - FROM_HZ) * at * at / (2.0 * length);
        (TAU * turns).sin() * (1.0 - (TAU * at / length).cos()) / 2.0
    };
    (0..LENGTH).map(sample).collect()
}

/// Means of some samples each.
fn thinned(samples: impl Iterator<Item = f64>) -> Vec<f64> {
    let samples: Vec<_> = samples.collect();
    samples.chunks_exact(THINNED).map(|some| some.iter().sum::<f64>() / THINNED as f64).collect()
}

/// Where in the hay the needle is; none where nothing is like it.
fn find(needle: &[f64], hay: &[f64]) -> Option<usize> {
    let size = needle.iter().map(|sample| sample * sample).sum::<f64>();
    let alike = |part: &[f64]| {
        let energy = part.iter().map(|sample| sample * sample).sum::<f64>();
        let product = part.iter().zip(needle).map(|(a, b)| a * b).sum::<f64>();
        product / (energy * size).sqrt().max(1e-9)
    };
    let likeness = hay.windows(needle.len()).map(alike).enumerate();
    let best = likeness.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (best.1 >= ALIKE).then_some(best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chirp_is_found_where_it_is_heard_though_it_comes_with_noise() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chirps.wav");
        write(&path);
        let said = crate::saved::samples(&path);
        let late = |millis: usize| [vec![0.0; millis * 48], said.clone()].concat();
        let mut random = 1_u32;
        let mut noise = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(random) / f64::from(u32::MAX) - 0.5) as f32 * 0.1
        };

        let clean = delays(&late(140), 1_000.0, &[1_000.0]);
        let noisy: Vec<f32> = late(60).iter().map(|sample| 0.3 * sample + noise()).collect();
        let noisy = delays(&noisy, 1_000.0, &[1_000.0]);

        assert_eq!((clean.len(), noisy.len()), (9, 9), "what is heard of the last one ends too early");
        assert!(clean.iter().all(|delay| (delay.ms - 140.0).abs() < 0.1), "{clean:?}");
        assert!(noisy.iter().all(|delay| (delay.ms - 60.0).abs() < 0.5), "{noisy:?}");
        assert_eq!(clean[1].unix_us, 1_001_500_000);
    }

    #[test]
    fn what_is_not_heard_has_no_delay() {
        assert_eq!(delays(&vec![0.0; 5 * 48_000], 0.0, &[0.0]), []);
        assert_eq!(delays(&[], 10.0, &[0.0]), [], "it began before anything was heard");
    }
}
