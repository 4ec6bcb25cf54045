//! The build for the websocket test-suite (feature `echo`): what a connection says is said back to it. Everything up
//! to there, and the end, is what people get.
use std::net::IpAddr;

use tokio_tungstenite::tungstenite::Message;
use tracing::debug;

use super::{
    Ending,
    socket::{Event, Socket},
};

/// Echoes to the end.
pub(super) async fn run(mut socket: Socket, address: IpAddr) {
    debug!(%address, "echoing");
    let ending = loop {
        let message = match socket.next().await {
            Event::Text(text) => Message::Text(text),
            Event::Binary(bytes) => Message::Binary(bytes),
            Event::Control | Event::Flushed => continue,
            Event::Broke(reason) => break Ending::Close(reason),
            Event::Gone => break Ending::Gone,
        };
        if socket.send(message).is_err() {
            break Ending::Gone;
        }
    };
    match ending {
        Ending::Gone => socket.acknowledge().await,
        Ending::Close(reason) => socket.close(&reason).await,
    }
}
