//! Whatever people do and in whatever order: counts are right, nobody is in two places, every welcome has its bye.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use parlor_protocol::{ClientMessage, ParticipantId, RoomInfo, RoomName, SeatToken, ServerMessage, VERSION};
use parlor_server::{ConnectionId, Limits, Lobby, Output};
use proptest::prelude::*;

/// Few of each, so that they meet.
const CONNECTIONS: u64 = 6;
const PEOPLE: u8 = 4;
const ROOMS: u8 = 3;
const CAPACITY: usize = 3;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_views_agree_after_every_step(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();

        for step in steps {
            world.perform(step);

            world.check_rooms()?;
        }
        world.settle();

        world.check_lists()?;
    }
}

#[derive(Debug, Clone)]
enum Step {
    Connect(u64),
    Disconnect(u64),
    Say(u64, ClientMessage),
    Wait(Duration),
}

fn step() -> impl Strategy<Value = Step> {
    let connection = || 0..CONNECTIONS;
    prop_oneof![
        3 => connection().prop_map(Step::Connect),
        2 => connection().prop_map(Step::Disconnect),
        3 => connection().prop_map(|connection| Step::Say(connection, hello())),
        8 => (connection(), message()).prop_map(|(connection, message)| Step::Say(connection, message)),
        2 => (0_u64..400).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
    ]
}

fn message() -> impl Strategy<Value = ClientMessage> {
    let token = || (0..PEOPLE).prop_map(token);
    let room = || (0..ROOMS).prop_map(room);
    prop_oneof![
        4 => (room(), token(), any::<bool>())
            .prop_map(|(room, token, create)| ClientMessage::Join { room, nickname: None, token, create }),
        2 => (prop::option::of(room()), token())
            .prop_map(|(room, token)| ClientMessage::Create { room, nickname: None, token }),
        3 => Just(ClientMessage::Leave),
    ]
}

/// A lobby, and everybody's picture of it, made of nothing but what they were sent.
struct World {
    lobby: Lobby,
    now: Instant,
    views: BTreeMap<ConnectionId, View>,
    opened: u64,
    /// The number a step uses for a connection stands for a new connection each time it connects.
    current: BTreeMap<u64, ConnectionId>,
}

#[derive(Debug)]
enum View {
    Door,
    Lobby { rooms: BTreeMap<RoomName, usize> },
    Room { name: RoomName, me: ParticipantId, others: BTreeSet<ParticipantId> },
}

impl World {
    fn new() -> Self {
        // Failures are no subject here: with a limit on them most schedules would end in waiting.
        let limits = Limits { room_capacity: CAPACITY, failed_joins_per_minute: usize::MAX, ..Limits::default() };
        Self {
            lobby: Lobby::new(limits, 7),
            now: Instant::now(),
            views: BTreeMap::new(),
            opened: 0,
            current: BTreeMap::new(),
        }
    }

    fn perform(&mut self, step: Step) {
        match step {
            Step::Connect(number) => self.connect(number),
            Step::Disconnect(number) => self.disconnect(number),
            Step::Say(number, message) => {
                if let Some(connection) = self.current.get(&number) {
                    self.lobby.handle(*connection, message, self.now);
                }
            }
            Step::Wait(time) => {
                self.now += time;
                self.lobby.handle_timeout(self.now);
            }
        }
        self.deliver();
    }

    fn connect(&mut self, number: u64) {
        if self.current.contains_key(&number) {
            return;
        }
        self.opened += 1;
        let connection = ConnectionId::new(self.opened);
        self.current.insert(number, connection);
        self.views.insert(connection, View::Door);
        self.lobby.connect(connection, Ipv4Addr::LOCALHOST.into(), self.now);
    }

    fn disconnect(&mut self, number: u64) {
        if let Some(connection) = self.current.remove(&number) {
            self.views.remove(&connection);
            self.lobby.disconnect(connection, self.now);
        }
    }

