//! All lines of a room as they are shown: what was written, heard, and told by somebody who was there before us.
use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use parlor_protocol::{ChatText, Nickname, ParticipantId, PastLine, limits};

use crate::{Audience, Author, ChatLine, Delivery, LineId};

/// Lines that are kept.
const MOST: usize = 1000;
/// Ids up to this one are for what was said before we came, which we are told after we have heard other lines.
const PAST: u64 = limits::PAST_LINES as u64;
/// What was said to us was said after we came, give or take this: ages are in whole seconds, and networks are slow.
const SLACK: Duration = Duration::from_secs(3);

/// All lines of a room, and who has yet to confirm which.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    lines: VecDeque<Entry>,
    last: LineId,
    /// From when on we were told what we may hear ourselves, too.
    overlap: Option<Instant>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { lines: VecDeque::new(), last: LineId(PAST), overlap: None }
    }
}

#[derive(Debug, Clone)]
struct Entry {
    line: ChatLine,
    missing: BTreeSet<ParticipantId>,
}

impl Lines {
    /// Adds a line of ours that `receivers` have yet to confirm.
    pub(crate) fn write(
        &mut self,
        audience: Audience,
        text: ChatText,
        receivers: BTreeSet<ParticipantId>,
        at: Instant,
    ) -> LineId {
        let delivery = if receivers.is_empty() { Delivery::Delivered } else { Delivery::Sending };
        self.add(Author::Me, audience, text, at, delivery, receivers)
    }

    /// Adds a line that somebody else wrote.
    pub(crate) fn read(&mut self, author: Author, audience: Audience, text: ChatText, at: Instant) {
        if audience == Audience::Everyone {
            self.forget_told(&author, &text);
        }
        self.add(author, audience, text, at, Delivery::Delivered, BTreeSet::new());
    }

    /// `receiver` has these lines.
    pub(crate) fn confirm(&mut self, receiver: ParticipantId, lines: &[LineId]) {
        for entry in self.lines.iter_mut().filter(|entry| lines.contains(&entry.line.id)) {
            entry.missing.remove(&receiver);
            if entry.missing.is_empty() && entry.line.delivery == Delivery::Sending {
                entry.line.delivery = Delivery::Delivered;
            }
        }
    }

    /// `receiver`, who was given up, is back: these lines are on their way again.
    pub(crate) fn resume(&mut self, receiver: ParticipantId, lines: &[LineId]) {
        for entry in self.lines.iter_mut().filter(|entry| lines.contains(&entry.line.id)) {
            entry.missing.insert(receiver);
            entry.line.delivery = Delivery::Sending;
        }
    }

    /// This line is not sent to `receiver`.
    pub(crate) fn refuse(&mut self, receiver: ParticipantId, line: LineId) {
        for entry in self.lines.iter_mut().filter(|entry| entry.line.id == line) {
            entry.missing.remove(&receiver);
            if entry.missing.is_empty() {
                entry.line.delivery = Delivery::Failed;
            }
        }
    }

    /// `receiver` will get nothing any more: lines for them alone have failed, others wait for the rest.
    pub(crate) fn give_up(&mut self, receiver: ParticipantId) {
        for entry in &mut self.lines {
            if entry.missing.remove(&receiver) && entry.missing.is_empty() {
                let to_them_alone = matches!(entry.line.audience, Audience::One { .. });
                entry.line.delivery = if to_them_alone { Delivery::Failed } else { Delivery::Delivered };
            }
        }
    }

    /// Takes out a line that failed, to be sent anew.
    pub(crate) fn take_failed(&mut self, line: LineId) -> Option<ChatLine> {
        let failed = |entry: &Entry| entry.line.id == line && entry.line.delivery == Delivery::Failed;
        let index = self.lines.iter().position(failed)?;
        self.lines.remove(index).map(|entry| entry.line)
    }

    /// What `newcomer` is told of all this: the last lines for everybody.
    pub(crate) fn past(
        &self,
        (me, nickname): (ParticipantId, &Nickname),
        newcomer: ParticipantId,
        now: Instant,
    ) -> Vec<PastLine> {
        let mut past: Vec<_> = self
            .lines
            .iter()
            .rev()
            .map(|entry| &entry.line)
            .filter(|line| line.audience == Audience::Everyone && line.delivery != Delivery::Failed)
            .map(|line| {
                let (author, nickname) = match &line.author {
                    Author::Me => (me, nickname),
                    Author::Other { id, nickname } => (*id, nickname),
                };
                let age = now.saturating_duration_since(line.at).as_secs();
                let age_seconds = u32::try_from(age).unwrap_or(u32::MAX);
                PastLine { author, nickname: nickname.clone(), age_seconds, text: line.text.clone() }
            })
            .filter(|line| line.author != newcomer)
            .take(limits::PAST_LINES)
            .collect();
        past.reverse();
        past
    }

