//! All rooms, everybody in them, and everybody who is still choosing: the whole server without its sockets.
//!
//! Whoever drives it (the hub, or a test in virtual time) passes in what happened, with the time, and then takes
//! out what is to be sent until there is nothing left:
//!
//! ```
//! use std::{net::Ipv4Addr, time::Instant};
//!
//! use parlor_protocol::{ClientMessage, VERSION};
//! use parlor_server::{ConnectionId, Limits, Lobby};
//!
//! let mut lobby = Lobby::new(Limits::default(), 42);
//! let (ada, now) = (ConnectionId::new(1), Instant::now());
//!
//! lobby.connect(ada, Ipv4Addr::LOCALHOST.into(), now);
//! lobby.handle(ada, ClientMessage::Hello { version: VERSION, agent: "example".to_owned() }, now);
//!
//! while let Some((connection, output)) = lobby.poll_output() {
//!     println!("to {connection}: {output:?}"); // `hello`, then `rooms`
//! }
//! ```
mod attempts;
mod news;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    net::IpAddr,
    sync::Arc,
    time::Instant,
};

use parlor_protocol::{
    ByeReason, ClientMessage, ErrorCode, MediaState, Nickname, ParticipantId, RefusedReason, Relayed, RoomInfo,
    RoomName, SeatToken, ServerMessage, VERSION, version_mismatch,
};
use sha2::{Digest, Sha256};
use tracing::debug;

use self::{attempts::Attempts, news::News};
use crate::{
    close::CloseReason,
    limits::{Limits, MOST_ROOM_CAPACITY},
    room::Room,
};

/// Names one connection for as long as the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(u64);

impl ConnectionId {
    /// The id with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What is to be done to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this. What goes to many is one message, so that it can be written down once.
    Message(Arc<ServerMessage>),
    /// Close it; the lobby has forgotten it already and ignores whatever still comes from it.
    Close(CloseReason),
}

/// The state of the whole server.
#[derive(Debug)]
pub struct Lobby {
    limits: Limits,
    random: fastrand::Rng,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Until when those who have not said hello yet have to, the earliest first.
    greetings: BTreeSet<(Instant, ConnectionId)>,
    rooms: BTreeMap<RoomName, Room>,
    /// The room everybody sits in: one at most.
    seats: BTreeMap<ParticipantId, RoomName>,
    attempts: Attempts,
    news: News,
    outputs: VecDeque<(ConnectionId, Output)>,
}

#[derive(Debug)]
struct Connection {
    address: IpAddr,
    place: Place,
}

/// How far a connection has come.
#[derive(Debug, Clone)]
enum Place {
    /// It has not said hello.
    Door { until: Instant },
    /// It sees the rooms.
    Lobby,
    /// It is somebody's seat.
    Room { name: RoomName, me: ParticipantId },
}

/// A wish to enter a room.
struct Entry {
    me: ParticipantId,
    nickname: Option<Nickname>,
}

impl Entry {
    fn new(token: &SeatToken, nickname: Option<Nickname>) -> Self {
        Self { me: participant_id(token), nickname }
    }
}

impl Lobby {
    /// A server with no rooms. The seed decides the names it makes up.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self {
            attempts: Attempts::new(limits.failed_joins_per_minute),
            limits,
            random: fastrand::Rng::with_seed(seed),
            connections: BTreeMap::new(),
            greetings: BTreeSet::new(),
            rooms: BTreeMap::new(),
            seats: BTreeMap::new(),
            news: News::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Somebody has connected from `address`; `since` is when they began to.
    pub fn connect(&mut self, connection: ConnectionId, address: IpAddr, since: Instant) {
        let until = since + self.limits.handshake;
        self.greetings.insert((until, connection));
        self.connections.insert(connection, Connection { address, place: Place::Door { until } });
    }

    /// A connection is gone, without a word.
    pub fn disconnect(&mut self, connection: ConnectionId, now: Instant) {
        match self.forget(connection) {
            Some(Place::Room { name, me }) => {
                self.vacate(&name, me, ByeReason::Dropped, now);
            }
            Some(Place::Door { .. } | Place::Lobby) | None => {}
        }
    }

