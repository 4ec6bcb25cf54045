//! Many at once, and the limits of rooms and connections.
use parlor_protocol::{RefusedReason, ServerMessage};
use parlor_server::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, timeout},
};

use crate::{
    client::{PATIENCE, TestServer},
    request::{ask, get, status, until, until_hit},
};

#[tokio::test]
async fn three_hundred_half_open_handshakes_are_all_hung_up_on_and_leave_nothing_behind() {
    let limits = Limits {
        handshake: Duration::from_secs(1),
        connections: 100,
        connections_per_address: 1000,
        ..Limits::default()
    };
    let server = TestServer::with(limits).await;
    let mut half_open = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /ws HTTP/1.1\r\nHost: parlor\r\n").await.unwrap();
        half_open.push(stream);
    }

    for mut stream in half_open {
        let mut bytes = Vec::new();
        // A reset is an end as well.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server hangs up");
    }

    // The one that asks is open itself.
    until(&server, "parlor_connections ", |open| open == 1).await;
    until_hit(&server, "connections").await;
    until_hit(&server, "refusals").await;
    server.arrive().await;
}

#[tokio::test]
async fn a_full_server_turns_people_away_until_somebody_leaves() {
    let server = TestServer::with(Limits { connections: 2, ..Limits::default() }).await;
    let (_ada, bob) = (server.arrive().await, server.arrive().await);

    let full = get(&server, "/healthz", None).await;
    bob.vanish();

    assert_eq!(status(&full), "503", "{full}");
    let free = async { while status(&get(&server, "/healthz", None).await) != "200" {} };
    timeout(PATIENCE, free).await.expect("there is room again");
    until_hit(&server, "connections").await;
}

#[tokio::test]
async fn a_server_takes_so_many_rooms_and_no_more() {
    let server = TestServer::with(Limits { rooms: 1, ..Limits::default() }).await;
    let (_ada, _) = server.enter("tea", 1).await;

    let (_bob, refused) = server.enter("coffee", 2).await;

    let reason = RefusedReason::ServerFull;
    assert!(matches!(&refused, ServerMessage::Refused { reason: why, .. } if *why == reason), "{refused:?}");
    until_hit(&server, "rooms").await;
}

#[tokio::test]
async fn a_room_takes_so_many_and_no_more() {
    let server = TestServer::with(Limits { room_capacity: 1, ..Limits::default() }).await;
    let (_ada, _) = server.enter("tea", 1).await;

    let (_bob, refused) = server.enter("tea", 2).await;

    assert!(matches!(&refused, ServerMessage::Refused { .. }), "{refused:?}");
    until_hit(&server, "room_capacity").await;
}

#[tokio::test]
async fn a_head_without_end_or_with_very_many_lines_is_refused() {
    let server = TestServer::start().await;
    let long = format!("GET /ws HTTP/1.1\r\nCookie: {}\r\n\r\n", "x".repeat(9000));
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(1000));
    let path = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(9000));

    for request in [long, many, path] {
        let answer = ask(server.address, &request).await;

        assert!(["431", "414"].contains(&status(&answer)), "{answer}");
    }
    until_hit(&server, "request_size").await;
}
