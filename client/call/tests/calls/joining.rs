//! Coming in: alone, one by one, all at once, and where it is not possible.
use std::time::Duration;

use parlor_call::{Command, Entry, LinkView, Notice, Place, ServerView};
use parlor_protocol::{RefusedReason, TrackState};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn two_three_four_and_eight_participants_end_up_connected_to_each_other() {
    for count in [2, 3, 4, 8] {
        let world = World::in_a_room(count);

        world.assert_all_connected(&(0..count).collect::<Vec<_>>());
    }
}

#[test]
fn those_who_join_at_the_same_moment_find_each_other() {
    let mut world = World::new(4);

    for client in 0..4 {
        world.enter(client, "tea");
    }
    world.run_for(A_WHILE);

    world.assert_all_connected(&[0, 1, 2, 3]);
}

#[test]
fn a_missing_room_is_not_made_unless_asked_for() {
    let mut world = World::new(1);

    world.enter_as(0, "tea", "ada", Entry::Join);
    world.run_for(A_WHILE);

    assert_eq!(world.view(0).place, Place::Lobby);
    let refused = |notice: &Notice| matches!(notice, Notice::Refused { reason: RefusedReason::NoSuchRoom, .. });
    assert!(world.clients[0].notices.iter().any(refused), "{:?}", world.clients[0].notices);
}

#[test]
fn the_ninth_is_refused_and_stays_in_the_lobby() {
    let mut world = World::in_a_room(9);
    world.run_for(A_WHILE);

    world.assert_all_connected(&[0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(world.view(8).place, Place::Lobby);
    let full = Notice::Refused { reason: RefusedReason::RoomFull { capacity: 8 }, message: String::new() };
    let refused = world.clients[8].notices.iter().any(|notice| {
        matches!((notice, &full), (Notice::Refused { reason: a, .. }, Notice::Refused { reason: b, .. }) if a == b)
    });
    assert!(refused, "{:?}", world.clients[8].notices);
}

#[test]
fn everybody_is_announced_once_and_by_name() {
    let world = World::in_a_room(3);

    for client in 0..3 {
        let notices = &world.clients[client].notices;
        let joined = notices.iter().filter(|notice| matches!(notice, Notice::ParticipantJoined { .. })).count();
        assert_eq!(joined, 2, "client {client}: {notices:?}");
        assert_eq!(notices.iter().filter(|notice| **notice == Notice::Entered).count(), 1);
    }
}

#[test]
fn a_newcomer_sees_who_is_muted_and_whose_camera_is_off() {
    let mut world = World::new(3);
    world.enter(0, "tea");
    world.enter(1, "tea");
    world.command(0, Command::SetMuted(true));
    world.command(1, Command::SetCamera(false));
    world.run_for(A_WHILE);

    world.enter(2, "tea");
    world.run_for(A_WHILE);

    let view = world.view(2);
    let media =
        |nickname: &str| view.others.iter().find(|other| other.nickname.as_str() == nickname).expect("is here").media;
    assert_eq!(media("ada").microphone, TrackState::Muted);
    assert_eq!(media("ada").camera, TrackState::On);
    assert_eq!(media("bob").camera, TrackState::Off);
}

#[test]
fn leaving_while_the_connection_is_being_made_leaves_nothing_behind() {
    let mut world = World::with(2, 5, Duration::from_millis(200));
    world.enter(0, "tea");
    world.run_for(A_WHILE);

    world.enter(1, "tea");
    world.run_for(Duration::from_millis(500));
    world.command(1, Command::Leave);
    world.run_for(A_WHILE);

    assert_eq!(world.sees(0), []);
    assert_eq!(world.view(1).place, Place::Lobby);
    assert!(world.view(1).others.is_empty());
}

#[test]
fn who_leaves_and_comes_back_is_there_once() {
    let mut world = World::in_a_room(3);

    world.command(1, Command::Leave);
    world.enter(1, "tea");
    world.run_for(A_WHILE);

    world.assert_all_connected(&[0, 1, 2]);
}

#[test]
fn the_room_list_follows_what_happens_while_one_is_in_the_lobby() {
    let mut world = World::new(3);
    world.enter(0, "tea");
    world.enter(1, "tea");
    world.run_for(A_WHILE);
    let two = world.view(2).rooms;

    world.command(0, Command::Leave);
    world.command(1, Command::Leave);
    world.run_for(A_WHILE);

    assert_eq!(two.iter().map(|room| (room.name.as_str(), room.participants)).collect::<Vec<_>>(), [("tea", 2)]);
    assert!(world.view(2).rooms.is_empty());
}

#[test]
fn an_unreachable_server_is_named_and_dialled_again() {
    let mut world = World::new(1);
    world.stop_server();
    world.run_for(A_WHILE);
    world.enter(0, "tea");
    world.run_for(Duration::from_secs(10));

    assert_eq!(world.view(0).place, Place::Lobby);
    assert!(world.clients[0].notices.iter().any(|notice| matches!(notice, Notice::ServerUnreachable { .. })));

    world.start_server();
    world.run_for(Duration::from_secs(10));

    assert_eq!(world.view(0).server, ServerView::Up);
}

#[test]
fn links_are_told_from_the_first_moment() {
    let mut world = World::with(2, 3, Duration::from_millis(300));
    world.enter(0, "tea");
    world.run_for(A_WHILE);
    world.enter(1, "tea");

    let mut links = Vec::new();
    for _ in 0..300 {
        world.run_for(Duration::from_millis(10));
        links.extend(world.sees(0).into_iter().map(|(_, link)| link));
        links.dedup();
    }

    assert_eq!(links, [LinkView::Dialing, LinkView::Connected]);
}