    /// A connection says something.
    pub fn handle(&mut self, connection: ConnectionId, message: ClientMessage, now: Instant) {
        let Some(place) = self.connections.get(&connection).map(|connection| connection.place.clone()) else {
            return; // What a closed connection had still on its way.
        };
        match place {
            Place::Door { until } => self.handle_at_door(connection, message, until),
            Place::Lobby => self.handle_in_lobby(connection, message, now),
            Place::Room { name, me } => self.handle_in_room(connection, message, &name, me, now),
        }
    }

    /// What is to be done next; `None` when all is done.
    pub fn poll_output(&mut self) -> Option<(ConnectionId, Output)> {
        self.outputs.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, unless something happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let greeting = self.greetings.first().map(|(until, _)| *until);
        [greeting, self.news.due()].into_iter().flatten().min()
    }

    /// The time has come for something.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((until, connection)) = self.greetings.first().copied()
            && until <= now
        {
            self.close(connection, CloseReason::HelloLate);
        }
        for message in self.news.take(&self.rooms, now) {
            let message = Arc::new(message);
            for (connection, _) in self.connections.iter().filter(|(_, other)| matches!(other.place, Place::Lobby)) {
                self.outputs.push_back((*connection, Output::Message(Arc::clone(&message))));
            }
        }
    }

    /// The rooms there are, by name.
    pub fn rooms(&self) -> impl Iterator<Item = RoomInfo> {
        self.rooms.values().map(Room::info)
    }

    fn handle_at_door(&mut self, connection: ConnectionId, message: ClientMessage, until: Instant) {
        let ClientMessage::Hello { version, agent } = message else {
            return self.close(connection, CloseReason::NoHello);
        };
        debug!(%connection, version, agent = short(&agent), "hello");
        if version != VERSION {
            let reason = RefusedReason::VersionMismatch { server: VERSION, client: version };
            let message = version_mismatch(VERSION, version);
            self.send(connection, ServerMessage::Refused { reason, message });
            return self.close(connection, CloseReason::VersionMismatch);
        }
        self.greetings.remove(&(until, connection));
        let agent = concat!("parlor-server ", env!("CARGO_PKG_VERSION")).to_owned();
        self.send(connection, ServerMessage::Hello { version: VERSION, agent });
        self.show_rooms(connection);
    }

    fn handle_in_lobby(&mut self, connection: ConnectionId, message: ClientMessage, now: Instant) {
        match message {
            ClientMessage::Create { room, nickname, token } => {
                self.create(connection, room, Entry::new(&token, nickname), now);
            }
            ClientMessage::Join { room, nickname, token, create } => {
                self.join(connection, room, Entry::new(&token, nickname), create, now);
            }
            ClientMessage::Hello { .. } => self.out_of_place(connection, "you have said hello already"),
            ClientMessage::Leave | ClientMessage::State { .. } | ClientMessage::Relay { .. } => {
                self.out_of_place(connection, "you are in no room: join one first");
            }
        }
    }

    fn handle_in_room(
        &mut self,
        connection: ConnectionId,
        message: ClientMessage,
        name: &RoomName,
        me: ParticipantId,
        now: Instant,
    ) {
        match message {
            ClientMessage::Leave => {
                self.vacate(name, me, ByeReason::Left, now);
                self.show_rooms(connection);
            }
            ClientMessage::State { media } => self.set_media(name, me, media),
            ClientMessage::Relay { to, message } => self.relay(connection, name, me, to, message),
            ClientMessage::Hello { .. } => self.out_of_place(connection, "you have said hello already"),
            ClientMessage::Create { .. } | ClientMessage::Join { .. } => {
                self.out_of_place(connection, "you are in a room: leave it first");
            }
        }
    }

    fn create(&mut self, connection: ConnectionId, room: Option<RoomName>, entry: Entry, now: Instant) {
        if self.has_to_wait(connection, now) {
            return self.refuse(connection, RefusedReason::TooManyAttempts, now);
        }
        let name = room.unwrap_or_else(|| self.unused_name());
        if self.rooms.contains_key(&name) {
            return self.refuse(connection, RefusedReason::RoomExists, now);
        }
        self.open_and_sit(connection, name, entry, now);
    }

    fn join(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, create: bool, now: Instant) {
        // Whoever proves a seat in this room guesses nothing and takes nobody's place.
        if self.rooms.get(&name).is_some_and(|room| room.has(entry.me)) {
            return self.take_over(connection, name, entry.me);
        }
        if self.has_to_wait(connection, now) {
            return self.refuse(connection, RefusedReason::TooManyAttempts, now);
        }
        match self.rooms.get(&name) {
            Some(room) if room.is_full() => {
                let capacity = room.info().capacity;
                self.refuse(connection, RefusedReason::RoomFull { capacity }, now);
            }
            Some(_) => self.sit(connection, name, entry, now),
            None if create => self.open_and_sit(connection, name, entry, now),
            None => self.refuse(connection, RefusedReason::NoSuchRoom, now),
        }
    }

    fn open_and_sit(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, now: Instant) {
        if self.rooms.len() >= self.limits.rooms {
            return self.refuse(connection, RefusedReason::ServerFull, now);
        }
        debug!(%connection, room = %name, "room opened");
        let capacity = self.limits.room_capacity.clamp(1, MOST_ROOM_CAPACITY);
        self.rooms.insert(name.clone(), Room::new(name.clone(), capacity));
        self.sit(connection, name, entry, now);
    }

    fn sit(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, now: Instant) {
        let Entry { me, nickname } = entry;
        if let Some(elsewhere) = self.seats.get(&me).cloned()
            && let Some(old) = self.vacate(&elsewhere, me, ByeReason::Left, now)
        {
            self.close(old, CloseReason::TakenOver);
        }
        let nickname = nickname.unwrap_or_else(|| Nickname::guest(self.random.u16(..)));
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        let participant = room.sit(me, connection, &nickname);
        debug!(%connection, room = %name, participant = %me, "joined");
        let (joined, others) = (room.joined(me), room.others(me));
        self.seats.insert(me, name.clone());
        self.set_place(connection, Place::Room { name: name.clone(), me });
        self.news.add(name, now);
        if let Some(joined) = joined {
            self.send(connection, joined);
        }
        self.send_all(&others, ServerMessage::Welcome { participant });
    }

    /// The same person by another connection: the others need not know.
    fn take_over(&mut self, connection: ConnectionId, name: RoomName, me: ParticipantId) {
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        debug!(%connection, room = %name, participant = %me, "seat taken over");
        let (old, joined) = (room.take_over(me, connection), room.joined(me));
        self.set_place(connection, Place::Room { name, me });
        if let Some(old) = old {
            self.close(old, CloseReason::TakenOver);
        }
        if let Some(joined) = joined {
            self.send(connection, joined);
        }
    }

    /// Frees a seat, tells the others, closes the room behind the last one, and returns the seat's connection.
    fn vacate(&mut self, name: &RoomName, me: ParticipantId, reason: ByeReason, now: Instant) -> Option<ConnectionId> {
        let room = self.rooms.get_mut(name)?;
        let connection = room.leave(me);
        let (others, empty) = (room.others(me), room.is_empty());
        debug!(room = %name, participant = %me, ?reason, "left");
        if empty {
            self.rooms.remove(name);
            debug!(room = %name, "room closed");
        }
        self.seats.remove(&me);
        self.news.add(name.clone(), now);
        self.send_all(&others, ServerMessage::Bye { participant: me, reason });
        connection
    }

    fn set_media(&mut self, name: &RoomName, me: ParticipantId, media: MediaState) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.set_media(me, media);
        let others = room.others(me);
        self.send_all(&others, ServerMessage::State { participant: me, media });
    }

    fn relay(&mut self, from: ConnectionId, name: &RoomName, me: ParticipantId, to: ParticipantId, message: Relayed) {
        let receiver = self.rooms.get(name).and_then(|room| room.connection_of(to)).filter(|_| to != me);
        match receiver {
            Some(receiver) => self.send(receiver, ServerMessage::Relayed { from: me, message }),
            None => self.send(
                from,
                ServerMessage::Error {
                    code: ErrorCode::NotInRoom,
                    message: "whom you sent this to is not in the room, or not any more".to_owned(),
                },
            ),
        }
    }

    fn has_to_wait(&self, connection: ConnectionId, now: Instant) -> bool {
        self.connections.get(&connection).is_some_and(|connection| self.attempts.exhausted(connection.address, now))
    }

    fn refuse(&mut self, connection: ConnectionId, reason: RefusedReason, now: Instant) {
        debug!(%connection, ?reason, "refused");
        if is_failed_attempt(&reason)
            && let Some(Connection { address, .. }) = self.connections.get(&connection)
        {
            self.attempts.failed(*address, now);
        }
        let message = refusal(&reason);
        self.send(connection, ServerMessage::Refused { reason, message });
    }

    fn out_of_place(&mut self, connection: ConnectionId, message: &str) {
        self.send(connection, ServerMessage::Error { code: ErrorCode::OutOfPlace, message: message.to_owned() });
    }

    fn show_rooms(&mut self, connection: ConnectionId) {
        self.set_place(connection, Place::Lobby);
        for message in news::everything(&self.rooms) {
            self.send(connection, message);
        }
    }

    fn set_place(&mut self, connection: ConnectionId, place: Place) {
        if let Some(connection) = self.connections.get_mut(&connection) {
            connection.place = place;
        }
    }

    fn close(&mut self, connection: ConnectionId, reason: CloseReason) {
        self.forget(connection);
        self.outputs.push_back((connection, Output::Close(reason)));
    }

    fn forget(&mut self, connection: ConnectionId) -> Option<Place> {
        let place = self.connections.remove(&connection)?.place;
        if let Place::Door { until } = place {
            self.greetings.remove(&(until, connection));
        }
        Some(place)
    }

    fn send(&mut self, connection: ConnectionId, message: ServerMessage) {
        self.outputs.push_back((connection, Output::Message(Arc::new(message))));
    }

    fn send_all(&mut self, connections: &[ConnectionId], message: ServerMessage) {
        let message = Arc::new(message);
        let outputs = connections.iter().map(|connection| (*connection, Output::Message(Arc::clone(&message))));
        self.outputs.extend(outputs);
    }

    fn unused_name(&mut self) -> RoomName {
        loop {
            let name = RoomName::generated(self.random.u64(..));
            if !self.rooms.contains_key(&name) {
                return name;
            }
        }
    }
}

