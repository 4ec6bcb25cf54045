//! Whoever comes late is told what was said before: once, in order, and nothing that was meant for somebody alone.
use std::{collections::BTreeSet, time::Duration};

use parlor_call::{ChatTo, Command, Place};
use parlor_protocol::limits;
use proptest::prelude::*;

use crate::world::World;

const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn a_newcomer_is_told_what_was_said_to_everybody_by_the_oldest() {
    let mut world = talked_in_a_room(3, 2);
    let bob = world.id(1);
    let text = "psst".parse().expect("a chat text");
    world.command(0, Command::SendChat { to: ChatTo::One(bob), text });
    world.run_for(A_WHILE);

    world.enter(2, "tea");
    world.run_for(A_WHILE);
    say(&mut world, 1, "welcome!");
    world.run_for(A_WHILE);

    assert_eq!(shown(&world, 2), ["ada> line 0", "ada> line 1", "ada> line 2", "ada> line 3", "welcome!"]);
    let chat = world.view(2).chat;
    assert!(chat.is_sorted_by_key(|line| line.id));
    let age = world.now.duration_since(chat[0].at).as_secs();
    assert!((10..=60).contains(&age), "{age} s");
}

#[test]
fn what_was_told_is_told_on_with_its_author() {
    let mut world = talked_in_a_room(4, 2);
    world.enter(2, "tea");
    world.run_for(A_WHILE);
    for client in [0, 1] {
        world.command(client, Command::Leave);
        world.run_for(A_WHILE);
    }

    world.enter(3, "tea");
    world.run_for(A_WHILE);

    assert_eq!(shown(&world, 3), ["cyd> line 0", "cyd> line 1", "cyd> line 2", "cyd> line 3"]);
    let authors: Vec<_> = world.view(3).chat.into_iter().map(|line| line.author).collect();
    assert!(matches!(&authors[1], parlor_call::Author::Other { nickname, .. } if nickname.as_str() == "bob"));
}

#[test]
fn where_the_oldest_is_gone_the_next_one_tells() {
    let mut world = talked_in_a_room(3, 2);

    world.enter(2, "tea");
    world.run_for(Duration::from_millis(100));
    world.kill(0);
    world.run_for(Duration::from_secs(30));

    assert_eq!(shown(&world, 2), ["bob> line 0", "bob> line 1", "bob> line 2", "bob> line 3"]);
}

#[test]
fn where_the_oldest_leaves_in_the_middle_of_it_nothing_is_told_twice() {
    let long = "long ".repeat(limits::CHAT_BYTES / 5);
    for wait in (0..600).step_by(20) {
        let mut world = World::in_a_room(3);
        world.command(2, Command::Leave);
        for n in 0..30 {
            say(&mut world, n % 2, &format!("{n} {}", &long[..4000]));
            world.run_for(Duration::from_millis(100));
        }
        world.run_for(A_WHILE);

        world.enter(2, "tea");
        world.run_for(Duration::from_millis(wait));
        world.command(0, Command::Leave);
        world.run_for(Duration::from_secs(10));

        let numbers: Vec<_> = shown(&world, 2).iter().map(|line| number_of(line)).collect();
        assert_eq!(numbers, (0..30).collect::<Vec<_>>(), "the oldest left after {wait} ms");
    }
}

#[test]
fn a_lost_connection_to_the_oldest_does_not_keep_a_newcomer_in_the_dark() {
    let mut world = talked_in_a_room(3, 2);
    world.enter(2, "tea");
    world.run_for(Duration::from_millis(60));

    for _ in 0..5 {
        if matches!(world.view(2).place, Place::Room(_)) {
            world.break_link(0, 2);
        }
        world.run_for(Duration::from_secs(1));
    }
    world.run_for(Duration::from_secs(40));

    let lines: Vec<_> = shown(&world, 2).iter().map(|line| number_of(line)).collect();
    assert_eq!(lines, [0, 1, 2, 3]);
    world.assert_all_connected(&[0, 1, 2]);
}

#[test]
fn no_more_than_the_last_lines_are_told() {
    let mut world = World::in_a_room(2);
    world.command(1, Command::Leave);
    world.run_for(A_WHILE);
    for n in 0..limits::PAST_LINES + 50 {
        say(&mut world, 0, &format!("line {n}"));
    }

    world.enter(1, "tea");
    world.run_for(A_WHILE);

    let shown = shown(&world, 1);
    assert_eq!(shown.len(), limits::PAST_LINES);
    assert_eq!((number_of(&shown[0]), number_of(&shown[limits::PAST_LINES - 1])), (50, limits::PAST_LINES + 49));
}

