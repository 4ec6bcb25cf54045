//! Programs that speak HTTP rather than this protocol, and browsers that come from somewhere else.
use parlor_protocol::{CandidateKind, ClientMessage, ConnectReport, Generation, Relayed};
use parlor_server::{AllowedOrigins, Config, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    client::{PATIENCE, TestServer, join, relay},
    request::{ask, counter, get, json, status, until, until_hit},
};

#[tokio::test]
async fn the_health_of_the_server_can_be_asked() {
    let server = TestServer::start().await;

    let answer = ask(server.address, "GET /healthz HTTP/1.1\r\nHost: parlor\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok\n"), "{answer}");
}

#[tokio::test]
async fn other_requests_are_answered_by_what_is_wrong_with_them() {
    let server = TestServer::start().await;
    let long = format!("GET /ws HTTP/1.1\r\nCookie: {}\r\n\r\n", "x".repeat(9000));

    for (request, status) in [
        ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
        ("GET /ws HTTP/1.1\r\nHost: parlor\r\n\r\n", "426"),
        ("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "405"),
        ("DELETE /api/status HTTP/1.1\r\n\r\n", "405"),
        ("GET /api/nothing HTTP/1.1\r\n\r\n", "404"),
        ("POST /ws HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "400"),
        ("hello\r\n\r\n", "400"),
        (long.as_str(), "431"),
    ] {
        let answer = ask(server.address, request).await;

        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request} gave {answer}");
    }
}

#[tokio::test]
async fn a_request_may_come_in_pieces() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();

    for piece in upgrade("http://localhost").as_bytes().chunks(7) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }

    let mut status = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut status)).await.expect("an answer").unwrap();
    assert_eq!(&status, b"HTTP/1.1 101");
}

#[tokio::test]
async fn a_page_from_elsewhere_may_not_connect() {
    let server = TestServer::start().await;

    let answer = ask(server.address, &upgrade("https://example.org")).await;

    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    until_hit(&server, "origin").await;
}

#[tokio::test]
async fn a_page_that_is_listed_may_connect() {
    let origins = AllowedOrigins::with(["https://example.org".to_owned()]);
    let config = Config { origins, ..Config::listening_on(([127, 0, 0, 1], 0).into()) };
    let server = TestServer::with_config(config).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();

    stream.write_all(upgrade("https://example.org").as_bytes()).await.unwrap();

    let mut status = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut status)).await.expect("an answer").unwrap();
    assert_eq!(&status, b"HTTP/1.1 101");
}

#[tokio::test]
async fn a_full_server_says_so() {
    let server = TestServer::with(Limits { connections: 0, ..Limits::default() }).await;

    let answer = ask(server.address, &upgrade("http://localhost")).await;

    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
}

#[tokio::test]
async fn the_page_comes_with_a_policy_that_lets_nothing_else_run() {
    let server = TestServer::start().await;

    let answer = get(&server, "/", None).await;
    let head = ask(server.address, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("<!doctype html>"), "{answer}");
    assert!(answer.contains("content-security-policy: default-src 'none'; script-src 'sha256-"), "{answer}");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
}

#[tokio::test]
async fn the_invite_is_a_link_and_a_picture_of_it() {
    let server = TestServer::start().await;

    let status = json(&get(&server, "/api/status", None).await);
    let picture = get(&server, "/invite.svg", None).await;

    assert_eq!(status["invite"], format!("parlor://{}?plain", server.address));
    assert!(picture.contains("content-type: image/svg+xml\r\n") && picture.contains("<svg "), "{picture}");
}

#[tokio::test]
async fn the_metrics_count_what_people_do() {
    let server = TestServer::start().await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    let mut cyd = server.arrive().await;
    cyd.hear().await;

    ada.hear().await;
    bob.say(&relay(1, Relayed::Answer { generation: Generation::new(1), sdp: "v=0".to_owned() })).await;
    ada.hear().await;
    let (local, remote) = (CandidateKind::Host, CandidateKind::ServerReflexive);
    ada.say(&ClientMessage::Report { report: ConnectReport { connected_ms: 90, local, remote } }).await;
    cyd.say(&join("coffee", 3, false)).await;
    cyd.hear_about_me().await;

    until(&server, r#"parlor_connected_pairs_total{local="host",remote="server_reflexive"}"#, |pairs| pairs == 1).await;
    for (name, value) in [
        ("parlor_rooms", 1),
        ("parlor_participants", 2),
        ("parlor_joins_total{result=\"joined\"}", 2),
        ("parlor_joins_total{result=\"no_such_room\"}", 1),
        ("parlor_messages_relayed_total", 1),
        ("parlor_relay_seconds_count", 1),
        ("parlor_connect_seconds_bucket{le=\"0.1\"}", 1),
    ] {
        assert_eq!(counter(&server, &format!("{name} ").replace("} ", "}")).await, value, "{name}");
    }
    let numbers = server.handle.numbers();
    assert_eq!((numbers.rooms, numbers.participants, numbers.relayed), (1, 2, 1));
    assert!(numbers.connections >= 3, "{numbers:?}");
}

#[tokio::test]
async fn a_report_from_the_lobby_does_not_count() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    ada.hear().await;

    let (local, remote) = (CandidateKind::Host, CandidateKind::Host);
    ada.say(&ClientMessage::Report { report: ConnectReport { connected_ms: 1, local, remote } }).await;
    ada.hear_about_me().await;

    assert_eq!(counter(&server, "parlor_connect_seconds_count ").await, 0);
}

#[tokio::test]
async fn the_metrics_are_for_this_machine_and_not_for_those_behind_its_proxy() {
    let server = TestServer::start().await;

    let answer =
        ask(server.address, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n").await;

    assert_eq!(status(&answer), "403", "{answer}");
}

fn upgrade(origin: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: parlor\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {origin}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
}