/// The public id that belongs to a secret token: the first eight bytes of its SHA-256.
pub fn participant_id(token: &SeatToken) -> ParticipantId {
    let digest = Sha256::digest(token.bytes());
    let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    ParticipantId::new(number)
}

/// Whether a refusal may be the answer to a guess.
fn is_failed_attempt(reason: &RefusedReason) -> bool {
    match reason {
        RefusedReason::NoSuchRoom | RefusedReason::RoomExists | RefusedReason::RoomFull { .. } => true,
        RefusedReason::VersionMismatch { .. } | RefusedReason::ServerFull | RefusedReason::TooManyAttempts => false,
    }
}

fn refusal(reason: &RefusedReason) -> String {
    match reason {
        RefusedReason::VersionMismatch { server, client } => version_mismatch(*server, *client),
        RefusedReason::NoSuchRoom => "there is no such room: check the name, or create it".to_owned(),
        RefusedReason::RoomExists => "there is a room of that name already: join it, or choose another name".to_owned(),
        RefusedReason::RoomFull { capacity } => {
            format!("the room is full: it takes {capacity}. Try again when somebody has left")
        }
        RefusedReason::ServerFull => "the server has as many rooms as it takes: join one, or try later".to_owned(),
        RefusedReason::TooManyAttempts => "too many failed attempts from your address: wait a minute".to_owned(),
    }
}

/// The beginning of a text that may be of any length.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(64)]
}
