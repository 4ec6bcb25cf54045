//! Plain HTTP requests, byte by byte as they are written here, and the server's own counters.
use std::net::SocketAddr;

use parlor_server::{AdminToken, Config, Limits};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, sleep, timeout},
};

use crate::client::{PATIENCE, TestServer};

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server that has an administrator.
pub(crate) async fn with_admin(limits: Limits) -> TestServer {
    let admin_token: Option<AdminToken> = Some(TOKEN.parse().unwrap());
    TestServer::with_config(Config { limits, admin_token, ..Config::listening_on(([127, 0, 0, 1], 0).into()) }).await
}

/// Sends a request and reads until the server hangs up.
pub(crate) async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    answer
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// The body of an answer, as JSON.
pub(crate) fn json(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
}

/// Asks for something with the administrator's token, or another one.
pub(crate) async fn get(server: &TestServer, path: &str, token: Option<&str>) -> String {
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    ask(server.address, &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{token}\r\n")).await
}

/// Has the administrator do something.
pub(crate) async fn post(server: &TestServer, path: &str, body: &Value) -> String {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    ask(server.address, &(head + &body)).await
}

/// The value of one counter.
pub(crate) async fn counter(server: &TestServer, name: &str) -> u64 {
    read(server, name).await.unwrap_or_else(|| panic!("no {name}"))
}

/// `None` where the server does not take us just now, or there is no such counter.
async fn read(server: &TestServer, name: &str) -> Option<u64> {
    let metrics = get(server, "/metrics", None).await;
    let value = metrics.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().parse().unwrap())
}

/// Waits until somebody has run into this limit.
pub(crate) async fn until_hit(server: &TestServer, limit: &str) {
    until(server, &format!("parlor_limit_hits_total{{limit=\"{limit}\"}}"), |hits| hits > 0).await;
}

/// Waits until a counter has a value that fits.
pub(crate) async fn until(server: &TestServer, name: &str, fits: impl Fn(u64) -> bool) {
    let reached = async {
        while !read(server, name).await.is_some_and(&fits) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{name} never fits"));
}
