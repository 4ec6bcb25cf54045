//! The way to the server, and what it says.
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use parlor_protocol::{ClientMessage, RelayAccess, RoomName, RoomOptions, SeatToken, ServerMessage, VERSION};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::step::{Report, State};
use crate::signaling::{DialError, Reached, Route, Socket, Target, Trust};

/// What is told here, in this order.
pub(super) const STEPS: [&str; 7] = ["address", "server", "tls", "websocket", "protocol", "round trip", "room"];
/// How long anything may take that takes milliseconds where it works.
const PATIENCE: Duration = Duration::from_secs(5);
const PINGS: u8 = 5;

/// A stay in a room of our own, which nobody sees.
pub(super) struct Visit {
    socket: Socket,
    /// Where the server is.
    pub(super) peer: SocketAddr,
    /// Its relay.
    pub(super) access: Option<RelayAccess>,
}

impl Visit {
    /// Leaves; the room is gone with us.
    pub(super) async fn leave(mut self) {
        // The server notices a connection that just ends too.
        let _ = timeout(PATIENCE, self.socket.close(None)).await;
    }
}

/// Goes as far as it leads.
pub(super) async fn examine(target: Target, report: &mut Report) -> io::Result<Option<Visit>> {
    if !reachable(&target, report).await? {
        return Ok(None);
    }
    let Some((mut socket, peer)) = open(target, report).await? else { return Ok(None) };
    if let Err(reason) = greet(&mut socket).await {
        report.tell("protocol", State::Failed, &reason)?;
        return Ok(None);
    }
    report.tell("protocol", State::Ok, &format!("version {VERSION}, as here"))?;
    match round_trip(&mut socket).await {
        Some(time) => report.tell("round trip", State::Ok, &format!("{:.2} ms", time.as_secs_f64() * 1e3))?,
        None => report.tell("round trip", State::Failed, "the server does not answer in time: it may be overloaded")?,
    }
    match enter(&mut socket).await {
        Ok(access) => {
            report.tell("room", State::Ok, "a room can be made")?;
            Ok(Some(Visit { socket, peer, access }))
        }
        Err(reason) => {
            report.tell("room", State::Failed, &reason)?;
            Ok(None)
        }
    }
}

