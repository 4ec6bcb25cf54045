//! What was said before we came: whom to ask for it, and when to ask somebody else.
use std::time::{Duration, Instant};

use parlor_protocol::{ParticipantId, PastLine, PastLines, PeerMessage, limits};

/// How long a younger participant waits to be asked, because the way to the oldest takes a while.
const GRACE: Duration = Duration::from_secs(3);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often one participant is asked to no avail.
const MOST_TRIES: u32 = 3;

/// The search for what was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recall {
    /// Since when we search.
    since: Option<Instant>,
    /// Whom we may ask: those who were here before us, the oldest first.
    elders: Vec<Elder>,
    asked: Option<Asked>,
}

#[derive(Debug, Clone)]
struct Elder {
    who: ParticipantId,
    tries: u32,
}

/// Who was asked, and what they have told so far.
#[derive(Debug, Clone)]
struct Asked {
    who: ParticipantId,
    until: Instant,
    told: Vec<PastLine>,
}

impl Recall {
    /// Wants to know what was said before `now` from one of these, the oldest first.
    pub(crate) fn from(elders: impl Iterator<Item = ParticipantId>, now: Instant) -> Self {
        Self { since: Some(now), elders: elders.map(|who| Elder { who, tries: 0 }).collect(), asked: None }
    }

    /// The next question, if one is due: to the oldest to whom a way is open.
    pub(crate) fn ask(&mut self, open: impl Fn(ParticipantId) -> bool, now: Instant) -> Option<Question> {
        let since = self.since?;
        if self.asked.is_some() {
            return None;
        }
        let oldest_is_awaited = self.elders.first().is_some_and(|elder| elder.tries == 0 && !open(elder.who));
        if oldest_is_awaited && now < since + GRACE {
            return None;
        }
        let reachable = self.elders.iter_mut().filter(|elder| elder.tries < MOST_TRIES && open(elder.who));
        let elder = reachable.min_by_key(|elder| elder.tries)?;
        elder.tries += 1;
        self.asked = Some(Asked { who: elder.who, until: now + PATIENCE, told: Vec::new() });
        Some(Question { who: elder.who, message: PeerMessage::HistoryWanted { skip: 0 } })
    }

    /// Takes an answer.
    pub(crate) fn answered(
        &mut self,
        who: ParticipantId,
        skip: u16,
        lines: PastLines,
        more: bool,
        now: Instant,
    ) -> Answer {
        let Some(asked) = self.asked.as_mut().filter(|asked| asked.who == who && asked.told.len() == usize::from(skip))
        else {
            return Answer::Unasked;
        };
        let lines = Vec::from(lines);
        let ended = lines.is_empty() || !more;
        asked.told.extend(lines);
        asked.told.truncate(limits::PAST_LINES);
        if ended || asked.told.len() == limits::PAST_LINES {
            let told = std::mem::take(&mut asked.told);
            *self = Self::default();
            return Answer::All(told);
        }
        asked.until = now + PATIENCE;
        let skip = u16::try_from(asked.told.len()).unwrap_or(u16::MAX);
        Answer::Some(Question { who, message: PeerMessage::HistoryWanted { skip } })
    }

    /// The way to somebody is closed: what they were asked has no answer.
    pub(crate) fn cut_off(&mut self, who: ParticipantId) {
        self.asked.take_if(|asked| asked.who == who);
    }

    /// Somebody is gone.
    pub(crate) fn gone(&mut self, who: ParticipantId) {
        self.cut_off(who);
        self.elders.retain(|elder| elder.who != who);
    }

    /// Waits no longer for an answer that is overdue.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.asked.take_if(|asked| asked.until <= now);
    }

    /// When to [`ask`](Self::ask) again, unless a way opens before.
    pub(crate) fn poll_timeout(&self, now_open: impl Fn(ParticipantId) -> bool) -> Option<Instant> {
        if let Some(asked) = &self.asked {
            return Some(asked.until);
        }
        let (oldest, younger) = self.elders.split_first()?;
        let waits = oldest.tries == 0 && !now_open(oldest.who);
        let others = younger.iter().any(|elder| elder.tries == 0 && now_open(elder.who));
        self.since.filter(|_| waits && others).map(|since| since + GRACE)
    }
}

