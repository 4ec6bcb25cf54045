//! The websocket to the server: wanted or not, up or not, and when to dial again.
use std::time::{Duration, Instant};

use parlor_protocol::{ClientMessage, VERSION};

use crate::{Action, ServerView, retry::Backoff};

/// The wait after a refusal: the server counts those, and turns away whoever asks too often.
const REFUSED_PAUSE: Duration = Duration::from_secs(15);
/// However long a server says it will be away, it is dialled again after so long.
const LONGEST_ABSENCE: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Clone)]
enum State {
    Off,
    Dialing,
    /// Open; our hello has no answer yet.
    Greeting,
    Up,
    Down {
        reason: String,
        retry_at: Option<Instant>,
    },
}

/// The connection to the server, as far as it is a decision.
#[derive(Debug, Clone)]
pub(crate) struct ServerLink {
    address: String,
    agent: String,
    state: State,
    backoff: Backoff,
    /// When a server that stops is likely to be back.
    back_at: Option<Instant>,
}

impl ServerLink {
    pub(crate) fn new(agent: String, seed: u64) -> Self {
        Self { address: String::new(), agent, state: State::Off, backoff: Backoff::new(seed), back_at: None }
    }

    /// Whether messages can be sent.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.state, State::Up)
    }

    /// Whether some server is wanted.
    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self.state, State::Off)
    }

    /// Whether this is the server that is wanted.
    pub(crate) fn is(&self, address: &str) -> bool {
        self.is_wanted() && self.address == address
    }

    pub(crate) fn dial(&mut self, address: String) -> Action {
        self.address = address;
        self.back_at = None;
        self.backoff.reset();
        self.redial()
    }

    pub(crate) fn hang_up(&mut self) -> Action {
        self.state = State::Off;
        Action::DisconnectSignal
    }

    /// The websocket opened: what to say first.
    pub(crate) fn opened(&mut self) -> Option<Action> {
        if !matches!(self.state, State::Dialing) {
            return None;
        }
        self.state = State::Greeting;
        Some(Action::Send(ClientMessage::Hello { version: VERSION, agent: self.agent.clone() }))
    }

    /// The server answered our hello. Returns whether that is news.
    pub(crate) fn greeted(&mut self) -> bool {
        let news = matches!(self.state, State::Greeting);
        if news {
            self.state = State::Up;
        }
        news
    }

    /// The server stops, and says when it is likely to be back: there is no use in dialling it before.
    pub(crate) fn stopping(&mut self, back_in: Option<Duration>, now: Instant) {
        self.back_at = back_in.map(|time| now + time.min(LONGEST_ABSENCE));
    }

    /// The server is as it should be: the next trouble is a new one.
    pub(crate) fn settled(&mut self) {
        self.backoff.reset();
    }

    /// The server is there, but does not take us back: hang up, and try again, not too often.
    pub(crate) fn refused(&mut self, reason: String, now: Instant) -> Action {
        self.state = State::Down { reason, retry_at: Some(now + REFUSED_PAUSE) };
        Action::DisconnectSignal
    }

    /// Dials again where that was given up.
    pub(crate) fn dial_if_given_up(&mut self) -> Option<Action> {
        matches!(self.state, State::Down { retry_at: None, .. }).then(|| self.redial())
    }

    /// The websocket closed, or did not open. Returns whether that is news.
    pub(crate) fn closed(&mut self, reason: String, retry: bool, now: Instant) -> bool {
        match self.state {
            State::Dialing | State::Greeting | State::Up => {
                let from = self.back_at.take().map_or(now, |back_at| back_at.max(now));
                let retry_at = retry.then(|| from + self.backoff.next_delay());
                self.state = State::Down { reason, retry_at };
                true
            }
            State::Off | State::Down { .. } => false,
        }
    }

    /// The server speaks another version: dialling again helps nobody.
    pub(crate) fn give_up(&mut self, reason: String) -> Action {
        self.state = State::Down { reason, retry_at: None };
        Action::DisconnectSignal
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Down { retry_at, .. } => *retry_at,
            State::Off | State::Dialing | State::Greeting | State::Up => None,
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Option<Action> {
        self.poll_timeout().is_some_and(|at| at <= now).then(|| self.redial())
    }

    pub(crate) fn view(&self) -> ServerView {
        match &self.state {
            State::Off => ServerView::Off,
            State::Dialing | State::Greeting => ServerView::Connecting,
            State::Up => ServerView::Up,
            State::Down { reason, retry_at } => ServerView::Down { reason: reason.clone(), retry_at: *retry_at },
        }
    }

    fn redial(&mut self) -> Action {
        self.state = State::Dialing;
        Action::ConnectSignal { server: self.address.clone() }
    }
}
