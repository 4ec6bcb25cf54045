//! Saying something to a participant, by whichever way there is.
use parlor_protocol::{ClientMessage, PeerMessage, Relayed};

use super::{Channel, Connection, Link, Participant, Seat, Surroundings};
use crate::{Action, PeerAction};

impl Participant {
    /// Says something to them, by the data channel or, while there is none, by the server. What finds no way is
    /// dropped: chat is said again, and the state is told whenever a way opens.
    pub(crate) fn say(&self, message: PeerMessage, around: &mut Surroundings<'_>) {
        match &self.link {
            Link::Open(Connection { peer, channel: Channel::Open, .. }) => {
                around.do_(Action::Peer { peer: *peer, action: PeerAction::Send(message) });
            }
            Link::Open(_) | Link::Closed { .. } => {
                if around.signal_up && matches!(self.seat, Seat::Taken) {
                    let message = Relayed::Peer { message };
                    around.do_(Action::Send(ClientMessage::Relay { to: self.id, message }));
                }
            }
        }
    }

    /// Says something to them where the data channel is open. Otherwise it is not said.
    pub(crate) fn say_by_channel(&self, message: PeerMessage, around: &mut Surroundings<'_>) {
        if let Link::Open(Connection { peer, channel: Channel::Open, .. }) = &self.link {
            around.do_(Action::Peer { peer: *peer, action: PeerAction::Send(message) });
        }
    }

    /// Says the state of our tracks by a data channel of which we do not know whether the other end is open.
    pub(super) fn greet(&mut self, around: &mut Surroundings<'_>) {
        let Link::Open(Connection { peer, channel, .. }) = &mut self.link else { return };
        if channel.must_greet(around.now) {
            let greeting = PeerMessage::State { media: around.media };
            around.do_(Action::Peer { peer: *peer, action: PeerAction::Send(greeting) });
        }
    }

    /// Whether the data channel is open at both ends.
    pub(crate) fn has_channel(&self) -> bool {
        matches!(&self.link, Link::Open(Connection { channel: Channel::Open, .. }))
    }
}
