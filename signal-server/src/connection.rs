//! One task a connection: from the first byte of its request to the last of its close.
mod parse;
mod socket;

use std::{net::IpAddr, ops::ControlFlow, sync::Arc, time::Instant};

use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval_at, timeout_at},
};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tracing::debug;

pub(crate) use self::socket::linger;
use self::socket::{Event, Socket};
use crate::{
    close::CloseReason,
    config::Config,
    gate::Refusal,
    http,
    hub::HubInput,
    lobby::ConnectionId,
    outbox::{Inbox, Outgoing, outbox},
    rate::Rate,
};

/// Somebody who has connected and has not said anything yet.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) connection: ConnectionId,
    pub(crate) address: IpAddr,
    pub(crate) since: Instant,
    pub(crate) admitted: Result<(), Refusal>,
    pub(crate) config: Arc<Config>,
    pub(crate) hub: mpsc::Sender<HubInput>,
}

/// Why a connection ends.
#[derive(Debug)]
enum Ending {
    /// The other side closed or is gone.
    Gone,
    /// We close.
    Close(CloseReason),
}

impl Visitor {
    /// Stays with them to the end.
    pub(crate) async fn run(self, stream: TcpStream) {
        let handshake = tokio::select! {
            handshake = self.shake_hands(stream) => handshake,
            () = self.hub.closed() => return,
        };
        let Some(socket) = handshake else {
            return;
        };
        let (outbox, inbox) = outbox(&self.config.limits);
        let Self { connection, address, since, config, hub, .. } = self;
        if hub.send(HubInput::Connected { connection, address, since, outbox }).await.is_err() {
            return socket.close(&CloseReason::GoingAway).await;
        }
        Connection::new(connection, socket, inbox, hub, &config).run().await;
    }

    async fn shake_hands(&self, stream: TcpStream) -> Option<Socket> {
        // Messages are small and somebody waits for each: none is held back to be sent with the next.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "no delay could not be set");
        }
        let deadline = self.since + self.config.limits.handshake;
        let receive = http::receive(stream, &self.config.origins, self.admitted);
        match timeout_at(deadline.into(), receive).await {
            Ok(Ok(socket)) => socket.map(Socket::new),
            Ok(Err(error)) => {
                debug!(%error, "gone before there was a websocket");
                None
            }
            Err(_) => {
                debug!("no websocket in time");
                None
            }
        }
    }
}

/// An open websocket.
struct Connection {
    id: ConnectionId,
    socket: Socket,
    inbox: Inbox,
    hub: mpsc::Sender<HubInput>,
    rate: Rate,
    ping: Interval,
    missed_pings: u32,
    most_missed_pings: u32,
}

impl Connection {
    fn new(id: ConnectionId, socket: Socket, inbox: Inbox, hub: mpsc::Sender<HubInput>, config: &Config) -> Self {
        let limits = &config.limits;
        let now = Instant::now();
        let mut ping = interval_at((now + limits.ping_interval).into(), limits.ping_interval);
        // After a stall of this machine the others have to have the time to answer.
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            id,
            socket,
            inbox,
            hub,
            rate: Rate::new(limits.messages_per_second, limits.message_burst, now),
            ping,
            missed_pings: 0,
            most_missed_pings: limits.missed_pings,
        }
    }

    async fn run(mut self) {
        debug!("websocket open");
        let ending = loop {
            let ready = self.socket.is_ready();
            let step = tokio::select! {
                event = self.socket.next() => self.happened(event).await,
                outgoing = self.inbox.next(ready) => self.send(outgoing),
                _ = self.ping.tick() => self.ask_for_life(),
            };
            if let ControlFlow::Break(ending) = step {
                break ending;
            }
        };
        debug!(?ending, "websocket ends");
        // First of all the room has to know. Where the hub is gone, so is the room.
        let _ = self.hub.send(HubInput::Disconnected { connection: self.id }).await;
        match ending {
            Ending::Gone => self.socket.acknowledge().await,
            Ending::Close(reason) => self.socket.close(&reason).await,
        }
    }

    async fn happened(&mut self, event: Event) -> ControlFlow<Ending> {
        match event {
            Event::Text(text) => {
                self.heard_from()?;
                self.said(&text).await
            }
            Event::Control => self.heard_from(),
            Event::Flushed => ControlFlow::Continue(()),
            Event::Broke(reason) => close(reason),
            Event::Gone => ControlFlow::Break(Ending::Gone),
        }
    }

    fn heard_from(&mut self) -> ControlFlow<Ending> {
        self.missed_pings = 0;
        if self.rate.allows(Instant::now()) { ControlFlow::Continue(()) } else { close(CloseReason::TooFast) }
    }

    async fn said(&mut self, text: &str) -> ControlFlow<Ending> {
        let message = match parse::parse(text) {
            Ok(message) => message,
            Err(reason) => return close(reason),
        };
        match self.hub.send(HubInput::Said { connection: self.id, message }).await {
            Ok(()) => ControlFlow::Continue(()),
            // The hub has stopped, and what it said last is in the inbox.
            Err(_) => self.send_rest().await,
        }
    }

    /// Looks for the close that the hub left behind.
    async fn send_rest(&mut self) -> ControlFlow<Ending> {
        loop {
            match self.inbox.next(true).await {
                Outgoing::Text(_) => {}
                Outgoing::Close(reason) => return close(reason),
            }
        }
    }

    fn send(&mut self, outgoing: Outgoing) -> ControlFlow<Ending> {
        match outgoing {
            Outgoing::Text(text) => self.begin(Message::Text(text)),
            Outgoing::Close(reason) => close(reason),
        }
    }

    fn ask_for_life(&mut self) -> ControlFlow<Ending> {
        if self.missed_pings >= self.most_missed_pings {
            return close(CloseReason::Silent);
        }
        self.missed_pings += 1;
        // Whoever does not read what was sent before would not read a ping either: that counts as missed.
        if self.socket.is_ready() { self.begin(Message::Ping(Bytes::new())) } else { ControlFlow::Continue(()) }
    }

    fn begin(&mut self, message: Message) -> ControlFlow<Ending> {
        match self.socket.send(message) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                debug!(%error, "could not send");
                ControlFlow::Break(Ending::Gone)
            }
        }
    }
}

fn close(reason: CloseReason) -> ControlFlow<Ending> {
    ControlFlow::Break(Ending::Close(reason))
}
