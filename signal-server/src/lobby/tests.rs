//! What the lobby answers, message by message, in virtual time.
mod administrating;
mod entering;
mod leaving;
mod listing;
mod moderating;
mod passcodes;
mod resuming;
mod talking;

use std::{net::Ipv4Addr, time::Duration};

use parlor_protocol::{
    ByeReason, Generation, MediaState, Nickname, ParticipantInfo, RelayAccess, Relayed, Role, RoomChange, RoomOptions,
    RoomRules, RoomSeal, TrackState,
};

use super::*;

const ADA: ConnectionId = ConnectionId::new(1);
const BOB: ConnectionId = ConnectionId::new(2);
const CYD: ConnectionId = ConnectionId::new(3);
const DAN: ConnectionId = ConnectionId::new(4);

/// A lobby and the time in it.
struct World {
    lobby: Lobby,
    now: Instant,
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        Self::started_anew(limits, 1, Instant::now())
    }

    /// A server that keeps its key for seals, but not its rooms.
    fn started_anew(limits: Limits, run: u8, now: Instant) -> Self {
        let limits = Limits { passcode_memory_kib: 8, ..limits };
        let clock = WallClock::showing(Duration::from_secs(1_800_000_000), now);
        Self { lobby: Lobby::new(limits, LobbySecrets::fixed([9; 32], [run; 32]), clock), now }
    }

    /// Connects and says hello.
    fn arrive(&mut self, connection: ConnectionId) {
        self.arrive_from(connection, Ipv4Addr::LOCALHOST);
    }

    fn arrive_from(&mut self, connection: ConnectionId, address: impl Into<Ipv4Addr>) {
        self.lobby.connect(connection, address.into().into(), self.now);
        self.say(connection, ClientMessage::Hello { version: VERSION, agent: "test".to_owned() });
    }

    /// Connects, says hello and joins, or makes, a room.
    fn enter(
        &mut self,
        connection: ConnectionId,
        room: &str,
        nickname: &str,
        number: u8,
    ) -> Vec<(ConnectionId, ServerMessage)> {
        self.arrive(connection);
        self.say(connection, join(room, Some(nickname), number, true))
    }

    fn say(&mut self, connection: ConnectionId, message: ClientMessage) -> Vec<(ConnectionId, ServerMessage)> {
        self.lobby.handle(connection, message, self.now);
        self.messages()
    }

    fn drop_out(&mut self, connection: ConnectionId) -> Vec<(ConnectionId, ServerMessage)> {
        self.lobby.disconnect(connection, self.now);
        self.messages()
    }

    fn wait(&mut self, time: Duration) -> Vec<(ConnectionId, ServerMessage)> {
        let end = self.now + time;
        while let Some(due) = self.lobby.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.lobby.handle_timeout(self.now);
        }
        self.now = end;
        self.messages()
    }

    /// What comes out, once all passcodes are looked at.
    fn outputs(&mut self) -> Vec<(ConnectionId, Output)> {
        let mut outputs = Vec::new();
        while let Some((connection, output)) = self.lobby.poll_output() {
            match output {
                Output::Passcode(job) => self.lobby.handle_passcode(job.run(), self.now),
                output @ (Output::Message(_) | Output::Close(_)) => outputs.push((connection, output)),
            }
        }
        outputs
    }

    fn messages(&mut self) -> Vec<(ConnectionId, ServerMessage)> {
        let message = |(connection, output)| match output {
            Output::Message(message) => Some((connection, Arc::unwrap_or_clone(message))),
            Output::Close(_) | Output::Passcode(_) => None,
        };
        self.outputs().into_iter().filter_map(message).collect()
    }
}

fn join(name: &str, wish: Option<&str>, number: u8, create: bool) -> ClientMessage {
    ClientMessage::Join {
        room: room(name),
        nickname: wish.map(nickname),
        token: token(number),
        create,
        passcode: None,
        options: RoomOptions::default(),
        seal: None,
    }
}

fn join_with(name: &str, number: u8, secret: &str) -> ClientMessage {
    with_passcode(join(name, None, number, false), secret)
}

fn join_sealed(name: &str, number: u8, shown: &RoomSeal) -> ClientMessage {
    let mut message = join(name, None, number, true);
    if let ClientMessage::Join { seal, .. } = &mut message {
        *seal = Some(shown.clone());
    }
    message
}

