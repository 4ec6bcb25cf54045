//! What the server's administrator sees and may do.
use std::{net::IpAddr, time::Instant};

use parlor_protocol::{Nickname, ParticipantId, Remark, Role, RoomInfo, RoomName, ServerMessage};
use serde::Serialize;

use super::{ConnectionId, Lobby, MOST_CLOSED, Place};
use crate::room::Presence;

/// Everything, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// All rooms, by name; hidden ones too.
    pub rooms: Vec<RoomSnapshot>,
    /// How many have said hello and are in no room.
    pub in_lobby: usize,
}

/// One room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomSnapshot {
    /// As the lobby shows it.
    pub info: RoomInfo,
    /// Whether the lobby does not show it.
    pub hidden: bool,
    /// Who is in it.
    pub participants: Vec<ParticipantSnapshot>,
}

/// One participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParticipantSnapshot {
    /// Who.
    pub id: ParticipantId,
    /// What they are called.
    pub nickname: Nickname,
    /// What they may do.
    pub role: Role,
    /// Where they connect from.
    pub address: IpAddr,
}

impl Lobby {
    /// How many rooms there are, and how many people in them.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.rooms.len(), self.seats.len().saturating_sub(self.kept.len()))
    }

    /// Whether this connection is somebody's seat.
    pub(crate) fn is_in_room(&self, connection: ConnectionId) -> bool {
        self.connections.get(&connection).is_some_and(|connection| matches!(connection.place, Place::Room { .. }))
    }

    /// Everything, at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let rooms = self.rooms.values().map(|room| RoomSnapshot {
            info: room.info(),
            hidden: room.state.hidden,
            participants: room
                .present()
                .filter_map(|(id, _)| {
                    let (nickname, address) = (room.nickname(id)?.clone(), room.address(id)?);
                    Some(ParticipantSnapshot { id, nickname, role: room.role(id), address })
                })
                .collect(),
        });
        let in_lobby = self.connections.values().filter(|other| matches!(other.place, Place::Lobby)).count();
        Snapshot { rooms: rooms.collect(), in_lobby }
    }

    /// Closes a room: everybody is back in the lobby, and nobody makes it again from a seal. Returns whether there
    /// was one.
    pub fn close_room(&mut self, name: &RoomName, remark: Option<Remark>, now: Instant) -> bool {
        self.tell_lobby(name, now);
        let Some(room) = self.rooms.remove(name) else {
            return false;
        };
        if self.closed.len() >= MOST_CLOSED {
            self.closed.pop_front();
        }
        self.closed.push_back(room.state.instance);
        for who in room.seated() {
            self.seats.remove(&who);
            match room.presence(who) {
                Some(Presence::Here { connection }) => {
                    self.send(connection, ServerMessage::Removed { by: None, remark: remark.clone() });
                    self.show_rooms(connection);
                }
                Some(Presence::Kept { until }) => drop(self.kept.remove(&(until, who))),
                None => {}
            }
        }
        true
    }

    /// Puts somebody out of a room for as long as it lasts. Returns whether they were in it.
    pub fn remove_participant(
        &mut self,
        name: &RoomName,
        who: ParticipantId,
        remark: Option<Remark>,
        now: Instant,
    ) -> bool {
        self.put_out(name, who, None, remark, now)
    }

    /// Says something to everybody.
    pub fn announce(&mut self, text: Remark) {
        self.send_to_everybody(ServerMessage::Announcement { text });
    }

    /// Tells everybody that the server is about to stop.
    pub fn stop(&mut self, back_in_seconds: Option<u32>) {
        self.send_to_everybody(ServerMessage::Stopping { back_in_seconds });
    }

    fn send_to_everybody(&mut self, message: ServerMessage) {
        let greeted = self.connections.iter().filter(|(_, other)| !matches!(other.place, Place::Door { .. }));
        let greeted: Vec<ConnectionId> = greeted.map(|(connection, _)| *connection).collect();
        self.send_all(&greeted, message);
    }
}
