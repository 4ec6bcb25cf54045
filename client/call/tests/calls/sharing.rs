//! What is shared beside the camera, and where people point in it.
use std::time::Duration;

use parlor_call::{Command, Input, Notice, TrackKind};
use parlor_protocol::{ParticipantId, TrackState};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(1);

#[test]
fn everybody_is_told_that_something_is_shared_and_when_it_ends() {
    let mut world = World::in_a_room(3);

    share(&mut world, 0);
    let while_shared = screens_seen_by(&world, 2);
    world.command(0, Command::SetScreen(false));
    world.run_for(A_WHILE);

    assert_eq!(while_shared, [TrackState::On, TrackState::Off]);
    assert_eq!(screens_seen_by(&world, 2), [TrackState::Off, TrackState::Off]);
}

#[test]
fn several_share_at_once() {
    let mut world = World::in_a_room(3);

    share(&mut world, 0);
    share(&mut world, 1);

    assert_eq!(screens_seen_by(&world, 2), [TrackState::On, TrackState::On]);
}

#[test]
fn whoever_leaves_shares_nothing_with_the_next_room() {
    let mut world = World::in_a_room(2);
    share(&mut world, 0);

    world.command(0, Command::Leave);
    let wanted = world.view(0).media.screen.wanted;
    world.enter(0, "coffee");
    world.enter(1, "coffee");
    world.run_for(Duration::from_secs(5));

    assert_eq!(wanted, TrackState::Off);
    assert_eq!(screens_seen_by(&world, 1), [TrackState::Off]);
}

#[test]
fn where_somebody_points_is_seen_by_all_also_by_themselves() {
    let mut world = World::in_a_room(3);
    share(&mut world, 0);
    let (of, by) = (world.id(0), world.id(1));

    world.command(1, Command::Point { of, x: 100, y: 65_535 });
    world.run_for(A_WHILE);

    assert_eq!(points(&world, 0), [(Some(by), of, 100, 65_535)]);
    assert_eq!(points(&world, 1), [(None, of, 100, 65_535)]);
    assert_eq!(points(&world, 2), [(Some(by), of, 100, 65_535)]);
}

#[test]
fn nobody_points_at_what_is_not_shared() {
    let mut world = World::in_a_room(2);
    let (of, nobody) = (world.id(0), ParticipantId::new(77));

    for of in [of, nobody] {
        world.command(1, Command::Point { of, x: 1, y: 1 });
    }
    world.run_for(A_WHILE);

    assert!(points(&world, 0).is_empty() && points(&world, 1).is_empty());
}

#[test]
fn a_pointer_that_moves_is_told_ten_times_a_second() {
    let mut world = World::in_a_room(2);
    share(&mut world, 0);
    let of = world.id(0);

    for x in 0..100 {
        world.command(1, Command::Point { of, x, y: 0 });
        world.run_for(Duration::from_millis(10));
    }
    world.run_for(A_WHILE);

    let told = points(&world, 1).len();
    assert_eq!(told, 10);
    assert!(points(&world, 0).len() <= told);
}

fn share(world: &mut World, client: usize) {
    world.command(client, Command::SetScreen(true));
    world.input(client, Input::Device { track: TrackKind::Screen, ready: true });
    world.run_for(A_WHILE);
}

fn screens_seen_by(world: &World, client: usize) -> Vec<TrackState> {
    world.view(client).others.iter().map(|other| other.media.screen).collect()
}

fn points(world: &World, client: usize) -> Vec<(Option<ParticipantId>, ParticipantId, u16, u16)> {
    let notices = world.clients[client].notices.iter();
    let points = notices.filter_map(|notice| match notice {
        Notice::Pointed { by, of, x, y, .. } => Some((*by, *of, *x, *y)),
        _ => None,
    });
    points.collect()
}
