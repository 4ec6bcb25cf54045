//! What the owner and the moderators of a room may do to it.
use std::{cmp::Ordering, time::Instant};

use parlor_protocol::{
    ByeReason, ErrorCode, Nickname, ParticipantId, Remark, Role, RoomChange, RoomName, ServerMessage,
};
use tracing::debug;

use super::{ConnectionId, Lobby, Place, enter::Pending, passcode::PasscodeHash};
use crate::room::Presence;

/// What a change is counted as, in bytes relayed: it makes the server write to everybody.
const CHANGE_BYTES: usize = 4 * 1024;

impl Lobby {
    pub(super) fn change_room(
        &mut self,
        connection: ConnectionId,
        (name, me): (&RoomName, ParticipantId),
        change: RoomChange,
        now: Instant,
    ) {
        if self.role(name, me) < Role::Moderator {
            return self.not_allowed(connection, "only the room's owner and its moderators can change it");
        }
        if !self.within_budget(connection, CHANGE_BYTES, now) {
            return self.too_fast(connection);
        }
        let capacity = match &change {
            RoomChange::SetCapacity { capacity } => self.capacity(Some(*capacity)),
            RoomChange::Lock { .. }
            | RoomChange::Hide { .. }
            | RoomChange::Rename { .. }
            | RoomChange::SetTopic { .. }
            | RoomChange::SetPasscode { .. } => 0,
        };
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        match change {
            RoomChange::Lock { locked } => room.state.locked = locked,
            RoomChange::SetTopic { topic } => room.state.topic = topic,
            RoomChange::SetCapacity { .. } => room.state.capacity = capacity,
            RoomChange::Hide { hidden } => {
                room.state.hidden = hidden;
                // Those in the lobby are told either way: that it is there, or that it is not.
                self.news.add(name.clone(), now);
            }
            RoomChange::Rename { name: wish } => return self.change_name(connection, name, &wish, me, now),
            RoomChange::SetPasscode { passcode: None } => room.state.passcode = None,
            RoomChange::SetPasscode { passcode: Some(passcode) } => {
                if self.jobs.is_full() || self.jobs.has(connection) {
                    return self.too_fast(connection);
                }
                let instance = room.state.instance;
                let work = self.hashing(passcode);
                return self.start_job(connection, work, Pending::Change { name: name.clone(), instance, by: me }, now);
            }
        }
        self.announce_change(name, Some(me), now);
    }

    /// A new passcode is hashed: it holds if the room is still there, and whoever set it may still do so.
    pub(super) fn set_passcode(
        &mut self,
        name: &RoomName,
        instance: u64,
        by: ParticipantId,
        hash: Option<PasscodeHash>,
        now: Instant,
    ) {
        // The room may have another name by now.
        let is_it = |room: &&crate::room::Room| room.state.instance == instance;
        let found = self.rooms.get(name).filter(is_it).or_else(|| self.rooms.values().find(is_it));
        let Some(name) = found.map(|room| room.state.name.clone()) else {
            return;
        };
        if self.role(&name, by) < Role::Moderator {
            return;
        }
        if let Some(room) = self.rooms.get_mut(&name) {
            room.state.passcode = hash;
        }
        self.announce_change(&name, Some(by), now);
    }

    pub(super) fn appoint(
        &mut self,
        connection: ConnectionId,
        (name, me): (&RoomName, ParticipantId),
        who: ParticipantId,
        role: Role,
        now: Instant,
    ) {
        if self.role(name, me) < Role::Owner {
            return self.not_allowed(connection, "only the room's owner can appoint somebody");
        }
        if !self.within_budget(connection, CHANGE_BYTES, now) {
            return self.too_fast(connection);
        }
        let Some(room) = self.rooms.get_mut(name).filter(|room| room.has(who)) else {
            return self.object(
                connection,
                ErrorCode::NotInRoom,
                "whom you appoint is not in the room, or not any more",
            );
        };
        if who == me {
            return self.not_allowed(connection, "a room has an owner: make somebody else the owner instead");
        }
        if room.role(who) == role {
            return;
        }
        let mut changed = vec![(who, role)];
        match role {
            Role::Member => drop(room.state.moderators.remove(&who)),
            Role::Moderator => drop(room.state.moderators.insert(who)),
            Role::Owner => {
                room.state.moderators.remove(&who);
                room.state.moderators.insert(me);
                room.state.owner = who;
                changed.push((me, Role::Moderator));
            }
        }
        self.tell_roles(name, &changed, now);
    }

