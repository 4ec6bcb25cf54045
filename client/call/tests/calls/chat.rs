//! What is said arrives once, in order, and only where it is meant to.
use std::time::Duration;

use parlor_call::{Audience, Author, ChatTo, Command, Delivery, Notice};

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn what_is_said_to_all_reaches_all_once_and_in_order() {
    let mut world = World::in_a_room(3);

    for n in 0..20 {
        say(&mut world, 0, &format!("line {n}"));
    }
    world.run_for(A_WHILE);

    let expected: Vec<_> = (0..20).map(|n| format!("line {n}")).collect();
    assert_eq!(heard(&world, 1), expected);
    assert_eq!(heard(&world, 2), expected);
    assert!(world.view(0).chat.iter().all(|line| line.delivery == Delivery::Delivered));
}

#[test]
fn what_is_said_to_one_reaches_nobody_else() {
    let mut world = World::in_a_room(3);
    let bob = world.id(1);

    let text = "psst".parse().expect("a chat text");
    world.command(0, Command::SendChat { to: ChatTo::One(bob), text });
    world.run_for(A_WHILE);

    assert_eq!(heard(&world, 1), ["psst"]);
    assert_eq!(world.view(1).chat[0].audience, Audience::Me);
    assert!(heard(&world, 2).is_empty());
}

#[test]
fn while_there_is_no_channel_the_server_carries_what_is_said() {
    let mut world = World::in_a_room(2);
    world.break_link(0, 1);
    world.run_for(Duration::from_millis(100));

    say(&mut world, 0, "still there?");
    world.run_for(Duration::from_secs(30));

    assert_eq!(heard(&world, 1), ["still there?"]);
}

#[test]
fn what_is_said_while_the_server_restarts_arrives_once() {
    let mut world = World::in_a_room(3);

    for n in 0..12 {
        say(&mut world, n % 3, &format!("line {n}"));
        match n {
            3 => world.stop_server(),
            6 => world.break_link(0, 1),
            8 => world.start_server(),
            _ => {}
        }
        world.run_for(Duration::from_millis(800));
    }
    world.run_for(Duration::from_secs(60));

    world.assert_all_connected(&[0, 1, 2]);
    for client in 0..3 {
        for other in (0..3).filter(|other| *other != client) {
            let from_other: Vec<_> = (0..12).filter(|n| n % 3 == other).map(|n| format!("line {n}")).collect();
            let mut heard = heard(&world, client);
            heard.retain(|line| from_other.contains(line));
            assert_eq!(heard, from_other, "what client {client} heard from {other}");
        }
    }
}

#[test]
fn a_line_to_somebody_who_is_gone_says_so() {
    let mut world = World::in_a_room(2);
    let bob = world.id(1);
    world.kill(1);

    let text = "hello?".parse().expect("a chat text");
    world.command(0, Command::SendChat { to: ChatTo::One(bob), text });
    world.run_for(Duration::from_secs(15));

    assert_eq!(world.view(0).chat[0].delivery, Delivery::Failed);
}

#[test]
fn a_line_that_failed_is_said_again_only_to_whom_it_was_meant_for() {
    let mut world = World::in_a_room(3);
    let bob = world.id(1);
    world.kill(1);
    let text = "hello?".parse().expect("a chat text");
    world.command(0, Command::SendChat { to: ChatTo::One(bob), text });
    world.run_for(Duration::from_secs(15));
    let failed = world.view(0).chat[0].clone();

    world.command(0, Command::SendAgain(failed.id));
    world.run_for(A_WHILE);

    assert_eq!(world.view(0).chat, [failed]);
    let told = |notice: &Notice| matches!(notice, Notice::Problem { message } if message.contains("left"));
    assert!(world.clients[0].notices.iter().any(told));
    assert!(heard(&world, 2).is_empty());
}

#[test]
fn a_line_that_many_unconfirmed_ones_kept_back_arrives_when_it_is_said_again() {
    let mut world = World::in_a_room(2);
    let bob = world.id(1);
    world.stop_server();
    world.break_link(0, 1);
    for n in 0..201 {
        let text = format!("line {n}").parse().expect("a chat text");
        world.command(0, Command::SendChat { to: ChatTo::One(bob), text });
    }
    let refused = world.view(0).chat[200].clone();
    world.start_server();
    world.run_for(Duration::from_secs(60));

    world.command(0, Command::SendAgain(refused.id));
    world.run_for(A_WHILE);

    assert_eq!(refused.delivery, Delivery::Failed);
    assert_eq!(heard(&world, 1).len(), 201);
    assert!(world.view(0).chat.iter().all(|line| line.delivery == Delivery::Delivered));
}

fn say(world: &mut World, client: usize, text: &str) {
    let text = text.parse().expect("a chat text");
    world.command(client, Command::SendChat { to: ChatTo::Everyone, text });
}

/// What a client has heard from the others, in order.
fn heard(world: &World, client: usize) -> Vec<String> {
    let lines = world.view(client).chat.into_iter();
    lines.filter(|line| line.author != Author::Me).map(|line| line.text.to_string()).collect()
}
