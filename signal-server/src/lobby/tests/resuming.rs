//! Coming back: to a kept seat, and to a server that was started anew.
use super::*;

const KEPT: Duration = Duration::from_secs(30);

#[test]
fn whoever_comes_back_in_time_has_their_seat_in_a_full_and_locked_room_with_a_passcode() {
    let mut world = World::with(Limits { room_capacity: 2, ..Limits::default() });
    world.arrive(ADA);
    world.say(ADA, with_passcode(create(Some("tea"), 1), "sesame"));
    world.arrive(BOB);
    world.say(BOB, join_with("tea", 2, "sesame"));
    world.say(ADA, lock());

    let dropped = world.drop_out(BOB);
    world.wait(KEPT - Duration::from_millis(1));
    world.arrive(CYD);
    let back = world.say(CYD, join("tea", None, 2, false));

    assert_eq!(dropped, [(ADA, bye(2, ByeReason::Dropped))]);
    assert_eq!(joined(&back).me, id(2));
    assert!(matches!(&back[1..], [(ADA, ServerMessage::Welcome { participant })] if participant.id == id(2)));
}

#[test]
fn a_kept_seat_is_nobody_elses_and_not_counted() {
    let mut world = World::with(Limits { room_capacity: 2, ..Limits::default() });
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    world.drop_out(BOB);
    let other = world.enter(CYD, "tea", "Cyd", 3);

    assert_eq!(refused(&other), RefusedReason::RoomFull { capacity: 2 });
    assert_eq!(world.lobby.rooms().next().unwrap().people, [nickname("Ada")]);
}

#[test]
fn a_seat_is_kept_for_half_a_minute() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.say(ADA, lock());

    world.drop_out(BOB);
    let meanwhile = world.wait(KEPT);
    let late = world.enter(CYD, "tea", "Bob", 2);

    assert_eq!(meanwhile, []);
    assert_eq!(refused(&late), RefusedReason::Locked);
}

#[test]
fn a_room_waits_for_the_last_one_and_closes_behind_their_seat() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);

    world.drop_out(ADA);
    let waiting: Vec<_> = world.lobby.rooms().map(|room| room.participants).collect();
    world.wait(KEPT);

    assert_eq!(waiting, [0]);
    assert_eq!(world.lobby.rooms().count(), 0);
    assert_eq!(world.lobby.poll_timeout(), None);
}

#[test]
fn an_owner_whose_seat_runs_out_owns_nothing_any_more() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    world.drop_out(ADA);
    let said = world.wait(KEPT);
    let back = world.enter(ADA, "tea", "Ada", 1);

    assert!(said.contains(&(BOB, ServerMessage::Appointed { participant: id(2), role: Role::Owner })), "{said:?}");
    assert_eq!(joined(&back).role, Role::Member);
}

#[test]
fn an_owner_who_comes_back_in_time_still_owns_the_room() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    world.drop_out(ADA);
    let back = world.enter(ADA, "tea", "Ada", 1);

    assert_eq!(joined(&back).role, Role::Owner);
}

#[test]
fn one_address_cannot_have_any_number_of_seats_kept() {
    let mut world = World::with(Limits { connections_per_address: 3, ..Limits::default() });

    for number in 1..=10 {
        world.enter(ConnectionId::new(number.into()), &format!("room {number}"), "Ada", number);
        world.drop_out(ConnectionId::new(number.into()));
    }

    assert_eq!(world.lobby.rooms().count(), 3);
}

#[test]
fn somebody_can_be_removed_while_their_connection_is_broken() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.drop_out(BOB);

    let said = world.say(ADA, remove(2));
    let back = world.enter(BOB, "tea", "Bob", 2);

    assert!(said.contains(&(ADA, bye(2, ByeReason::Removed))), "{said:?}");
    assert_eq!(refused(&back), RefusedReason::Removed);
}

#[test]
fn a_room_that_was_renamed_meanwhile_is_found_by_its_seal() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    let seal = seal_of(&world.enter(BOB, "tea", "Bob", 2), BOB);
    world.drop_out(BOB);
    world.say(ADA, change(RoomChange::Rename { name: room("coffee") }));

    world.arrive(CYD);
    let back = world.say(CYD, join_sealed("tea", 2, &seal));

    assert_eq!((joined(&back).room.as_str(), joined(&back).me), ("coffee", id(2)));
}

#[test]
fn a_server_that_was_started_anew_has_the_room_made_again_as_it_was() {
    let (seals, mut world) = restarted();
    let [_, bob, _] = &seals;

    world.arrive(BOB);
    let back = world.say(BOB, join_sealed("tea", 2, bob));

    let answer = joined(&back);
    assert_eq!((answer.me, answer.role), (id(2), Role::Moderator));
    let topic = Some("Leaves".parse().unwrap());
    assert_eq!(answer.rules, RoomRules { capacity: 8, locked: true, hidden: true, passcode: true, topic });
    world.arrive(DAN);
    world.say(BOB, change(RoomChange::Lock { locked: false }));
    assert_eq!(joined(&world.say(DAN, join_with("tea", 4, "sesame"))).me, id(4));
}