/// Something to ask somebody.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    pub(crate) who: ParticipantId,
    pub(crate) message: PeerMessage,
}

/// What came of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// Nobody asked for it.
    Unasked,
    /// There is more to ask for.
    Some(Question),
    /// That is all.
    All(Vec<PastLine>),
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(9);
    const BOB: ParticipantId = ParticipantId::new(2);
    const CYD: ParticipantId = ParticipantId::new(5);

    #[test]
    fn the_oldest_is_waited_for_and_then_a_younger_one_is_asked() {
        let start = Instant::now();
        let mut recall = Recall::from([ADA, BOB].into_iter(), start);

        let early = recall.ask(|who| who == BOB, start);
        let wake_at = recall.poll_timeout(|who| who == BOB);
        let late = recall.ask(|who| who == BOB, start + GRACE);

        assert_eq!((early, wake_at), (None, Some(start + GRACE)));
        assert_eq!(late, Some(question(BOB, 0)));
    }

    #[test]
    fn whoever_leaves_or_does_not_answer_is_followed_by_the_next_from_the_beginning() {
        let start = Instant::now();
        let mut recall = Recall::from([ADA, BOB, CYD].into_iter(), start);

        let first = recall.ask(|_| true, start);
        let half = recall.answered(ADA, 0, lines(1), true, start);
        recall.gone(ADA);
        let second = recall.ask(|_| true, start);
        recall.handle_timeout(start + PATIENCE);
        let third = recall.ask(|_| true, start + PATIENCE);
        let too_late = recall.answered(BOB, 0, lines(1), false, start + PATIENCE);
        let all = recall.answered(CYD, 0, lines(2), false, start + PATIENCE);

        assert_eq!(first, Some(question(ADA, 0)));
        assert_eq!(half, Answer::Some(question(ADA, 1)));
        assert_eq!((second, third), (Some(question(BOB, 0)), Some(question(CYD, 0))));
        assert_eq!(too_late, Answer::Unasked);
        assert!(matches!(all, Answer::All(told) if told.len() == 2));
        assert_eq!(recall.ask(|_| true, start + PATIENCE), None);
    }

    #[test]
    fn somebody_who_never_answers_is_asked_three_times_and_not_for_ever() {
        let mut now = Instant::now();
        let mut recall = Recall::from([ADA].into_iter(), now);

        let mut asked = 0;
        for _ in 0..10 {
            asked += usize::from(recall.ask(|_| true, now).is_some());
            now += PATIENCE;
            recall.handle_timeout(now);
        }

        assert_eq!(asked, 3);
        assert_eq!(recall.poll_timeout(|_| true), None);
    }

    #[test]
    fn somebody_who_promises_more_for_ever_ends_at_the_limit() {
        let now = Instant::now();
        let mut recall = Recall::from([ADA].into_iter(), now);
        recall.ask(|_| true, now);

        let mut skip = 0;
        let told = loop {
            match recall.answered(ADA, skip, lines(150), true, now) {
                Answer::Some(_) => skip += 150,
                Answer::All(told) => break told,
                Answer::Unasked => panic!("it was asked for"),
            }
        };

        assert_eq!(told.len(), limits::PAST_LINES);
    }

    #[test]
    fn an_empty_answer_ends_the_search_whatever_it_promises() {
        let now = Instant::now();
        let mut recall = Recall::from([ADA].into_iter(), now);
        recall.ask(|_| true, now);

        assert_eq!(recall.answered(ADA, 0, lines(0), true, now), Answer::All(Vec::new()));
    }

    fn question(who: ParticipantId, skip: u16) -> Question {
        Question { who, message: PeerMessage::HistoryWanted { skip } }
    }

    fn lines(count: usize) -> PastLines {
        let line = PastLine {
            author: ADA,
            nickname: "Ada".parse().expect("a nickname"),
            age_seconds: 1,
            text: "hello".parse().expect("a chat text"),
        };
        PastLines::first_of(vec![line; count])
    }
}
