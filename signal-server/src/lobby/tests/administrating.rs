//! What the administrator sees and does, and what everybody is told.
use super::*;

#[test]
fn a_snapshot_has_hidden_rooms_and_addresses() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.say(ADA, hide());
    world.arrive(BOB);

    let snapshot = world.lobby.snapshot();

    assert_eq!((snapshot.rooms.len(), snapshot.in_lobby, snapshot.rooms[0].hidden), (1, 1, true));
    let expected =
        ParticipantSnapshot { id: id(1), nickname: nickname("Ada"), role: Role::Owner, address: [127, 0, 0, 1].into() };
    assert_eq!(snapshot.rooms[0].participants, [expected]);
}

#[test]
fn a_room_that_is_closed_puts_everybody_back_and_is_not_made_again_from_a_seal() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    let seal = seal_of(&world.enter(BOB, "tea", "Bob", 2), BOB);
    let remark: Option<parlor_protocol::Remark> = Some("Closing time".parse().unwrap());

    let closed = world.lobby.close_room(&room("tea"), remark.clone(), world.now);
    let said = world.messages();
    let again = world.say(BOB, join_sealed("tea", 2, &seal));

    assert!(closed && !world.lobby.close_room(&room("tea"), None, world.now));
    for to in [ADA, BOB] {
        assert!(said.contains(&(to, ServerMessage::Removed { by: None, remark: remark.clone() })), "{said:?}");
    }
    assert_eq!(refused(&again), RefusedReason::Removed);
    assert_eq!(world.lobby.rooms().count(), 0);
}

#[test]
fn the_administrator_can_remove_even_the_owner() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    let removed = world.lobby.remove_participant(&room("tea"), id(1), None, world.now);
    let said = world.messages();

    assert!(removed && !world.lobby.remove_participant(&room("tea"), id(1), None, world.now));
    assert!(said.contains(&(ADA, ServerMessage::Removed { by: None, remark: None })), "{said:?}");
    assert!(said.contains(&(BOB, ServerMessage::Appointed { participant: id(2), role: Role::Owner })), "{said:?}");
}

#[test]
fn what_is_announced_reaches_everybody_who_has_said_hello() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);
    world.lobby.connect(CYD, Ipv4Addr::LOCALHOST.into(), world.now);

    world.lobby.announce("Tea is ready".parse().unwrap());
    world.lobby.stop(Some(20));

    let announcement = ServerMessage::Announcement { text: "Tea is ready".parse().unwrap() };
    let stopping = ServerMessage::Stopping { back_in_seconds: Some(20) };
    assert_eq!(
        world.messages(),
        [(ADA, announcement.clone()), (BOB, announcement), (ADA, stopping.clone()), (BOB, stopping)]
    );
}

#[test]
fn access_to_the_relay_comes_with_joining_and_is_renewed_every_twelve_hours() {
    let mut world = World::new();
    let start = world.now;
    world.lobby.set_relay(Box::new(move |who, now| access(who, now.duration_since(start).as_secs())));

    let said = world.enter(ADA, "tea", "Ada", 1);
    world.wait(Duration::from_secs(3600));
    world.enter(BOB, "tea", "Bob", 2);
    let mut renewed = world.wait(Duration::from_secs(11 * 3600));
    renewed.sort_by_key(|(connection, _)| *connection);

    assert_eq!(joined(&said).relay, Some(access(id(1), 0)));
    let relay = |who, connection| (connection, ServerMessage::Relay { access: access(who, 12 * 3600) });
    assert_eq!(renewed, [relay(id(1), ADA), relay(id(2), BOB)]);
}

#[test]
fn with_nobody_in_a_room_no_access_is_renewed() {
    let mut world = World::new();
    world.lobby.set_relay(Box::new(|who, _| access(who, 0)));
    world.enter(ADA, "tea", "Ada", 1);
    world.say(ADA, ClientMessage::Leave);

    world.wait(Duration::from_secs(13 * 3600));

    assert_eq!(world.lobby.poll_timeout(), None);
}

fn access(who: ParticipantId, issued: u64) -> RelayAccess {
    RelayAccess { host: None, port: 7443, username: format!("{issued}:{who}"), password: "secret".to_owned() }
}
