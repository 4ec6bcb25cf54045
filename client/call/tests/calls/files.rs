//! Files arrive whole or not at all, whatever happens to the connection, the people and their good will.
use std::time::Duration;

use parlor_call::{ChatTo, Command, FileCommand, FileDirection, FileEnd, FileNotice, FileState, FileView, Notice};
use parlor_protocol::{Checksum, FileMessage, FileName, PeerMessage, TransferEnd, TransferId};

use crate::{disk::BLOCK, world::World};

const A_WHILE: Duration = Duration::from_secs(3);
/// Takes ten seconds.
const SIZE: u64 = 100 * BLOCK;

#[test]
fn a_file_that_is_wanted_arrives_once_and_whole() {
    let mut world = World::in_a_room(2);

    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    let offered = only(&world, 1);
    accept(&mut world, 1);
    world.run_for(A_WHILE);
    let moving = [only(&world, 0), only(&world, 1)];
    world.run_for(Duration::from_secs(20));

    assert_eq!((offered.state, offered.direction), (FileState::Offered, FileDirection::In));
    for view in moving {
        let FileState::Moving { done, bytes_per_second: Some(speed) } = view.state else { panic!("{view:?}") };
        assert!((SIZE / 10..SIZE).contains(&done), "{done}");
        assert!((8_000..12_000).contains(&speed), "{speed}");
    }
    assert_eq!(only(&world, 0).state, FileState::Ended(FileEnd::Done { path: None }));
    let FileState::Ended(FileEnd::Done { path: Some(_) }) = only(&world, 1).state else { panic!() };
    assert_eq!(world.clients[1].disk.saved, [SIZE]);
    assert!(told(&world, 0, |notice| matches!(notice, FileNotice::Delivered { .. })));
    assert!(told(&world, 1, |notice| matches!(notice, FileNotice::Saved { .. })));
}

#[test]
fn an_empty_file_arrives_too() {
    let mut world = World::in_a_room(2);

    offer(&mut world, 0, ChatTo::Everyone, 0);
    world.run_for(A_WHILE);
    accept(&mut world, 1);
    world.run_for(A_WHILE);

    assert_eq!(world.clients[1].disk.saved, [0]);
}

#[test]
fn what_is_offered_to_all_goes_to_each_who_wants_it() {
    let mut world = World::in_a_room(3);

    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    accept(&mut world, 1);
    let file = only(&world, 2).id;
    world.command(2, Command::File(FileCommand::Decline { file }));
    world.run_for(Duration::from_secs(20));

    let states: Vec<_> = world.view(0).files.into_iter().map(|view| view.state).collect();
    let ended = [FileEnd::Done { path: None }, FileEnd::Declined].map(FileState::Ended);
    assert_eq!(states, ended);
    assert_eq!((world.clients[1].disk.saved.len(), world.clients[2].disk.saved.len()), (1, 0));
}

#[test]
fn what_is_offered_to_one_is_nobody_elses() {
    let mut world = World::in_a_room(3);
    let bob = world.id(1);

    offer(&mut world, 0, ChatTo::One(bob), SIZE);
    world.run_for(A_WHILE);

    assert_eq!(only(&world, 1).state, FileState::Offered);
    assert!(world.view(2).files.is_empty());
}

#[test]
fn a_file_offered_to_nobody_is_said_to_be() {
    let mut world = World::in_a_room(1);

    offer(&mut world, 0, ChatTo::Everyone, SIZE);

    assert!(world.view(0).files.is_empty());
    assert!(told(&world, 0, |notice| matches!(notice, FileNotice::Nobody { .. })));
}

#[test]
fn after_a_lost_connection_a_file_goes_on_where_it_was() {
    for seed in 1..20 {
        let mut world = World::with(2, seed, Duration::from_millis(40));
        for client in [0, 1] {
            world.enter(client, "tea");
            world.run_for(Duration::from_secs(2));
        }
        offer(&mut world, 0, ChatTo::Everyone, SIZE);
        world.run_for(A_WHILE);
        accept(&mut world, 1);
        world.run_for(A_WHILE);

        world.break_link(0, 1);
        let mut paused = false;
        for _ in 0..200 {
            world.run_for(Duration::from_millis(100));
            paused |= matches!(only(&world, 1).state, FileState::Paused { done } if done > 0);
        }
        world.run_for(Duration::from_secs(20));

        assert!(paused, "seed {seed}: it never stopped");
        assert_eq!(only(&world, 0).state, FileState::Ended(FileEnd::Done { path: None }), "seed {seed}");
        assert_eq!(world.clients[1].disk.saved, [SIZE], "seed {seed}");
        let again = world.clients[0].disk.read - SIZE;
        assert!(again <= 10 * BLOCK, "seed {seed}: {again} bytes were read twice");
        assert!(world.clients[0].disk.is_idle() && world.clients[1].disk.is_idle(), "seed {seed}");
    }
}

