//! One room: how it is, who sits in it and who may come in. Decides nothing about connections; the lobby does.
mod admission;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::IpAddr,
    time::Instant,
};

use parlor_protocol::{
    MediaState, Nickname, ParticipantId, ParticipantInfo, Role, RoomInfo, RoomName, RoomRules, Topic, limits,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::admission::{Admission, Proof};
use crate::lobby::{ConnectionId, PasscodeHash};

/// How many of those who were removed are remembered; the oldest are forgotten.
const MOST_REMOVED: usize = 256;
/// How many of those who were removed, and how many moderators, a seal names. It has to stay short.
const MOST_SEALED: usize = 16;

/// What a room is apart from the people in it: what a seal writes down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoomState {
    pub(crate) name: RoomName,
    /// Tells this room from others that had, or will have, its name.
    pub(crate) instance: u64,
    /// Grows with each change.
    pub(crate) revision: u64,
    pub(crate) capacity: usize,
    pub(crate) locked: bool,
    pub(crate) hidden: bool,
    pub(crate) topic: Option<Topic>,
    pub(crate) passcode: Option<PasscodeHash>,
    pub(crate) owner: ParticipantId,
    pub(crate) moderators: BTreeSet<ParticipantId>,
    pub(crate) removed: VecDeque<ParticipantId>,
}

/// A room with somebody in it, or with a seat kept for somebody.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) state: RoomState,
    removed_addresses: VecDeque<IpAddr>,
    seats: BTreeMap<ParticipantId, Seat>,
    arrivals: u64,
}

/// A participant's place in a room.
#[derive(Debug)]
struct Seat {
    presence: Presence,
    address: IpAddr,
    nickname: Nickname,
    media: MediaState,
    /// Their place in the order of arrival.
    arrived: u64,
}

/// Whether somebody is on their seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// They are, by this connection.
    Here { connection: ConnectionId },
    /// Their connection broke; the seat is theirs until then.
    Kept { until: Instant },
}

impl Room {
    pub(crate) fn new(name: RoomName, capacity: usize, instance: u64, owner: ParticipantId) -> Self {
        Self::from_state(RoomState {
            name,
            instance,
            revision: 0,
            capacity,
            locked: false,
            hidden: false,
            topic: None,
            passcode: None,
            owner,
            moderators: BTreeSet::new(),
            removed: VecDeque::new(),
        })
    }

    /// A room as it was written down, with nobody in it yet.
    pub(crate) fn from_state(state: RoomState) -> Self {
        Self { state, removed_addresses: VecDeque::new(), seats: BTreeMap::new(), arrivals: 0 }
    }

    /// The room as the lobby shows it.
    pub(crate) fn info(&self) -> RoomInfo {
        let present: Vec<&Seat> = self.in_order().map(|(_, seat)| seat).filter(|seat| seat.is_here()).collect();
        RoomInfo {
            name: self.state.name.clone(),
            participants: present.len(),
            capacity: self.state.capacity,
            locked: self.state.locked,
            passcode: self.state.passcode.is_some(),
            topic: self.state.topic.clone(),
            people: present.iter().take(limits::ROOM_PEOPLE).map(|seat| seat.nickname.clone()).collect(),
        }
    }

    /// The room as those in it see it.
    pub(crate) fn rules(&self) -> RoomRules {
        let RoomState { capacity, locked, hidden, topic, passcode, .. } = &self.state;
        RoomRules {
            capacity: *capacity,
            locked: *locked,
            hidden: *hidden,
            passcode: passcode.is_some(),
            topic: topic.clone(),
        }
    }

    /// What a seal says about it: the newest of what there may be many of.
    pub(crate) fn state_to_seal(&self) -> RoomState {
        let mut state = self.state.clone();
        state.moderators = state.moderators.into_iter().take(MOST_SEALED).collect();
        state.removed.drain(..state.removed.len().saturating_sub(MOST_SEALED));
        state
    }

