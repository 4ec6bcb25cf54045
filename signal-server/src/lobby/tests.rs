//! What the lobby answers, message by message, in virtual time.
use std::{net::Ipv4Addr, time::Duration};

use parlor_protocol::{Generation, TrackState};

use super::*;
use crate::limits::ROOMS_CHANGED_INTERVAL;

const ADA: ConnectionId = ConnectionId::new(1);
const BOB: ConnectionId = ConnectionId::new(2);
const CYD: ConnectionId = ConnectionId::new(3);

#[test]
fn after_hello_a_connection_is_greeted_and_sees_the_rooms() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.lobby.connect(BOB, Ipv4Addr::LOCALHOST.into(), world.now);

    let said = world.say(BOB, ClientMessage::Hello { version: VERSION, agent: "test".to_owned() });

    let [(BOB, ServerMessage::Hello { version: VERSION, .. }), (BOB, ServerMessage::Rooms { rooms })] = &said[..]
    else {
        panic!("{said:?}");
    };
    assert_eq!(*rooms, [RoomInfo { name: room("tea"), participants: 1, capacity: 8 }]);
}

#[test]
fn another_version_is_refused_in_words_and_closed() {
    let mut world = World::new();
    world.lobby.connect(ADA, Ipv4Addr::LOCALHOST.into(), world.now);

    world.lobby.handle(ADA, ClientMessage::Hello { version: 7, agent: "test".to_owned() }, world.now);

    let refused = ServerMessage::Refused {
        reason: RefusedReason::VersionMismatch { server: VERSION, client: 7 },
        message: version_mismatch(VERSION, 7),
    };
    assert_eq!(
        world.outputs(),
        [(ADA, Output::Message(Arc::new(refused))), (ADA, Output::Close(CloseReason::VersionMismatch))]
    );
}

#[test]
fn whoever_does_not_begin_with_hello_is_closed() {
    let mut world = World::new();
    world.lobby.connect(ADA, Ipv4Addr::LOCALHOST.into(), world.now);

    world.lobby.handle(ADA, join("tea", None, 1, true), world.now);

    assert_eq!(world.outputs(), [(ADA, Output::Close(CloseReason::NoHello))]);
    assert_eq!(world.lobby.rooms().count(), 0);
}

#[test]
fn whoever_does_not_say_hello_in_time_is_closed() {
    let mut world = World::new();
    world.lobby.connect(ADA, Ipv4Addr::LOCALHOST.into(), world.now);
    let deadline = world.lobby.poll_timeout().unwrap();

    world.lobby.handle_timeout(deadline);

    assert_eq!(deadline, world.now + Duration::from_secs(5));
    assert_eq!(world.outputs(), [(ADA, Output::Close(CloseReason::HelloLate))]);
}

#[test]
fn a_room_without_a_name_gets_one_of_sixteen_hex_digits() {
    let mut world = World::new();
    world.arrive(ADA);

    let said = world.say(ADA, ClientMessage::Create { room: None, nickname: None, token: token(1) });

    let [(ADA, ServerMessage::Joined { room, nickname, .. })] = &said[..] else { panic!("{said:?}") };
    assert!(room.as_str().len() == 16 && room.as_str().chars().all(|c| c.is_ascii_hexdigit()), "{room}");
    assert!(nickname.as_str().starts_with("Guest-"), "{nickname}");
}

#[test]
fn creating_a_room_that_exists_is_refused() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);

    let said = world.say(BOB, ClientMessage::Create { room: Some(room("tea")), nickname: None, token: token(2) });

    assert_eq!(refused(&said), RefusedReason::RoomExists);
}

#[test]
fn joining_a_room_that_is_missing_is_refused_unless_it_is_to_be_made() {
    let mut world = World::new();
    world.arrive(ADA);

    let without = world.say(ADA, join("tea", None, 1, false));
    let with = world.say(ADA, join("tea", None, 1, true));

    assert_eq!(refused(&without), RefusedReason::NoSuchRoom);
    assert!(matches!(&with[..], [(ADA, ServerMessage::Joined { .. })]), "{with:?}");
}

