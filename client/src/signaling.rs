//! The websocket to the signaling server: one task, messages in, messages out.
mod dial;
#[cfg(test)]
mod tests;
mod tls;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlor_protocol::{ClientMessage, Pin, ServerAddress, ServerMessage};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::tungstenite::{self, Message};

pub use self::dial::ServerTrouble;
pub(crate) use self::{
    dial::{DialError, Reached, Route, Socket, Target},
    tls::Trust,
};

/// A server that was not heard of for so long is gone: it pings every 15 seconds.
const SILENCE_LIMIT: Duration = Duration::from_secs(40);
/// A server that takes nothing for so long is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// What may wait to be sent. A call says a few words a second.
const WAITING_MESSAGES: usize = 256;

/// What the connection tells. Each event carries the number of its connection, so that an old one is told apart.
#[derive(Debug)]
pub(crate) enum SignalEvent {
    /// The websocket is open.
    Up(Reached),
    /// The server's key is new to us. Nothing was said to it, and nothing comes after this.
    UnknownKey {
        /// Where.
        server: ServerAddress,
        /// The key.
        pin: Pin,
    },
    /// The server's key is not the one it should be. Nothing was said to it, and nothing comes after this.
    ChangedKey {
        /// Where.
        server: ServerAddress,
        /// The key that it should have.
        known: Pin,
        /// The key that it has.
        offered: Pin,
    },
    /// It is closed, or could not be opened. Nothing comes after it.
    Down {
        /// Why, for people.
        reason: String,
        /// Whether dialling again may help.
        retry: bool,
        /// Why, by kind.
        trouble: ServerTrouble,
    },
    /// The server said something.
    Message(ServerMessage),
}

/// The hold on a connection. Dropping it hangs up, after what was sent before has gone out.
#[derive(Debug)]
pub(crate) struct Signal {
    messages: mpsc::Sender<ClientMessage>,
}

impl Signal {
    /// Dials. Events go to `events`, under `number`.
    pub(crate) fn dial(route: Route, number: u64, events: mpsc::Sender<(u64, SignalEvent)>) -> Self {
        let (messages, waiting) = mpsc::channel(WAITING_MESSAGES);
        tokio::spawn(Task { route, number, waiting, events }.run());
        Self { messages }
    }

    /// Sends a message. One that cannot be queued is lost, as on a connection that breaks.
    pub(crate) fn send(&self, message: ClientMessage) {
        if self.messages.try_send(message).is_err() {
            tracing::debug!("a message to the server is lost");
        }
    }
}

struct Task {
    route: Route,
    number: u64,
    waiting: mpsc::Receiver<ClientMessage>,
    events: mpsc::Sender<(u64, SignalEvent)>,
}

impl Task {
    async fn run(mut self) {
        let ended = match self.route.reach().await {
            Ok((socket, reached)) => {
                self.tell(SignalEvent::Up(reached)).await;
                SignalEvent::Down { reason: self.talk(socket).await, retry: true, trouble: ServerTrouble::Other }
            }
            Err(DialError::UnknownKey { server, pin }) => SignalEvent::UnknownKey { server, pin },
            Err(DialError::ChangedKey { server, known, offered }) => SignalEvent::ChangedKey { server, known, offered },
            Err(error) => {
                SignalEvent::Down { retry: error.may_pass(), trouble: error.trouble(), reason: error.to_string() }
            }
        };
        self.tell(ended).await;
    }

    /// Passes messages both ways until the connection ends; returns why it did.
    async fn talk(&mut self, mut socket: Socket) -> String {
        let mut heard_at = Instant::now();
        loop {
            tokio::select! {
                message = self.waiting.recv() => match message {
                    Some(message) => {
                        if let Err(reason) = send(&mut socket, &message).await {
                            return reason;
                        }
                    }
                    None => {
                        // Best effort: the server notices a connection that just ends too.
                        let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                        return "hung up".to_owned();
                    }
                },
                heard = timeout_at(heard_at + SILENCE_LIMIT, socket.next()) => {
                    heard_at = Instant::now();
                    if let Err(reason) = self.hear(heard.ok().flatten()).await {
                        return reason;
                    }
                }
            }
        }
    }

    async fn hear(&self, heard: Option<Result<Message, tungstenite::Error>>) -> Result<(), String> {
        match heard {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(message) => self.tell(SignalEvent::Message(message)).await,
                Err(error) => {
                    tracing::warn!("the server says something unknown");
                    tracing::debug!(%error, "it is");
                }
            },
            Some(Ok(Message::Close(frame))) => {
                let reason = frame.map(|frame| frame.reason.to_string()).filter(|reason| !reason.is_empty());
                return Err(reason.map_or_else(
                    || "the server closed the connection".to_owned(),
                    |reason| format!("the server closed the connection: {reason}"),
                ));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(format!("the connection to the server broke: {error}")),
            None => return Err("the server is gone".to_owned()),
        }
        Ok(())
    }

    async fn tell(&self, event: SignalEvent) {
        // Nobody listens any more where the engine has stopped.
        let _ = self.events.send((self.number, event)).await;
    }
}

async fn send(socket: &mut Socket, message: &ClientMessage) -> Result<(), String> {
    let text = serde_json::to_string(message).map_err(|error| format!("a message cannot be written: {error}"))?;
    match timeout(SEND_TIMEOUT, socket.send(Message::text(text))).await {
        Ok(sent) => sent.map_err(|error| format!("the connection to the server broke: {error}")),
        Err(_) => Err("the server takes nothing any more".to_owned()),
    }
}
