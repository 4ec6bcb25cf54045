//! Raised hands, recordings and reactions, as everybody sees them.
use std::time::Duration;

use parlor_call::{Command, Notice, Signs};
use parlor_protocol::{ParticipantId, PeerMessage, Reaction, Relayed, ServerMessage};
use proptest::prelude::*;

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn hands_are_seen_by_all_in_the_order_in_which_they_went_up() {
    let mut world = World::in_a_room(3);
    let [ada, bob, cyd] = [0, 1, 2].map(|client| world.id(client));

    for client in [2, 0, 1] {
        world.command(client, Command::SetHand(true));
        world.run_for(A_WHILE);
    }
    let all_up: Vec<_> = (0..3).map(|client| world.hands(client)).collect();
    world.command(0, Command::SetHand(false));
    world.run_for(A_WHILE);

    assert_eq!(all_up, vec![vec![cyd, ada, bob]; 3]);
    for client in 0..3 {
        assert_eq!(world.hands(client), [cyd, bob]);
    }
    assert_eq!(told_raised(&world, 1), ["cyd", "ada"]);
}

#[test]
fn a_hand_is_up_since_the_same_moment_for_all() {
    let mut world = World::in_a_room(2);
    world.command(0, Command::SetHand(true));
    let raised = world.now;

    world.run_for(Duration::from_secs(60));
    world.break_link(0, 1);
    world.run_for(Duration::from_secs(60));

    let seen = world.view(1).others[0].signs.hand.expect("up");
    assert_eq!(world.view(0).signs.hand, Some(raised));
    assert!(seen.duration_since(raised) < Duration::from_millis(100));
    assert_eq!(told_raised(&world, 1), ["ada"]);
}

#[test]
fn a_newcomer_sees_hands_and_recordings_that_were_there_before() {
    let mut world = World::in_a_room(3);
    world.command(2, Command::Leave);
    world.run_for(A_WHILE);
    world.command(0, Command::SetHand(true));
    world.command(1, Command::SetRecording(true));
    world.run_for(A_WHILE);
    world.enter(2, "tea");
    world.run_for(A_WHILE);

    assert_eq!(world.hands(2), [world.id(0)]);
    assert!(told_raised(&world, 2).is_empty(), "a hand that was up before is no news");
    let others = world.view(2).others;
    assert_eq!(others.iter().map(|other| other.signs.recording).collect::<Vec<_>>(), [false, true]);
    assert_eq!(told_recording(&world, 2), [("bob".to_owned(), true)]);
}

#[test]
fn a_recording_is_told_when_it_starts_and_when_it_ends() {
    let mut world = World::in_a_room(2);

    for on in [true, true, false] {
        world.command(0, Command::SetRecording(on));
        world.run_for(A_WHILE);
    }

    assert_eq!(told_recording(&world, 1), [("ada".to_owned(), true), ("ada".to_owned(), false)]);
    assert!(told_recording(&world, 0).is_empty());
}

#[test]
fn a_hand_goes_up_without_the_server_and_without_a_data_channel() {
    let mut world = World::in_a_room(3);
    let [ada, bob] = [0, 1].map(|client| world.id(client));

    world.stop_server();
    world.run_for(Duration::from_secs(1));
    world.command(0, Command::SetHand(true));
    world.run_for(A_WHILE);
    let without_server = world.hands(2);
    world.start_server();
    world.run_for(Duration::from_secs(15));
    world.break_link(1, 2);
    world.run_for(Duration::from_millis(100));
    world.command(1, Command::SetHand(true));
    world.run_for(Duration::from_secs(20));

    assert_eq!(without_server, [ada]);
    assert_eq!(world.hands(2), [ada, bob]);
}

