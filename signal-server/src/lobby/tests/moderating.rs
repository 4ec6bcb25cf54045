//! Owners, moderators, and what they do.
use super::*;

#[test]
fn whoever_makes_a_room_owns_it_and_the_next_does_not() {
    let mut world = World::new();

    let ada = world.enter(ADA, "tea", "Ada", 1);
    let bob = world.enter(BOB, "tea", "Bob", 2);

    assert_eq!((joined(&ada).role, joined(&bob).role), (Role::Owner, Role::Member));
    assert_eq!(joined(&bob).participants[0].role, Role::Owner);
}

#[test]
fn options_are_those_of_the_room_as_far_as_the_server_goes() {
    let mut world = World::new();
    world.arrive(ADA);
    let topic = Some("Leaves".parse().unwrap());

    let wanted = RoomOptions { hidden: true, capacity: Some(100), topic: topic.clone() };
    let said = world.say(ADA, with_options(create(Some("tea"), 1), wanted));

    let rules = RoomRules { capacity: 8, locked: false, hidden: true, passcode: false, topic };
    assert_eq!(joined(&said).rules, rules);
}

#[test]
fn a_member_can_change_nothing_appoint_nobody_and_remove_nobody() {
    let mut world = three();

    for message in [lock(), hide(), appoint(2, Role::Owner), appoint(3, Role::Moderator), remove(1), remove(3)] {
        assert_eq!(error(&world.say(BOB, message)), (BOB, ErrorCode::NotAllowed));
    }
}

#[test]
fn a_change_is_told_to_everybody_inside_each_with_a_seal_of_their_own() {
    let mut world = three();

    let said = world.say(ADA, change(RoomChange::SetTopic { topic: Some("Leaves".parse().unwrap()) }));

    let mut told: Vec<_> = said
        .iter()
        .map(|(to, message)| match message {
            ServerMessage::RoomChanged { room, rules, by, .. } => (*to, room.as_str(), rules.topic.is_some(), *by),
            other => panic!("{other:?}"),
        })
        .collect();
    told.sort();
    assert_eq!(told, [ADA, BOB, CYD].map(|to| (to, "tea", true, Some(id(1)))));
    assert_ne!(seal_of(&said, ADA), seal_of(&said, BOB));
}

#[test]
fn a_locked_room_refuses_newcomers_until_it_is_opened_again() {
    let mut world = three();
    world.arrive(DAN);

    world.say(ADA, lock());
    let locked = world.say(DAN, join("tea", None, 4, false));
    world.say(ADA, change(RoomChange::Lock { locked: false }));
    let open = world.say(DAN, join("tea", None, 4, false));

    assert_eq!(refused(&locked), RefusedReason::Locked);
    assert_eq!(joined(&open).me, id(4));
}

#[test]
fn a_renamed_room_goes_on_under_its_new_name() {
    let mut world = three();
    world.wait(Duration::from_secs(1));
    world.arrive(DAN);

    world.say(ADA, change(RoomChange::Rename { name: room("coffee") }));
    let told = world.wait(Duration::from_secs(1));
    let old = world.say(DAN, join("tea", None, 4, false));
    let new = world.say(DAN, join("coffee", None, 4, false));
    let relayed = world.say(DAN, ClientMessage::Relay { to: id(1), message: offer() });

    let closed = ServerMessage::RoomsChanged { changed: vec![], closed: vec![room("tea")] };
    let changed = ServerMessage::RoomsChanged { changed: vec![info("coffee", &["Ada", "Bob", "Cyd"])], closed: vec![] };
    assert_eq!(told, [(DAN, closed), (DAN, changed)]);
    assert_eq!(refused(&old), RefusedReason::NoSuchRoom);
    assert_eq!(joined(&new).participants.len(), 3);
    assert!(matches!(relayed[..], [(ADA, ServerMessage::Relayed { .. })]), "{relayed:?}");
}