#[test]
fn offers_and_answers_that_get_lost_are_said_again() {
    let mut world = World::in_a_room(2);

    world.lost_file_messages = 2;
    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(Duration::from_secs(10));
    world.lost_file_messages = 1;
    accept(&mut world, 1);
    world.run_for(Duration::from_secs(15));
    world.lost_file_messages = 2;
    world.break_link(0, 1);
    world.run_for(Duration::from_secs(60));

    assert_eq!(world.clients[1].disk.saved, [SIZE]);
    assert_eq!(only(&world, 0).state, FileState::Ended(FileEnd::Done { path: None }));
}

#[test]
fn a_file_outlives_a_server_that_restarts_and_links_that_break_again_and_again() {
    let mut world = World::in_a_room(3);
    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    accept(&mut world, 1);
    accept(&mut world, 2);

    for turn in 0..8 {
        match turn {
            1 => world.stop_server(),
            2 => world.break_link(0, 1),
            3 => world.start_server(),
            5 => world.break_link(0, 2),
            6 => world.break_link(0, 1),
            _ => {}
        }
        world.run_for(A_WHILE);
    }
    world.run_for(Duration::from_secs(60));

    assert_eq!(world.clients[1].disk.saved, [SIZE]);
    assert_eq!(world.clients[2].disk.saved, [SIZE]);
    assert!((0..3).all(|client| world.clients[client].disk.is_idle()));
}

#[test]
fn what_was_answered_while_there_was_no_way_is_answered_again() {
    type Answer = fn(&FileView) -> FileCommand;
    let decline: Answer = |view| FileCommand::Decline { file: view.id };
    let cancel: Answer = |view| FileCommand::Cancel { file: view.id };
    for (answer, end) in [(decline, FileEnd::Declined), (cancel, FileEnd::Cancelled { by_us: false })] {
        let mut world = World::in_a_room(2);
        offer(&mut world, 0, ChatTo::Everyone, SIZE);
        world.run_for(A_WHILE);
        world.stop_server();
        world.break_link(0, 1);
        world.run_for(A_WHILE);

        let command = answer(&only(&world, 1));
        world.command(1, Command::File(command));
        world.run_for(A_WHILE);
        world.start_server();
        world.run_for(Duration::from_secs(60));

        assert_eq!(only(&world, 0).state, FileState::Ended(end));
    }
}

#[test]
fn either_side_can_cancel_at_any_moment_and_nothing_is_left_at_work() {
    for by in [0, 1] {
        for (moment, accepted, broken) in [("offered", false, false), ("moving", true, false), ("paused", true, true)] {
            let mut world = World::in_a_room(2);
            offer(&mut world, 0, ChatTo::Everyone, SIZE);
            world.run_for(A_WHILE);
            if accepted {
                accept(&mut world, 1);
                world.run_for(A_WHILE);
            }
            if broken {
                world.break_link(0, 1);
                world.run_for(Duration::from_millis(2500));
            }

            let file = only(&world, by).id;
            world.command(by, Command::File(FileCommand::Cancel { file }));
            world.run_for(Duration::from_secs(60));

            let ended = |by_us| FileState::Ended(FileEnd::Cancelled { by_us });
            assert_eq!(only(&world, by).state, ended(true), "{moment}, by {by}");
            assert_eq!(only(&world, 1 - by).state, ended(false), "{moment}, by {by}");
            assert!((0..2).all(|client| world.clients[client].disk.is_idle()), "{moment}, by {by}");
            assert!(world.clients[1].disk.saved.is_empty());
        }
    }
}

#[test]
fn a_full_disk_and_a_damaged_file_are_said_to_both() {
    for (reason, spoil) in [(TransferEnd::NoRoom, true), (TransferEnd::Damaged, false)] {
        let mut world = World::in_a_room(2);
        world.clients[1].disk.full = spoil;
        world.clients[0].disk.damaged = !spoil;

        offer(&mut world, 0, ChatTo::Everyone, SIZE);
        world.run_for(A_WHILE);
        accept(&mut world, 1);
        world.run_for(Duration::from_secs(20));

        for (client, ours) in [(0, false), (1, true)] {
            let FileState::Ended(FileEnd::Failed { reason: why, ours: whose, .. }) = only(&world, client).state else {
                panic!("{:?}", only(&world, client))
            };
            assert_eq!((why, whose), (reason, ours));
            assert!(told(&world, client, |notice| matches!(notice, FileNotice::Failed { .. })));
        }
        assert!(world.clients[1].disk.saved.is_empty());
    }
}

#[test]
fn who_leaves_for_good_takes_their_files_with_them_and_who_drops_out_does_not() {
    let mut world = World::in_a_room(3);
    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    accept(&mut world, 1);
    accept(&mut world, 2);
    world.run_for(A_WHILE);

    world.command(1, Command::Leave);
    world.kill(2);
    world.run_for(Duration::from_secs(40));

    let states: Vec<_> = world.view(0).files.into_iter().map(|view| view.state).collect();
    assert!(matches!(&states[..], [FileState::Ended(FileEnd::Left), FileState::Paused { .. }]), "{states:?}");
    assert!(world.view(1).files.is_empty() && world.clients[1].disk.is_idle());
}

