//! Chat: every line to every receiver once, in order, over whichever way is open.
//!
//! Each pair of participants numbers its lines from one upwards. A sender keeps what is not confirmed and says it
//! again, in order, when the way changes or nothing is confirmed for a while; a receiver takes only the next number.
mod lines;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parlor_protocol::{ChatNumber, ChatText, PeerMessage};

pub(crate) use self::lines::Lines;
use crate::LineId;

/// How long a line may stay unconfirmed before it is said again.
const PATIENCE: Duration = Duration::from_secs(4);
/// Lines that are said again in one go, so that somebody who confirms nothing cannot make us flood the server.
const LINES_AT_ONCE: usize = 16;
/// The wait between tries grows to this many doublings of it.
const MOST_DOUBLINGS: u32 = 4;
/// Lines kept for one receiver who confirms nothing. More are refused, so that a dead peer costs little.
const OUTBOX_LINES: usize = 200;

/// What goes to and comes from one participant.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChatPair {
    last_sent: ChatNumber,
    last_received: ChatNumber,
    outbox: VecDeque<Unconfirmed>,
    say_again_at: Option<Instant>,
    /// How often lines were said again since the last confirmation.
    tries: u32,
}

#[derive(Debug, Clone)]
struct Unconfirmed {
    number: ChatNumber,
    line: LineId,
    private: bool,
    text: ChatText,
}

impl Unconfirmed {
    fn message(&self) -> PeerMessage {
        PeerMessage::Chat { number: self.number, private: self.private, text: self.text.clone() }
    }
}

impl ChatPair {
    /// Takes a line to send. `None` where too many wait already.
    pub(crate) fn send(&mut self, line: LineId, private: bool, text: ChatText, now: Instant) -> Option<PeerMessage> {
        if self.outbox.len() >= OUTBOX_LINES {
            return None;
        }
        self.last_sent = self.last_sent.next();
        let unconfirmed = Unconfirmed { number: self.last_sent, line, private, text };
        let message = unconfirmed.message();
        self.outbox.push_back(unconfirmed);
        self.say_again_at.get_or_insert(now + PATIENCE);
        Some(message)
    }

    /// The oldest unconfirmed lines, in order: for a way that has just opened, or when patience ran out. Somebody who
    /// confirms nothing hears them less and less often.
    pub(crate) fn say_again(&mut self, now: Instant) -> Vec<PeerMessage> {
        let wait = PATIENCE * 2_u32.pow(self.tries.min(MOST_DOUBLINGS));
        self.tries = self.tries.saturating_add(1);
        self.say_again_at = (!self.outbox.is_empty()).then_some(now + wait);
        self.outbox.iter().take(LINES_AT_ONCE).map(Unconfirmed::message).collect()
    }

    /// The lines that wait to be confirmed.
    pub(crate) fn unconfirmed(&self) -> Vec<LineId> {
        self.outbox.iter().map(|unconfirmed| unconfirmed.line).collect()
    }

    /// When to say the unconfirmed lines again.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.say_again_at
    }

    /// Takes a confirmation; returns the lines that have arrived.
    pub(crate) fn confirmed(&mut self, number: ChatNumber, now: Instant) -> Vec<LineId> {
        let count = self.outbox.iter().take_while(|unconfirmed| unconfirmed.number <= number).count();
        let arrived = self.outbox.drain(..count).map(|unconfirmed| unconfirmed.line).collect();
        self.tries = 0;
        self.say_again_at = (!self.outbox.is_empty()).then_some(now + PATIENCE);
        arrived
    }

    /// Takes a line that arrived: whether it is new, and the confirmation to send.
    pub(crate) fn received(&mut self, number: ChatNumber) -> (bool, PeerMessage) {
        let new = number == self.last_received.next();
        if new {
            self.last_received = number;
        }
        (new, PeerMessage::ChatReceived { number: self.last_received })
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn a_line_said_twice_is_read_once() {
        let now = Instant::now();
        let (mut sender, mut receiver) = (ChatPair::default(), ChatPair::default());
        let first = number(&sender.send(LineId(1), false, text("hello"), now).expect("room"));

        let (new, _) = receiver.received(first);
        let again = number(&sender.say_again(now)[0]);
        let (new_again, confirmation) = receiver.received(again);

        assert!(new && !new_again);
        assert_eq!(confirmation, PeerMessage::ChatReceived { number: ChatNumber::new(1) });
    }

    #[test]
    fn a_line_behind_a_gap_waits_until_the_gap_is_said_again() {
        let mut receiver = ChatPair::default();

        let (early, confirmation) = receiver.received(ChatNumber::new(2));
        let (first, _) = receiver.received(ChatNumber::new(1));
        let (second, _) = receiver.received(ChatNumber::new(2));

        assert!(!early && first && second);
        assert_eq!(confirmation, PeerMessage::ChatReceived { number: ChatNumber::new(0) });
    }

    #[test]
    fn a_confirmation_covers_everything_up_to_its_number() {
        let now = Instant::now();
        let mut pair = ChatPair::default();
        for line in 1..=3 {
            pair.send(LineId(line), false, text("x"), now);
        }

        let arrived = pair.confirmed(ChatNumber::new(2), now);

        assert_eq!(arrived, [LineId(1), LineId(2)]);
        assert_eq!(pair.say_again(now).len(), 1);
    }

    #[test]
    fn somebody_who_confirms_nothing_hears_few_lines_at_once_and_less_and_less_often() {
        let now = Instant::now();
        let mut pair = ChatPair::default();
        for line in 1..=100 {
            pair.send(LineId(line), false, text("x"), now);
        }

        let first = pair.say_again(now).len();
        let first_wait = pair.poll_timeout().expect("a time") - now;
        pair.say_again(now);
        let second_wait = pair.poll_timeout().expect("a time") - now;
        pair.confirmed(ChatNumber::new(1), now);

        assert_eq!(first, LINES_AT_ONCE);
        assert!(second_wait > first_wait);
        assert_eq!(pair.poll_timeout(), Some(now + PATIENCE));
    }

    fn text(text: &str) -> ChatText {
        text.parse().expect("a chat text")
    }

    fn number(message: &PeerMessage) -> ChatNumber {
        match message {
            PeerMessage::Chat { number, .. } => *number,
            PeerMessage::State { .. }
            | PeerMessage::ChatReceived { .. }
            | PeerMessage::HistoryWanted { .. }
            | PeerMessage::History { .. }
            | PeerMessage::Presence { .. }
            | PeerMessage::Reaction { .. }
            | PeerMessage::Watch { .. }
            | PeerMessage::Speaking { .. }
            | PeerMessage::Point { .. }
            | PeerMessage::File { .. }
            | PeerMessage::Leaving => {
                panic!("not a chat line: {message:?}")
            }
        }
    }
}
