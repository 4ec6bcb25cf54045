//! Which rooms have changed since those in the lobby were last told, and when they are to be told again.
//!
//! A list sent to everybody at every change is quadratic in the number of people; differences, a few times a
//! second, are not.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use parlor_protocol::{RoomInfo, RoomName, ServerMessage};

use crate::{
    limits::{ROOMS_CHANGED_INTERVAL, ROOMS_PER_MESSAGE},
    room::Room,
};

/// The changes that have not been told yet.
#[derive(Debug, Default)]
pub(super) struct News {
    changed: BTreeSet<RoomName>,
    told: Option<Instant>,
    due: Option<Instant>,
}

impl News {
    /// A room was made, has another count or is gone.
    pub(super) fn add(&mut self, room: RoomName, now: Instant) {
        self.changed.insert(room);
        let earliest = self.told.map_or(now, |told| now.max(told + ROOMS_CHANGED_INTERVAL));
        self.due.get_or_insert(earliest);
    }

    /// When [`take`](Self::take) is to be called.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// The messages that tell what is new; none before it is time.
    pub(super) fn take(&mut self, rooms: &BTreeMap<RoomName, Room>, now: Instant) -> Vec<ServerMessage> {
        if self.due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        self.due = None;
        self.told = Some(now);
        let names: Vec<RoomName> = std::mem::take(&mut self.changed).into_iter().collect();
        names.chunks(ROOMS_PER_MESSAGE).map(|names| changes(names, rooms)).collect()
    }
}

/// The messages that tell somebody new in the lobby about all rooms.
pub(super) fn everything(rooms: &BTreeMap<RoomName, Room>) -> Vec<ServerMessage> {
    let all: Vec<RoomInfo> = rooms.values().map(Room::info).collect();
    let (first, rest) = all.split_at(all.len().min(ROOMS_PER_MESSAGE));
    let more = rest
        .chunks(ROOMS_PER_MESSAGE)
        .map(|rooms| ServerMessage::RoomsChanged { changed: rooms.to_vec(), closed: Vec::new() });
    std::iter::once(ServerMessage::Rooms { rooms: first.to_vec() }).chain(more).collect()
}

fn changes(names: &[RoomName], rooms: &BTreeMap<RoomName, Room>) -> ServerMessage {
    ServerMessage::RoomsChanged {
        changed: names.iter().filter_map(|name| rooms.get(name)).map(Room::info).collect(),
        closed: names.iter().filter(|name| !rooms.contains_key(name)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::limits::{MESSAGE_BYTES, ROOM_NAME_CHARS};

    use super::*;

    #[test]
    fn a_thousand_rooms_with_the_longest_of_names_come_in_messages_within_the_limit() {
        let rooms: BTreeMap<RoomName, Room> = (0..1000)
            .map(|number| {
                let name: RoomName = format!("{number:04}{}", "🦀".repeat(ROOM_NAME_CHARS - 4)).parse().unwrap();
                (name.clone(), Room::new(name, usize::MAX))
            })
            .collect();

        let messages = everything(&rooms);

        let longest = messages.iter().map(|message| serde_json::to_string(message).unwrap().len()).max().unwrap();
        assert!(longest <= MESSAGE_BYTES, "{longest} bytes");
        assert_eq!(messages.iter().map(count).sum::<usize>(), 1000);
    }

    fn count(message: &ServerMessage) -> usize {
        match message {
            ServerMessage::Rooms { rooms } => rooms.len(),
            ServerMessage::RoomsChanged { changed, .. } => changed.len(),
            other => panic!("not about rooms: {other:?}"),
        }
    }
}
