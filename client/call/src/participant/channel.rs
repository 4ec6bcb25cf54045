//! Whether the data channel to a participant carries what is said.
//!
//! The two ends of a negotiated channel open at different moments, and what reaches an end that has yet to open may be
//! lost, although the transport confirms it (w3c/webrtc-pc#1879). Whatever arrives from the other end proves that it is
//! open. Until then the channel carries greetings only: the state of our tracks, which may be said any number of times.
use std::time::{Duration, Instant};

/// How often a greeting is said again.
const GREETING_INTERVAL: Duration = Duration::from_millis(100);
/// How long the other end may be silent until it is taken for one that does not greet.
const GREETING_PATIENCE: Duration = Duration::from_secs(1);

/// The data channel to a participant, as far as what is said depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Channel {
    Closed,
    /// Our end is open, and of theirs we do not know.
    Greeting {
        again: Instant,
        until: Instant,
    },
    Open,
}

impl Channel {
    /// Our end has opened, and a greeting is due.
    pub(super) fn opened(now: Instant) -> Self {
        Self::Greeting { again: now, until: now + GREETING_PATIENCE }
    }

    /// Something has arrived from the other end.
    pub(super) fn heard(&mut self) {
        if let Self::Greeting { .. } = self {
            *self = Self::Open;
        }
    }

    /// Takes a silent end for an open one once it is time.
    pub(super) fn give_up_waiting(&mut self, now: Instant) {
        if matches!(self, Self::Greeting { until, .. } if *until <= now) {
            self.heard();
        }
    }

    /// Whether to greet now.
    pub(super) fn must_greet(&mut self, now: Instant) -> bool {
        match self {
            Self::Greeting { again, .. } if *again <= now => {
                *again = now + GREETING_INTERVAL;
                true
            }
            Self::Greeting { .. } | Self::Closed | Self::Open => false,
        }
    }

    /// When to ask again.
    pub(super) fn poll_timeout(self) -> Option<Instant> {
        match self {
            Self::Greeting { again, until } => Some(again.min(until)),
            Self::Closed | Self::Open => None,
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
mod tests {
    use super::*;

    #[test]
    fn greets_until_the_other_end_is_heard() {
        let start = Instant::now();
        let mut channel = Channel::opened(start);

        let greetings: Vec<_> = [0, 50, 100, 199, 200]
            .map(|ms| channel.must_greet(start + Duration::from_millis(ms)))
            .into_iter()
            .collect();
        channel.heard();

        assert_eq!(greetings, [true, false, true, false, true]);
        assert_eq!((channel, channel.poll_timeout()), (Channel::Open, None));
        assert!(!channel.must_greet(start + GREETING_PATIENCE));
    }

    #[test]
    fn an_end_that_stays_silent_is_taken_for_an_open_one() {
        let start = Instant::now();
        let mut channel = Channel::opened(start);

        channel.give_up_waiting(start + GREETING_PATIENCE - Duration::from_millis(1));
        let early = channel;
        channel.give_up_waiting(start + GREETING_PATIENCE);

        assert!(matches!(early, Channel::Greeting { .. }) && channel == Channel::Open);
    }

    #[test]
    fn what_is_heard_while_closed_opens_nothing() {
        let mut channel = Channel::Closed;

        channel.heard();

        assert_eq!(channel, Channel::Closed);
    }
}
