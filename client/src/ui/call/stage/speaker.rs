//! Whose picture is the large one: whoever has spoken for a while, and none of those who only cough.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use parlor_protocol::ParticipantId;

/// Who speaks for so long takes the place of somebody silent.
const LONG_ENOUGH: Duration = Duration::from_millis(1500);
/// Who starts to speak while the one in the large picture goes on takes their place after this.
const INSISTING: Duration = Duration::from_secs(4);
/// A pause between two words is shorter than this.
const PAUSE: Duration = Duration::from_millis(700);

/// Listens, and chooses one of the others. We ourselves are never chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Speaker {
    current: Option<ParticipantId>,
    /// Who speaks at the moment, or has just paused.
    runs: BTreeMap<ParticipantId, Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    since: Instant,
    heard: Instant,
}

impl Run {
    fn length(self) -> Duration {
        self.heard.saturating_duration_since(self.since)
    }
}

impl Speaker {
    /// Takes in who is loud at the moment, of all others who are here.
    pub(super) fn hear(&mut self, others: impl Iterator<Item = (ParticipantId, bool)>, now: Instant) {
        let others: BTreeMap<_, _> = others.collect();
        self.current = self.current.filter(|current| others.contains_key(current));
        self.runs.retain(|who, run| others.contains_key(who) && now.saturating_duration_since(run.heard) < PAUSE);
        for (who, _) in others.into_iter().filter(|(_, loud)| *loud) {
            self.runs.entry(who).or_insert(Run { since: now, heard: now }).heard = now;
        }
        if let Some(next) = self.next() {
            self.current = Some(next);
        }
    }

    /// Who was chosen; none before anybody has spoken, and once they have left.
    pub(super) fn current(&self) -> Option<ParticipantId> {
        self.current
    }

    fn next(&self) -> Option<ParticipantId> {
        let current = self.current.and_then(|current| self.runs.get(&current));
        let takes_over = |run: &Run| match current {
            // Only who began later: otherwise two who speak at once would take turns.
            Some(current) => run.since > current.since && run.length() >= INSISTING,
            None => run.length() >= LONG_ENOUGH,
        };
        let longest = self.runs.iter().filter(|(_, run)| takes_over(run)).max_by_key(|(_, run)| run.length());
        longest.map(|(who, _)| *who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(2);
    const BOB: ParticipantId = ParticipantId::new(3);

    #[test]
    fn nobody_is_chosen_before_anybody_speaks() {
        let mut talk = Talk::new();

        talk.goes_on(Duration::from_secs(10), &[]);

        assert_eq!(talk.speaker.current(), None);
    }

    #[test]
    fn who_speaks_for_a_second_and_a_half_is_chosen_and_who_coughs_is_not() {
        let mut talk = Talk::new();

        talk.goes_on(Duration::from_millis(600), &[ADA]);
        talk.goes_on(Duration::from_secs(2), &[]);
        let after_cough = talk.speaker.current();
        talk.goes_on(Duration::from_millis(1400), &[BOB]);
        let too_early = talk.speaker.current();
        talk.goes_on(Duration::from_millis(300), &[BOB]);

        assert_eq!((after_cough, too_early, talk.speaker.current()), (None, None, Some(BOB)));
    }

    #[test]
    fn a_pause_between_two_words_does_not_start_anew() {
        let mut talk = Talk::new();

        for _ in 0..3 {
            talk.goes_on(Duration::from_millis(500), &[ADA]);
            talk.goes_on(Duration::from_millis(300), &[]);
        }

        assert_eq!(talk.speaker.current(), Some(ADA));
    }

    #[test]
    fn who_was_chosen_stays_while_nobody_speaks() {
        let mut talk = Talk::new();

        talk.goes_on(Duration::from_secs(2), &[ADA]);
        talk.goes_on(Duration::from_secs(60), &[]);

        assert_eq!(talk.speaker.current(), Some(ADA));
    }

    #[test]
    fn two_who_speak_at_once_do_not_take_turns() {
        let mut talk = Talk::new();
        talk.goes_on(Duration::from_secs(2), &[ADA]);

        talk.goes_on(Duration::from_secs(2), &[ADA, BOB]);
        let meanwhile = talk.speaker.current();
        talk.goes_on(Duration::from_secs(3), &[ADA, BOB]);
        let insisted = talk.speaker.current();
        talk.goes_on(Duration::from_secs(20), &[ADA, BOB]);

        assert_eq!((meanwhile, insisted, talk.speaker.current()), (Some(ADA), Some(BOB), Some(BOB)));
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let mut talk = Talk::new();
        talk.goes_on(Duration::from_secs(2), &[ADA]);

        talk.speaker.hear([(BOB, false)].into_iter(), talk.now);

        assert_eq!(talk.speaker, Speaker::default());
    }

    /// Ada and Bob, heard thirty times a second.
    struct Talk {
        speaker: Speaker,
        now: Instant,
    }

    impl Talk {
        fn new() -> Self {
            Self { speaker: Speaker::default(), now: Instant::now() }
        }

        fn goes_on(&mut self, time: Duration, loud: &[ParticipantId]) {
            let end = self.now + time;
            while self.now < end {
                self.now += Duration::from_millis(33);
                self.speaker.hear([ADA, BOB].into_iter().map(|who| (who, loud.contains(&who))), self.now);
            }
        }
    }
}
