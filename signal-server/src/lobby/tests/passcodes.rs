//! Rooms with a passcode, hidden rooms, and what those outside learn of them.
use super::*;

#[test]
fn a_room_with_a_passcode_tells_apart_none_a_wrong_one_and_the_right_one() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);

    let without = world.say(BOB, join("tea", None, 2, false));
    let wrong = world.say(BOB, join_with("tea", 2, "barley"));
    let right = world.say(BOB, join_with("tea", 2, "sesame"));

    assert_eq!(refused(&without), RefusedReason::PasscodeNeeded);
    assert_eq!(refused(&wrong), RefusedReason::WrongPasscode);
    assert!(joined(&right).rules.passcode);
    assert!(world.lobby.rooms().next().unwrap().passcode);
}

#[test]
fn a_sixth_guess_in_a_minute_is_not_even_looked_at() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(refused(&world.say(BOB, join_with("tea", 2, guess))), RefusedReason::WrongPasscode);
    }

    let sixth = world.say(BOB, join_with("tea", 2, "sesame"));
    world.wait(Duration::from_secs(60));
    let later = world.say(BOB, join_with("tea", 2, "sesame"));

    assert_eq!(refused(&sixth), RefusedReason::TooManyAttempts);
    assert_eq!(joined(&later).me, id(2));
}

#[test]
fn guesses_that_are_still_being_looked_at_count() {
    let mut world = with_sesame(RoomOptions::default());
    let guessers: Vec<_> = (10..16).map(ConnectionId::new).collect();
    for guesser in &guessers {
        world.arrive(*guesser);
    }

    for guesser in &guessers {
        world.lobby.handle(*guesser, join_with("tea", 2, "barley"), world.now);
    }

    let jobs = std::iter::from_fn(|| world.lobby.poll_output());
    assert_eq!(jobs.filter(|(_, output)| matches!(output, Output::Passcode(_))).count(), 5);
}

#[test]
fn what_somebody_says_while_their_passcode_is_looked_at_waits_for_the_answer() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);
    world.lobby.handle(BOB, join_with("tea", 2, "sesame"), world.now);
    let Some((BOB, Output::Passcode(job))) = world.lobby.poll_output() else { panic!("no job") };

    let meanwhile = world.say(BOB, ClientMessage::State { media: camera_on() });
    world.lobby.handle_passcode(job.run(), world.now);
    let afterwards = world.messages();

    assert_eq!(meanwhile, []);
    let state = (ADA, ServerMessage::State { participant: id(2), media: camera_on() });
    assert_eq!((afterwards.len(), &afterwards[2]), (3, &state), "{afterwards:?}");
}

#[test]
fn what_waits_for_an_answer_is_bounded() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);
    world.lobby.handle(BOB, join_with("tea", 2, "sesame"), world.now);
    let Some((BOB, Output::Passcode(_))) = world.lobby.poll_output() else { panic!("no job") };

    let said: Vec<_> = (0..100).flat_map(|_| world.say(BOB, ClientMessage::Leave)).collect();

    assert_eq!(said.len(), 100 - MOST_WAITING_MESSAGES);
    assert_eq!(error(&said[..1]), (BOB, ErrorCode::TooMuch));
}

#[test]
fn whoever_goes_while_their_passcode_is_looked_at_is_gone() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);
    world.lobby.handle(BOB, join_with("tea", 2, "sesame"), world.now);
    let Some((BOB, Output::Passcode(job))) = world.lobby.poll_output() else { panic!("no job") };

    world.lobby.disconnect(BOB, world.now);
    world.lobby.handle_passcode(job.run(), world.now);

    assert_eq!(world.messages(), []);
    assert_eq!(world.lobby.rooms().next().unwrap().participants, 1);
}

#[test]
fn a_passcode_that_is_changed_while_a_guess_is_looked_at_counts() {
    let mut world = with_sesame(RoomOptions::default());
    world.arrive(BOB);
    world.lobby.handle(BOB, join_with("tea", 2, "sesame"), world.now);
    let Some((BOB, Output::Passcode(guess))) = world.lobby.poll_output() else { panic!("no job") };

    world.say(ADA, change(RoomChange::SetPasscode { passcode: Some("barley".parse().unwrap()) }));
    world.lobby.handle_passcode(guess.run(), world.now);

    assert_eq!(refused(&world.messages()), RefusedReason::WrongPasscode);
}

