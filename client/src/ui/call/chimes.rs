//! Which moments are to be heard, and how often at most. It is told the time.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parlor_call::Notice;
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
    /// The sound for a moment; none where it has none, or where there were too many. `reading` says that the chat is
    /// in view.
    pub(crate) fn hear(&mut self, notice: &Notice, reading: bool, now: Instant) -> Option<Chime> {
        let chime = match notice {
            Notice::Entered => {
                *self = Self { entered: Some(now), ..Self::default() };
                return None;
            }
            Notice::ParticipantJoined { .. } => Chime::Joined,
            Notice::ParticipantLeft { .. } => Chime::Left,
            Notice::ChatReceived { .. } if !reading => Chime::Message,
            Notice::HandRaised { .. } => Chime::Hand,
            Notice::ChatReceived { .. }
            | Notice::Reacted { .. }
            | Notice::Pointed { .. }
            | Notice::Recording { .. }
            | Notice::File(_)
            | Notice::FirstFrame { .. }
            | Notice::Refused { .. }
            | Notice::Removed { .. }
            | Notice::RoomChanged { .. }
            | Notice::Appointed { .. }
            | Notice::Announcement { .. }
            | Notice::ServerStopping { .. }
            | Notice::ServerLost { .. }
            | Notice::ServerBack
            | Notice::ServerUnreachable { .. }
            | Notice::Problem { .. } => return None,
        };
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
    use parlor_protocol::ParticipantId;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn comings_goings_lines_and_hands_are_heard() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let heard = [joined(), left(), chat(), hand()].into_iter().zip(1..);
        let heard: Vec<_> = heard.map(|(notice, n)| chimes.hear(&notice, false, now + SECOND * n)).collect();

        assert_eq!(heard, [Chime::Joined, Chime::Left, Chime::Message, Chime::Hand].map(Some));
    }

    #[test]
    fn a_line_that_is_read_as_it_comes_is_not_heard() {
        assert_eq!(Chimes::default().hear(&chat(), true, Instant::now()), None);
    }

    #[test]
    fn those_who_are_there_when_we_come_in_are_not_heard() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        chimes.hear(&Notice::Entered, false, now);
        let there = chimes.hear(&joined(), false, now + SECOND);
        let later = chimes.hear(&joined(), false, now + 3 * SECOND);

        assert_eq!((there, later), (None, Some(Chime::Joined)));
    }

    #[test]
    fn a_crowd_is_heard_three_times_and_then_again_when_it_has_become_calm() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let crowd: Vec<_> = (0..9).map(|n| chimes.hear(&joined(), false, now + SECOND * n)).collect();
        let line = chimes.hear(&chat(), false, now + 9 * SECOND);
        let calm = chimes.hear(&joined(), false, now + 30 * SECOND);

        assert_eq!(crowd.iter().filter(|chime| chime.is_some()).count(), CROWD);
        assert_eq!((line, calm), (Some(Chime::Message), Some(Chime::Joined)));
    }

    #[test]
    fn two_sounds_do_not_run_into_each_other() {
        let (mut chimes, now) = (Chimes::default(), Instant::now());

        let both = [chat(), chat()].map(|notice| chimes.hear(&notice, false, now));

        assert_eq!(both, [Some(Chime::Message), None]);
    }

    fn joined() -> Notice {
        Notice::ParticipantJoined { id: ParticipantId::new(2), nickname: "Ada".parse().unwrap() }
    }

    fn left() -> Notice {
        Notice::ParticipantLeft { id: ParticipantId::new(2), nickname: "Ada".parse().unwrap(), meant: true }
    }

    fn hand() -> Notice {
        Notice::HandRaised { id: ParticipantId::new(2), nickname: "Ada".parse().unwrap() }
    }

    fn chat() -> Notice {
        let (from, nickname, text) = (ParticipantId::new(2), "Ada".parse().unwrap(), "hello".to_owned());
        Notice::ChatReceived { from, nickname, private: false, text }
    }
}
