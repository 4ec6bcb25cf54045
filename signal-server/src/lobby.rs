//! All rooms, everybody in them, and everybody who is still choosing: the whole server without its sockets.
//!
//! Whoever drives it (the hub, or a test in virtual time) passes in what happened, with the time, and then takes
//! out what is to be sent until there is nothing left:
//!
//! ```
//! use std::{net::Ipv4Addr, time::Instant};
//!
//! use parlor_protocol::{ClientMessage, VERSION};
//! use parlor_server::{ConnectionId, Limits, Lobby, LobbySecrets, WallClock};
//!
//! let secrets = LobbySecrets::random().expect("the system gives random numbers");
//! let mut lobby = Lobby::new(Limits::default(), secrets, WallClock::system());
//! let (ada, now) = (ConnectionId::new(1), Instant::now());
//!
//! lobby.connect(ada, Ipv4Addr::LOCALHOST.into(), now);
//! lobby.handle(ada, ClientMessage::Hello { version: VERSION, agent: "example".to_owned() }, now);
//!
//! while let Some((connection, output)) = lobby.poll_output() {
//!     println!("to {connection}: {output:?}"); // `hello`, then `rooms`
//! }
//! ```
mod admin;
pub(crate) mod attempts;
mod enter;
mod moderate;
mod news;
mod passcode;
mod random;
mod refusal;
mod relay;
mod resume;
mod seal;
mod size;
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
    ClientMessage, ErrorCode, ParticipantId, RefusedReason, RoomInfo, RoomName, SeatToken, ServerMessage, VERSION,
    version_mismatch,
};
use sha2::{Digest, Sha256};
use tracing::debug;

pub(crate) use self::passcode::PasscodeHash;
pub use self::{
    admin::{ParticipantSnapshot, RoomSnapshot, Snapshot},
    passcode::{PasscodeJob, PasscodeResult},
    random::{LobbySecrets, NoRandomnessError},
    relay::RelayIssuer,
    seal::WallClock,
};
use self::{
    attempts::Attempts,
    enter::{Entry, Jobs},
    news::News,
    random::Numbers,
    relay::Issuing,
    seal::Sealer,
};
use crate::{
    close::CloseReason,
    limits::{Limits, MOST_WAITING_MESSAGES},
    rate::Rate,
    room::Room,
};

/// Rooms that were closed by an administrator and are not made again from a seal; the oldest are forgotten.
const MOST_CLOSED: usize = 256;

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

/// What is to be done to, or for, a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this. What goes to many is one message, so that it can be written down once.
    Message(Arc<ServerMessage>),
    /// Close it; the lobby has forgotten it already and ignores whatever still comes from it.
    Close(CloseReason),
    /// Run this somewhere, and hand the result to [`Lobby::handle_passcode`]. The connection waits for it.
    Passcode(PasscodeJob),
}

/// The state of the whole server.
pub struct Lobby {
    limits: Limits,
    numbers: Numbers,
    sealer: Sealer,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Until when those who have not said hello yet have to, the earliest first.
    greetings: BTreeSet<(Instant, ConnectionId)>,
    rooms: BTreeMap<RoomName, Room>,
    /// The rooms that an administrator closed.
    closed: VecDeque<u64>,
    /// The room everybody sits in, or has a seat kept in: one at most.
    seats: BTreeMap<ParticipantId, RoomName>,
    /// Until when seats are kept, and for which address, the earliest first.
    kept: BTreeMap<(Instant, ParticipantId), IpAddr>,
    /// Until when the owner of a room that was made again from a seal may take their time.
    awaited_owners: BTreeMap<u64, Instant>,
    attempts: Attempts,
    jobs: Jobs,
    issuing: Option<Issuing>,
    news: News,
    outputs: VecDeque<(ConnectionId, Output)>,
}

