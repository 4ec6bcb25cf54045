//! One room: who sits in it, through which connection, under which name. The lobby calls it.
use std::collections::BTreeMap;

use parlor_protocol::{MediaState, Nickname, ParticipantId, ParticipantInfo, RoomInfo, RoomName, ServerMessage};

use crate::lobby::ConnectionId;

/// A room with somebody in it.
#[derive(Debug)]
pub(crate) struct Room {
    name: RoomName,
    capacity: usize,
    seats: BTreeMap<ParticipantId, Seat>,
}

/// A participant's place in a room.
#[derive(Debug)]
struct Seat {
    connection: ConnectionId,
    nickname: Nickname,
    media: MediaState,
}

impl Room {
    pub(crate) fn new(name: RoomName, capacity: usize) -> Self {
        Self { name, capacity, seats: BTreeMap::new() }
    }

    /// The room as the lobby shows it.
    pub(crate) fn info(&self) -> RoomInfo {
        RoomInfo { name: self.name.clone(), participants: self.seats.len(), capacity: self.capacity }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.seats.len() >= self.capacity
    }

    pub(crate) fn has(&self, participant: ParticipantId) -> bool {
        self.seats.contains_key(&participant)
    }

    /// The connection to reach this participant by.
    pub(crate) fn connection_of(&self, participant: ParticipantId) -> Option<ConnectionId> {
        self.seats.get(&participant).map(|seat| seat.connection)
    }

    /// The connections of everybody else.
    pub(crate) fn others(&self, me: ParticipantId) -> Vec<ConnectionId> {
        self.seats.iter().filter(|(id, _)| **id != me).map(|(_, seat)| seat.connection).collect()
    }

    /// Gives a seat to a newcomer, under the name they wish for or, where that is taken, the name with a number.
    pub(crate) fn sit(&mut self, me: ParticipantId, connection: ConnectionId, wish: &Nickname) -> ParticipantInfo {
        let seat = Seat { connection, nickname: self.unique(wish), media: MediaState::default() };
        let info = info(me, &seat);
        self.seats.insert(me, seat);
        info
    }

    /// Puts another connection in the place of the one a participant had, which is returned.
    pub(crate) fn take_over(&mut self, me: ParticipantId, connection: ConnectionId) -> Option<ConnectionId> {
        let seat = self.seats.get_mut(&me)?;
        Some(std::mem::replace(&mut seat.connection, connection))
    }

    /// Frees a seat and returns the connection it had.
    pub(crate) fn leave(&mut self, me: ParticipantId) -> Option<ConnectionId> {
        self.seats.remove(&me).map(|seat| seat.connection)
    }

    /// Remembers what of a participant can be seen and heard, for those who come later.
    pub(crate) fn set_media(&mut self, me: ParticipantId, media: MediaState) {
        if let Some(seat) = self.seats.get_mut(&me) {
            seat.media = media;
        }
    }

    /// What a participant is told on coming in.
    pub(crate) fn joined(&self, me: ParticipantId) -> Option<ServerMessage> {
        let seat = self.seats.get(&me)?;
        Some(ServerMessage::Joined {
            room: self.name.clone(),
            capacity: self.capacity,
            me,
            nickname: seat.nickname.clone(),
            participants: self.seats.iter().filter(|(id, _)| **id != me).map(|(id, seat)| info(*id, seat)).collect(),
        })
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

fn info(id: ParticipantId, seat: &Seat) -> ParticipantInfo {
    ParticipantInfo { id, nickname: seat.nickname.clone(), media: seat.media }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_get_numbers_in_the_order_of_coming() {
        let mut room = Room::new(RoomName::generated(1), 8);
        let ada: Nickname = "Ada".parse().unwrap();

        let names: Vec<String> =
            (0..3).map(|n| room.sit(ParticipantId::new(n), ConnectionId::new(n), &ada).nickname.to_string()).collect();

        assert_eq!(names, ["Ada", "Ada 2", "Ada 3"]);
    }

    #[test]
    fn a_number_that_somebody_chose_as_their_name_is_stepped_over() {
        let mut room = Room::new(RoomName::generated(1), 8);
        room.sit(ParticipantId::new(0), ConnectionId::new(0), &"Ada 2".parse().unwrap());
        room.sit(ParticipantId::new(1), ConnectionId::new(1), &"Ada".parse().unwrap());

        let third = room.sit(ParticipantId::new(2), ConnectionId::new(2), &"Ada".parse().unwrap());

        assert_eq!(third.nickname.as_str(), "Ada 3");
    }
}
