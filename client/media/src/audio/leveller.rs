//! Brings the voices of others to the same loudness: slowly, by no more than 12 dB, and never in a pause.
//!
//! Playback has one for each voice, before the gain that a person chose for it. Loudness is that of ITU-R BS.1770 and
//! EBU R 128, which counts frequencies as ears do: the last 400 ms tell speech from pauses, and the last seconds of
//! speech, however long ago they were, tell how loud somebody is.
use ebur128::{EbuR128, Error, Mode};

use super::{Block, SAMPLE_RATE};

/// How loud everybody is to be, in LUFS: well below what limits, for several may speak at once.
const TARGET: f64 = -23.0;

/// What is quieter is no voice to be raised, in LUFS: breath, a fan, what is left of an echo.
const QUIETEST_VOICE: f64 = -45.0;

/// A moment so much quieter than the voice is a pause between words, in LU.
const PAUSE_BELOW: f64 = 10.0;

/// The most gain and the most loss, in dB.
const MOST: f64 = 12.0;

/// What is closer than this is left alone, in LU: gains that never rest are heard.
const CLOSE_ENOUGH: f64 = 1.0;

/// How fast a gain rises and falls, in dB in 10 ms: 3 and 6 dB a second. Whoever is too loud disturbs more.
const RISE: f64 = 0.03;
const FALL: f64 = 0.06;

/// How much of what is known of a voice a new moment replaces: three seconds of speech count.
const NEWS: f64 = 1.0 / 30.0;

/// How much quieter somebody is believed to have become in every moment that sounds like a pause and is none, in LU.
const SINKS: f64 = 0.1;

/// How much has to be heard before anything is judged, in blocks of 10 ms in which somebody speaks.
const FIRST_WORDS: u32 = 100;

/// How often loudness is judged, in blocks of 10 ms.
const JUDGE_EVERY: u32 = 10;

/// Evens out one voice.
#[derive(Debug)]
pub struct Leveller {
    meter: EbuR128,
    blocks: u32,
    spoken: u32,
    /// How loud the voice is while it speaks, in LUFS; none before it has.
    voice: Option<f64>,
    /// Where the gain is going, and where it is, in dB.
    wanted: f64,
    gain: f64,
}

impl Leveller {
    /// # Errors
    /// Where there is no memory for the meter.
    pub fn new() -> Result<Self, Error> {
        let meter = EbuR128::new(1, SAMPLE_RATE, Mode::M)?;
        Ok(Self { meter, blocks: 0, spoken: 0, voice: None, wanted: 0.0, gain: 0.0 })
    }

    /// Takes in the next 10 ms of the voice as it comes, and gives the gain for it, as a factor.
    pub fn feed(&mut self, block: &Block) -> f32 {
        if self.meter.add_frames_f32(block).is_ok() {
            self.blocks = self.blocks.wrapping_add(1);
            if self.blocks.is_multiple_of(JUDGE_EVERY) {
                self.judge();
            }
        }
        self.gain += (self.wanted - self.gain).clamp(-FALL, RISE);
        10f64.powf(self.gain / 20.0) as f32
    }

    fn judge(&mut self) {
        // Silence is minus infinity.
        let now = self.meter.loudness_momentary().unwrap_or(f64::NEG_INFINITY);
        let known = self.voice.unwrap_or(now);
        if now < QUIETEST_VOICE {
            self.rest();
        } else if now < known - PAUSE_BELOW {
            self.voice = Some(known - SINKS);
            self.rest();
        } else {
            let voice = 10.0 * (power(known) * (1.0 - NEWS) + power(now) * NEWS).log10();
            self.voice = Some(voice);
            self.spoken = self.spoken.saturating_add(JUDGE_EVERY);
            let wanted = (TARGET - voice).clamp(-MOST, MOST);
            if self.spoken > FIRST_WORDS && (wanted - self.gain).abs() > CLOSE_ENOUGH {
                self.wanted = wanted;
            }
        }
    }

    /// A gain that is on its way stops, so that nothing swells in a pause.
    fn rest(&mut self) {
        self.wanted = self.gain;
    }
}

