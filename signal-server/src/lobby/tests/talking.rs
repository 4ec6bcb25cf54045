//! What those inside say.
use super::*;

#[test]
fn state_reaches_the_others_and_those_who_come_later() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);

    let said = world.say(ADA, ClientMessage::State { media: camera_on() });
    let later = world.enter(CYD, "tea", "Cyd", 3);

    let me = participant_id(&token(1));
    assert_eq!(said, [(BOB, ServerMessage::State { participant: me, media: camera_on() })]);
    let Some((CYD, ServerMessage::Joined { participants, .. })) = later.first() else { panic!("{later:?}") };
    assert_eq!(participants.iter().find(|other| other.id == me).unwrap().media, camera_on());
}

#[test]
fn a_relayed_message_reaches_one_participant_only() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "tea", "Bob", 2);
    world.enter(CYD, "tea", "Cyd", 3);

    let said = world.say(ADA, ClientMessage::Relay { to: participant_id(&token(3)), message: offer() });

    let relayed = ServerMessage::Relayed { from: participant_id(&token(1)), message: offer() };
    assert_eq!(said, [(CYD, relayed)]);
}

#[test]
fn nothing_is_relayed_to_another_room_to_a_stranger_or_to_oneself() {
    let mut world = World::new();
    world.enter(ADA, "tea", "Ada", 1);
    world.enter(BOB, "coffee", "Bob", 2);

    for to in [2, 9, 1] {
        let said = world.say(ADA, ClientMessage::Relay { to: participant_id(&token(to)), message: offer() });

        assert_eq!(error(&said), (ADA, ErrorCode::NotInRoom));
    }
}

#[test]
fn what_makes_no_sense_is_an_error_and_the_connection_stays() {
    let mut world = World::new();
    world.arrive(ADA);
    world.enter(BOB, "tea", "Bob", 2);
    let hello = ClientMessage::Hello { version: VERSION, agent: String::new() };
    let create = create(None, 2);

    for message in [hello.clone(), ClientMessage::Leave, ClientMessage::State { media: camera_on() }] {
        assert_eq!(error(&world.say(ADA, message)), (ADA, ErrorCode::OutOfPlace));
    }
    for message in [hello, create, join("tea", None, 2, false)] {
        assert_eq!(error(&world.say(BOB, message)), (BOB, ErrorCode::OutOfPlace));
    }
}
