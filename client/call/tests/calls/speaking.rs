//! Who speaks is known to everybody.
use std::time::Duration;

use parlor_call::{Command, Input};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn whoever_speaks_is_seen_to_by_all_and_so_is_that_they_have_stopped() {
    let mut world = World::in_a_room(3);

    world.input(0, Input::Speech(true));
    world.run_for(A_WHILE);
    let during = [1, 2].map(|to| speaks(&world, to, 0));
    world.input(0, Input::Speech(false));
    world.run_for(A_WHILE);

    assert_eq!(during, [Some(true), Some(true)]);
    assert_eq!(world.view(0).speaking, Some(false));
    assert_eq!([1, 2].map(|to| speaks(&world, to, 0)), [Some(false), Some(false)]);
    assert_eq!(speaks(&world, 0, 1), None, "who detects nothing says nothing");
}

#[test]
fn whoever_is_muted_does_not_speak_however_loudly() {
    let mut world = World::in_a_room(2);
    world.input(0, Input::Speech(true));
    world.run_for(A_WHILE);

    world.command(0, Command::SetMuted(true));
    world.run_for(A_WHILE);
    let muted = speaks(&world, 1, 0);
    world.command(0, Command::SetMuted(false));
    world.run_for(A_WHILE);

    assert_eq!(muted, Some(false));
    assert_eq!(speaks(&world, 1, 0), Some(true));
}

#[test]
fn a_connection_that_is_made_anew_is_told_who_speaks() {
    let mut world = World::in_a_room(2);
    world.break_link(0, 1);

    world.input(0, Input::Speech(true));
    world.run_for(Duration::from_secs(20));

    assert_eq!(speaks(&world, 1, 0), Some(true));
}

/// Whether `other` speaks, as `client` sees it.
fn speaks(world: &World, client: usize, other: usize) -> Option<bool> {
    let other = world.id(other);
    world.view(client).others.into_iter().find(|participant| participant.id == other)?.speaking
}