impl fmt::Debug for Lobby {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, rooms, .. } = self;
        f.debug_struct("Lobby").field("connections", connections).field("rooms", rooms).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Connection {
    address: IpAddr,
    place: Place,
    /// How much of theirs is carried to others.
    budget: Rate,
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

impl Lobby {
    /// A server with no rooms.
    pub fn new(limits: Limits, secrets: LobbySecrets, clock: WallClock) -> Self {
        Self {
            attempts: Attempts::new(limits.failed_joins_per_minute),
            limits,
            numbers: secrets.numbers(),
            sealer: Sealer::new(secrets.seal_key(), clock),
            connections: BTreeMap::new(),
            greetings: BTreeSet::new(),
            rooms: BTreeMap::new(),
            closed: VecDeque::new(),
            seats: BTreeMap::new(),
            kept: BTreeMap::new(),
            awaited_owners: BTreeMap::new(),
            jobs: Jobs::default(),
            issuing: None,
            news: News::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Somebody has connected from `address`; `since` is when they began to.
    pub fn connect(&mut self, connection: ConnectionId, address: IpAddr, since: Instant) {
        let until = since + self.limits.handshake;
        self.greetings.insert((until, connection));
        let budget = Rate::new(self.limits.relay_bytes_per_second, self.limits.relay_burst_bytes, since);
        self.connections.insert(connection, Connection { address, place: Place::Door { until }, budget });
    }

    /// A connection is gone, without a word. The seat it had is kept for a while.
    pub fn disconnect(&mut self, connection: ConnectionId, now: Instant) {
        match self.forget(connection) {
            Some(Connection { address, place: Place::Room { name, me }, .. }) => self.keep(&name, me, address, now),
            Some(Connection { place: Place::Door { .. } | Place::Lobby, .. }) | None => {}
        }
    }

    /// A connection says something.
    pub fn handle(&mut self, connection: ConnectionId, message: ClientMessage, now: Instant) {
        let Some(place) = self.connections.get(&connection).map(|connection| connection.place.clone()) else {
            return; // What a closed connection had still on its way.
        };
        if let Some(waiting) = self.jobs.waiting(connection) {
            if waiting.len() < MOST_WAITING_MESSAGES {
                return waiting.push_back(message);
            }
            return self.object(connection, ErrorCode::TooMuch, "wait until the server has answered");
        }
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
        let kept = self.kept.first_key_value().map(|((until, _), _)| *until);
        let renewal = self.issuing.as_ref().and_then(Issuing::due);
        let owner = self.awaited_owners.values().min().copied();
        [greeting, kept, owner, renewal, self.news.due()].into_iter().flatten().min()
    }

    /// The time has come for something.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((until, connection)) = self.greetings.first().copied()
            && until <= now
        {
            self.close(connection, CloseReason::HelloLate);
        }
        self.free_kept_seats(now);
        self.replace_awaited_owners(now);
        self.renew_relay_access(now);
        for message in self.news.take(&self.rooms, now) {
            let lobby = self.connections.iter().filter(|(_, other)| matches!(other.place, Place::Lobby));
            let lobby: Vec<ConnectionId> = lobby.map(|(connection, _)| *connection).collect();
            self.send_all(&lobby, message);
        }
    }

    /// The rooms there are, by name; hidden ones too.
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
        self.send(connection, ServerMessage::Hello { version: VERSION, agent, name: None });
        self.show_rooms(connection);
    }

    fn handle_in_lobby(&mut self, connection: ConnectionId, message: ClientMessage, now: Instant) {
        match message {
            ClientMessage::Create { room, nickname, token, passcode, options } => {
                let me = participant_id(&token);
                let entry = Entry { me, nickname, create: true, fresh: true, passcode, options, seal: None };
                self.create(connection, room, entry, now);
            }
            ClientMessage::Join { room, nickname, token, create, passcode, options, seal } => {
                let me = participant_id(&token);
                let seal = seal.and_then(|seal| self.sealer.open(&seal, me, now));
                let entry = Entry { me, nickname, create, fresh: false, passcode, options, seal };
                self.join(connection, room, entry, now);
            }
            ClientMessage::Hello { .. } => self.out_of_place(connection, "you have said hello already"),
            ClientMessage::Leave
            | ClientMessage::State { .. }
            | ClientMessage::Relay { .. }
            | ClientMessage::ChangeRoom { .. }
            | ClientMessage::Appoint { .. }
            | ClientMessage::Remove { .. }
            | ClientMessage::Report { .. } => {
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
                self.vacate(name, me, now);
                self.show_rooms(connection);
            }
            ClientMessage::State { media } => self.set_media(name, me, media),
            ClientMessage::Relay { to, message } => self.relay(connection, (name, me), to, message, now),
            ClientMessage::ChangeRoom { change } => self.change_room(connection, (name, me), change, now),
            ClientMessage::Appoint { participant, role } => {
                self.appoint(connection, (name, me), participant, role, now);
            }
            ClientMessage::Remove { participant, remark } => {
                self.remove(connection, (name, me), participant, remark, now);
            }
            // Nobody has to know: it is for the server's numbers.
            ClientMessage::Report { .. } => {}
            ClientMessage::Hello { .. } => self.out_of_place(connection, "you have said hello already"),
            ClientMessage::Create { .. } | ClientMessage::Join { .. } => {
                self.out_of_place(connection, "you are in a room: leave it first");
            }
        }
    }

    fn address(&self, connection: ConnectionId) -> Option<IpAddr> {
        self.connections.get(&connection).map(|connection| connection.address)
    }

    fn out_of_place(&mut self, connection: ConnectionId, message: &str) {
        self.object(connection, ErrorCode::OutOfPlace, message);
    }

    fn object(&mut self, connection: ConnectionId, code: ErrorCode, message: &str) {
        self.send(connection, ServerMessage::Error { code, message: message.to_owned() });
    }

    fn show_rooms(&mut self, connection: ConnectionId) {
        self.set_place(connection, Place::Lobby);
        for message in news::everything(&self.rooms) {
            self.send(connection, message);
        }
    }

    /// Tells those in the lobby about a room, unless it is hidden: then not even its name.
    fn tell_lobby(&mut self, name: &RoomName, now: Instant) {
        if self.rooms.get(name).is_some_and(|room| !room.state.hidden) {
            self.news.add(name.clone(), now);
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

    fn forget(&mut self, connection: ConnectionId) -> Option<Connection> {
        let forgotten = self.connections.remove(&connection)?;
        self.jobs.forget(connection);
        if let Place::Door { until } = forgotten.place {
            self.greetings.remove(&(until, connection));
        }
        Some(forgotten)
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
            let name = RoomName::generated(self.numbers.number());
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

/// The beginning of a text that may be of any length.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(64)]
}