#[test]
fn a_name_that_is_taken_is_not_given_twice() {
    let mut world = three();
    world.enter(DAN, "coffee", "Dan", 4);

    let said = world.say(ADA, change(RoomChange::Rename { name: room("coffee") }));

    assert_eq!(error(&said), (ADA, ErrorCode::NameTaken));
    assert_eq!(world.lobby.rooms().map(|room| room.participants).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn taking_fewer_puts_nobody_out() {
    let mut world = three();

    world.say(ADA, change(RoomChange::SetCapacity { capacity: 2 }));
    let newcomer = world.enter(DAN, "tea", "Dan", 4);

    assert_eq!(world.lobby.rooms().next().unwrap().participants, 3);
    assert_eq!(refused(&newcomer), RefusedReason::RoomFull { capacity: 2 });
}

#[test]
fn whoever_is_removed_is_back_in_the_lobby_and_cannot_return() {
    let mut world = three();
    let remark = Some("Not today".parse().unwrap());

    let said = world.say(ADA, ClientMessage::Remove { participant: id(2), remark: remark.clone() });
    let again = world.say(BOB, join("tea", None, 2, true));

    assert!(said.contains(&(ADA, bye(2, ByeReason::Removed))) && said.contains(&(CYD, bye(2, ByeReason::Removed))));
    let to_bob: Vec<_> = said.iter().filter(|(to, _)| *to == BOB).map(|(_, message)| message).collect();
    assert_eq!(*to_bob[0], ServerMessage::Removed { by: Some(nickname("Ada")), remark });
    assert!(matches!(to_bob[1..], [ServerMessage::Rooms { .. }]), "{to_bob:?}");
    assert_eq!(refused(&again), RefusedReason::Removed);
}

#[test]
fn whoever_is_removed_cannot_return_from_their_address_as_somebody_else() {
    let mut world = three();
    world.arrive_from(DAN, [10, 0, 0, 4]);
    world.say(DAN, join("tea", None, 4, false));

    world.say(ADA, remove(4));
    let again = world.say(DAN, join("tea", None, 5, false));

    assert_eq!(refused(&again), RefusedReason::Removed);
}

#[test]
fn an_address_that_is_shared_with_somebody_inside_is_not_kept_out() {
    let mut world = three();

    world.say(ADA, remove(2));
    let again = world.say(BOB, join("tea", None, 9, false));

    assert_eq!(joined(&again).me, id(9));
}

#[test]
fn moderators_remove_members_but_neither_the_owner_nor_each_other() {
    let mut world = three();
    world.enter(DAN, "tea", "Dan", 4);
    world.say(ADA, appoint(2, Role::Moderator));
    world.say(ADA, appoint(3, Role::Moderator));

    let owner = world.say(BOB, remove(1));
    let moderator = world.say(BOB, remove(3));
    let member = world.say(BOB, remove(4));

    assert_eq!(error(&owner), (BOB, ErrorCode::NotAllowed));
    assert_eq!(error(&moderator), (BOB, ErrorCode::NotAllowed));
    assert!(member.contains(&(ADA, bye(4, ByeReason::Removed))), "{member:?}");
}

#[test]
fn whoever_makes_somebody_else_the_owner_is_a_moderator() {
    let mut world = three();

    let said = world.say(ADA, appoint(2, Role::Owner));

    for to in [ADA, BOB, CYD] {
        assert!(said.contains(&(to, ServerMessage::Appointed { participant: id(2), role: Role::Owner })));
        assert!(said.contains(&(to, ServerMessage::Appointed { participant: id(1), role: Role::Moderator })));
    }
    assert_eq!(error(&world.say(ADA, appoint(3, Role::Moderator))), (ADA, ErrorCode::NotAllowed));
}

#[test]
fn a_room_whose_owner_leaves_goes_to_the_moderator_who_has_been_there_longest() {
    let mut world = three();
    world.enter(DAN, "tea", "Dan", 4);
    world.say(ADA, appoint(4, Role::Moderator));
    world.say(ADA, appoint(3, Role::Moderator));

    let said = world.say(ADA, ClientMessage::Leave);

    assert!(said.contains(&(BOB, ServerMessage::Appointed { participant: id(3), role: Role::Owner })), "{said:?}");
}

#[test]
fn without_a_moderator_a_room_goes_to_whoever_has_been_there_longest() {
    let mut world = three();

    let said = world.say(ADA, ClientMessage::Leave);

    assert!(said.contains(&(CYD, ServerMessage::Appointed { participant: id(2), role: Role::Owner })), "{said:?}");
}

#[test]
fn nobody_is_appointed_or_removed_who_is_not_there() {
    let mut world = three();

    for message in [appoint(9, Role::Moderator), remove(9)] {
        assert_eq!(error(&world.say(ADA, message)), (ADA, ErrorCode::NotInRoom));
    }
}

#[test]
fn a_flood_is_not_carried_on_and_costs_its_receiver_nothing() {
    let limits = Limits { relay_bytes_per_second: 10_000, relay_burst_bytes: 100_000, ..Limits::default() };
    let mut world = World::with(limits);
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    let long = Relayed::Offer { generation: Generation::new(1), sdp: "a".repeat(9_000) };
    let flood = |world: &mut World| {
        let said: Vec<_> =
            (0..50).flat_map(|_| world.say(BOB, ClientMessage::Relay { to: id(1), message: long.clone() })).collect();
        said.iter().filter(|(to, _)| *to == ADA).count()
    };

    let at_once = flood(&mut world);
    world.wait(Duration::from_secs(2));
    let later = flood(&mut world);

    // The ten leave 8 kB in the budget, to which two seconds add 20 kB.
    assert_eq!((at_once, later), (10, 3));
}

/// Ada, who owns it, Bob and Cyd are in the room `tea`.
fn three() -> World {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.enter(CYD, "tea", "Cyd", 3);
    world
}