#[test]
fn a_newcomer_is_told_who_is_there_and_the_others_who_came() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);

    let said = world.say(BOB, join("tea", Some("Bob"), 2, false));

    let ada = participant(1, "Ada");
    let joined = ServerMessage::Joined {
        room: room("tea"),
        capacity: 8,
        me: participant_id(&token(2)),
        nickname: nickname("Bob"),
        participants: vec![ada],
    };
    assert_eq!(said, [(BOB, joined), (ADA, ServerMessage::Welcome { participant: participant(2, "Bob") })]);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);

    let said = world.enter(BOB, "tea", "Ada", 2);

    let Some((BOB, ServerMessage::Joined { nickname, .. })) = said.first() else { panic!("{said:?}") };
    assert_eq!(nickname.as_str(), "Ada 2");
}

#[test]
fn a_full_room_refuses_and_says_how_many_it_takes() {
    let mut world = World::with(Limits { room_capacity: 1, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);

    let said = world.enter(BOB, "tea", "Bob", 2);

    assert_eq!(refused(&said), RefusedReason::RoomFull { capacity: 1 });
}

#[test]
fn a_server_with_all_its_rooms_refuses_another_and_still_lets_people_join() {
    let mut world = World::with(Limits { rooms: 1, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);

    let another = world.enter(BOB, "coffee", "Bob", 2);
    let same = world.say(BOB, join("tea", None, 2, true));

    assert_eq!(refused(&another), RefusedReason::ServerFull);
    assert!(matches!(same.first(), Some((BOB, ServerMessage::Joined { .. }))), "{same:?}");
}

#[test]
fn leaving_and_dropping_are_told_apart() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.enter(CYD, "tea", "Cyd", 3);

    let left = world.say(BOB, ClientMessage::Leave);
    world.lobby.disconnect(CYD, world.now);
    let dropped = world.messages();

    for other in [ADA, CYD] {
        assert!(left[..2].contains(&(other, bye(2, ByeReason::Left))), "{left:?}");
    }
    assert!(matches!(&left[2], (BOB, ServerMessage::Rooms { rooms }) if rooms[0].participants == 2), "{left:?}");
    assert_eq!(dropped, [(ADA, bye(3, ByeReason::Dropped))]);
}

#[test]
fn a_room_closes_behind_the_last_one() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);

    world.say(ADA, ClientMessage::Leave);

    assert_eq!(world.lobby.rooms().count(), 0);
}

#[test]
fn the_same_token_takes_its_seat_over_and_the_others_see_nothing() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.say(BOB, ClientMessage::State { media: camera_on() });
    world.arrive(CYD);

    world.lobby.handle(CYD, join("tea", Some("Somebody else"), 2, false), world.now);

    let joined = ServerMessage::Joined {
        room: room("tea"),
        capacity: 8,
        me: participant_id(&token(2)),
        nickname: nickname("Bob"),
        participants: vec![participant(1, "Ada")],
    };
    assert_eq!(
        world.outputs(),
        [(BOB, Output::Close(CloseReason::TakenOver)), (CYD, Output::Message(Arc::new(joined)))]
    );
}

#[test]
fn what_becomes_of_a_connection_that_was_replaced_concerns_nobody() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.enter(CYD, "tea", "Bob", 2);

    let late = world.say(BOB, ClientMessage::Leave);
    world.lobby.disconnect(BOB, world.now);

    assert_eq!(late, []);
    assert_eq!(world.messages(), []);
    assert_eq!(world.lobby.rooms().next().unwrap().participants, 2);
}

