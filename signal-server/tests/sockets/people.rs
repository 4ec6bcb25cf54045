//! People who do what they should.
use parlor_protocol::{
    ByeReason, ClientMessage, ErrorCode, Generation, RefusedReason, Relayed, RoomName, ServerMessage, VERSION,
    version_mismatch,
};
use parlor_server::{Config, Limits, Server, StartError};
use tokio::time::{Duration, Instant, sleep};

use crate::client::{Client, Closed, TestServer, hello, join, person, relay};

#[tokio::test]
async fn whoever_says_hello_is_greeted_and_sees_the_rooms() {
    let server = TestServer::start().await;
    let (_ada, _) = server.enter("tea", 1).await;

    let mut bob = server.arrive().await;

    let ServerMessage::Rooms { rooms } = bob.hear().await else { panic!("no rooms") };
    assert_eq!(rooms.iter().map(|room| (room.name.as_str(), room.participants)).collect::<Vec<_>>(), [("tea", 1)]);
}

#[tokio::test]
async fn another_version_is_refused_in_words_and_then_closed() {
    let server = TestServer::start().await;
    let mut ada = server.connect().await;

    ada.say(&ClientMessage::Hello { version: VERSION + 1, agent: "test".to_owned() }).await;

    let reason = RefusedReason::VersionMismatch { server: VERSION, client: VERSION + 1 };
    let message = version_mismatch(VERSION, VERSION + 1);
    assert_eq!(ada.hear().await, ServerMessage::Refused { reason, message });
    assert_eq!(ada.closed().await.code, 1008);
}

#[tokio::test]
async fn somebody_who_joins_and_those_who_are_there_hear_of_each_other() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;

    let (_bob, joined) = server.enter("tea", 2).await;

    let ServerMessage::Joined { me, participants, .. } = joined else { panic!("{joined:?}") };
    assert_eq!((me, participants.len(), participants[0].id), (person(2), 1, person(1)));
    let ServerMessage::Welcome { participant } = ada.hear().await else { panic!("no welcome") };
    assert_eq!(participant.id, person(2));
}

#[tokio::test]
async fn a_missing_room_is_refused_with_a_sentence_and_one_may_try_again() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    ada.hear().await;

    ada.say(&join("tea", 1, false)).await;
    let refused = ada.hear_about_me().await;
    ada.say(&join("tea", 1, true)).await;
    let joined = ada.hear_about_me().await;

    let ServerMessage::Refused { reason: RefusedReason::NoSuchRoom, message } = refused else { panic!("{refused:?}") };
    assert_eq!(message, "there is no such room: check the name, or create it");
    assert!(matches!(joined, ServerMessage::Joined { .. }), "{joined:?}");
}

#[tokio::test]
async fn a_full_room_is_refused() {
    let server = TestServer::with(Limits { room_capacity: 1, ..Limits::default() }).await;
    let (_ada, _) = server.enter("tea", 1).await;

    let (_bob, refused) = server.enter("tea", 2).await;

    let full = RefusedReason::RoomFull { capacity: 1 };
    assert!(matches!(&refused, ServerMessage::Refused { reason, .. } if *reason == full), "{refused:?}");
}

#[tokio::test]
async fn what_is_relayed_reaches_one_participant_only() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let (mut cyd, _) = server.enter("tea", 3).await;
    assert!(matches!(bob.hear().await, ServerMessage::Welcome { .. }));
    let offer = Relayed::Offer { generation: Generation::new(1), sdp: "v=0\r\n".to_owned() };

    ada.say(&relay(3, offer.clone())).await;
    assert_eq!(cyd.hear().await, ServerMessage::Relayed { from: person(1), message: offer });
    ada.say(&ClientMessage::Leave).await;

    // Bob was sent nothing in between.
    assert_eq!(bob.hear().await, ServerMessage::Bye { participant: person(1), reason: ByeReason::Left });
}

#[tokio::test]
async fn what_is_for_somebody_in_another_room_comes_back_as_an_error() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (_bob, _) = server.enter("coffee", 2).await;

    ada.say(&relay(2, Relayed::Offer { generation: Generation::new(1), sdp: String::new() })).await;

    let error = ada.hear().await;
    assert!(matches!(error, ServerMessage::Error { code: ErrorCode::NotInRoom, .. }), "{error:?}");
}

#[tokio::test]
async fn leaving_closing_and_vanishing_are_told_apart() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let (mut cyd, _) = server.enter("tea", 3).await;
    let (dan, _) = server.enter("tea", 4).await;
    for _ in 0..3 {
        assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));
    }

    bob.say(&ClientMessage::Leave).await;
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(2), reason: ByeReason::Left });
    cyd.socket.close(None).await.unwrap();
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(3), reason: ByeReason::Dropped });
    dan.vanish();
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(4), reason: ByeReason::Dropped });
}

