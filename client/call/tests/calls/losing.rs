//! Losing each other, the server, or everything, and finding back.
use std::time::Duration;

use parlor_call::{Command, LinkView, Notice, ServerView};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn who_leaves_is_gone_at_once() {
    let mut world = World::in_a_room(3);

    world.command(2, Command::Leave);
    world.run_for(Duration::from_millis(200));

    world.assert_all_connected(&[0, 1]);
    assert!(told_left(&world, 0, "cyd", true));
}

#[test]
fn who_is_killed_is_gone_within_ten_seconds() {
    let mut world = World::in_a_room(3);

    world.kill(2);
    world.run_for(Duration::from_secs(8));

    world.assert_all_connected(&[0, 1]);
    assert!(told_left(&world, 0, "cyd", false));
}

#[test]
fn a_websocket_that_breaks_goes_unnoticed_by_the_others() {
    let mut world = World::in_a_room(3);

    world.cut(1);
    for _ in 0..50 {
        world.run_for(Duration::from_millis(100));
        assert_eq!(world.sees(0).len(), 2);
        assert!(world.sees(0).iter().all(|(_, link)| *link == LinkView::Connected));
    }

    world.assert_all_connected(&[0, 1, 2]);
    assert!(!told_left(&world, 0, "bob", false) && !told_left(&world, 0, "bob", true));
    assert!(world.clients[1].notices.contains(&Notice::ServerBack));
}

#[test]
fn a_call_goes_on_without_its_server_and_is_attached_again_when_it_returns() {
    let mut world = World::in_a_room(4);

    world.stop_server();
    world.run_for(Duration::from_secs(20));
    let alone: Vec<_> = (0..4).map(|client| world.sees(client).len()).collect();
    let down = world.view(0).server;
    world.start_server();
    world.run_for(Duration::from_secs(12));

    assert_eq!(alone, [3, 3, 3, 3]);
    assert!(matches!(down, ServerView::Down { .. } | ServerView::Connecting));
    world.assert_all_connected(&[0, 1, 2, 3]);
    for client in &world.clients {
        assert!(client.notices.contains(&Notice::ServerBack));
        assert!(!client.notices.iter().any(|notice| matches!(notice, Notice::ParticipantLeft { .. })));
    }
}

#[test]
fn somebody_who_dies_while_the_server_is_away_is_gone_too() {
    let mut world = World::in_a_room(3);

    world.stop_server();
    world.run_for(A_WHILE);
    world.kill(2);
    world.run_for(Duration::from_secs(10));
    world.start_server();
    world.run_for(Duration::from_secs(15));

    world.assert_all_connected(&[0, 1]);
}

#[test]
fn a_broken_link_is_made_anew() {
    let mut world = World::in_a_room(3);

    world.break_link(0, 1);
    world.run_for(Duration::from_millis(500));
    let lost = world.sees(0);
    world.run_for(Duration::from_secs(15));

    assert_eq!(lost[0], ("bob".to_owned(), LinkView::Lost));
    world.assert_all_connected(&[0, 1, 2]);
    assert!(!told_left(&world, 0, "bob", false));
}

#[test]
fn links_that_break_while_the_server_is_away_are_made_anew_afterwards() {
    let mut world = World::in_a_room(3);

    world.stop_server();
    world.run_for(A_WHILE);
    world.break_link(0, 1);
    world.run_for(Duration::from_secs(10));
    world.start_server();
    world.run_for(Duration::from_secs(30));

    world.assert_all_connected(&[0, 1, 2]);
}

#[test]
fn a_server_that_comes_and_goes_leaves_no_double_behind() {
    let mut world = World::in_a_room(3);

    for _ in 0..4 {
        world.stop_server();
        world.run_for(Duration::from_millis(700));
        world.start_server();
        world.run_for(Duration::from_millis(900));
    }
    world.run_for(Duration::from_secs(30));

    world.assert_all_connected(&[0, 1, 2]);
}

fn told_left(world: &World, client: usize, who: &str, on_purpose: bool) -> bool {
    world.clients[client].notices.iter().any(|notice| {
        matches!(notice, Notice::ParticipantLeft { nickname, meant, .. }
            if nickname.as_str() == who && *meant == on_purpose)
    })
}
