//! Rooms with manners: what becomes of them while people come, go, and lose the server.
use std::time::Duration;

use parlor_call::{Command, Entry, LinkView, Notice, Place, RoomView, ServerView};
use parlor_protocol::{RefusedReason, Role, RoomChange};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn whoever_knows_the_passcode_comes_in_and_nobody_else() {
    let mut world = with_passcode(3);

    world.enter_with(2, "tea", "cyd", Entry::Join, Some("barley"));
    world.run_for(A_WHILE);
    let wrong = world.view(2).place;
    world.enter_with(2, "tea", "cyd", Entry::Join, Some("sesame"));
    world.run_for(A_WHILE);

    assert_eq!(wrong, Place::Lobby);
    assert!(told_refused(&world, 2, &RefusedReason::WrongPasscode));
    world.assert_all_connected(&[0, 1, 2]);
}

#[test]
fn a_restarted_server_is_filled_again_with_a_room_with_a_passcode_and_media_never_stops() {
    let mut world = with_passcode(4);
    world.enter_with(2, "tea", "cyd", Entry::Join, Some("sesame"));
    world.run_for(A_WHILE);
    let bob = world.id(1);
    world.command(0, Command::Appoint { who: bob, role: Role::Moderator });
    world.command(0, Command::ChangeRoom(RoomChange::Lock { locked: true }));
    world.run_for(A_WHILE);

    world.stop_server();
    for _ in 0..50 {
        world.run_for(Duration::from_millis(100));
        assert!(world.sees(0).iter().all(|(_, link)| *link == LinkView::Connected));
    }
    world.start_server();
    world.run_for(Duration::from_secs(15));
    world.enter_with(3, "tea", "dan", Entry::Join, Some("sesame"));
    world.run_for(A_WHILE);

    world.assert_all_connected(&[0, 1, 2]);
    let rooms: Vec<_> = (0..3).map(|client| room(&world, client)).collect();
    assert!(rooms.iter().all(|room| room.rules.locked && room.rules.passcode), "{rooms:?}");
    assert_eq!(rooms.iter().map(|room| room.role).collect::<Vec<_>>(), [Role::Owner, Role::Moderator, Role::Member]);
    assert!(told_refused(&world, 3, &RefusedReason::Locked));
    for client in &world.clients[..3] {
        assert!(!client.notices.iter().any(|notice| matches!(notice, Notice::ParticipantLeft { .. })));
    }
}

#[test]
fn a_websocket_that_breaks_in_a_locked_room_comes_back_to_it() {
    let mut world = with_passcode(2);
    world.command(0, Command::ChangeRoom(RoomChange::Lock { locked: true }));
    world.run_for(A_WHILE);

    world.cut(1);
    world.run_for(A_WHILE);

    world.assert_all_connected(&[0, 1]);
    assert_eq!(world.view(1).server, ServerView::Up);
    assert!(world.clients[1].notices.contains(&Notice::ServerBack));
}

#[test]
fn everybody_is_told_what_was_changed_and_by_whom() {
    let mut world = World::in_a_room(2);

    let name = RoomChange::Rename { name: "coffee".parse().expect("a room name") };
    world.command(0, Command::ChangeRoom(name.clone()));
    world.command(0, Command::ChangeRoom(RoomChange::Lock { locked: true }));
    world.run_for(A_WHILE);

    let ada = Some("ada".parse().expect("a nickname"));
    let told = |by, change: &RoomChange| Notice::RoomChanged { by, change: change.clone() };
    assert!(world.clients[1].notices.contains(&told(ada.clone(), &name)), "{:?}", world.clients[1].notices);
    assert!(world.clients[1].notices.contains(&told(ada, &RoomChange::Lock { locked: true })));
    assert!(world.clients[0].notices.contains(&told(None, &name)));
    assert_eq!((room(&world, 0).name.as_str(), room(&world, 1).rules.locked), ("coffee", true));
}

#[test]
fn a_passcode_is_told_to_be_set_but_never_told() {
    let mut world = World::in_a_room(2);

    let passcode = Some("sesame".parse().expect("a passcode"));
    world.command(0, Command::ChangeRoom(RoomChange::SetPasscode { passcode: passcode.clone() }));
    world.run_for(A_WHILE);

    let set = |notice: &Notice| {
        matches!(notice, Notice::RoomChanged { change: RoomChange::SetPasscode { passcode: told @ Some(_) }, .. }
            if *told != passcode)
    };
    assert!(world.clients[1].notices.iter().any(set), "{:?}", world.clients[1].notices);
}