fn power(loudness: f64) -> f64 {
    10f64.powf(loudness / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BLOCK_SAMPLES, SILENCE};

    /// Noise in syllables of 200 ms with gaps of 100 ms, as loud as it takes; `from` is a block.
    fn voice(from: usize, blocks: usize, amplitude: f32) -> impl Iterator<Item = Block> {
        let mut random = fastrand::Rng::with_seed(from as u64);
        (from..from + blocks).map(move |n| {
            let amplitude = if n % 30 < 20 { amplitude } else { 0.0 };
            std::array::from_fn(|_| (random.f32() - 0.5) * 2.0 * amplitude)
        })
    }

    fn gain_after(leveller: &mut Leveller, blocks: impl Iterator<Item = Block>) -> f32 {
        blocks.map(|block| leveller.feed(&block)).last().unwrap_or(1.0)
    }

    fn db(gain: f32) -> f32 {
        20.0 * gain.log10()
    }

    /// How loud a voice is after the leveller, in LUFS.
    fn evened(amplitude: f32) -> f64 {
        let mut leveller = Leveller::new().unwrap();
        let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::S).unwrap();
        for block in voice(0, 2_000, amplitude) {
            let gain = leveller.feed(&block);
            meter.add_frames_f32(&block.map(|sample| sample * gain)).unwrap();
        }
        meter.loudness_shortterm().unwrap()
    }

    #[test]
    fn quiet_and_loud_voices_become_alike() {
        let (quiet, usual, loud) = (evened(0.04), evened(0.1), evened(0.3));

        for loudness in [quiet, usual, loud] {
            assert!((loudness - TARGET).abs() < 2.5, "{quiet} {usual} {loud}");
        }
    }

    #[test]
    fn nobody_is_changed_by_more_than_twelve_decibels() {
        let whisper = gain_after(&mut Leveller::new().unwrap(), voice(0, 3_000, 0.01));
        let shout = gain_after(&mut Leveller::new().unwrap(), voice(0, 3_000, 1.0));

        assert!((11.5..12.1).contains(&db(whisper)), "{}", db(whisper));
        assert!((-12.1..-11.5).contains(&db(shout)), "{}", db(shout));
    }

    #[test]
    fn silence_and_a_quiet_fan_are_never_raised() {
        let mut leveller = Leveller::new().unwrap();

        let silent = gain_after(&mut leveller, std::iter::repeat_n(SILENCE, 1_000));
        let fan = gain_after(&mut leveller, voice(0, 1_000, 0.001));

        assert_eq!((silent, fan), (1.0, 1.0));
    }

    #[test]
    fn a_gain_stays_over_a_pause_of_a_minute() {
        let mut leveller = Leveller::new().unwrap();
        let before = gain_after(&mut leveller, voice(0, 2_000, 0.03));

        let after = gain_after(&mut leveller, std::iter::repeat_n(SILENCE, 6_000));

        assert!((db(before) - db(after)).abs() < 0.5, "{before} {after}");
    }

    #[test]
    fn nothing_swells_when_somebody_goes_on_after_a_pause() {
        let mut leveller = Leveller::new().unwrap();
        let before = gain_after(&mut leveller, voice(0, 2_000, 0.05));
        gain_after(&mut leveller, std::iter::repeat_n(SILENCE, 1_000));

        let gains: Vec<f32> = voice(2_010, 300, 0.05).map(|block| leveller.feed(&block)).collect();

        assert!(gains.iter().all(|gain| db(gain / before).abs() < 1.5), "{before} {gains:?}");
    }

    #[test]
    fn who_was_loud_and_is_quiet_from_now_on_is_raised_all_the_same() {
        let mut leveller = Leveller::new().unwrap();
        gain_after(&mut leveller, voice(0, 1_000, 0.5));

        let gain = gain_after(&mut leveller, voice(1_000, 4_000, 0.03));

        assert!(db(gain) > 3.0, "{}", db(gain));
    }

    #[test]
    fn it_changes_slowly_and_not_at_the_first_sound() {
        let mut leveller = Leveller::new().unwrap();

        let gains: Vec<f32> = voice(0, 1_000, 0.03).map(|block| leveller.feed(&block)).collect();

        assert!(gains[..100].iter().all(|gain| *gain == 1.0));
        assert!(gains.windows(2).all(|pair| db(pair[1] / pair[0]).abs() < 0.07));
        assert_eq!(gains.len() * BLOCK_SAMPLES, 480_000);
    }
}
