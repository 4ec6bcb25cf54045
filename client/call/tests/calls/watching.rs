//! Not everybody wants the pictures of everybody.
use std::time::Duration;

use parlor_call::{Command, Wanted, Watching};
use parlor_protocol::Lines;

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);
const NO_CAMERA: Watching = Watching { camera: false, screen: true };
const SCREEN_ALONE: Wanted = Wanted { camera: Lines::NONE, screen: Lines::ALL };

#[test]
fn pictures_that_somebody_does_not_want_are_not_sent_to_them_alone() {
    let mut world = World::in_a_room(3);

    watch(&mut world, 0, 1, NO_CAMERA);
    world.run_for(A_WHILE);

    assert_eq!(world.shows(1, 0), [SCREEN_ALONE]);
    assert_eq!(world.shows(1, 2), [Wanted::default()]);
    assert_eq!(world.shows(2, 0), [Wanted::default()]);
    assert_eq!(seen(&world, 0, 1).watched, NO_CAMERA);
    assert_eq!(seen(&world, 1, 0).watches, SCREEN_ALONE);
    assert_eq!(seen(&world, 1, 0).watched, Watching::default());
}

#[test]
fn they_come_back_once_they_are_wanted_again() {
    let mut world = World::in_a_room(2);
    watch(&mut world, 0, 1, NO_CAMERA);
    world.run_for(A_WHILE);

    watch(&mut world, 0, 1, Watching::default());
    world.run_for(A_WHILE);

    assert_eq!(world.shows(1, 0), [Wanted::default()]);
}

#[test]
fn a_connection_that_is_made_anew_sends_no_more_than_the_one_before() {
    let mut world = World::in_a_room(2);
    watch(&mut world, 0, 1, NO_CAMERA);
    world.run_for(A_WHILE);
    let before = world.connections_made(1);

    world.break_link(0, 1);
    world.run_for(Duration::from_secs(20));

    assert!(world.connections_made(1) > before);
    assert_eq!(world.shows(1, 0), [SCREEN_ALONE]);
}

#[test]
fn a_wish_that_finds_no_way_is_told_once_there_is_one() {
    let mut world = World::in_a_room(2);
    world.stop_server();
    world.break_link(0, 1);
    world.run_for(A_WHILE);

    watch(&mut world, 0, 1, NO_CAMERA);
    world.start_server();
    world.run_for(Duration::from_secs(30));

    world.assert_all_connected(&[0, 1]);
    assert_eq!(world.shows(1, 0), [SCREEN_ALONE]);
}

#[test]
fn how_large_pictures_are_shown_is_told_and_brings_back_none_that_are_not_wanted() {
    let mut world = World::in_a_room(2);
    let small = Wanted { camera: Lines(180), screen: Lines(720) };
    let who = world.id(1);

    world.command(0, Command::Show { who, wanted: small });
    world.run_for(A_WHILE);
    let shown_small = world.shows(1, 0);
    watch(&mut world, 0, 1, NO_CAMERA);
    world.command(0, Command::Show { who, wanted: Wanted { camera: Lines(360), ..small } });
    world.run_for(A_WHILE);

    assert_eq!(shown_small, [small]);
    assert_eq!(world.shows(1, 0), [Wanted { camera: Lines::NONE, ..small }]);
}

#[test]
fn pictures_that_do_not_come_through_are_asked_for_smaller_and_then_as_they_are_shown() {
    let mut world = World::in_a_room(2);
    let large = Wanted { camera: Lines(720), screen: Lines::ALL };
    let who = world.id(1);
    world.command(0, Command::Show { who, wanted: large });

    world.command(0, Command::Ease { who, camera: Lines(360) });
    world.run_for(A_WHILE);
    let eased = world.shows(1, 0);
    world.command(0, Command::Ease { who, camera: Lines::ALL });
    world.run_for(A_WHILE);

    assert_eq!(eased.last(), Some(&Wanted { camera: Lines(360), ..large }));
    assert_eq!(world.shows(1, 0).last(), Some(&large));
}

fn watch(world: &mut World, client: usize, whom: usize, watching: Watching) {
    let who = world.id(whom);
    world.command(client, Command::Watch { who, watching });
}

fn seen(world: &World, client: usize, whom: usize) -> parlor_call::ParticipantView {
    let id = world.id(whom);
    world.view(client).others.into_iter().find(|other| other.id == id).expect("they are here")
}
