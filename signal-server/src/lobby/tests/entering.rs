//! Coming in.
use super::*;

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
    assert_eq!(*rooms, [info("tea", &["Ada"])]);
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

    let said = world.say(ADA, create(None, 1));

    let [(ADA, ServerMessage::Joined { room, nickname, .. })] = &said[..] else { panic!("{said:?}") };
    assert!(room.as_str().len() == 16 && room.as_str().chars().all(|c| c.is_ascii_hexdigit()), "{room}");
    assert!(nickname.as_str().starts_with("Guest-"), "{nickname}");
}

#[test]
fn creating_a_room_that_exists_is_refused() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);

    let said = world.say(BOB, create(Some("tea"), 2));

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

    let answer = joined(&said);
    assert_eq!((answer.room.as_str(), answer.nickname.as_str(), answer.role), ("tea", "Bob", Role::Member));
    assert_eq!((answer.me, answer.participants), (id(2), vec![participant(1, "Ada", Role::Owner)]));
    let welcome = ServerMessage::Welcome { participant: participant(2, "Bob", Role::Member) };
    assert_eq!(said[1..], [(ADA, welcome)]);
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
