//! Going, and coming back: seats are kept for those whose connection broke, and rooms are made again from seals.
use std::{net::IpAddr, time::Instant};

use parlor_protocol::{ByeReason, ParticipantId, RoomName, ServerMessage};
use tracing::debug;

use super::{ConnectionId, Lobby, enter::Entry, seal::Sealed};
use crate::{
    close::CloseReason,
    limits::MOST_ROOM_CAPACITY,
    room::{Presence, Room, RoomState},
};

impl Lobby {
    /// Keeps the seat of somebody whose connection broke. An address that has as many as it may have connections
    /// gets no more: seats cost others their places.
    pub(super) fn keep(&mut self, name: &RoomName, me: ParticipantId, address: IpAddr, now: Instant) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        let kept = || self.kept.values().filter(|other| **other == address).count();
        if self.limits.seat_kept.is_zero() || kept() >= self.limits.connections_per_address {
            self.vacate_for(name, me, ByeReason::Dropped, now);
            return;
        }
        debug!(participant = %me, "dropped");
        let until = now + self.limits.seat_kept;
        room.keep(me, until);
        let others = room.others(me);
        self.kept.insert((until, me), address);
        self.tell_lobby(name, now);
        self.send_all(&others, ServerMessage::Bye { participant: me, reason: ByeReason::Dropped });
    }

    /// Puts somebody on the seat they have, by another connection. While they were there by the old one, the others
    /// need not know.
    pub(super) fn take_seat(&mut self, connection: ConnectionId, name: RoomName, me: ParticipantId, now: Instant) {
        let (Some(address), Some(room)) = (self.address(connection), self.rooms.get_mut(&name)) else {
            return;
        };
        debug!(%connection, participant = %me, "back");
        let before = room.take(me, connection, address);
        let participant = room.participant(me);
        match before {
            Some(Presence::Here { connection: old }) => {
                self.close(old, CloseReason::TakenOver);
                self.welcome(connection, name, me, None, now);
            }
            Some(Presence::Kept { until }) => {
                self.kept.remove(&(until, me));
                self.welcome(connection, name, me, participant, now);
            }
            None => {}
        }
    }

    /// Frees the seats that were kept long enough.
    pub(super) fn free_kept_seats(&mut self, now: Instant) {
        while let Some(((until, me), _)) = self.kept.first_key_value().map(|(key, address)| (*key, *address))
            && until <= now
        {
            self.kept.remove(&(until, me));
            if let Some(name) = self.seats.get(&me).cloned() {
                self.vacate(&name, me, now);
            }
        }
    }

    /// Frees the seat of somebody who leaves, and returns how they were there.
    pub(super) fn vacate(&mut self, name: &RoomName, me: ParticipantId, now: Instant) -> Option<Presence> {
        self.vacate_for(name, me, ByeReason::Left, now)
    }

    /// Frees a seat, tells the others, has somebody else own the room where its owner left, and closes it behind the
    /// last one. Whose seat was only kept has had their `bye`; that they were removed is told all the same.
    pub(super) fn vacate_for(
        &mut self,
        name: &RoomName,
        me: ParticipantId,
        reason: ByeReason,
        now: Instant,
    ) -> Option<Presence> {
        self.tell_lobby(name, now);
        let room = self.rooms.get_mut(name)?;
        let presence = room.leave(me)?;
        debug!(participant = %me, ?reason, "left");
        let (others, empty) = (room.others(me), room.is_empty());
        self.seats.remove(&me);
        match presence {
            Presence::Kept { until } => {
                self.kept.remove(&(until, me));
                if reason == ByeReason::Removed {
                    self.send_all(&others, ServerMessage::Bye { participant: me, reason });
                }
            }
            Presence::Here { .. } => self.send_all(&others, ServerMessage::Bye { participant: me, reason }),
        }
        if empty {
            self.rooms.remove(name);
            debug!("a room was closed");
        } else {
            self.succeed(name, me, now);
        }
        Some(presence)
    }

    /// Makes a room again as it was, for the first one who comes back to a server that was started anew.
    pub(super) fn remake(&mut self, connection: ConnectionId, entry: Entry, now: Instant) {
        let Some(Sealed { room: state, .. }) = entry.seal.clone() else {
            return;
        };
        if self.rooms.len() >= self.limits.rooms {
            return self.refuse(connection, parlor_protocol::RefusedReason::ServerFull, now);
        }
        debug!(%connection, "a room was made again");
        let name = state.name.clone();
        let mut room = Room::from_state(state);
        room.state.capacity = room.state.capacity.clamp(1, MOST_ROOM_CAPACITY);
        self.awaited_owners.insert(room.state.instance, now + self.limits.seat_kept);
        self.rooms.insert(name.clone(), room);
        self.sit(connection, name, entry, now);
    }

    /// Somebody who comes back after a restart may know the room as it was later than the one who came first. Returns
    /// what the room is called now.
    pub(super) fn update_from_seal(&mut self, name: RoomName, sealed: Sealed, now: Instant) -> RoomName {
        let Some(room) = self.rooms.get_mut(&name) else {
            return name;
        };
        if sealed.room.instance != room.state.instance || sealed.room.revision <= room.state.revision {
            return name;
        }
        let wanted = sealed.room.name.clone();
        let roles = |room: &Room| room.seated().map(|who| (who, room.role(who))).collect::<Vec<_>>();
        let before = roles(room);
        room.state = RoomState { name: name.clone(), ..sealed.room };
        let changed: Vec<_> = roles(room).into_iter().filter(|role| !before.contains(role)).collect();
        let (instance, is_there) = (room.state.instance, room.has(room.state.owner));
        if !is_there {
            self.awaited_owners.insert(instance, now + self.limits.seat_kept);
        }
        // Where another room has that name by now, this one keeps the name it has.
        let name = if wanted == name || !self.rename(&name, &wanted, now) { name } else { wanted };
        self.tell_roles(&name, &changed, now);
        name
    }

    /// Gives up on owners who did not come back.
    pub(super) fn replace_awaited_owners(&mut self, now: Instant) {
        let overdue: Vec<u64> =
            self.awaited_owners.iter().filter(|(_, due)| **due <= now).map(|(instance, _)| *instance).collect();
        for instance in overdue {
            self.awaited_owners.remove(&instance);
            let room = self.rooms.values().find(|room| room.state.instance == instance);
            let awaited = room.filter(|room| !room.has(room.state.owner));
            if let Some((name, owner)) = awaited.map(|room| (room.state.name.clone(), room.state.owner)) {
                self.succeed(&name, owner, now);
            }
        }
    }
}
