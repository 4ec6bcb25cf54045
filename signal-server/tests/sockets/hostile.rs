//! Clients that flood, stall, babble or never finish what they begin.
use std::time::Duration;

use futures_util::StreamExt;
use parlor_protocol::{
    ByeReason, ClientMessage, ErrorCode, Generation, RefusedReason, Relayed, ServerMessage, limits::MESSAGE_BYTES,
};
use parlor_server::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Closed, PATIENCE, TestServer, hello, join, person, relay},
    request::until_hit,
};

#[tokio::test]
async fn a_message_that_is_no_json_is_closed_with_what_is_wrong() {
    let server = TestServer::start().await;
    let mut ada = server.connect().await;

    ada.send(Message::text("hello?")).await.unwrap();

    let reason = "malformed message: not JSON: expected value at line 1 column 1".to_owned();
    assert_eq!(ada.closed().await, Closed { code: 1008, reason });
}

#[tokio::test]
async fn a_malformed_message_is_not_repeated() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    ada.send(Message::text(r#"{"type":"join","room":"tea","token":"hunter2"}"#)).await.unwrap();

    let reason = "malformed message: expected 32 hex digits".to_owned();
    assert_eq!(ada.closed().await, Closed { code: 1008, reason });
}

#[tokio::test]
async fn a_binary_message_is_closed() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    ada.send(Message::binary(vec![1, 2, 3])).await.unwrap();

    assert_eq!(ada.closed().await.code, 1008);
}

#[tokio::test]
async fn a_message_over_the_limit_is_closed_and_the_others_hear_of_it() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));

    bob.send(Message::text("x".repeat(MESSAGE_BYTES + 1))).await.unwrap();

    let reason = "the message is too large: at most 64 KiB".to_owned();
    assert_eq!(bob.closed().await, Closed { code: 1009, reason });
    until_hit(&server, "message_size").await;
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(2), reason: ByeReason::Dropped });
}

#[tokio::test]
async fn the_longest_message_that_is_taken_is_passed_on_within_the_limit() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let empty = serde_json::to_string(&relay(1, offer(0))).unwrap().len();

    bob.say(&relay(1, offer(MESSAGE_BYTES - 16 - empty))).await;

    assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));
    let relayed = serde_json::to_string(&ada.hear().await).unwrap().len();
    assert!(relayed <= MESSAGE_BYTES, "{relayed} bytes");
}

#[tokio::test]
async fn a_message_that_would_be_too_long_when_passed_on_is_refused() {
    let server = TestServer::start().await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let empty = serde_json::to_string(&relay(1, offer(0))).unwrap().len();

    bob.say(&relay(1, offer(MESSAGE_BYTES - 15 - empty))).await;

    assert_eq!(bob.closed().await.code, 1009);
}

#[tokio::test]
async fn what_is_still_unread_does_not_reset_the_connection_before_the_goodbye_is_read() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    ada.send(Message::text("x".repeat(2 * MESSAGE_BYTES))).await.unwrap();

    assert_eq!(ada.closed().await.code, 1009);
    ada.ended().await.unwrap();
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;

    for _ in 0..2000 {
        let message =
            Message::text(serde_json::to_string(&ClientMessage::State { media: Default::default() }).unwrap());
        if ada.send(message).await.is_err() {
            break;
        }
    }

    let reason = "too many messages: slow down".to_owned();
    assert_eq!(ada.closed().await, Closed { code: 1008, reason });
    until_hit(&server, "message_rate").await;
}

#[tokio::test]
async fn whoever_floods_another_loses_messages_and_costs_the_other_nothing() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));

    for _ in 0..20 {
        ada.say(&relay(2, offer(MESSAGE_BYTES - 1024))).await;
    }

    let answer = ada.hear().await;
    assert!(matches!(answer, ServerMessage::Error { code: ErrorCode::TooMuch, .. }), "{answer:?}");
    until_hit(&server, "signal_bytes").await;
    bob.say(&relay(1, offer(10))).await;
    while !matches!(ada.hear().await, ServerMessage::Relayed { from, .. } if from == person(2)) {}
}