    pub(super) fn remove(
        &mut self,
        connection: ConnectionId,
        (name, me): (&RoomName, ParticipantId),
        who: ParticipantId,
        remark: Option<Remark>,
        now: Instant,
    ) {
        let role = self.role(name, me);
        if role < Role::Moderator {
            return self.not_allowed(connection, "only the room's owner and its moderators can remove somebody");
        }
        let Some(room) = self.rooms.get(name).filter(|room| room.has(who)) else {
            return self.object(
                connection,
                ErrorCode::NotInRoom,
                "whom you remove is not in the room, or not any more",
            );
        };
        match (who == me, room.role(who).cmp(&role)) {
            (true, _) => self.out_of_place(connection, "you cannot remove yourself: leave instead"),
            (false, Ordering::Less) => {
                let by = room.nickname(me).cloned();
                self.put_out(name, who, by, remark, now);
            }
            (false, Ordering::Equal | Ordering::Greater) => {
                self.not_allowed(connection, "moderators cannot remove the owner or each other");
            }
        }
    }

    /// Puts somebody out of a room, and does not let them back in while it lasts.
    pub(super) fn put_out(
        &mut self,
        name: &RoomName,
        who: ParticipantId,
        by: Option<Nickname>,
        remark: Option<Remark>,
        now: Instant,
    ) -> bool {
        let Some(room) = self.rooms.get_mut(name) else {
            return false;
        };
        let Some(address) = room.address(who) else {
            return false;
        };
        debug!(participant = %who, "removed");
        room.remember_removed(who, address);
        let presence = self.vacate_for(name, who, ByeReason::Removed, now);
        if let Some(Presence::Here { connection }) = presence {
            self.send(connection, ServerMessage::Removed { by, remark });
            self.show_rooms(connection);
        }
        // So that they stay out of a room that is made again, too.
        self.announce_change(name, None, now);
        presence.is_some()
    }

    /// Where the one who went owned the room, somebody else does from now on.
    pub(super) fn succeed(&mut self, name: &RoomName, gone: ParticipantId, now: Instant) {
        let Some(room) = self.rooms.get_mut(name).filter(|room| room.state.owner == gone) else {
            return;
        };
        let Some(heir) = room.heir() else {
            return;
        };
        room.state.moderators.remove(&heir);
        room.state.owner = heir;
        self.tell_roles(name, &[(heir, Role::Owner)], now);
    }

    /// Gives a room another name, unless there is one of that name. Returns whether it has it.
    pub(super) fn rename(&mut self, name: &RoomName, wish: &RoomName, now: Instant) -> bool {
        if self.rooms.contains_key(wish) {
            return false;
        }
        self.tell_lobby(name, now);
        let Some(mut room) = self.rooms.remove(name) else {
            return false;
        };
        room.state.name = wish.clone();
        let (seated, present): (Vec<_>, Vec<_>) = (room.seated().collect(), room.present().collect());
        self.seats.extend(seated.into_iter().map(|who| (who, wish.clone())));
        self.rooms.insert(wish.clone(), room);
        for (me, connection) in present {
            self.set_place(connection, Place::Room { name: wish.clone(), me });
        }
        true
    }

    /// Tells everybody inside how the room is now, with a seal that says so, and those in the lobby.
    pub(super) fn announce_change(&mut self, name: &RoomName, by: Option<ParticipantId>, now: Instant) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.state.revision += 1;
        let (rules, state) = (room.rules(), room.state_to_seal());
        let present: Vec<_> = room.present().collect();
        for (who, connection) in present {
            let seal = self.sealer.seal(state.clone(), who, now);
            self.send(connection, ServerMessage::RoomChanged { room: name.clone(), rules: rules.clone(), by, seal });
        }
        self.tell_lobby(name, now);
    }

    fn change_name(
        &mut self,
        connection: ConnectionId,
        name: &RoomName,
        wish: &RoomName,
        by: ParticipantId,
        now: Instant,
    ) {
        if name == wish {
            return;
        }
        if !self.rename(name, wish, now) {
            return self.object(
                connection,
                ErrorCode::NameTaken,
                "there is a room of that name already: choose another name",
            );
        }
        self.announce_change(wish, Some(by), now);
    }

    pub(super) fn tell_roles(&mut self, name: &RoomName, changed: &[(ParticipantId, Role)], now: Instant) {
        let Some(room) = self.rooms.get(name) else {
            return;
        };
        let present: Vec<ConnectionId> = room.present().map(|(_, connection)| connection).collect();
        for (participant, role) in changed {
            self.send_all(&present, ServerMessage::Appointed { participant: *participant, role: *role });
        }
        self.announce_change(name, None, now);
    }

    fn role(&self, name: &RoomName, who: ParticipantId) -> Role {
        self.rooms.get(name).filter(|room| room.has(who)).map_or(Role::Member, |room| room.role(who))
    }

    fn not_allowed(&mut self, connection: ConnectionId, message: &str) {
        self.object(connection, ErrorCode::NotAllowed, message);
    }
}
