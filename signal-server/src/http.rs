//! The HTTP in front of a websocket: reads one request, and either upgrades or answers it.
//!
//! The request is read here rather than by the websocket library, so that its size has our limit and so that a
//! plain `GET /healthz` has an answer on the same port.
use std::io;

use parlor_protocol::limits::MESSAGE_BYTES;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{
            machine::TryParse,
            server::{Request, create_response, write_response},
        },
        http::{Uri, header::ORIGIN},
        protocol::{Role, WebSocketConfig},
    },
};
use tracing::debug;

use crate::{
    connection::linger,
    gate::Refusal,
    limits::{RELAY_GROWTH_BYTES, REQUEST_BYTES},
    origin::AllowedOrigins,
};

/// An answer to whoever does not get a websocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Healthy,
    NotFound,
    NoUpgrade,
    BadRequest,
    TooLarge,
    ForeignOrigin,
    Refused(Refusal),
}

impl Answer {
    fn status(self) -> &'static str {
        match self {
            Self::Healthy => "200 OK",
            Self::NotFound => "404 Not Found",
            Self::NoUpgrade => "426 Upgrade Required",
            Self::BadRequest => "400 Bad Request",
            Self::TooLarge => "431 Request Header Fields Too Large",
            Self::ForeignOrigin => "403 Forbidden",
            Self::Refused(Refusal::AddressFull) => "429 Too Many Requests",
            Self::Refused(Refusal::ServerFull) => "503 Service Unavailable",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Healthy => "ok",
            Self::NotFound => "there is nothing here: this is a Parlor server, its websocket is at /ws",
            Self::NoUpgrade => "this is a Parlor server: connect to it with Parlor",
            Self::BadRequest => "this is no HTTP/1.1 GET request",
            Self::TooLarge => "the request is too large: at most 8 KiB",
            Self::ForeignOrigin => "this web page may not connect: start the server with --allow-origin and its origin",
            Self::Refused(Refusal::AddressFull) => "too many connections from your address: close some",
            Self::Refused(Refusal::ServerFull) => "the server has as many connections as it takes: try later",
        }
    }

    async fn send(self, stream: &mut TcpStream) -> io::Result<()> {
        let (status, text) = (self.status(), self.text());
        let upgrade = if self == Self::NoUpgrade { "upgrade: websocket\r\n" } else { "" };
        let length = text.len() + 1;
        let answer = format!(
            "HTTP/1.1 {status}\r\n{upgrade}connection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\
             content-length: {length}\r\n\r\n{text}\n"
        );
        stream.write_all(answer.as_bytes()).await
    }
}

/// Reads the request and opens the websocket. `None` where the request was for something else and has its answer.
pub(crate) async fn receive(
    mut stream: TcpStream,
    origins: &AllowedOrigins,
    admitted: Result<(), Refusal>,
) -> io::Result<Option<WebSocketStream<TcpStream>>> {
    let answer = match read_request(&mut stream).await? {
        Ok((request, rest)) => match admitted.map_err(Answer::Refused).and_then(|()| upgrade(&request, origins)) {
            Ok(response) => {
                stream.write_all(&response).await?;
                let socket = WebSocketStream::from_partially_read(stream, rest, Role::Server, Some(websocket_config()));
                return Ok(Some(socket.await));
            }
            Err(answer) => answer,
        },
        Err(answer) => answer,
    };
    debug!(status = answer.status(), "answered without a websocket");
    answer.send(&mut stream).await?;
    linger(stream).await;
    Ok(None)
}

/// The request, and what came behind it.
async fn read_request(stream: &mut TcpStream) -> io::Result<Result<(Request, Vec<u8>), Answer>> {
    let mut buffer = Vec::with_capacity(1024);
    while buffer.len() < REQUEST_BYTES {
        let seen = buffer.len();
        let free = (REQUEST_BYTES - seen) as u64;
        if (&mut *stream).take(free).read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Only a line feed can end a request: a client that sends byte by byte is not parsed byte by byte.
        if !buffer[seen..].contains(&b'\n') {
            continue;
        }
        match Request::try_parse(&buffer) {
            Ok(Some((length, request))) => return Ok(Ok((request, buffer.split_off(length)))),
            Ok(None) => {}
            Err(_) => return Ok(Err(Answer::BadRequest)),
        }
    }
    Ok(Err(Answer::TooLarge))
}

/// The response that opens the websocket, or the answer to a request for something else.
fn upgrade(request: &Request, origins: &AllowedOrigins) -> Result<Vec<u8>, Answer> {
    route(request.uri())?;
    if let Some(origin) = request.headers().get(ORIGIN)
        && !origin.to_str().is_ok_and(|origin| origins.allows(origin))
    {
        return Err(Answer::ForeignOrigin);
    }
    let response = create_response(request).map_err(|_| Answer::NoUpgrade)?;
    let mut bytes = Vec::new();
    write_response(&mut bytes, &response).map_err(|_| Answer::BadRequest)?;
    Ok(bytes)
}

fn route(uri: &Uri) -> Result<(), Answer> {
    match uri.path() {
        "/" | "/ws" => Ok(()),
        "/healthz" => Err(Answer::Healthy),
        _ => Err(Answer::NotFound),
    }
}

/// The library's defaults take 137 KiB a connection and let messages have 64 MiB.
fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * MESSAGE_BYTES)
        .max_message_size(Some(MESSAGE_BYTES - RELAY_GROWTH_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES - RELAY_GROWTH_BYTES))
}