    /// Puts what was said before we came, or before somebody told us, in front of all. What we have heard ourselves
    /// in the meantime stays where it is, and is not there twice.
    pub(crate) fn recall(&mut self, mut past: Vec<PastLine>, by: &Nickname, came: Instant, now: Instant) {
        let at = |line: &PastLine| {
            let age = Duration::from_secs(line.age_seconds.into());
            now.checked_sub(age).unwrap_or(now)
        };
        let overlap = came.checked_sub(SLACK).unwrap_or(came);
        self.overlap = Some(overlap);
        for heard in self.lines.iter().rev().filter(|entry| entry.line.audience == Audience::Everyone) {
            let Author::Other { id, .. } = &heard.line.author else { continue };
            let same = |line: &PastLine| line.author == *id && line.text == heard.line.text && at(line) >= overlap;
            if let Some(index) = past.iter().rposition(same) {
                past.remove(index);
            }
        }
        past.truncate(MOST.saturating_sub(self.lines.len()).min(limits::PAST_LINES));
        for (before, line) in past.into_iter().enumerate().rev() {
            let line = ChatLine {
                id: LineId(before as u64 + 1),
                at: at(&line),
                author: Author::Other { id: line.author, nickname: line.nickname },
                audience: Audience::Everyone,
                text: line.text,
                delivery: Delivery::Delivered,
                told_by: Some(by.clone()),
            };
            self.lines.push_front(Entry { line, missing: BTreeSet::new() });
        }
    }

    /// All lines, oldest first.
    pub(crate) fn view(&self) -> Vec<ChatLine> {
        self.lines.iter().map(|entry| entry.line.clone()).collect()
    }

    /// What we were told may arrive from its author afterwards, if that way is the slower one.
    fn forget_told(&mut self, author: &Author, text: &ChatText) {
        let (Some(overlap), Author::Other { id, .. }) = (self.overlap, author) else { return };
        let is_it = |entry: &Entry| {
            let line = &entry.line;
            let same_author = matches!(&line.author, Author::Other { id: told, .. } if told == id);
            line.told_by.is_some() && line.at >= overlap && same_author && line.text == *text
        };
        if let Some(index) = self.lines.iter().rposition(is_it) {
            self.lines.remove(index);
        }
    }

    fn add(
        &mut self,
        author: Author,
        audience: Audience,
        text: ChatText,
        at: Instant,
        delivery: Delivery,
        missing: BTreeSet<ParticipantId>,
    ) -> LineId {
        if self.lines.len() >= MOST {
            self.lines.pop_front();
        }
        self.last = LineId(self.last.0 + 1);
        let line = ChatLine { id: self.last, author, audience, text, at, delivery, told_by: None };
        self.lines.push_back(Entry { line, missing });
        self.last
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn a_line_to_somebody_who_comes_back_is_on_its_way_again() {
        let now = Instant::now();
        let bob = ParticipantId::new(2);
        let mut lines = Lines::default();
        let audience = Audience::One { id: bob, nickname: "bob".parse().expect("a nickname") };
        let line = lines.write(audience, text("psst"), BTreeSet::from([bob]), now);
        lines.give_up(bob);

        lines.resume(bob, &[line]);
        let underway = lines.view()[0].delivery;
        lines.confirm(bob, &[line]);

        assert_eq!((underway, lines.view()[0].delivery), (Delivery::Sending, Delivery::Delivered));
    }

    #[test]
    fn a_private_line_to_somebody_who_left_has_failed() {
        let now = Instant::now();
        let bob = ParticipantId::new(2);
        let mut lines = Lines::default();
        let audience = Audience::One { id: bob, nickname: "bob".parse().expect("a nickname") };
        lines.write(audience, text("psst"), BTreeSet::from([bob]), now);
        lines.write(Audience::Everyone, text("all"), BTreeSet::from([bob]), now);

        lines.give_up(bob);

        let deliveries: Vec<_> = lines.view().into_iter().map(|line| line.delivery).collect();
        assert_eq!(deliveries, [Delivery::Failed, Delivery::Delivered]);
    }

    #[test]
    fn what_was_said_before_stands_in_front_marked_with_who_told_it() {
        let came = Instant::now();
        let mut lines = Lines::default();
        lines.read(author(3, "cyd"), Audience::Everyone, text("new"), came + Duration::from_secs(1));

        lines.recall(vec![past(2, "old", 60), past(3, "older", 50)], &nickname("ada"), came, came);

        let shown = lines.view();
        let texts: Vec<_> = shown.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["old", "older", "new"]);
        assert!(shown.is_sorted_by_key(|line| line.id));
        let tellers: Vec<_> = shown.into_iter().map(|line| line.told_by).collect();
        assert_eq!(tellers, [Some(nickname("ada")), Some(nickname("ada")), None]);
    }

