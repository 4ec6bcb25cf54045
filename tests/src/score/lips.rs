//! Whether pictures are seen when what was said with them is heard.
use super::{Arrival, Delay, Shown, Window, percentile, pictures::taken_at};

/// How far apart pictures and sound were in a call. What was shown and said at the same moment belongs together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LipScore {
    /// By how many milliseconds pictures were seen later than their sound was heard, less than 0 for earlier: half of
    /// the time more, half of the time less.
    pub skew_ms: f64,
    /// For nineteen twentieths of the time they were no further apart than this, whichever came first.
    pub apart_ms: f64,
    /// How often it was looked at.
    pub looks: usize,
}

impl LipScore {
    /// Of what was said in that time: each piece is as long as `piece_us` microseconds, and compared with the median of
    /// the pictures that were taken meanwhile. None where nothing can be compared.
    pub fn new(shown: &[Shown], arrivals: &[Arrival], sound: &[Delay], piece_us: u64, window: Window) -> Option<Self> {
        let pictures: Vec<_> = arrivals
            .iter()
            .filter_map(|arrival| {
                let taken = taken_at(shown, arrival)?;
                Some((taken, (arrival.unix_us - taken) as f64 / 1e3))
            })
            .collect();
        let skew = |said: &Delay| {
            let piece = said.unix_us..said.unix_us + piece_us;
            let with = pictures.iter().filter(|(taken, _)| piece.contains(taken)).map(|(_, ms)| *ms);
            Some(percentile(&sorted(with), 0.5)? - said.ms)
        };
        let said = sound.iter().filter(|said| window.has(said.unix_us) && window.has(said.unix_us + piece_us));
        let skews = sorted(said.filter_map(skew));
        let apart = sorted(skews.iter().map(|skew| skew.abs()));
        Some(Self { skew_ms: percentile(&skews, 0.5)?, apart_ms: percentile(&apart, 0.95)?, looks: skews.len() })
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use parlor_media::frame::Size;

    use super::*;

    const SECOND: u64 = 1_000_000;
    const WHOLE: Window = Window { from_us: 0, to_us: 60 * SECOND };

    #[test]
    fn pictures_that_take_longer_than_their_sound_are_late() {
        let (shown, arrivals) = pictures(|_| 130_000);
        let sound: Vec<_> = (0..10).map(|second| Delay { unix_us: second * SECOND, ms: 100.0 }).collect();

        let score = LipScore::new(&shown, &arrivals, &sound, SECOND, WHOLE);

        assert_eq!(score, Some(LipScore { skew_ms: 30.0, apart_ms: 30.0, looks: 10 }));
    }

    #[test]
    fn pictures_and_sound_that_are_late_together_are_in_step() {
        let ways = |unix_us: u64| if unix_us < 5 * SECOND { 50_000 } else { 250_000 };
        let (shown, arrivals) = pictures(ways);
        let delay = |second: u64| Delay { unix_us: second * SECOND, ms: ways(second * SECOND) as f64 / 1e3 };
        let sound: Vec<_> = (0..10).map(delay).collect();

        let score = LipScore::new(&shown, &arrivals, &sound, SECOND, WHOLE);

        assert_eq!(score, Some(LipScore { skew_ms: 0.0, apart_ms: 0.0, looks: 10 }));
    }

    #[test]
    fn seldom_skews_show_in_how_far_apart_they_are() {
        let (shown, arrivals) = pictures(|unix_us| if unix_us < SECOND { 20_000 } else { 100_000 });
        let sound: Vec<_> = (0..10).map(|second| Delay { unix_us: second * SECOND, ms: 100.0 }).collect();

        let score = LipScore::new(&shown, &arrivals, &sound, SECOND, WHOLE);

        assert_eq!(score, Some(LipScore { skew_ms: 0.0, apart_ms: 80.0, looks: 10 }));
    }

    #[test]
    fn without_sound_or_pictures_there_is_nothing_to_tell() {
        let (shown, arrivals) = pictures(|_| 0);
        let sound = [Delay { unix_us: 0, ms: 100.0 }];
        let nothing = Window { from_us: 30 * SECOND, to_us: 60 * SECOND };

        assert_eq!(LipScore::new(&shown, &arrivals, &[], SECOND, WHOLE), None);
        assert_eq!(LipScore::new(&shown, &[], &sound, SECOND, WHOLE), None);
        assert_eq!(LipScore::new(&shown, &arrivals, &sound, SECOND, nothing), None);
    }

    /// Ten seconds of pictures, and their arrivals so many microseconds after each moment.
    fn pictures(way: impl Fn(u64) -> u64) -> (Vec<Shown>, Vec<Arrival>) {
        let shown: Vec<_> =
            (0..300).map(|counter| Shown { counter, unix_us: u64::from(counter) * SECOND / 30 }).collect();
        let arrival = |shown: &Shown| Arrival {
            unix_us: shown.unix_us + way(shown.unix_us),
            size: Size::new(64, 48),
            counter: Some(shown.counter),
            similarity: None,
        };
        let arrivals = shown.iter().map(arrival).collect();
        (shown, arrivals)
    }
}