#[tokio::test]
async fn whoever_does_not_read_is_cut_off_and_the_others_go_on() {
    // The usual budget does not let one sender do this.
    let unlimited = Limits { relay_burst_bytes: u32::MAX, ..Limits::default() };
    let server = TestServer::with(unlimited).await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut cyd, _) = server.enter("tea", 3).await;
    let mut slow = slow_reader(&server, 2).await;
    for _ in 0..2 {
        assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));
    }
    assert!(matches!(cyd.hear().await, ServerMessage::Welcome { .. }));

    // 12 MB in all: more than the system and the server together keep for somebody who does not read.
    for _ in 0..190 {
        ada.say(&relay(2, offer(MESSAGE_BYTES - 1024))).await;
    }

    assert_eq!(cyd.hear().await, ServerMessage::Bye { participant: person(2), reason: ByeReason::Dropped });
    let received = timeout(PATIENCE, tokio::io::copy(&mut slow, &mut tokio::io::sink())).await.expect("it is over");
    assert!(received.is_err() || received.is_ok_and(|bytes| bytes < 12_000_000));
    until_hit(&server, "queue").await;
}

#[tokio::test]
async fn a_handshake_that_is_never_finished_is_hung_up_on() {
    let server = TestServer::with(Limits { handshake: Duration::from_secs(1), ..Limits::default() }).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"GET /ws HTTP/1.1\r\nHost: parlor\r\n").await.unwrap();

    let ends = [ended(&mut silent).await, ended(&mut half).await];

    assert_eq!(ends, [0, 0], "bytes sent to somebody who never finished a request");
    until_hit(&server, "handshake").await;
}

#[tokio::test]
async fn a_websocket_that_never_says_hello_is_closed() {
    let server = TestServer::with(Limits { handshake: Duration::from_secs(1), ..Limits::default() }).await;
    let mut ada = server.connect().await;

    let closed = ada.closed().await;

    assert_eq!(closed, Closed { code: 1008, reason: "no hello in time".to_owned() });
    until_hit(&server, "hello").await;
}

#[tokio::test]
async fn whoever_answers_no_ping_is_dropped() {
    let limits = Limits { ping_interval: Duration::from_millis(100), ..Limits::default() };
    let server = TestServer::with(limits).await;
    let (mut ada, _) = server.enter("tea", 1).await;

    // It reads nothing, so it answers nothing; its socket stays open all the while. Ada, who listens, answers.
    let (_silent, welcome) = tokio::join!(slow_reader(&server, 2), ada.hear());
    let bye = ada.hear().await;

    assert!(matches!(welcome, ServerMessage::Welcome { .. }), "{welcome:?}");
    assert_eq!(bye, ServerMessage::Bye { participant: person(2), reason: ByeReason::Dropped });
    until_hit(&server, "pings").await;
}

#[tokio::test]
async fn whoever_guesses_rooms_has_to_wait() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    ada.hear().await;

    let mut answers = Vec::new();
    for guess in 0..6 {
        ada.say(&join(&format!("guess {guess}"), 1, false)).await;
        let ServerMessage::Refused { reason, .. } = ada.hear_about_me().await else { panic!("not refused") };
        answers.push(reason);
    }

    assert_eq!(answers[..5], [const { RefusedReason::NoSuchRoom }; 5]);
    assert_eq!(answers[5], RefusedReason::TooManyAttempts);
    until_hit(&server, "failed_joins").await;
}

#[tokio::test]
async fn a_place_that_somebody_leaves_is_free_for_the_next() {
    let server = TestServer::with(Limits { connections_per_address: 1, ..Limits::default() }).await;
    let mut first = server.arrive().await;
    let url = format!("ws://{}/ws", server.address);

    let refused = tokio_tungstenite::connect_async(&url).await;
    first.socket.close(None).await.unwrap();
    while first.socket.next().await.is_some() {}
    let second = async {
        loop {
            if let Ok((socket, _)) = tokio_tungstenite::connect_async(&url).await {
                return socket;
            }
        }
    };

    assert!(refused.unwrap_err().to_string().contains("429"));
    let second = timeout(PATIENCE, second).await.expect("the place is free in the end");
    drop(second);
    until_hit(&server, "connections_per_address").await;
}

/// Somebody in the room `tea` who reads nothing beyond the answer to the upgrade.
async fn slow_reader(server: &TestServer, number: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let (mut websocket, _) =
        tokio_tungstenite::client_async(format!("ws://{}/ws", server.address), stream).await.unwrap();
    for message in [hello(), join("tea", number, true)] {
        let text = serde_json::to_string(&message).unwrap();
        futures_util::SinkExt::send(&mut websocket, Message::text(text)).await.unwrap();
    }
    websocket.into_inner()
}

fn offer(bytes: usize) -> Relayed {
    Relayed::Offer { generation: Generation::new(1), sdp: "x".repeat(bytes) }
}

/// Waits until the other side hangs up, and returns how many bytes it sent before.
async fn ended(stream: &mut TcpStream) -> usize {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server hangs up");
    bytes.len()
}
