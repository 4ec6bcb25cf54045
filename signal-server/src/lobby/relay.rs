//! What is carried from one participant to others, and access to the server's own media relay.
use std::{fmt, time::Instant};

use parlor_protocol::{ErrorCode, MediaState, ParticipantId, RelayAccess, Relayed, RoomName, ServerMessage};

use super::{ConnectionId, Lobby, size};
use crate::limits::RELAY_RENEWAL;

/// Makes access to the relay for one participant, from now on.
pub type RelayIssuer = Box<dyn Fn(ParticipantId, Instant) -> RelayAccess + Send>;

/// Hands out access to the relay, and renews it in time.
pub(super) struct Issuing {
    issuer: RelayIssuer,
    due: Option<Instant>,
}

impl Issuing {
    /// When everybody is to get a fresh access; none while nobody has one.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }
}

impl fmt::Debug for Issuing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuing").field("due", &self.due).finish_non_exhaustive()
    }
}

impl Lobby {
    /// Has everybody who joins get access to a relay. It is renewed every 12 hours and has to hold for 24.
    pub fn set_relay(&mut self, issuer: RelayIssuer) {
        self.issuing = Some(Issuing { issuer, due: None });
    }

    pub(super) fn issue_relay_access(&mut self, me: ParticipantId, now: Instant) -> Option<RelayAccess> {
        let issuing = self.issuing.as_mut()?;
        issuing.due.get_or_insert(now + RELAY_RENEWAL);
        Some((issuing.issuer)(me, now))
    }

    pub(super) fn renew_relay_access(&mut self, now: Instant) {
        let Some(issuing) = self.issuing.as_mut().filter(|issuing| issuing.due.is_some_and(|due| due <= now)) else {
            return;
        };
        let present: Vec<_> = self.rooms.values().flat_map(crate::room::Room::present).collect();
        issuing.due = (!present.is_empty()).then(|| now + RELAY_RENEWAL);
        let renewed = present.into_iter().map(|(me, connection)| (connection, (issuing.issuer)(me, now)));
        for (connection, access) in renewed.collect::<Vec<_>>() {
            self.send(connection, ServerMessage::Relay { access });
        }
    }

    pub(super) fn set_media(&mut self, name: &RoomName, me: ParticipantId, media: MediaState) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.set_media(me, media);
        let others = room.others(me);
        self.send_all(&others, ServerMessage::State { participant: me, media });
    }

    pub(super) fn relay(
        &mut self,
        from: ConnectionId,
        (name, me): (&RoomName, ParticipantId),
        to: ParticipantId,
        message: Relayed,
        now: Instant,
    ) {
        // The sender pays for what they send, so that nobody gets a slow reader cut off.
        if !self.within_budget(from, size::relayed(&message), now) {
            return self.too_fast(from);
        }
        let receiver = self.rooms.get(name).and_then(|room| room.connection_of(to)).filter(|_| to != me);
        match receiver {
            Some(receiver) => self.send(receiver, ServerMessage::Relayed { from: me, message }),
            None => {
                self.object(from, ErrorCode::NotInRoom, "whom you sent this to is not in the room, or not any more");
            }
        }
    }

    pub(super) fn within_budget(&mut self, connection: ConnectionId, bytes: usize, now: Instant) -> bool {
        self.connections.get_mut(&connection).is_some_and(|connection| connection.budget.allows_many(bytes, now))
    }

    pub(super) fn too_fast(&mut self, connection: ConnectionId) {
        self.object(connection, ErrorCode::TooMuch, "too much in too short a time: it was not done. Try again later");
    }
}