#[test]
fn a_seat_can_be_taken_over_in_a_full_room_and_keeps_its_media() {
    let mut world = World::with(Limits { room_capacity: 2, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.say(BOB, ClientMessage::State { media: camera_on() });
    world.enter(CYD, "tea", "Bob", 2);

    world.say(ADA, ClientMessage::Leave);
    let said = world.enter(ADA, "tea", "Ada", 1);

    let Some((ADA, ServerMessage::Joined { participants, .. })) = said.first() else { panic!("{said:?}") };
    assert_eq!(participants[0].media, camera_on());
}

#[test]
fn somebody_who_joins_another_room_from_elsewhere_leaves_the_first() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.arrive(CYD);

    world.lobby.handle(CYD, join("coffee", Some("Bob"), 2, true), world.now);

    let outputs = world.outputs();
    assert_eq!(outputs[0], (ADA, Output::Message(Arc::new(bye(2, ByeReason::Left)))));
    assert_eq!(outputs[1], (BOB, Output::Close(CloseReason::TakenOver)));
    assert!(matches!(&outputs[2..], [(CYD, Output::Message(_))]), "{outputs:?}");
    assert_eq!(world.lobby.rooms().map(|room| room.participants).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn whoever_is_refused_elsewhere_keeps_their_seat() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);

    let said = world.say(BOB, join("coffee", None, 1, false));

    assert_eq!(refused(&said), RefusedReason::NoSuchRoom);
    assert_eq!(world.lobby.rooms().next().unwrap().participants, 1);
}

#[test]
fn state_reaches_the_others_and_those_who_come_later() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    let said = world.say(ADA, ClientMessage::State { media: camera_on() });
    let later = world.enter(CYD, "tea", "Cyd", 3);

    let me = participant_id(&token(1));
    assert_eq!(said, [(BOB, ServerMessage::State { participant: me, media: camera_on() })]);
    let Some((CYD, ServerMessage::Joined { participants, .. })) = later.first() else { panic!("{later:?}") };
    assert_eq!(participants.iter().find(|other| other.id == me).unwrap().media, camera_on());
}

#[test]
fn a_relayed_message_reaches_one_participant_only() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.enter(CYD, "tea", "Cyd", 3);

    let said = world.say(ADA, ClientMessage::Relay { to: participant_id(&token(3)), message: offer() });

    let relayed = ServerMessage::Relayed { from: participant_id(&token(1)), message: offer() };
    assert_eq!(said, [(CYD, relayed)]);
}

#[test]
fn nothing_is_relayed_to_another_room_to_a_stranger_or_to_oneself() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "coffee", "Bob", 2);

    for to in [2, 9, 1] {
        let said = world.say(ADA, ClientMessage::Relay { to: participant_id(&token(to)), message: offer() });

        assert_eq!(error(&said), (ADA, ErrorCode::NotInRoom));
    }
}

#[test]
fn what_makes_no_sense_is_an_error_and_the_connection_stays() {
    let mut world = World::new();
    world.arrive(ADA);
    world.enter(BOB, "tea", "Bob", 2);
    let hello = ClientMessage::Hello { version: VERSION, agent: String::new() };
    let create = ClientMessage::Create { room: None, nickname: None, token: token(2) };

    for message in [hello.clone(), ClientMessage::Leave, ClientMessage::State { media: camera_on() }] {
        assert_eq!(error(&world.say(ADA, message)), (ADA, ErrorCode::OutOfPlace));
    }
    for message in [hello, create, join("tea", None, 2, false)] {
        assert_eq!(error(&world.say(BOB, message)), (BOB, ErrorCode::OutOfPlace));
    }
}

#[test]
fn after_five_failures_an_address_waits_a_minute() {
    let mut world = World::new();
    world.arrive(ADA);
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(refused(&world.say(ADA, join(guess, None, 1, false))), RefusedReason::NoSuchRoom);
    }

    let sixth = world.say(ADA, join("f", None, 1, false));
    world.now += Duration::from_secs(60);
    let later = world.say(ADA, join("f", None, 1, false));

    assert_eq!(refused(&sixth), RefusedReason::TooManyAttempts);
    assert_eq!(refused(&later), RefusedReason::NoSuchRoom);
}