#[test]
fn whoever_is_removed_is_in_the_lobby_and_stays_there() {
    let mut world = World::in_a_room(3);
    let bob = world.id(1);

    world.command(0, Command::Remove { who: bob, remark: Some("Not today".parse().expect("a remark")) });
    world.run_for(Duration::from_secs(60));

    world.assert_all_connected(&[0, 2]);
    assert_eq!((world.view(1).place, world.view(1).others), (Place::Lobby, Vec::new()));
    let by = Some("ada".parse().expect("a nickname"));
    let remark = Some("Not today".parse().expect("a remark"));
    assert!(world.clients[1].notices.contains(&Notice::Removed { by, remark }));
}

#[test]
fn whoever_is_removed_while_their_websocket_is_broken_is_out_too() {
    let mut world = World::in_a_room(3);
    let bob = world.id(1);

    world.cut(1);
    world.command(0, Command::Remove { who: bob, remark: None });
    world.run_for(Duration::from_secs(10));

    world.assert_all_connected(&[0, 2]);
    assert_eq!(world.view(1).place, Place::Lobby);
    assert!(world.clients[1].notices.contains(&Notice::Removed { by: None, remark: None }));
}

#[test]
fn a_member_who_asks_for_too_much_is_told_so() {
    let mut world = World::in_a_room(2);

    world.command(1, Command::ChangeRoom(RoomChange::Lock { locked: true }));
    world.run_for(A_WHILE);

    assert!(world.clients[1].notices.iter().any(|notice| matches!(notice, Notice::Problem { .. })));
    assert!(!room(&world, 0).rules.locked);
}

#[test]
fn roles_are_seen_by_everybody_and_pass_on_when_the_owner_leaves() {
    let mut world = World::in_a_room(3);
    let cyd = world.id(2);

    world.command(0, Command::Appoint { who: cyd, role: Role::Moderator });
    world.run_for(A_WHILE);
    let seen = world.view(1).others.into_iter().find(|other| other.id == cyd).map(|other| other.role);
    world.command(0, Command::Leave);
    world.run_for(A_WHILE);

    assert_eq!(seen, Some(Role::Moderator));
    assert_eq!((room(&world, 1).role, room(&world, 2).role), (Role::Member, Role::Owner));
    assert!(world.clients[2].notices.contains(&Notice::Appointed { nickname: None, role: Role::Owner }));
}

#[test]
fn a_server_that_says_when_it_is_back_is_not_dialled_before() {
    let mut world = World::in_a_room(2);

    if let Some(lobby) = &mut world.lobby {
        lobby.stop(Some(40));
    }
    world.drain_lobby();
    world.run_for(Duration::from_secs(1));
    let told_at = world.now;
    world.stop_server();

    let ServerView::Down { retry_at: Some(retry_at), .. } = world.view(0).server else { panic!("down") };
    let wait = retry_at.duration_since(told_at);
    assert!((Duration::from_secs(38)..Duration::from_secs(42)).contains(&wait), "{wait:?}");
    let back_in = Some(Duration::from_secs(40));
    assert!(world.clients[0].notices.contains(&Notice::ServerStopping { back_in }));
    world.start_server();
    world.run_for(Duration::from_secs(50));
    world.assert_all_connected(&[0, 1]);
}

#[test]
fn offers_without_end_do_not_have_connections_made_without_end() {
    let mut world = World::in_a_room(2);
    let bob = world.id(1);

    for number in 100..1_000 {
        world.offer_from(0, bob, number);
    }
    let made = world.connections_made(0);
    world.run_for(Duration::from_secs(180));

    assert!((10..=25).contains(&made), "{made} connections made");
    world.assert_all_connected(&[0, 1]);
}

/// Ada and Bob are in the room `tea`, which the passcode `sesame` opens.
fn with_passcode(clients: usize) -> World {
    let mut world = World::new(clients);
    world.enter_with(0, "tea", "ada", Entry::Create, Some("sesame"));
    world.run_for(A_WHILE);
    world.enter_with(1, "tea", "bob", Entry::Join, Some("sesame"));
    world.run_for(A_WHILE);
    world
}

fn room(world: &World, client: usize) -> RoomView {
    match world.view(client).place {
        Place::Room(room) => room,
        place => panic!("client {client} is in no room: {place:?}"),
    }
}

fn told_refused(world: &World, client: usize, expected: &RefusedReason) -> bool {
    let refused = |notice: &Notice| matches!(notice, Notice::Refused { reason, .. } if reason == expected);
    world.clients[client].notices.iter().any(refused)
}
