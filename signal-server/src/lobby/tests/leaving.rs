//! Going, and coming back.
use super::*;

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

    let outputs = world.outputs();
    assert_eq!(outputs[0], (BOB, Output::Close(CloseReason::TakenOver)));
    let [(CYD, Output::Message(message))] = &outputs[1..] else { panic!("{outputs:?}") };
    let answer = joined(&[(CYD, ServerMessage::clone(message))]);
    assert_eq!((answer.me, answer.nickname.as_str()), (id(2), "Bob"));
    assert_eq!(answer.participants, [participant(1, "Ada", Role::Owner)]);
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
fn a_seat_can_be_taken_over_from_an_address_that_has_to_wait() {
    let mut world = World::with(Limits { failed_joins_per_minute: 1, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);
    world.say(BOB, join("guess", None, 1, false));

    let said = world.say(BOB, join("tea", None, 1, false));

    assert!(matches!(&said[..], [(BOB, ServerMessage::Joined { .. })]), "{said:?}");
}
