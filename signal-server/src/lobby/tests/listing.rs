//! What those in the lobby are told.
use super::*;
use crate::limits::ROOMS_CHANGED_INTERVAL;

#[test]
fn changes_of_rooms_are_told_to_those_in_the_lobby_and_nobody_else() {
    let mut world = World::new();
    world.arrive(ADA);
    world.enter(BOB, "tea", "Bob", 2);
    world.lobby.connect(CYD, Ipv4Addr::LOCALHOST.into(), world.now);

    world.lobby.handle_timeout(world.now);

    let tea = info("tea", &["Bob"]);
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
