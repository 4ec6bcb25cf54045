//! Not everybody wants the pictures of everybody.
use std::time::Duration;

use parlor_call::{Command, Watching};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);
const NO_CAMERA: Watching = Watching { camera: false, screen: true };

#[test]
fn pictures_that_somebody_does_not_want_are_not_sent_to_them_alone() {
    let mut world = World::in_a_room(3);

    watch(&mut world, 0, 1, NO_CAMERA);
    world.run_for(A_WHILE);

    assert_eq!(world.shows(1, 0), [NO_CAMERA]);
    assert_eq!(world.shows(1, 2), [Watching::default()]);
    assert_eq!(world.shows(2, 0), [Watching::default()]);
    assert_eq!(seen(&world, 0, 1).watched, NO_CAMERA);
    assert_eq!(seen(&world, 1, 0).watches, NO_CAMERA);
    assert_eq!(seen(&world, 1, 0).watched, Watching::default());
}

#[test]
fn they_come_back_once_they_are_wanted_again() {
    let mut world = World::in_a_room(2);
    watch(&mut world, 0, 1, NO_CAMERA);
    world.run_for(A_WHILE);

    watch(&mut world, 0, 1, Watching::default());
    world.run_for(A_WHILE);

    assert_eq!(world.shows(1, 0), [Watching::default()]);
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
    assert_eq!(world.shows(1, 0), [NO_CAMERA]);
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
    assert_eq!(world.shows(1, 0), [NO_CAMERA]);
}

fn watch(world: &mut World, client: usize, whom: usize, watching: Watching) {
    let who = world.id(whom);
    world.command(client, Command::Watch { who, watching });
}

fn seen(world: &World, client: usize, whom: usize) -> parlor_call::ParticipantView {
    let id = world.id(whom);
    world.view(client).others.into_iter().find(|other| other.id == id).expect("they are here")
}
