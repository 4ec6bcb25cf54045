//! Raised hands, and who records: ours, which everybody is told, and those of the others.
use std::time::{Duration, Instant};

use parlor_protocol::{ParticipantId, Presence, RaisedHand};

use crate::{Signs, rate::Rate};

/// Reactions that somebody may send at once, and the time after which one more is taken.
const REACTIONS_AT_ONCE: u32 = 8;
const REACTION_INTERVAL: Duration = Duration::from_millis(500);

/// A hand that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hand {
    pub(crate) turn: u32,
    /// By our clock.
    pub(crate) since: Instant,
}

/// What one participant shows, whether that is us or somebody else.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    revision: u32,
    hand: Option<Hand>,
    recording: bool,
    reactions: Rate,
}

impl Default for Shown {
    fn default() -> Self {
        let reactions = Rate::new(REACTIONS_AT_ONCE, REACTION_INTERVAL);
        Self { revision: 0, hand: None, recording: false, reactions }
    }
}

/// What has changed about somebody's signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct News {
    /// Since when the hand is up that was down before.
    pub(crate) raised: Option<Instant>,
    /// Whether a recording runs now, where it did not before or the other way round.
    pub(crate) recording: Option<bool>,
}

impl Shown {
    /// Our hand goes up, behind the hands with these turns, or down. Returns whether that is a change.
    pub(crate) fn set_hand(&mut self, up: bool, turns: impl Iterator<Item = u32>, now: Instant) -> bool {
        if up == self.hand.is_some() {
            return false;
        }
        let turn = turns.max().unwrap_or(0).saturating_add(1);
        self.hand = up.then_some(Hand { turn, since: now });
        self.revision = self.revision.saturating_add(1);
        true
    }

    /// We record, or do not. Returns whether that is a change.
    pub(crate) fn set_recording(&mut self, on: bool) -> bool {
        let change = std::mem::replace(&mut self.recording, on) != on;
        self.revision = self.revision.saturating_add(u32::from(change));
        change
    }

    /// What to tell the others; nothing as long as there was never anything to tell.
    pub(crate) fn presence(&self, now: Instant) -> Option<Presence> {
        let hand = self.hand.map(|hand| {
            let ago = now.saturating_duration_since(hand.since).as_millis();
            RaisedHand { turn: hand.turn, ago_ms: u32::try_from(ago).unwrap_or(u32::MAX) }
        });
        (self.revision > 0).then_some(Presence { revision: self.revision, hand, recording: self.recording })
    }

    /// Takes the newer of what we know of somebody and what they tell.
    pub(crate) fn update(&mut self, told: Presence, now: Instant) -> News {
        if told.revision < self.revision {
            return News::default();
        }
        let since = |ago_ms: u32| now.checked_sub(Duration::from_millis(ago_ms.into())).unwrap_or(now);
        let mut hand = told.hand.map(|hand| Hand { turn: hand.turn, since: since(hand.ago_ms) });
        if let (true, Some(known), Some(again)) = (told.revision == self.revision, self.hand, &mut hand) {
            // What took the least time to get here is the nearest to the truth.
            again.since = again.since.min(known.since);
        }
        let news = News {
            raised: hand.filter(|_| self.hand.is_none()).map(|hand| hand.since),
            recording: (told.recording != self.recording).then_some(told.recording),
        };
        *self = Self { revision: told.revision, hand, recording: told.recording, reactions: self.reactions.clone() };
        news
    }

    /// Whether a reaction is to be heeded.
    pub(crate) fn may_react(&mut self, now: Instant) -> bool {
        self.reactions.allows(now)
    }

    pub(crate) fn hand(&self) -> Option<Hand> {
        self.hand
    }

    pub(crate) fn view(&self) -> Signs {
        Signs { hand: self.hand.map(|hand| hand.since), recording: self.recording }
    }
}

/// Moves the times of raised hands by as little as it takes to have them in the order of their turns. Clocks and
/// networks make them differ a little from one participant to the next; turns are the same for all.
pub(crate) fn in_order<'a>(hands: impl Iterator<Item = (Hand, ParticipantId, &'a mut Signs)>) {
    let mut hands: Vec<_> = hands.collect();
    hands.sort_by_key(|(hand, who, _)| (hand.turn, *who));
    let mut before: Option<Instant> = None;
    for (hand, _, signs) in hands {
        let after = before.and_then(|before| before.checked_add(Duration::from_nanos(1)));
        let since = after.map_or(hand.since, |after| hand.since.max(after));
        signs.hand = Some(since);
        before = Some(since);
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_what_we_know_changes_nothing() {
        let now = Instant::now();
        let mut theirs = Shown::default();
        theirs.update(presence(3, Some(1_000), false), now);

        let news = theirs.update(presence(2, None, true), now);

        assert_eq!(news, News::default());
        assert_eq!(theirs.view(), Signs { hand: now.checked_sub(Duration::from_secs(1)), recording: false });
    }

    #[test]
    fn a_hand_is_news_once_however_often_it_is_told() {
        let now = Instant::now();
        let mut theirs = Shown::default();

        let first = theirs.update(presence(1, Some(0), false), now);
        let again = theirs.update(presence(1, Some(500), false), now + Duration::from_secs(2));
        let recording = theirs.update(presence(2, Some(500), true), now + Duration::from_secs(2));

        assert_eq!(first.raised, Some(now));
        assert_eq!(again, News::default());
        assert_eq!(recording, News { raised: None, recording: Some(true) });
    }

    #[test]
    fn our_own_signs_are_told_with_a_higher_revision_after_each_change_and_not_before_the_first() {
        let now = Instant::now();
        let mut ours = Shown::default();

        let nothing = ours.presence(now);
        ours.set_recording(false);
        let still_nothing = ours.presence(now);
        ours.set_hand(true, [4, 2].into_iter(), now);
        let up = ours.presence(now + Duration::from_millis(250));
        ours.set_hand(true, [9].into_iter(), now);
        ours.set_hand(false, [].into_iter(), now);
        let down = ours.presence(now);

        assert_eq!((nothing, still_nothing), (None, None));
        let hand = Some(RaisedHand { turn: 5, ago_ms: 250 });
        assert_eq!(up, Some(Presence { revision: 1, hand, recording: false }));
        assert_eq!(down, Some(Presence { revision: 2, hand: None, recording: false }));
    }

    #[test]
    fn hands_get_times_in_the_order_of_their_turns_and_then_of_their_ids() {
        let now = Instant::now();
        let mut signs = [Signs::default(); 3];
        let [late, early, same] = &mut signs;
        let hand = |turn, seconds| Hand { turn, since: now + Duration::from_secs(seconds) };

        let id = ParticipantId::new;
        in_order([(hand(2, 1), id(1), late), (hand(1, 5), id(9), early), (hand(1, 0), id(3), same)].into_iter());

        let [late, early, same] = signs.map(|signs| signs.hand.expect("up"));
        assert!(same < early && early < late);
        assert_eq!(early, now + Duration::from_secs(5));
    }

    fn presence(revision: u32, hand_ms: Option<u32>, recording: bool) -> Presence {
        let hand = hand_ms.map(|ago_ms| RaisedHand { turn: 1, ago_ms });
        Presence { revision, hand, recording }
    }
}
