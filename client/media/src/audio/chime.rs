//! Short sounds of the program's own, made of sines: somebody comes, goes, writes, or raises a hand.
//!
//! [`Playback::chime`](super::playback::Playback::chime) plays one into the mix.
use super::{BLOCK_SAMPLES, Block, SAMPLE_RATE};

/// Peak of a note: audible beside voices, not above them.
const LOUDNESS: f32 = 0.14;
/// A note reaches its peak in so many seconds: fast, without a click.
const ATTACK: f32 = 0.008;
/// A note falls to a third in this share of its length.
const DECAY: f32 = 0.3;
/// A note fades to nothing over the last so many seconds.
const RELEASE: f32 = 0.02;
/// How loud the octave above a note is: a bare sine sounds like a hearing test.
const OCTAVE: f32 = 0.25;

/// What is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chime {
    /// Somebody came in: two notes up.
    Joined,
    /// Somebody went: two notes down.
    Left,
    /// Somebody wrote: one short note.
    Message,
    /// Somebody raised a hand: three notes up.
    Hand,
}

impl Chime {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Joined, Self::Left, Self::Message, Self::Hand];

    /// Its notes: hertz, and when they begin and how long they last, in seconds.
    fn notes(self) -> &'static [(f32, f32, f32)] {
        match self {
            Self::Joined => &[(587.33, 0.0, 0.18), (880.0, 0.12, 0.3)],
            Self::Left => &[(880.0, 0.0, 0.18), (587.33, 0.12, 0.3)],
            Self::Message => &[(1046.5, 0.0, 0.16)],
            Self::Hand => &[(659.26, 0.0, 0.14), (783.99, 0.1, 0.14), (1046.5, 0.2, 0.3)],
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Joined => 0,
            Self::Left => 1,
            Self::Message => 2,
            Self::Hand => 3,
        }
    }
}

/// The sounds, made beforehand, and the one that plays. Playing takes no memory.
#[derive(Debug)]
pub(super) struct Chimes {
    sounds: [Vec<f32>; Chime::ALL.len()],
    playing: Option<(Chime, usize)>,
}

impl Chimes {
    pub(super) fn new() -> Self {
        Self { sounds: Chime::ALL.map(|chime| sound(chime.notes())), playing: None }
    }

    /// Plays a sound from the next block on. One that comes while another plays is left out: two are noise.
    pub(super) fn start(&mut self, chime: Chime) {
        self.playing.get_or_insert((chime, 0));
    }

    /// Adds the next 10 ms to `mix`.
    pub(super) fn mix_into(&mut self, mix: &mut Block) {
        let Some((chime, from)) = self.playing else { return };
        let sound = self.sounds.get(chime.index()).map_or(&[][..], Vec::as_slice);
        let rest = sound.get(from..).unwrap_or_default();
        mix.iter_mut().zip(rest).for_each(|(to, sample)| *to += sample);
        self.playing = (rest.len() > BLOCK_SAMPLES).then_some((chime, from + BLOCK_SAMPLES));
    }
}

fn sound(notes: &[(f32, f32, f32)]) -> Vec<f32> {
    let samples = |seconds: f32| (seconds * SAMPLE_RATE as f32) as usize;
    let end = notes.iter().map(|(_, begin, length)| samples(begin + length)).max().unwrap_or_default();
    let mut sound = vec![0.0; end];
    for (hertz, begin, length) in notes {
        let place = sound.iter_mut().skip(samples(*begin)).take(samples(*length));
        for (n, sample) in place.enumerate() {
            let at = n as f32 / SAMPLE_RATE as f32;
            let phase = at * hertz * std::f32::consts::TAU;
            *sample += LOUDNESS * envelope(at, *length) * (phase.sin() + OCTAVE * (2.0 * phase).sin());
        }
    }
    sound
}

fn envelope(at: f32, length: f32) -> f32 {
    let attack = (at / ATTACK).min(1.0);
    let release = ((length - at) / RELEASE).clamp(0.0, 1.0);
    attack * release * (-at / (DECAY * length)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    #[test]
    fn every_chime_is_short_quiet_and_begins_and_ends_without_a_click() {
        for chime in Chime::ALL {
            let sound = sound(chime.notes());

            let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let step = sound.windows(2).fold(0.0_f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
            assert!((0.05..0.3).contains(&peak), "{chime:?}: {peak}");
            assert!(sound.len() < SAMPLE_RATE as usize * 6 / 10, "{chime:?}: {}", sound.len());
            assert!(sound[0].abs() < 0.01 && sound[sound.len() - 1].abs() < 0.01, "{chime:?}");
            assert!(step < 0.05, "{chime:?} jumps by {step}");
        }
    }

    #[test]
    fn a_chime_plays_once_from_its_beginning_to_its_end() {
        let mut chimes = Chimes::new();
        let expected = sound(Chime::Message.notes());

        chimes.start(Chime::Message);
        let heard = hear(&mut chimes, 60);

        assert_eq!(heard[..expected.len()], expected);
        assert!(heard[expected.len()..].iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn two_chimes_at_once_are_one() {
        let (mut one, mut two) = (Chimes::new(), Chimes::new());

        one.start(Chime::Joined);
        two.start(Chime::Joined);
        two.start(Chime::Left);

        assert_eq!(hear(&mut one, 60), hear(&mut two, 60));
    }

    #[test]
    fn a_chime_is_added_to_what_is_said() {
        let mut chimes = Chimes::new();
        let mut mix = [0.5; BLOCK_SAMPLES];

        chimes.start(Chime::Hand);
        chimes.mix_into(&mut mix);

        assert!(mix.iter().any(|sample| *sample > 0.5) && mix.iter().any(|sample| *sample < 0.5));
    }

    fn hear(chimes: &mut Chimes, blocks: usize) -> Vec<f32> {
        let block = |_| {
            let mut mix = SILENCE;
            chimes.mix_into(&mut mix);
            mix
        };
        (0..blocks).flat_map(block).collect()
    }
}