    fn settle(&mut self) {
        while let Some(timeout) = self.lobby.poll_timeout() {
            self.now = self.now.max(timeout);
            self.lobby.handle_timeout(self.now);
            self.deliver();
        }
    }

    fn deliver(&mut self) {
        while let Some((connection, output)) = self.lobby.poll_output() {
            match output {
                Output::Close(_) => {
                    assert!(self.views.remove(&connection).is_some(), "{connection} was closed twice");
                    self.current.retain(|_, current| *current != connection);
                }
                Output::Message(message) => {
                    let view = self.views.get_mut(&connection).expect("nothing is sent to whom is closed");
                    view.see(&message);
                }
            }
        }
    }

    /// Everybody in a room sees exactly those others who see themselves in it, and the count is theirs.
    fn check_rooms(&self) -> Result<(), TestCaseError> {
        let mut seated: BTreeMap<&RoomName, BTreeSet<ParticipantId>> = BTreeMap::new();
        let mut everybody = BTreeSet::new();
        for view in self.views.values() {
            if let View::Room { name, me, .. } = view {
                prop_assert!(everybody.insert(*me), "{me} is in two places");
                seated.entry(name).or_default().insert(*me);
            }
        }
        for view in self.views.values() {
            if let View::Room { name, me, others } = view {
                let mut expected = seated[name].clone();
                expected.remove(me);
                prop_assert_eq!(others, &expected, "as {} sees {}", me, name);
            }
        }
        let expected: Vec<RoomInfo> = seated
            .into_iter()
            .map(|(name, people)| RoomInfo { name: name.clone(), participants: people.len(), capacity: CAPACITY })
            .collect();
        prop_assert!(expected.iter().all(|room| room.participants <= CAPACITY));
        prop_assert_eq!(self.lobby.rooms().collect::<Vec<_>>(), expected);
        Ok(())
    }

    /// Once there is no news left, everybody in the lobby sees the rooms as they are.
    fn check_lists(&self) -> Result<(), TestCaseError> {
        let expected: BTreeMap<RoomName, usize> =
            self.lobby.rooms().map(|room| (room.name, room.participants)).collect();
        for view in self.views.values() {
            if let View::Lobby { rooms } = view {
                prop_assert_eq!(rooms, &expected);
            }
        }
        Ok(())
    }
}

impl View {
    fn see(&mut self, message: &ServerMessage) {
        match (&mut *self, message) {
            (_, ServerMessage::Rooms { rooms }) => {
                *self = Self::Lobby { rooms: rooms.iter().map(|r| (r.name.clone(), r.participants)).collect() };
            }
            (Self::Lobby { rooms }, ServerMessage::RoomsChanged { changed, closed }) => {
                rooms.extend(changed.iter().map(|room| (room.name.clone(), room.participants)));
                rooms.retain(|name, _| !closed.contains(name));
            }
            (Self::Lobby { .. }, ServerMessage::Joined { room, me, participants, .. }) => {
                let others = participants.iter().map(|other| other.id).collect();
                *self = Self::Room { name: room.clone(), me: *me, others };
            }
            (Self::Room { others, .. }, ServerMessage::Welcome { participant }) => {
                assert!(others.insert(participant.id), "{} was welcomed twice", participant.id);
            }
            (Self::Room { others, .. }, ServerMessage::Bye { participant, .. }) => {
                assert!(others.remove(participant), "bye to {participant}, who was not there");
            }
            (Self::Door, ServerMessage::Hello { .. })
            | (Self::Lobby { .. }, ServerMessage::Refused { .. })
            | (Self::Lobby { .. } | Self::Room { .. }, ServerMessage::Error { .. }) => {}
            (view, message) => panic!("{message:?} makes no sense for {view:?}"),
        }
    }
}

fn hello() -> ClientMessage {
    ClientMessage::Hello { version: VERSION, agent: "schedule".to_owned() }
}

fn token(number: u8) -> SeatToken {
    SeatToken::new([number; 16])
}

fn room(number: u8) -> RoomName {
    RoomName::generated(number.into())
}
