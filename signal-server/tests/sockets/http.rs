//! Programs that speak HTTP rather than this protocol, and browsers that come from somewhere else.
use parlor_server::{AllowedOrigins, Config, Limits, Server};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::client::{PATIENCE, TestServer};

#[tokio::test]
async fn the_health_of_the_server_can_be_asked() {
    let server = TestServer::start().await;

    let answer = ask(&server, "GET /healthz HTTP/1.1\r\nHost: parlor\r\n\r\n").await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok\n"), "{answer}");
}

#[tokio::test]
async fn other_requests_are_answered_by_what_is_wrong_with_them() {
    let server = TestServer::start().await;
    let long = format!("GET /ws HTTP/1.1\r\nCookie: {}\r\n\r\n", "x".repeat(9000));

    for (request, status) in [
        ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
        ("GET /ws HTTP/1.1\r\nHost: parlor\r\n\r\n", "426"),
        ("POST /ws HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "400"),
        ("hello\r\n\r\n", "400"),
        (long.as_str(), "431"),
    ] {
        let answer = ask(&server, request).await;

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

    let answer = ask(&server, &upgrade("https://example.org")).await;

    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

#[tokio::test]
async fn a_page_that_is_listed_may_connect() {
    let origins = AllowedOrigins::with(["https://example.org".to_owned()]);
    let config = Config { origins, ..Config::listening_on(([127, 0, 0, 1], 0).into()) };
    let server = Server::bind(config).await.unwrap();
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let running = tokio::spawn(server.run());

    stream.write_all(upgrade("https://example.org").as_bytes()).await.unwrap();

    let mut status = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut status)).await.expect("an answer").unwrap();
    assert_eq!(&status, b"HTTP/1.1 101");
    running.abort();
}

#[tokio::test]
async fn a_full_server_says_so() {
    let server = TestServer::with(Limits { connections: 0, ..Limits::default() }).await;

    let answer = ask(&server, &upgrade("http://localhost")).await;

    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
}

fn upgrade(origin: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: parlor\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {origin}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
}

/// Sends a request and reads until the server hangs up.
async fn ask(server: &TestServer, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    answer
}
