//! Which moments are to be heard, and how often at most. It is told the time.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parlor_media::audio::chime::Chime;

/// Two sounds are never closer together than this: the first has to end.
const APART: Duration = Duration::from_millis(600);
/// So many comings and goings are heard in [`CROWD_WINDOW`]; where a whole class comes in at once, no more.
const CROWD: usize = 3;
/// The time over which they count.
const CROWD_WINDOW: Duration = Duration::from_secs(10);
/// Those who are there when we come in, and whoever else is reported just then, are no news.
const ENTERING: Duration = Duration::from_secs(2);

/// What was played lately.
#[derive(Debug, Default)]
pub(crate) struct Chimes {
    entered: Option<Instant>,
    played: Option<Instant>,
    /// At most [`CROWD`].
    crowd: VecDeque<Instant>,
}

impl Chimes {
    /// We have come into a room.
    pub(crate) fn enter(&mut self, now: Instant) {
        *self = Self { entered: Some(now), ..Self::default() };
    }

    /// Whether a moment is to be heard now, and not one of too many.
    pub(crate) fn ring(&mut self, chime: Chime, now: Instant) -> Option<Chime> {
        let since = |at: Instant| now.saturating_duration_since(at);
        let entering = self.entered.is_some_and(|at| since(at) < ENTERING);
        if entering || self.played.is_some_and(|at| since(at) < APART) {
            return None;
        }
        match chime {
            Chime::Joined | Chime::Left => {
                self.crowd.retain(|at| since(*at) < CROWD_WINDOW);
                if self.crowd.len() >= CROWD {
                    return None;
                }
                self.crowd.push_back(now);
            }
            Chime::Message | Chime::Hand => {}
        }
        self.played = Some(now);
        Some(chime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn comings_goings_lines_and_hands_are_heard() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let all = [Chime::Joined, Chime::Left, Chime::Message, Chime::Hand];
        let heard: Vec<_> = all.into_iter().zip(1..).map(|(chime, n)| chimes.ring(chime, now + SECOND * n)).collect();

        assert_eq!(heard, all.map(Some));
    }

    #[test]
    fn those_who_are_there_when_we_come_in_are_not_heard() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        chimes.enter(now);
        let there = chimes.ring(Chime::Joined, now + SECOND);
        let later = chimes.ring(Chime::Joined, now + 3 * SECOND);

        assert_eq!((there, later), (None, Some(Chime::Joined)));
    }

    #[test]
    fn a_crowd_is_heard_three_times_and_then_again_when_it_has_become_calm() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let crowd: Vec<_> = (0..9).map(|n| chimes.ring(Chime::Joined, now + SECOND * n)).collect();
        let line = chimes.ring(Chime::Message, now + 9 * SECOND);
        let calm = chimes.ring(Chime::Joined, now + 30 * SECOND);

        assert_eq!(crowd.iter().filter(|chime| chime.is_some()).count(), CROWD);
        assert_eq!((line, calm), (Some(Chime::Message), Some(Chime::Joined)));
    }

    #[test]
    fn two_sounds_do_not_run_into_each_other() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let both = [Chime::Message; 2].map(|chime| chimes.ring(chime, now));

        assert_eq!(both, [Some(Chime::Message), None]);
    }
}