/// Whether the name leads to an address, and somebody answers there.
async fn reachable(target: &Target, report: &mut Report) -> io::Result<bool> {
    let server = &target.address;
    let host = server.host().trim_start_matches('[').trim_end_matches(']');
    let found: Vec<_> = match timeout(PATIENCE, lookup_host((host, server.port()))).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if found.is_empty() {
        let reason = format!("nobody knows the name {host:?}: check how it is written, or use an IP address");
        report.tell("address", State::Failed, &reason)?;
        return Ok(false);
    }
    let addresses: Vec<_> = found.iter().map(SocketAddr::to_string).collect();
    report.tell("address", State::Ok, &addresses.join(", "))?;

    let began = Instant::now();
    let trouble = match timeout(PATIENCE, TcpStream::connect(found.as_slice())).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Some(format!("no server runs at {server}: start one with Host, or check the port"))
        }
        Ok(Err(error)) => Some(format!("{server} cannot be reached ({error}): are you on the same network?")),
        Err(_) => Some(format!(
            "{server} does not answer: it may be off, on another network, or behind a firewall that drops TCP port {}",
            server.port()
        )),
    };
    match trouble {
        None => report.tell("server", State::Ok, &format!("answers in {} ms", began.elapsed().as_millis()))?,
        Some(reason) => {
            report.tell("server", State::Failed, &reason)?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Opens the websocket, through TLS where the address says so. A key that is not known yet is shown, and everything
/// after it is tried with it: we tell that server nothing that anybody else may not know.
async fn open(target: Target, report: &mut Report) -> io::Result<Option<(Socket, SocketAddr)>> {
    let opened = match reach(&target).await {
        Err(DialError::UnknownKey { pin, .. }) => {
            let note =
                format!("its key is not known yet; its code is {}: compare it with the host's screen", pin.code());
            report.tell("tls", State::Ok, &note)?;
            reach(&Target { trust: Trust::Pinned(pin), ..target }).await
        }
        opened => opened,
    };
    match opened {
        Ok((socket, Reached { address, peer, pin })) => {
            match (address.is_secure(), pin) {
                (true, Some(pin)) => {
                    report.tell_unless_told("tls", &format!("the key is the right one ({})", pin.code()))?
                }
                (true, None) => report.tell_unless_told("tls", "its certificate is vouched for")?,
                (false, _) if address.is_loopback() => {
                    report.tell("tls", State::Skipped, "none: the server is on this computer")?;
                }
                (false, _) => report.tell("tls", State::Skipped, "none: others on the way can read and change all")?,
            }
            report.tell("websocket", State::Ok, "opens")?;
            Ok(Some((socket, peer)))
        }
        Err(error) => {
            let step = match &error {
                DialError::Plain { .. }
                | DialError::BadName { .. }
                | DialError::Tls { .. }
                | DialError::UnknownKey { .. }
                | DialError::ChangedKey { .. } => "tls",
                DialError::NoAddress
                | DialError::Silent { .. }
                | DialError::Refused { .. }
                | DialError::Unreachable { .. }
                | DialError::Foreign { .. } => "websocket",
            };
            report.tell(step, State::Failed, &error.to_string())?;
            Ok(None)
        }
    }
}

async fn reach(target: &Target) -> Result<(Socket, Reached), DialError> {
    // Nothing is said here that somebody on the way may not read.
    Route { targets: vec![target.clone()], allow_plain: true }.reach().await
}

async fn greet(socket: &mut Socket) -> Result<(), String> {
    let agent = format!("parlor-doctor/{}", env!("CARGO_PKG_VERSION"));
    say(socket, &ClientMessage::Hello { version: VERSION, agent }).await?;
    loop {
        match hear(socket).await? {
            ServerMessage::Hello { .. } => return Ok(()),
            ServerMessage::Refused { message, .. } => return Err(message),
            _ => {}
        }
    }
}

/// The shortest of some.
async fn round_trip(socket: &mut Socket) -> Option<Duration> {
    let mut shortest: Option<Duration> = None;
    for ping in 0..PINGS {
        let (began, content) = (Instant::now(), Bytes::copy_from_slice(&[ping]));
        socket.send(Message::Ping(content.clone())).await.ok()?;
        let answered = async {
            while let Some(Ok(message)) = socket.next().await {
                if matches!(&message, Message::Pong(answer) if *answer == content) {
                    return Some(began.elapsed());
                }
            }
            None
        };
        let time = timeout(PATIENCE, answered).await.ok()??;
        shortest = Some(shortest.map_or(time, |shortest| shortest.min(time)));
    }
    shortest
}

/// Makes a hidden room of our own: only who is in a room is given access to the relay.
async fn enter(socket: &mut Socket) -> Result<Option<RelayAccess>, String> {
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(|error| format!("no randomness from the operating system: {error}"))?;
    let (mut token, mut name) = ([0; 16], [0; 8]);
    token.copy_from_slice(&random[..16]);
    name.copy_from_slice(&random[16..]);
    let room: RoomName =
        format!("doctor-{:016x}", u64::from_be_bytes(name)).parse().map_err(|error| format!("{error}"))?;
    let options = RoomOptions { hidden: true, ..RoomOptions::default() };
    let token = SeatToken::new(token);
    say(socket, &ClientMessage::Create { room: Some(room), nickname: None, token, passcode: None, options }).await?;
    loop {
        match hear(socket).await? {
            ServerMessage::Joined { relay, .. } => return Ok(relay),
            ServerMessage::Refused { message, .. } => return Err(message),
            _ => {}
        }
    }
}

async fn say(socket: &mut Socket, message: &ClientMessage) -> Result<(), String> {
    let text = serde_json::to_string(message).map_err(|error| format!("a message cannot be written: {error}"))?;
    socket.send(Message::text(text)).await.map_err(|error| format!("the connection to the server broke: {error}"))
}

async fn hear(socket: &mut Socket) -> Result<ServerMessage, String> {
    let heard = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(message) = serde_json::from_str(&text) {
                        return Ok(message);
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                    return Err(format!("the server closed the connection: {reason}"));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(format!("the connection to the server broke: {error}")),
                None => return Err("the server hung up".to_owned()),
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap_or_else(|_| Err("the server says nothing: is it a Parlor server?".to_owned()))
}