#[test]
fn nobody_can_have_more_than_a_few_files_wait() {
    let mut world = World::in_a_room(2);
    let bob = world.id(1);

    for _ in 0..40 {
        offer(&mut world, 0, ChatTo::One(bob), SIZE);
    }
    for number in 1..100 {
        let name = FileName::clean("flood");
        let offer = FileMessage::Offer { transfer: TransferId::new(number), name, size: 1 };
        world.hear_from(0, 1, PeerMessage::File { file: offer });
    }
    world.run_for(A_WHILE);

    let open = |client: usize, direction| {
        let files = world.view(client).files.into_iter();
        files.filter(|view| view.direction == direction && view.state == FileState::Offered).count()
    };
    assert_eq!(open(0, FileDirection::Out), 16);
    assert_eq!(open(0, FileDirection::In), 16);
    assert_eq!(open(1, FileDirection::In), 16);
    assert!(told(&world, 0, |notice| matches!(notice, FileNotice::TooMany { .. })));
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let mut world = World::in_a_room(2);
    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    let before = [world.view(0).files, world.view(1).files];
    let unknown = TransferId::new(77);

    for transfer in [unknown, TransferId::new(0), TransferId::new(u32::MAX)] {
        for file in [
            FileMessage::Accept { transfer, offset: u64::MAX },
            FileMessage::Decline { transfer },
            FileMessage::Sent { transfer, sha256: Checksum::new([7; 32]) },
            FileMessage::Received { transfer },
            FileMessage::End { transfer, sender: true, reason: TransferEnd::Damaged },
            FileMessage::End { transfer, sender: false, reason: TransferEnd::Damaged },
        ] {
            for (client, from) in [(0, 1), (1, 0)] {
                world.hear_from(client, from, PeerMessage::File { file: file.clone() });
            }
        }
    }
    // The file is not theirs to accept, nor have they sent it before we wanted it.
    let transfer = TransferId::new(1);
    for file in [
        FileMessage::Accept { transfer, offset: 0 },
        FileMessage::Sent { transfer, sha256: Checksum::new([0; 32]) },
        FileMessage::Received { transfer },
    ] {
        world.hear_from(1, 0, PeerMessage::File { file });
    }
    world.run_for(A_WHILE);

    assert_eq!([world.view(0).files, world.view(1).files], before);
    assert!(world.clients[1].disk.saved.is_empty());
}

#[test]
fn an_offset_beyond_the_end_ends_the_transfer_and_asking_twice_reads_once() {
    let mut world = World::in_a_room(3);
    offer(&mut world, 0, ChatTo::Everyone, SIZE);
    world.run_for(A_WHILE);
    let transfer = TransferId::new(1);

    let beyond = FileMessage::Accept { transfer, offset: SIZE + 1 };
    world.hear_from(0, 1, PeerMessage::File { file: beyond });
    for _ in 0..50 {
        let again = FileMessage::Accept { transfer, offset: 0 };
        world.hear_from(0, 2, PeerMessage::File { file: again });
    }
    world.run_for(Duration::from_secs(20));

    let FileState::Ended(FileEnd::Failed { reason, .. }) = &world.view(0).files[0].state else { panic!() };
    assert_eq!(*reason, TransferEnd::Damaged);
    assert_eq!(world.clients[0].disk.read, SIZE);
}

#[test]
fn what_has_ended_can_be_put_away_and_is_put_away_when_there_is_much_of_it() {
    let mut world = World::in_a_room(2);
    for _ in 0..60 {
        offer(&mut world, 0, ChatTo::Everyone, SIZE);
        let file = world.view(0).files.last().expect("a file").id;
        world.command(0, Command::File(FileCommand::Cancel { file }));
    }
    world.run_for(A_WHILE);
    let kept = world.view(0).files;

    for view in &kept {
        world.command(0, Command::File(FileCommand::Dismiss { file: view.id }));
    }

    assert_eq!(kept.len(), 40);
    assert!(world.view(0).files.is_empty());
}

fn offer(world: &mut World, client: usize, to: ChatTo, size: u64) {
    let name = FileName::clean("report.pdf");
    let command = FileCommand::Offer { to, path: "/home/ada/report.pdf".into(), name, size };
    world.command(client, Command::File(command));
}

fn accept(world: &mut World, client: usize) {
    let file = only(world, client).id;
    world.command(client, Command::File(FileCommand::Accept { file, folder: "downloads".into() }));
}

fn only(world: &World, client: usize) -> FileView {
    let files = world.view(client).files;
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().expect("one")
}

fn told(world: &World, client: usize, what: impl Fn(&FileNotice) -> bool) -> bool {
    let told = |notice: &Notice| matches!(notice, Notice::File(notice) if what(notice));
    world.clients[client].notices.iter().any(told)
}
