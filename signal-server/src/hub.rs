//! The one task that owns the [`Lobby`]: what comes in is handled one by one, so joins are ordered and counts are
//! exact without any lock. Connections send to it and wait; it sends to them and never waits.
use std::{collections::BTreeMap, net::IpAddr, sync::Arc, time::Instant};

use parlor_protocol::{ClientMessage, ServerMessage};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::{debug, error};

use crate::{
    close::CloseReason,
    lobby::{ConnectionId, Lobby, Output},
    outbox::{Outbox, Pushed},
};

/// How many inputs wait for the hub. Connections that find it full read no further until there is room.
pub(crate) const INPUTS: usize = 1024;

/// What the hub is told by connections.
#[derive(Debug)]
pub(crate) enum HubInput {
    Connected { connection: ConnectionId, address: IpAddr, since: Instant, outbox: Outbox },
    Said { connection: ConnectionId, message: ClientMessage },
    Disconnected { connection: ConnectionId },
}

/// The lobby and the way to everybody in it.
#[derive(Debug)]
pub(crate) struct Hub {
    lobby: Lobby,
    outboxes: BTreeMap<ConnectionId, Outbox>,
    inputs: mpsc::Receiver<HubInput>,
    stop: watch::Receiver<bool>,
    written: Option<Written>,
}

/// The message written down last: what goes to many is written once.
#[derive(Debug)]
struct Written {
    message: Arc<ServerMessage>,
    text: Utf8Bytes,
}

impl Hub {
    pub(crate) fn new(lobby: Lobby, inputs: mpsc::Receiver<HubInput>, stop: watch::Receiver<bool>) -> Self {
        Self { lobby, outboxes: BTreeMap::new(), inputs, stop, written: None }
    }

    /// Runs until it is told to stop, or until nobody is left who could tell it anything.
    pub(crate) async fn run(mut self) {
        loop {
            let timeout = self.lobby.poll_timeout();
            tokio::select! {
                () = stopped(&mut self.stop) => break,
                () = sleep_until(timeout) => self.lobby.handle_timeout(Instant::now()),
                input = self.inputs.recv() => match input {
                    Some(input) => self.handle(input),
                    None => break,
                },
            }
            self.deliver();
        }
        for (_, outbox) in std::mem::take(&mut self.outboxes) {
            outbox.close(CloseReason::GoingAway);
        }
    }

    fn handle(&mut self, input: HubInput) {
        match input {
            HubInput::Connected { connection, address, since, outbox } => {
                self.outboxes.insert(connection, outbox);
                self.lobby.connect(connection, address, since);
            }
            HubInput::Said { connection, message } => self.lobby.handle(connection, message, Instant::now()),
            HubInput::Disconnected { connection } => {
                self.outboxes.remove(&connection);
                self.lobby.disconnect(connection, Instant::now());
            }
        }
    }

    fn deliver(&mut self) {
        while let Some((connection, output)) = self.lobby.poll_output() {
            match output {
                Output::Message(message) => self.send(connection, message),
                Output::Close(reason) => {
                    if let Some(outbox) = self.outboxes.remove(&connection) {
                        outbox.close(reason);
                    }
                }
            }
        }
        self.written = None;
    }

    fn send(&mut self, connection: ConnectionId, message: Arc<ServerMessage>) {
        let Some(text) = self.write(message) else {
            return;
        };
        let Some(outbox) = self.outboxes.get(&connection) else {
            return;
        };
        match outbox.push(text) {
            Pushed::Queued => {}
            Pushed::Overflowed => {
                debug!(%connection, "reads too slowly");
                self.drop_connection(connection, CloseReason::TooSlow);
            }
            Pushed::Gone => self.drop_connection(connection, CloseReason::GoingAway),
        }
    }

    fn drop_connection(&mut self, connection: ConnectionId, reason: CloseReason) {
        if let Some(outbox) = self.outboxes.remove(&connection) {
            outbox.cut(reason);
        }
        self.lobby.disconnect(connection, Instant::now());
    }

    fn write(&mut self, message: Arc<ServerMessage>) -> Option<Utf8Bytes> {
        if let Some(written) = &self.written
            && Arc::ptr_eq(&written.message, &message)
        {
            return Some(written.text.clone());
        }
        let text = match serde_json::to_string(&*message) {
            Ok(text) => Utf8Bytes::from(text),
            Err(error) => {
                error!(%error, "a message could not be written as JSON");
                return None;
            }
        };
        self.written = Some(Written { message, text: text.clone() });
        Some(text)
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// Waits until the server is to stop, or is gone.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