#[test]
fn whoever_leaves_takes_their_hand_along_and_comes_back_without_it() {
    let mut world = World::in_a_room(2);
    for client in 0..2 {
        world.command(client, Command::SetHand(true));
    }
    world.command(1, Command::SetRecording(true));
    world.run_for(A_WHILE);

    world.command(1, Command::Leave);
    world.run_for(A_WHILE);
    let while_away = world.hands(0);
    world.enter(1, "tea");
    world.run_for(A_WHILE);

    assert_eq!(while_away, [world.id(0)]);
    assert_eq!(world.hands(0), [world.id(0)]);
    assert_eq!(world.view(1).signs, Signs::default());
    assert_eq!(world.view(0).others[0].signs, Signs::default());
}

#[test]
fn a_reaction_reaches_everybody_once_and_is_told_to_oneself() {
    let mut world = World::in_a_room(3);
    let ada = world.id(0);

    world.command(0, Command::React(Reaction::Clap));
    world.run_for(Duration::from_secs(30));

    assert_eq!(reactions(&world, 0), [(None, Reaction::Clap)]);
    assert_eq!(reactions(&world, 1), [(Some(ada), Reaction::Clap)]);
    assert_eq!(reactions(&world, 2), [(Some(ada), Reaction::Clap)]);
}

#[test]
fn a_flood_of_reactions_is_cut_down_by_whoever_sends_and_by_whoever_gets_it() {
    let mut world = World::in_a_room(2);
    let ada = world.id(0);

    for _ in 0..1000 {
        world.command(0, Command::React(Reaction::Laugh));
        let reaction = PeerMessage::Reaction { reaction: Reaction::Heart };
        let flood = ServerMessage::Relayed { from: ada, message: Relayed::Peer { message: reaction } };
        world.input(1, parlor_call::Input::Signal(flood));
    }
    world.run_for(Duration::from_secs(1));

    assert_eq!(reactions(&world, 0).len(), 8);
    assert!(reactions(&world, 1).len() <= 10, "{}", reactions(&world, 1).len());
}

#[test]
fn nobody_reacts_or_raises_a_hand_outside_of_a_room() {
    let mut world = World::new(1);

    world.command(0, Command::React(Reaction::Clap));
    world.command(0, Command::SetHand(true));
    world.command(0, Command::SetRecording(true));
    world.run_for(A_WHILE);

    assert!(reactions(&world, 0).is_empty());
    assert_eq!(world.view(0).signs, Signs::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn however_slow_the_network_everybody_sees_the_same_order_of_hands(
        seed in any::<u32>(),
        slowest in 1_u64..400,
        deeds in prop::collection::vec((0..4_usize, any::<bool>(), 0_u64..300), 1..30),
    ) {
        let mut world = World::with(4, u64::from(seed), Duration::from_millis(slowest));
        for client in 0..4 {
            world.enter(client, "tea");
        }
        world.run_for(Duration::from_secs(20));

        for (client, up, wait) in deeds {
            world.command(client, Command::SetHand(up));
            world.run_for(Duration::from_millis(wait));
        }
        world.run_for(A_WHILE);

        for client in 1..4 {
            prop_assert_eq!(world.hands(client), world.hands(0));
        }
    }
}

fn reactions(world: &World, client: usize) -> Vec<(Option<ParticipantId>, Reaction)> {
    let notices = world.clients[client].notices.iter();
    notices
        .filter_map(|notice| match notice {
            Notice::Reacted { who, reaction } => Some((*who, *reaction)),
            _ => None,
        })
        .collect()
}

fn told_raised(world: &World, client: usize) -> Vec<String> {
    let notices = world.clients[client].notices.iter();
    notices
        .filter_map(|notice| match notice {
            Notice::HandRaised { nickname, .. } => Some(nickname.to_string()),
            _ => None,
        })
        .collect()
}

fn told_recording(world: &World, client: usize) -> Vec<(String, bool)> {
    let notices = world.clients[client].notices.iter();
    notices
        .filter_map(|notice| match notice {
            Notice::Recording { nickname, on, .. } => Some((nickname.to_string(), *on)),
            _ => None,
        })
        .collect()
}
