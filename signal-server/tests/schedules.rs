//! Whatever people do and in whatever order: counts are right, nobody is in two places, every welcome has its bye.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use parlor_protocol::{
    ByeReason, ClientMessage, ParticipantId, Passcode, Role, RoomChange, RoomName, RoomOptions, RoomSeal, SeatToken,
    ServerMessage, VERSION,
};
use parlor_server::{ConnectionId, Limits, Lobby, LobbySecrets, Output, WallClock, participant_id};
use proptest::prelude::*;

/// Few of each, so that they meet.
const CONNECTIONS: u64 = 6;
const PEOPLE: u8 = 4;
const ROOMS: u8 = 3;
const CAPACITY: usize = 3;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn all_views_agree_after_every_step(steps in prop::collection::vec(step(), 1..400)) {
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
    /// Connects and says hello.
    Arrive(u64),
    Disconnect(u64),
    Say(u64, ClientMessage),
    Wait(Duration),
    CloseRoom(RoomName),
    RemoveByAdmin(RoomName, ParticipantId),
    /// Comes back with the newest seal that somebody has.
    Return(u64, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let connection = || 0..CONNECTIONS;
    prop_oneof![
        1 => connection().prop_map(Step::Connect),
        8 => connection().prop_map(Step::Arrive),
        2 => connection().prop_map(Step::Disconnect),
        1 => connection().prop_map(|connection| Step::Say(connection, hello())),
        24 => (connection(), message()).prop_map(|(connection, message)| Step::Say(connection, message)),
        2 => (0_u64..400).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
        1 => (0_u64..40).prop_map(|seconds| Step::Wait(Duration::from_secs(seconds))),
        1 => (0..ROOMS).prop_map(|number| Step::CloseRoom(room(number))),
        1 => (0..ROOMS, person()).prop_map(|(number, who)| Step::RemoveByAdmin(room(number), who)),
        2 => (connection(), 0..PEOPLE).prop_map(|(connection, who)| Step::Return(connection, who)),
    ]
}

fn message() -> impl Strategy<Value = ClientMessage> {
    let token = || (0..PEOPLE).prop_map(token);
    let room = || (0..ROOMS).prop_map(room);
    prop_oneof![
        16 => (room(), token(), any::<bool>(), passcode(), options()).prop_map(|(room, token, create, passcode, options)| {
            ClientMessage::Join { room, nickname: None, token, create, passcode, options, seal: None }
        }),
        2 => (prop::option::of(room()), token(), passcode(), options()).prop_map(|(room, token, passcode, options)| {
            ClientMessage::Create { room, nickname: None, token, passcode, options }
        }),
        1 => Just(ClientMessage::Leave),
        4 => change().prop_map(|change| ClientMessage::ChangeRoom { change }),
        2 => (person(), role()).prop_map(|(participant, role)| ClientMessage::Appoint { participant, role }),
        2 => person().prop_map(|participant| ClientMessage::Remove { participant, remark: None }),
    ]
}

fn change() -> impl Strategy<Value = RoomChange> {
    prop_oneof![
        any::<bool>().prop_map(|locked| RoomChange::Lock { locked }),
        any::<bool>().prop_map(|hidden| RoomChange::Hide { hidden }),
        (0..ROOMS).prop_map(|number| RoomChange::Rename { name: room(number) }),
        (0..6_usize).prop_map(|capacity| RoomChange::SetCapacity { capacity }),
        passcode().prop_map(|passcode| RoomChange::SetPasscode { passcode }),
    ]
}

fn options() -> impl Strategy<Value = RoomOptions> {
    (prop::bool::weighted(0.1), prop::option::weighted(0.1, 0..6_usize)).prop_map(|(hidden, capacity)| RoomOptions {
        hidden,
        capacity,
        topic: None,
    })
}

fn passcode() -> impl Strategy<Value = Option<Passcode>> {
    let text = prop::sample::select(&["sesame", "barley"][..]);
    prop::option::weighted(0.15, text.prop_map(|text| text.parse().expect("a passcode")))
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(&[Role::Member, Role::Moderator, Role::Owner][..])
}

fn person() -> impl Strategy<Value = ParticipantId> {
    (0..PEOPLE).prop_map(|number| participant_id(&token(number)))
}

/// A lobby, and everybody's picture of it, made of nothing but what they were sent.
struct World {
    lobby: Lobby,
    now: Instant,
    views: BTreeMap<ConnectionId, View>,
    opened: u64,
    /// The newest seal of everybody.
    seals: BTreeMap<ParticipantId, (RoomName, RoomSeal)>,
    /// Who was removed from a room that they know by its name, for as long as nobody else could have made one of it.
    removed: BTreeSet<(RoomName, ParticipantId)>,
    /// The number a step uses for a connection stands for a new connection each time it connects.
    current: BTreeMap<u64, ConnectionId>,
}

#[derive(Debug)]
enum View {
    Door,
    Lobby { rooms: BTreeMap<RoomName, usize> },
    Room { name: RoomName, me: ParticipantId, others: BTreeSet<ParticipantId>, roles: BTreeMap<ParticipantId, Role> },
}

impl World {
    fn new() -> Self {
        // Failures are no subject here: with a limit on them most schedules would end in waiting.
        let limits = Limits {
            room_capacity: CAPACITY,
            failed_joins_per_minute: usize::MAX,
            passcode_memory_kib: 8,
            ..Limits::default()
        };
        let now = Instant::now();
        let clock = WallClock::showing(Duration::from_secs(1_800_000_000), now);
        Self {
            lobby: Lobby::new(limits, LobbySecrets::fixed([1; 32], [2; 32]), clock),
            now,
            views: BTreeMap::new(),
            opened: 0,
            seals: BTreeMap::new(),
            removed: BTreeSet::new(),
            current: BTreeMap::new(),
        }
    }

    fn perform(&mut self, step: Step) {
        match step {
            Step::Connect(number) => self.connect(number),
            Step::Arrive(number) if !self.current.contains_key(&number) => {
                self.connect(number);
                self.lobby.handle(self.current[&number], hello(), self.now);
            }
            Step::Arrive(_) => {}
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
            Step::CloseRoom(name) => {
                self.lobby.close_room(&name, None, self.now);
            }
            Step::RemoveByAdmin(name, who) => {
                self.lobby.remove_participant(&name, who, None, self.now);
            }
            Step::Return(number, who) => self.come_back(number, who),
        }
        self.deliver();
    }

    fn come_back(&mut self, number: u64, who: u8) {
        let token = token(who);
        if let (Some(connection), Some((room, seal))) =
            (self.current.get(&number), self.seals.get(&participant_id(&token)))
        {
            let (room, seal) = (room.clone(), Some(seal.clone()));
            let options = RoomOptions::default();
            let join = ClientMessage::Join { room, nickname: None, token, create: true, passcode: None, options, seal };
            self.lobby.handle(*connection, join, self.now);
        }
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
                Output::Passcode(job) => self.lobby.handle_passcode(job.run(), self.now),
                Output::Message(message) => {
                    self.note(connection, &message);
                    let view = self.views.get_mut(&connection).expect("nothing is sent to whom is closed");
                    view.see(&message);
                }
            }
        }
    }

    /// Takes down seals, and checks that nobody who was removed from a room is inside again.
    fn note(&mut self, connection: ConnectionId, message: &ServerMessage) {
        match (self.views.get(&connection), message) {
            (_, ServerMessage::Joined { room, me, seal, .. }) => {
                assert!(!self.removed.contains(&(room.clone(), *me)), "{me} was removed from {room}, and is back");
                self.seals.insert(*me, (room.clone(), seal.clone()));
            }
            (Some(View::Room { me, name, .. }), ServerMessage::RoomChanged { room, seal, .. }) => {
                if name != room {
                    // The old name may be that of another room from now on, and the new one may have been.
                    self.removed.retain(|(other, _)| other != name && other != room);
                }
                self.seals.insert(*me, (room.clone(), seal.clone()));
            }
            (Some(View::Room { me, name, .. }), ServerMessage::Removed { .. }) => {
                self.removed.insert((name.clone(), *me));
            }
            _ => {}
        }
    }

    /// Everybody in a room sees exactly those others who see themselves in it, the count is theirs, and all agree on
    /// who owns it.
    fn check_rooms(&mut self) -> Result<(), TestCaseError> {
        let mut seated: BTreeMap<&RoomName, BTreeSet<ParticipantId>> = BTreeMap::new();
        let mut everybody = BTreeSet::new();
        for view in self.views.values() {
            if let View::Room { name, me, .. } = view {
                prop_assert!(everybody.insert(*me), "{} is in two places", me);
                seated.entry(name).or_default().insert(*me);
            }
        }
        let snapshot = self.lobby.snapshot();
        for view in self.views.values() {
            if let View::Room { name, me, others, roles } = view {
                let mut expected = seated[name].clone();
                expected.remove(me);
                prop_assert_eq!(others, &expected, "as {} sees {}", me, name);
                let room = snapshot.rooms.iter().find(|room| room.info.name == *name).expect("it is there");
                for participant in &room.participants {
                    prop_assert_eq!(roles.get(&participant.id), Some(&participant.role), "as {} sees it", me);
                }
            }
        }
        for room in &snapshot.rooms {
            let people: BTreeSet<_> = room.participants.iter().map(|participant| participant.id).collect();
            prop_assert_eq!(&people, &seated.get(&room.info.name).cloned().unwrap_or_default());
            prop_assert_eq!(people.len(), room.info.participants);
            let owners = room.participants.iter().filter(|other| other.role == Role::Owner).count();
            prop_assert!(owners <= 1, "{} owners", owners);
        }
        prop_assert!(seated.keys().all(|name| snapshot.rooms.iter().any(|room| room.info.name == **name)));
        // A room that is gone has removed nobody: the next one of its name is another.
        self.removed.retain(|(name, _)| snapshot.rooms.iter().any(|room| room.info.name == *name));
        Ok(())
    }

    /// Once there is no news left, and all seats that were kept are free, everybody in the lobby sees the rooms as they
    /// are, hidden ones not, and every room has its owner.
    fn check_lists(&self) -> Result<(), TestCaseError> {
        let snapshot = self.lobby.snapshot();
        let shown = snapshot.rooms.iter().filter(|room| !room.hidden);
        let expected: BTreeMap<RoomName, usize> =
            shown.map(|room| (room.info.name.clone(), room.info.participants)).collect();
        for view in self.views.values() {
            if let View::Lobby { rooms } = view {
                prop_assert_eq!(rooms, &expected);
            }
        }
        for room in &snapshot.rooms {
            let owners = room.participants.iter().filter(|other| other.role == Role::Owner).count();
            prop_assert_eq!(owners, 1, "in {:?}", room);
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
            (Self::Lobby { .. }, ServerMessage::Joined { room, me, participants, role, .. }) => {
                let others = participants.iter().map(|other| other.id).collect();
                let roles = participants.iter().map(|other| (other.id, other.role)).chain([(*me, *role)]).collect();
                *self = Self::Room { name: room.clone(), me: *me, others, roles };
            }
            (Self::Room { others, roles, .. }, ServerMessage::Welcome { participant }) => {
                roles.insert(participant.id, participant.role);
                assert!(others.insert(participant.id), "{} was welcomed twice", participant.id);
            }
            // Their seat may have been kept: then they were seen off before.
            (Self::Room { others, .. }, ServerMessage::Bye { participant, reason: ByeReason::Removed }) => {
                others.remove(participant);
            }
            (Self::Room { name, .. }, ServerMessage::RoomChanged { room, .. }) => *name = room.clone(),
            (Self::Room { roles, .. }, ServerMessage::Appointed { participant, role }) => {
                roles.insert(*participant, *role);
            }
            // The list of rooms follows.
            (Self::Room { .. }, ServerMessage::Removed { .. }) => {}
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