#[test]
fn whoever_loses_the_server_or_a_connection_is_told_nothing_again() {
    let mut world = talked_in_a_room(2, 2);

    world.stop_server();
    world.run_for(A_WHILE);
    world.start_server();
    world.run_for(Duration::from_secs(15));
    world.break_link(0, 1);
    world.run_for(Duration::from_secs(15));

    assert_eq!(shown(&world, 1).len(), 4);
}

#[test]
fn the_first_one_in_a_room_asks_nobody() {
    let mut world = World::new(1);

    world.enter(0, "tea");
    world.run_for(A_WHILE);

    assert_eq!(world.clients[0].call.poll_timeout(), None);
}

/// Something that happens while people talk.
#[derive(Debug, Clone)]
enum Happening {
    Enter(usize),
    Leave(usize),
    BreakLink(usize, usize),
    Say(usize),
    Whisper(usize, usize),
    Wait(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let client = || 0..4_usize;
    prop_oneof![
        3 => client().prop_map(Happening::Enter),
        2 => client().prop_map(Happening::Leave),
        1 => (client(), client()).prop_map(|(a, b)| Happening::BreakLink(a, b)),
        6 => client().prop_map(Happening::Say),
        1 => (client(), client()).prop_map(|(a, b)| Happening::Whisper(a, b)),
        6 => (0_u64..2_000).prop_map(Happening::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_line_is_shown_twice_and_none_to_whom_it_was_not_meant_for(
        seed in any::<u32>(),
        slowest in 1_u64..400,
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let mut world = World::with(4, u64::from(seed), Duration::from_millis(slowest));

        for (n, happening) in happenings.into_iter().enumerate() {
            apply(&mut world, happening, n);
            for client in 0..4 {
                assert_no_doubles(&world, client)?;
            }
        }
        world.run_for(Duration::from_secs(60));

        for client in 0..4 {
            assert_no_doubles(&world, client)?;
            let told = world.view(client).chat.into_iter().filter(|line| line.told_by.is_some());
            prop_assert!(told.clone().all(|line| !line.text.as_str().starts_with("psst")));
        }
    }
}

fn apply(world: &mut World, happening: Happening, n: usize) {
    let in_room = |world: &World, client: usize| matches!(world.view(client).place, Place::Room(_));
    match happening {
        Happening::Enter(client) if !in_room(world, client) => world.enter(client, "tea"),
        Happening::Enter(_) => {}
        Happening::Leave(client) => world.command(client, Command::Leave),
        Happening::BreakLink(a, b) => {
            if a != b && in_room(world, a) && in_room(world, b) {
                world.break_link(a, b);
            }
        }
        Happening::Say(client) => say(world, client, &format!("line {n}")),
        Happening::Whisper(from, to) => {
            if from != to && in_room(world, from) && in_room(world, to) {
                let (to, text) = (ChatTo::One(world.id(to)), format!("psst {n}").parse().expect("a chat text"));
                world.command(from, Command::SendChat { to, text });
            }
        }
        Happening::Wait(milliseconds) => world.run_for(Duration::from_millis(milliseconds)),
    }
}

fn assert_no_doubles(world: &World, client: usize) -> Result<(), TestCaseError> {
    let chat = world.view(client).chat;
    let lines: BTreeSet<_> = chat.iter().map(|line| line.text.as_str()).collect();
    prop_assert_eq!(lines.len(), chat.len(), "client {} sees a line twice: {:?}", client, shown(world, client));
    Ok(())
}

/// A room in which the first ones have said `line 0` to `line 3` in turn, before the others come.
fn talked_in_a_room(clients: usize, talkers: usize) -> World {
    let mut world = World::new(clients);
    for client in 0..talkers {
        world.enter(client, "tea");
        world.run_for(A_WHILE);
    }
    for n in 0..4 {
        say(&mut world, n % talkers, &format!("line {n}"));
        world.run_for(A_WHILE);
    }
    world
}

fn say(world: &mut World, client: usize, text: &str) {
    let text = text.parse().expect("a chat text");
    world.command(client, Command::SendChat { to: ChatTo::Everyone, text });
}

/// What a client sees, with `TELLER> ` before what it was told.
fn shown(world: &World, client: usize) -> Vec<String> {
    let line = |line: parlor_call::ChatLine| match line.told_by {
        Some(teller) => format!("{teller}> {}", line.text),
        None => line.text.to_string(),
    };
    world.view(client).chat.into_iter().map(line).collect()
}

/// The first number in a line.
fn number_of(line: &str) -> usize {
    let digits = line.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
    digits.expect("a number").parse().expect("a number")
}