#[tokio::test]
async fn the_same_person_from_a_new_connection_replaces_the_old_one() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut old, _) = server.enter("tea", 2).await;
    assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));

    let (mut new, joined) = server.enter("tea", 2).await;

    assert!(matches!(joined, ServerMessage::Joined { me, .. } if me == person(2)), "{joined:?}");
    let reason = "the same participant has connected again".to_owned();
    assert_eq!(old.closed().await, Closed { code: 1008, reason });
    new.say(&ClientMessage::Leave).await;
    // Ada was sent nothing in between.
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(2), reason: ByeReason::Left });
}

#[tokio::test]
async fn news_of_rooms_come_seldom_and_end_with_the_truth() {
    let server = TestServer::start().await;
    let mut watcher = server.arrive().await;
    watcher.hear().await;
    let start = Instant::now();

    let mut guests = Vec::new();
    for number in 1..=20 {
        guests.push(server.enter(&format!("room {number}"), number).await);
    }
    let (mut rooms, mut messages) = (0, 0);
    while rooms < 20 {
        let ServerMessage::RoomsChanged { changed, .. } = watcher.hear().await else { panic!("no news") };
        rooms += changed.len();
        messages += 1;
    }

    let quarters = start.elapsed().as_millis() / 250;
    assert!(messages <= quarters + 1, "{messages} messages in {quarters} quarters of a second");
}

#[tokio::test]
async fn a_server_that_stops_says_so_to_everybody() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let mut bob = server.arrive().await;
    bob.hear().await;

    server.handle.shutdown();

    let going_away = || Closed { code: 1001, reason: "the server is shutting down".to_owned() };
    assert_eq!(ada.closed().await, going_away());
    assert_eq!(bob.closed().await, going_away());
    server.ended().await;
}

#[tokio::test]
async fn a_port_in_use_is_explained() {
    let server = TestServer::start().await;

    let second = Server::bind(Config::listening_on(server.address)).await;

    let error = second.unwrap_err();
    assert!(matches!(error, StartError::PortInUse { .. }), "{error:?}");
    let port = server.address.port();
    assert_eq!(
        error.to_string(),
        format!(
            "port {port} is already in use, perhaps by another Parlor server: stop that program, or choose another port"
        )
    );
}

#[tokio::test]
async fn whoever_answers_pings_stays() {
    let limits = Limits { ping_interval: Duration::from_millis(50), ..Limits::default() };
    let server = TestServer::with(limits).await;
    let mut ada: Client = server.arrive().await;
    ada.hear().await;

    // Reading is what answers pings, so there are far more of them than may be missed.
    let patience = sleep(Duration::from_secs(1));
    tokio::select! {
        message = ada.hear() => panic!("nothing was to be said, but there was {message:?}"),
        () = patience => {}
    }

    ada.say(&hello()).await;
    assert!(matches!(ada.hear().await, ServerMessage::Error { code: ErrorCode::OutOfPlace, .. }));
}

#[tokio::test]
async fn a_passcode_opens_a_room_over_a_real_socket_and_a_wrong_one_does_not() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    ada.hear().await;
    ada.say(&with_passcode(join("tea", 1, true), "sesame")).await;
    assert!(matches!(ada.hear_about_me().await, ServerMessage::Joined { .. }));

    let mut bob = server.arrive().await;
    bob.hear().await;
    bob.say(&with_passcode(join("tea", 2, false), "barley")).await;
    let wrong = bob.hear_about_me().await;
    bob.say(&with_passcode(join("tea", 2, false), "sesame")).await;
    let right = bob.hear_about_me().await;

    assert!(matches!(wrong, ServerMessage::Refused { reason: RefusedReason::WrongPasscode, .. }), "{wrong:?}");
    assert!(matches!(right, ServerMessage::Joined { .. }), "{right:?}");
}

#[tokio::test]
async fn a_server_that_stops_says_when_it_is_back_before_it_closes() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;

    server.handle.shutdown_with(Some(Duration::from_secs(20)));
    let last_words = ada.hear().await;

    assert_eq!(last_words, ServerMessage::Stopping { back_in_seconds: Some(20) });
    assert_eq!(ada.closed().await.code, 1001);
}

#[tokio::test]
async fn an_administrator_sees_everybody_removes_them_and_closes_rooms() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let admin = server.handle.admin();
    let tea: RoomName = "tea".parse().unwrap();

    let before = admin.snapshot().await.unwrap();
    let removed = admin.remove(tea.clone(), person(2), None).await;
    let told = bob.hear().await;
    let closed = admin.close_room(tea.clone(), Some("Closing time".parse().unwrap())).await;
    let again = admin.close_room(tea, None).await;

    assert_eq!(before.rooms[0].participants.len(), 2);
    assert!(removed && closed && !again);
    assert_eq!(told, ServerMessage::Removed { by: None, remark: None });
    let mut last = ada.hear().await;
    while !matches!(last, ServerMessage::Removed { .. }) {
        last = ada.hear().await;
    }
    assert_eq!(last, ServerMessage::Removed { by: None, remark: Some("Closing time".parse().unwrap()) });
    assert!(admin.snapshot().await.unwrap().rooms.is_empty());
}

fn with_passcode(mut message: ClientMessage, secret: &str) -> ClientMessage {
    if let ClientMessage::Join { passcode, .. } = &mut message {
        *passcode = Some(secret.parse().unwrap());
    }
    message
}