    /// Whether nobody sits here, and nobody's seat is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub(crate) fn has(&self, participant: ParticipantId) -> bool {
        self.seats.contains_key(&participant)
    }

    pub(crate) fn presence(&self, participant: ParticipantId) -> Option<Presence> {
        self.seats.get(&participant).map(|seat| seat.presence)
    }

    pub(crate) fn nickname(&self, participant: ParticipantId) -> Option<&Nickname> {
        self.seats.get(&participant).map(|seat| &seat.nickname)
    }

    pub(crate) fn address(&self, participant: ParticipantId) -> Option<IpAddr> {
        self.seats.get(&participant).map(|seat| seat.address)
    }

    pub(crate) fn role(&self, participant: ParticipantId) -> Role {
        if participant == self.state.owner {
            Role::Owner
        } else if self.state.moderators.contains(&participant) {
            Role::Moderator
        } else {
            Role::Member
        }
    }

    /// The connection to reach this participant by.
    pub(crate) fn connection_of(&self, participant: ParticipantId) -> Option<ConnectionId> {
        self.seats.get(&participant).and_then(Seat::connection)
    }

    /// Everybody who is here.
    pub(crate) fn present(&self) -> impl Iterator<Item = (ParticipantId, ConnectionId)> {
        self.seats.iter().filter_map(|(id, seat)| Some((*id, seat.connection()?)))
    }

    /// The connections of everybody else.
    pub(crate) fn others(&self, me: ParticipantId) -> Vec<ConnectionId> {
        self.present().filter(|(id, _)| *id != me).map(|(_, connection)| connection).collect()
    }

    /// Everybody with a seat, kept ones too.
    pub(crate) fn seated(&self) -> impl Iterator<Item = ParticipantId> {
        self.seats.keys().copied()
    }

    /// Gives a seat to a newcomer, under the name they wish for or, where that is taken, the name with a number.
    pub(crate) fn sit(
        &mut self,
        me: ParticipantId,
        connection: ConnectionId,
        address: IpAddr,
        wish: &Nickname,
    ) -> ParticipantInfo {
        self.arrivals += 1;
        let seat = Seat {
            presence: Presence::Here { connection },
            address,
            nickname: self.unique(wish),
            media: MediaState::default(),
            arrived: self.arrivals,
        };
        let info = self.describe(me, &seat);
        self.seats.insert(me, seat);
        info
    }

    /// Puts a connection on a seat, and returns who was there before.
    pub(crate) fn take(&mut self, me: ParticipantId, connection: ConnectionId, address: IpAddr) -> Option<Presence> {
        let seat = self.seats.get_mut(&me)?;
        seat.address = address;
        Some(std::mem::replace(&mut seat.presence, Presence::Here { connection }))
    }

    /// Keeps a seat for somebody whose connection broke.
    pub(crate) fn keep(&mut self, me: ParticipantId, until: Instant) {
        if let Some(seat) = self.seats.get_mut(&me) {
            seat.presence = Presence::Kept { until };
        }
    }

    /// Frees a seat and returns who was on it.
    pub(crate) fn leave(&mut self, me: ParticipantId) -> Option<Presence> {
        let presence = self.seats.remove(&me).map(|seat| seat.presence);
        self.state.moderators.remove(&me);
        presence
    }

    /// Who is to own the room next: the moderator who has been here longest, or else whoever has.
    pub(crate) fn heir(&self) -> Option<ParticipantId> {
        let present = |here: bool| self.in_order().filter(move |(_, seat)| seat.is_here() == here).map(|(id, _)| id);
        let moderator = present(true).find(|id| self.state.moderators.contains(id));
        moderator.or_else(|| present(true).next()).or_else(|| present(false).next())
    }

    /// Keeps somebody out for as long as the room lasts.
    pub(crate) fn remember_removed(&mut self, who: ParticipantId, address: IpAddr) {
        remember(&mut self.state.removed, who);
        remember(&mut self.removed_addresses, address);
    }

    /// Remembers what of a participant can be seen and heard, for those who come later.
    pub(crate) fn set_media(&mut self, me: ParticipantId, media: MediaState) {
        if let Some(seat) = self.seats.get_mut(&me) {
            seat.media = media;
        }
    }

    /// A participant as the others see them.
    pub(crate) fn participant(&self, who: ParticipantId) -> Option<ParticipantInfo> {
        self.seats.get(&who).map(|seat| self.describe(who, seat))
    }

    /// Everybody else who is here, in the order in which they came, as a newcomer is told.
    pub(crate) fn participants(&self, me: ParticipantId) -> Vec<ParticipantInfo> {
        let others = self.in_order().filter(|(id, seat)| *id != me && seat.is_here());
        others.map(|(id, seat)| self.describe(id, seat)).collect()
    }

    fn in_order(&self) -> impl Iterator<Item = (ParticipantId, &Seat)> {
        let mut seats: Vec<_> = self.seats.iter().map(|(id, seat)| (*id, seat)).collect();
        seats.sort_by_key(|(_, seat)| seat.arrived);
        seats.into_iter()
    }

    fn describe(&self, id: ParticipantId, seat: &Seat) -> ParticipantInfo {
        ParticipantInfo { id, nickname: seat.nickname.clone(), media: seat.media, role: self.role(id) }
    }

    fn unique(&self, wish: &Nickname) -> Nickname {
        let taken = |name: &Nickname| self.seats.values().any(|seat| seat.nickname == *name);
        let mut nickname = wish.clone();
        let mut number = 2;
        while taken(&nickname) {
            nickname = wish.numbered(number);
            number += 1;
        }
        nickname
    }
}

impl Seat {
    fn is_here(&self) -> bool {
        matches!(self.presence, Presence::Here { .. })
    }

    fn connection(&self) -> Option<ConnectionId> {
        match self.presence {
            Presence::Here { connection } => Some(connection),
            Presence::Kept { .. } => None,
        }
    }
}

fn remember<T: PartialEq>(list: &mut VecDeque<T>, one: T) {
    if list.contains(&one) {
        return;
    }
    if list.len() >= MOST_REMOVED {
        list.pop_front();
    }
    list.push_back(one);
}