fn create(name: Option<&str>, number: u8) -> ClientMessage {
    ClientMessage::Create {
        room: name.map(room),
        nickname: None,
        token: token(number),
        passcode: None,
        options: RoomOptions::default(),
    }
}

fn with_passcode(mut message: ClientMessage, secret: &str) -> ClientMessage {
    if let ClientMessage::Join { passcode, .. } | ClientMessage::Create { passcode, .. } = &mut message {
        *passcode = Some(secret.parse().unwrap());
    }
    message
}

fn with_options(mut message: ClientMessage, wanted: RoomOptions) -> ClientMessage {
    if let ClientMessage::Join { options, .. } | ClientMessage::Create { options, .. } = &mut message {
        *options = wanted;
    }
    message
}

fn change(change: RoomChange) -> ClientMessage {
    ClientMessage::ChangeRoom { change }
}

fn lock() -> ClientMessage {
    change(RoomChange::Lock { locked: true })
}

fn hide() -> ClientMessage {
    change(RoomChange::Hide { hidden: true })
}

fn appoint(number: u8, role: Role) -> ClientMessage {
    ClientMessage::Appoint { participant: id(number), role }
}

fn remove(number: u8) -> ClientMessage {
    ClientMessage::Remove { participant: id(number), remark: None }
}

fn id(number: u8) -> ParticipantId {
    participant_id(&token(number))
}

fn info(name: &str, people: &[&str]) -> RoomInfo {
    RoomInfo {
        name: room(name),
        participants: people.len(),
        capacity: 8,
        locked: false,
        passcode: false,
        topic: None,
        people: people.iter().map(|name| nickname(name)).collect(),
    }
}

fn seal_of(said: &[(ConnectionId, ServerMessage)], to: ConnectionId) -> RoomSeal {
    let mut seals = said.iter().filter_map(|(connection, message)| match message {
        ServerMessage::Joined { seal, .. } | ServerMessage::RoomChanged { seal, .. } if *connection == to => Some(seal),
        _ => None,
    });
    seals.next_back().unwrap_or_else(|| panic!("no seal for {to}: {said:?}")).clone()
}

/// The last answer to whoever asked to come in.
fn joined(said: &[(ConnectionId, ServerMessage)]) -> Joined {
    let joined = said.iter().find_map(|(_, message)| match message {
        ServerMessage::Joined { room, rules, me, nickname, role, participants, relay, .. } => Some(Joined {
            room: room.to_string(),
            rules: rules.clone(),
            me: *me,
            nickname: nickname.to_string(),
            role: *role,
            participants: participants.clone(),
            relay: relay.clone(),
        }),
        _ => None,
    });
    joined.unwrap_or_else(|| panic!("nobody joined: {said:?}"))
}

/// A `joined` without its seal.
#[derive(Debug, PartialEq, Eq)]
struct Joined {
    room: String,
    rules: RoomRules,
    me: ParticipantId,
    nickname: String,
    role: Role,
    participants: Vec<ParticipantInfo>,
    relay: Option<RelayAccess>,
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn nickname(name: &str) -> Nickname {
    name.parse().unwrap()
}

fn token(number: u8) -> SeatToken {
    SeatToken::new([number; 16])
}

fn participant(number: u8, name: &str, role: Role) -> ParticipantInfo {
    ParticipantInfo { id: participant_id(&token(number)), nickname: nickname(name), media: MediaState::default(), role }
}

fn camera_on() -> MediaState {
    MediaState { revision: 1, camera: TrackState::On, ..MediaState::default() }
}

fn offer() -> Relayed {
    Relayed::Offer { generation: Generation::new(1), sdp: "v=0".to_owned() }
}

fn bye(number: u8, reason: ByeReason) -> ServerMessage {
    ServerMessage::Bye { participant: participant_id(&token(number)), reason }
}

fn refused(said: &[(ConnectionId, ServerMessage)]) -> RefusedReason {
    match said {
        [(_, ServerMessage::Refused { reason, .. })] => reason.clone(),
        other => panic!("not refused: {other:?}"),
    }
}

fn error(said: &[(ConnectionId, ServerMessage)]) -> (ConnectionId, ErrorCode) {
    match said {
        [(connection, ServerMessage::Error { code, .. })] => (*connection, *code),
        other => panic!("no error: {other:?}"),
    }
}
