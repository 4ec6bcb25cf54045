//! Whatever happens in whatever order: when it is over, those who are there are connected, each seen once.
use std::{collections::BTreeSet, time::Duration};

use parlor_call::{ChatTo, Command, Place};
use parlor_protocol::Role;
use proptest::prelude::*;

use crate::world::World;

const CLIENTS: usize = 4;

/// Something that happens to the call.
#[derive(Debug, Clone)]
enum Happening {
    Enter(usize),
    Leave(usize),
    Cut(usize),
    BreakLink(usize, usize),
    Mute(usize, bool),
    Say(usize),
    Hand(usize, bool),
    Appoint(usize, usize, Role),
    StopServer,
    StartServer,
    Wait(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let client = 0..CLIENTS;
    prop_oneof![
        4 => client.clone().prop_map(Happening::Enter),
        2 => client.clone().prop_map(Happening::Leave),
        2 => client.clone().prop_map(Happening::Cut),
        2 => (client.clone(), client.clone()).prop_map(|(a, b)| Happening::BreakLink(a, b)),
        1 => (client.clone(), any::<bool>()).prop_map(|(client, muted)| Happening::Mute(client, muted)),
        2 => client.clone().prop_map(Happening::Say),
        1 => (client.clone(), any::<bool>()).prop_map(|(client, up)| Happening::Hand(client, up)),
        1 => (client.clone(), client, prop::sample::select(&[Role::Member, Role::Moderator, Role::Owner][..]))
            .prop_map(|(by, who, role)| Happening::Appoint(by, who, role)),
        1 => Just(Happening::StopServer),
        2 => Just(Happening::StartServer),
        6 => (0_u64..3_000).prop_map(Happening::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_pair_ends_connected_and_nobody_is_shown_twice(
        seed in any::<u32>(),
        slowest in 1_u64..400,
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let mut world = World::with(CLIENTS, u64::from(seed), Duration::from_millis(slowest));
        let mut server_up = true;

        for happening in happenings {
            apply(&mut world, happening, &mut server_up);
            for client in 0..CLIENTS {
                assert_no_doubles(&world, client);
            }
        }
        if !server_up {
            world.start_server();
        }
        world.run_for(Duration::from_secs(120));

        let here: Vec<_> = (0..CLIENTS).filter(|client| matches!(world.view(*client).place, Place::Room(_))).collect();
        world.assert_all_connected(&here);
        let hands: BTreeSet<_> = here.iter().map(|client| world.hands(*client)).collect();
        prop_assert!(hands.len() <= 1, "everybody sees the same order of hands: {:?}", hands);
        for &client in &here {
            for other in world.view(client).others {
                let them = here.iter().find(|them| world.id(**them) == other.id).expect("one of them");
                prop_assert_eq!(other.media.microphone, world.view(*them).media.microphone.actual);
                prop_assert_eq!(other.signs.hand.is_some(), world.view(*them).signs.hand.is_some());
            }
        }
    }
}

fn apply(world: &mut World, happening: Happening, server_up: &mut bool) {
    match happening {
        Happening::Enter(client) => world.enter(client, "tea"),
        Happening::Leave(client) => world.command(client, Command::Leave),
        Happening::Cut(client) => world.cut(client),
        Happening::BreakLink(a, b) => {
            let in_room = |client: usize| matches!(world.view(client).place, Place::Room(_));
            if a != b && in_room(a) && in_room(b) {
                world.break_link(a, b);
            }
        }
        Happening::Mute(client, muted) => world.command(client, Command::SetMuted(muted)),
        Happening::Hand(client, up) => world.command(client, Command::SetHand(up)),
        Happening::Say(client) => {
            let text = "hello".parse().expect("a chat text");
            world.command(client, Command::SendChat { to: ChatTo::Everyone, text });
        }
        Happening::Appoint(by, who, role) => {
            if let (Place::Room(_), Place::Room(room)) = (world.view(by).place, world.view(who).place) {
                world.command(by, Command::Appoint { who: room.me, role });
            }
        }
        Happening::StopServer if *server_up => {
            *server_up = false;
            world.stop_server();
        }
        Happening::StartServer if !*server_up => {
            *server_up = true;
            world.start_server();
        }
        Happening::StopServer | Happening::StartServer => {}
        Happening::Wait(milliseconds) => world.run_for(Duration::from_millis(milliseconds)),
    }
}

fn assert_no_doubles(world: &World, client: usize) {
    let others = world.view(client).others;
    let ids: BTreeSet<_> = others.iter().map(|other| other.id).collect();
    assert_eq!(ids.len(), others.len(), "client {client} sees somebody twice");
}
