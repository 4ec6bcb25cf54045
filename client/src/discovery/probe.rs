//! Asks a server whether it is there, and which rooms it has. Nothing is said that the whole network may not hear.
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlor_protocol::{ClientMessage, RefusedReason, RoomInfo, ServerAddress, ServerMessage, VERSION};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::roster::Answer;
use crate::signaling::{Route, Socket, Target, Trust};

/// How long a server may take to answer. Short, so that one that is gone is gone from the list within ten seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(1500);
/// How long it may take to be told that we hang up.
const GOODBYE_TIMEOUT: Duration = Duration::from_millis(300);
/// A server on a local network that has more rooms is not shown in full.
const MOST_ROOMS: usize = 128;

/// Asks at all addresses; the first answer counts.
pub(super) async fn probe(addresses: Vec<ServerAddress>) -> Option<Answer> {
    let target = |address| Target { address, trust: Trust::Anybody };
    // Nothing secret is said, so it may go to any computer in the clear.
    let route = Route { targets: addresses.into_iter().map(target).collect(), allow_plain: true };
    let asking = async {
        let (mut socket, reached) = route.reach().await.ok()?;
        let mut rooms = ask(&mut socket).await?;
        rooms.truncate(MOST_ROOMS);
        // Best effort: the server notices a connection that just ends too.
        let _ = timeout(GOODBYE_TIMEOUT, socket.close(None)).await;
        Some(Answer { address: reached.address, pin: reached.pin, rooms })
    };
    timeout(ANSWER_TIMEOUT, asking).await.ok().flatten()
}

async fn ask(socket: &mut Socket) -> Option<Vec<RoomInfo>> {
    let hello = ClientMessage::Hello { version: VERSION, agent: concat!("parlor/", env!("CARGO_PKG_VERSION")).into() };
    socket.send(Message::text(serde_json::to_string(&hello).ok()?)).await.ok()?;
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else { continue };
        match serde_json::from_str(&text) {
            Ok(ServerMessage::Rooms { rooms }) => return Some(rooms),
            // It is there all the same; whoever wants to go there is told which side is to be updated.
            Ok(ServerMessage::Refused { reason: RefusedReason::VersionMismatch { .. }, .. }) => return Some(Vec::new()),
            Ok(_) | Err(_) => {}
        }
    }
}
