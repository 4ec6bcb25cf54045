//! What was said before somebody came: told to newcomers, and asked for by us when we are one.
use std::time::Instant;

use parlor_protocol::{ParticipantId, PastLines, PeerMessage};

use super::{Call, Presence};
use crate::recall::{Answer, Question};

impl Call {
    /// Asks for what was said before we came, where we have yet to and somebody can be asked.
    pub(super) fn ask_for_history(&mut self, now: Instant) {
        let mut recall = std::mem::take(&mut self.recall);
        let question = recall.ask(|who| self.has_channel(who), now);
        self.recall = recall;
        if let Some(question) = question {
            self.ask_somebody(question, now);
        }
    }

    pub(super) fn take_history(&mut self, who: ParticipantId, answer: Answer, now: Instant) {
        let (Presence::Room { view, .. }, Some(teller)) = (&self.place, self.others.get(&who)) else { return };
        let me = view.me;
        match answer {
            Answer::Unasked => tracing::debug!("somebody tells what nobody asked for"),
            Answer::Some(question) => self.ask_somebody(question, now),
            Answer::All(mut told) => {
                told.retain(|line| line.author != me);
                self.chat.recall(told, &teller.nickname, view.since, now);
            }
        }
    }

    /// Tells a newcomer what was said, behind the first `skip` lines.
    pub(super) fn tell_history(&mut self, who: ParticipantId, skip: u16, now: Instant) {
        let Presence::Room { view, .. } = &self.place else { return };
        let past = self.chat.past((view.me, &view.nickname), who, now);
        self.with_other(who, now, |participant, around| {
            if !participant.history_asked.allows(around.now) {
                return;
            }
            let behind = past.into_iter().skip(skip.into());
            let left = behind.len();
            let lines = PastLines::first_of(behind);
            let more = lines.iter().count() < left;
            participant.say_by_channel(PeerMessage::History { skip, lines, more }, around);
        });
    }

    /// Whether the data channel to somebody is open.
    pub(super) fn has_channel(&self, who: ParticipantId) -> bool {
        self.others.get(&who).is_some_and(|participant| participant.present && participant.has_channel())
    }

    fn ask_somebody(&mut self, question: Question, now: Instant) {
        let Question { who, message } = question;
        self.with_other(who, now, |participant, around| participant.say_by_channel(message, around));
    }
}
