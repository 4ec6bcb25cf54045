//! Which rooms have changed since those in the lobby were last told, and when they are to be told again.
//!
//! A list sent to everybody at every change is quadratic in the number of people; differences, a few times a
//! second, are not.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use parlor_protocol::{RoomName, ServerMessage};

use super::size;
use crate::{
    limits::{ROOMS_BYTES_PER_MESSAGE, ROOMS_CHANGED_INTERVAL},
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
    /// A room that is, or was, not hidden was made, has changed or is gone.
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
        let names = std::mem::take(&mut self.changed);
        let (open, gone): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| rooms.get(name).is_some_and(is_listed));
        let changed = in_parts(open.iter().filter_map(|name| rooms.get(name)).map(Room::info), size::room)
            .into_iter()
            .map(|changed| ServerMessage::RoomsChanged { changed, closed: Vec::new() });
        let closed = in_parts(gone.into_iter(), |name| size::text(name.as_str()))
            .into_iter()
            .map(|closed| ServerMessage::RoomsChanged { changed: Vec::new(), closed });
        closed.chain(changed).collect()
    }
}

/// The messages that tell somebody new in the lobby about all rooms that are not hidden.
pub(super) fn everything(rooms: &BTreeMap<RoomName, Room>) -> Vec<ServerMessage> {
    let mut parts = in_parts(rooms.values().filter(|room| is_listed(room)).map(Room::info), size::room).into_iter();
    let first = ServerMessage::Rooms { rooms: parts.next().unwrap_or_default() };
    let more = parts.map(|changed| ServerMessage::RoomsChanged { changed, closed: Vec::new() });
    std::iter::once(first).chain(more).collect()
}

fn is_listed(room: &Room) -> bool {
    !room.state.hidden
}

/// Splits what is too much for one message.
fn in_parts<T>(all: impl Iterator<Item = T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut parts: Vec<Vec<T>> = Vec::new();
    let mut left = 0;
    for one in all {
        let bytes = size(&one);
        match parts.last_mut() {
            Some(part) if bytes <= left => {
                part.push(one);
                left -= bytes;
            }
            Some(_) | None => {
                parts.push(vec![one]);
                left = ROOMS_BYTES_PER_MESSAGE.saturating_sub(bytes);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{
        ParticipantId,
        limits::{MESSAGE_BYTES, NICKNAME_CHARS, ROOM_NAME_CHARS, TOPIC_CHARS},
    };

    use super::*;
    use crate::lobby::ConnectionId;

    #[test]
    fn a_thousand_rooms_with_the_longest_of_texts_come_in_messages_within_the_limit() {
        let rooms: BTreeMap<RoomName, Room> = (0..1000)
            .map(|number| {
                let name: RoomName = format!("{number:04}{}", "🦀".repeat(ROOM_NAME_CHARS - 4)).parse().unwrap();
                let mut room = Room::new(name.clone(), usize::MAX, 1, ParticipantId::new(1));
                room.state.topic = Some("\"".repeat(TOPIC_CHARS).parse().unwrap());
                for id in 0..9 {
                    let nickname = "\\".repeat(NICKNAME_CHARS).parse().unwrap();
                    room.sit(ParticipantId::new(id), ConnectionId::new(id), [10, 0, 0, 1].into(), &nickname);
                }
                (name, room)
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