#[test]
fn a_seat_can_be_taken_over_from_an_address_that_has_to_wait() {
    let mut world = World::with(Limits { failed_joins_per_minute: 1, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);
    world.say(BOB, join("guess", None, 1, false));

    let said = world.say(BOB, join("tea", None, 1, false));

    assert!(matches!(&said[..], [(BOB, ServerMessage::Joined { .. })]), "{said:?}");
}

#[test]
fn changes_of_rooms_are_told_to_those_in_the_lobby_and_nobody_else() {
    let mut world = World::new();
    world.arrive(ADA);
    world.enter(BOB, "tea", "Bob", 2);
    world.lobby.connect(CYD, Ipv4Addr::LOCALHOST.into(), world.now);

    world.lobby.handle_timeout(world.now);

    let tea = RoomInfo { name: room("tea"), participants: 1, capacity: 8 };
    assert_eq!(world.messages(), [(ADA, ServerMessage::RoomsChanged { changed: vec![tea], closed: vec![] })]);
}

#[test]
fn changes_of_rooms_are_told_at_most_four_times_a_second() {
    let mut world = World::new();
    world.arrive(ADA);
    world.arrive(BOB);
    let start = world.now;

    let mut told = Vec::new();
    for step in 0..200 {
        world.now = start + Duration::from_millis(step * 10);
        let message = if step % 2 == 0 { join("tea", None, 2, true) } else { ClientMessage::Leave };
        world.say(BOB, message);
        world.lobby.handle_timeout(world.now);
        if world.messages().iter().any(|(to, _)| *to == ADA) {
            told.push(world.now);
        }
    }

    assert_eq!(told.len(), 8, "{told:?}");
    assert!(told.windows(2).all(|pair| pair[1] - pair[0] >= ROOMS_CHANGED_INTERVAL), "{told:?}");
}

#[test]
fn a_room_that_is_gone_is_told_as_closed() {
    let mut world = World::new();
    world.arrive(ADA);
    world.enter(BOB, "tea", "Bob", 2);
    world.lobby.handle_timeout(world.now);
    world.messages();

    world.say(BOB, ClientMessage::Leave);
    world.lobby.handle_timeout(world.lobby.poll_timeout().unwrap());

    let closed = ServerMessage::RoomsChanged { changed: vec![], closed: vec![room("tea")] };
    assert_eq!(world.messages(), [(ADA, closed.clone()), (BOB, closed)]);
}

#[test]
fn with_nothing_to_come_there_is_no_timeout() {
    let mut world = World::new();
    world.arrive(ADA);

    assert_eq!(world.lobby.poll_timeout(), None);
}

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
        Self { lobby: Lobby::new(limits, 7), now: Instant::now() }
    }

    /// Connects and says hello.
    fn arrive(&mut self, connection: ConnectionId) {
        self.lobby.connect(connection, Ipv4Addr::LOCALHOST.into(), self.now);
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

    fn outputs(&mut self) -> Vec<(ConnectionId, Output)> {
        std::iter::from_fn(|| self.lobby.poll_output()).collect()
    }

    fn messages(&mut self) -> Vec<(ConnectionId, ServerMessage)> {
        let message = |(connection, output)| match output {
            Output::Message(message) => Some((connection, Arc::unwrap_or_clone(message))),
            Output::Close(_) => None,
        };
        self.outputs().into_iter().filter_map(message).collect()
    }
}

fn join(name: &str, wish: Option<&str>, number: u8, create: bool) -> ClientMessage {
    ClientMessage::Join { room: room(name), nickname: wish.map(nickname), token: token(number), create }
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

fn participant(number: u8, name: &str) -> parlor_protocol::ParticipantInfo {
    parlor_protocol::ParticipantInfo {
        id: participant_id(&token(number)),
        nickname: nickname(name),
        media: MediaState::default(),
    }
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