#[test]
fn everybody_comes_back_in_any_order_with_the_role_they_had() {
    let (seals, mut world) = restarted();

    let mut roles = Vec::new();
    for (connection, number, seal) in [(CYD, 3, &seals[2]), (ADA, 1, &seals[0]), (BOB, 2, &seals[1])] {
        world.arrive(connection);
        roles.push(joined(&world.say(connection, join_sealed("tea", number, seal))).role);
    }

    assert_eq!(roles, [Role::Member, Role::Owner, Role::Moderator]);
}

#[test]
fn an_owner_who_does_not_come_back_after_a_restart_is_replaced() {
    let (seals, mut world) = restarted();
    world.arrive(CYD);
    world.say(CYD, join_sealed("tea", 3, &seals[2]));

    let said = world.wait(KEPT);

    assert!(said.contains(&(CYD, ServerMessage::Appointed { participant: id(3), role: Role::Owner })), "{said:?}");
    assert_eq!(world.lobby.poll_timeout(), None);
}

#[test]
fn somebody_who_knows_the_room_as_it_was_later_brings_it_up_to_date() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    let old = seal_of(&world.enter(BOB, "tea", "Bob", 2), BOB);
    let new = seal_of(&world.say(ADA, change(RoomChange::Rename { name: room("coffee") })), ADA);
    let mut world = World::started_anew(Limits::default(), 2, world.now);

    world.arrive(BOB);
    let first = world.say(BOB, join_sealed("tea", 2, &old));
    world.arrive(ADA);
    let second = world.say(ADA, join_sealed("coffee", 1, &new));

    assert_eq!((joined(&first).room.as_str(), joined(&second).room.as_str()), ("tea", "coffee"));
    assert_eq!(world.lobby.rooms().map(|room| room.participants).collect::<Vec<_>>(), [2]);
    let relayed = world.say(BOB, ClientMessage::Relay { to: id(1), message: offer() });
    assert!(matches!(relayed[..], [(ADA, ServerMessage::Relayed { .. })]), "{relayed:?}");
}

#[test]
fn whoever_is_inside_hears_of_roles_that_somebody_knows_as_they_were_later() {
    let mut world = World::new();
    let old = seal_of(&world.enter(ADA, "tea", "Ada", 1), ADA);
    world.enter(BOB, "tea", "Bob", 2);
    let new = seal_of(&world.say(ADA, ClientMessage::Appoint { participant: id(2), role: Role::Owner }), BOB);
    let mut world = World::started_anew(Limits::default(), 2, world.now);
    world.arrive(ADA);
    let first = world.say(ADA, join_sealed("tea", 1, &old));

    world.arrive(BOB);
    let second = world.say(BOB, join_sealed("tea", 2, &new));

    assert_eq!((joined(&first).role, joined(&second).role), (Role::Owner, Role::Owner));
    let told = ServerMessage::Appointed { participant: id(1), role: Role::Moderator };
    assert!(second.contains(&(ADA, told)), "{second:?}");
}

#[test]
fn a_seal_gives_no_right_to_a_room_that_a_stranger_made_under_the_name() {
    let (seals, mut world) = restarted();
    world.enter(DAN, "tea", "Dan", 4);
    world.say(DAN, lock());

    world.arrive(ADA);
    let said = world.say(ADA, join_sealed("tea", 1, &seals[0]));

    assert_eq!(refused(&said), RefusedReason::Locked);
}

#[test]
fn somebody_elses_seal_is_worth_nothing() {
    let (seals, mut world) = restarted();
    world.arrive(ADA);
    world.say(ADA, join_sealed("tea", 1, &seals[0]));

    world.arrive(DAN);
    let said = world.say(DAN, join_sealed("tea", 4, &seals[1]));

    assert_eq!(refused(&said), RefusedReason::RoomExists, "the room is hidden");
}

#[test]
fn those_who_were_removed_stay_out_of_a_room_that_is_made_again() {
    let mut world = World::new();
    let ada = world.enter(ADA, "tea", "Ada", 1);
    let bob = seal_of(&world.enter(BOB, "tea", "Bob", 2), BOB);
    assert_eq!(joined(&ada).role, Role::Owner);
    let seal = seal_of(&world.say(ADA, remove(2)), ADA);
    let mut world = World::started_anew(Limits::default(), 2, world.now);

    world.arrive(ADA);
    world.say(ADA, join_sealed("tea", 1, &seal));
    world.arrive(BOB);
    let said = world.say(BOB, join_sealed("tea", 2, &bob));

    assert_eq!(refused(&said), RefusedReason::Removed);
}

/// The seals of Ada, the owner, Bob, a moderator, and Cyd of a hidden, locked room with the passcode `sesame`; and
/// the same server, started anew.
fn restarted() -> ([RoomSeal; 3], World) {
    let mut world = World::new();
    let options = RoomOptions { hidden: true, capacity: None, topic: Some("Leaves".parse().unwrap()) };
    world.arrive(ADA);
    world.say(ADA, with_passcode(with_options(create(Some("tea"), 1), options), "sesame"));
    for (connection, number) in [(BOB, 2), (CYD, 3)] {
        world.arrive(connection);
        world.say(connection, join_with("tea", number, "sesame"));
    }
    world.say(ADA, appoint(2, Role::Moderator));
    let said = world.say(ADA, lock());
    let seals = [ADA, BOB, CYD].map(|connection| seal_of(&said, connection));
    (seals, World::started_anew(Limits::default(), 2, world.now))
}