    #[test]
    fn a_line_that_we_have_heard_ourselves_is_not_told_again_but_the_same_words_from_before_are() {
        let came = Instant::now();
        let now = came + Duration::from_secs(2);
        let mut lines = Lines::default();
        lines.read(author(2, "bob"), Audience::Everyone, text("ok"), came + Duration::from_secs(1));
        lines.read(author(2, "bob"), Audience::Me, text("psst"), came + Duration::from_secs(1));

        let told = vec![past(2, "ok", 300), past(2, "ok", 1), past(2, "psst", 1), past(3, "ok", 1)];
        lines.recall(told, &nickname("ada"), came, now);

        let shown = lines.view().into_iter();
        let told: Vec<_> = shown.filter(|line| line.told_by.is_some()).map(|line| line.text.to_string()).collect();
        assert_eq!(told, ["ok", "psst", "ok"]);
    }

    #[test]
    fn a_line_that_arrives_after_it_was_told_is_shown_once() {
        let came = Instant::now();
        let mut lines = Lines::default();
        let told = vec![past(2, "ok", 300), past(2, "ok", 0)];
        lines.recall(told, &nickname("ada"), came, came + Duration::from_secs(1));

        for _ in 0..2 {
            lines.read(author(2, "bob"), Audience::Everyone, text("ok"), came + Duration::from_secs(2));
        }

        let told: Vec<_> = lines.view().into_iter().map(|line| line.told_by.is_some()).collect();
        assert_eq!(told, [true, false, false]);
    }

    #[test]
    fn a_newcomer_is_told_the_last_lines_for_everybody_and_none_that_is_private_failed_or_their_own() {
        let now = Instant::now();
        let (ada, eve) = (ParticipantId::new(1), ParticipantId::new(5));
        let mut lines = Lines::default();
        for n in 0..limits::PAST_LINES {
            lines.read(author(2, "bob"), Audience::Everyone, text(&format!("line {n}")), now);
        }
        lines.read(author(2, "bob"), Audience::Me, text("psst"), now);
        lines.read(author(5, "eve"), Audience::Everyone, text("mine"), now);
        let refused = lines.write(Audience::Everyone, text("lost"), BTreeSet::from([eve]), now);
        lines.refuse(eve, refused);
        lines.write(Audience::Everyone, text("ours"), BTreeSet::new(), now);

        let past = lines.past((ada, &nickname("ada")), eve, now + Duration::from_secs(90));

        assert_eq!(past.len(), limits::PAST_LINES);
        assert_eq!((past[0].text.as_str(), past[0].age_seconds), ("line 1", 90));
        let last = &past[limits::PAST_LINES - 1];
        assert_eq!((last.text.as_str(), last.author, last.nickname.as_str()), ("ours", ada, "ada"));
        assert!(past.iter().all(|line| !["psst", "mine", "lost"].contains(&line.text.as_str())));
    }

    #[test]
    fn only_a_line_that_failed_is_taken_out_to_be_sent_anew() {
        let now = Instant::now();
        let bob = ParticipantId::new(2);
        let mut lines = Lines::default();
        let line = lines.write(Audience::Everyone, text("hello"), BTreeSet::from([bob]), now);

        let underway = lines.take_failed(line);
        lines.refuse(bob, line);
        let failed = lines.take_failed(line);

        assert_eq!(underway, None);
        assert_eq!(failed.map(|line| line.text), Some(text("hello")));
        assert!(lines.view().is_empty());
    }

    fn past(author: u64, words: &str, age_seconds: u32) -> PastLine {
        PastLine { author: ParticipantId::new(author), nickname: nickname("x"), age_seconds, text: text(words) }
    }

    fn author(id: u64, name: &str) -> Author {
        Author::Other { id: ParticipantId::new(id), nickname: nickname(name) }
    }

    fn nickname(name: &str) -> Nickname {
        name.parse().expect("a nickname")
    }

    fn text(text: &str) -> ChatText {
        text.parse().expect("a chat text")
    }
}