#[test]
fn two_who_make_one_room_with_a_passcode_at_the_same_time_meet_in_it() {
    let mut world = World::new();
    world.arrive(ADA);
    world.arrive(BOB);

    world.lobby.handle(ADA, with_passcode(join("tea", None, 1, true), "sesame"), world.now);
    world.lobby.handle(BOB, with_passcode(join("tea", None, 2, true), "sesame"), world.now);
    world.messages();

    assert_eq!(world.lobby.rooms().map(|room| room.participants).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_passcode_can_be_set_and_taken_away() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.arrive(BOB);

    world.say(ADA, change(RoomChange::SetPasscode { passcode: Some("sesame".parse().unwrap()) }));
    let with = world.say(BOB, join("tea", None, 2, false));
    world.say(ADA, change(RoomChange::SetPasscode { passcode: None }));
    let without = world.say(BOB, join("tea", None, 2, false));

    assert_eq!(refused(&with), RefusedReason::PasscodeNeeded);
    assert_eq!(joined(&without).me, id(2));
}

#[test]
fn a_hidden_room_is_in_no_list() {
    let mut world = World::new();
    world.arrive(BOB);
    world.arrive(ADA);

    let hidden = RoomOptions { hidden: true, ..RoomOptions::default() };
    world.say(ADA, with_options(create(Some("den"), 1), hidden));
    let told = world.wait(Duration::from_secs(5));
    world.arrive(CYD);
    world.say(ADA, ClientMessage::Leave);
    let told_later = world.wait(Duration::from_secs(5));

    let about_rooms = |said: &[(ConnectionId, ServerMessage)]| {
        said.iter().filter(|(_, message)| format!("{message:?}").contains("den")).count()
    };
    assert_eq!((about_rooms(&told), about_rooms(&told_later)), (0, 0));
}

#[test]
fn a_hidden_room_that_refuses_answers_as_if_there_were_none() {
    for (prepare, guess) in [
        (None, join("tea", None, 2, false)),
        (None, join_with("tea", 2, "barley")),
        (Some(lock()), join_with("tea", 2, "sesame")),
        (Some(change(RoomChange::SetCapacity { capacity: 1 })), join_with("tea", 2, "sesame")),
    ] {
        let mut world = with_sesame(RoomOptions { hidden: true, ..RoomOptions::default() });
        world.arrive(BOB);
        prepare.map(|change| world.say(ADA, change));

        let hidden = outputs_for(&mut world, guess.clone());
        world.say(ADA, ClientMessage::Leave);
        let missing = outputs_for(&mut world, guess);

        assert_eq!(refused(&hidden.1), RefusedReason::NoSuchRoom);
        assert_eq!(hidden, missing, "the answer, and whether a passcode was looked at before it");
    }
}

#[test]
fn whoever_would_make_a_room_learns_that_the_name_of_a_hidden_one_is_taken() {
    let mut world = with_sesame(RoomOptions { hidden: true, ..RoomOptions::default() });
    world.arrive(BOB);

    assert_eq!(refused(&world.say(BOB, create(Some("tea"), 2))), RefusedReason::RoomExists);
    assert_eq!(refused(&world.say(BOB, join("tea", None, 2, true))), RefusedReason::RoomExists);
}

/// How many passcodes were looked at for a message, and what the answer was.
fn outputs_for(world: &mut World, message: ClientMessage) -> (usize, Vec<(ConnectionId, ServerMessage)>) {
    world.messages();
    world.lobby.handle(BOB, message, world.now);
    let (mut jobs, mut said) = (0, Vec::new());
    while let Some((connection, output)) = world.lobby.poll_output() {
        match output {
            Output::Passcode(job) => {
                jobs += 1;
                world.lobby.handle_passcode(job.run(), world.now);
            }
            Output::Message(message) => said.push((connection, Arc::unwrap_or_clone(message))),
            Output::Close(_) => {}
        }
    }
    (jobs, said)
}

/// Ada is in the room `tea`, which the passcode `sesame` opens.
fn with_sesame(options: RoomOptions) -> World {
    let mut world = World::new();
    world.arrive(ADA);
    world.say(ADA, with_options(with_passcode(create(Some("tea"), 1), "sesame"), options));
    world
}
