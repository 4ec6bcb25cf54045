//! One task a connection: from the first byte of its request to the last of its close.
#[cfg(feature = "echo")]
mod echo;
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
    http::{self, Reception},
    hub::HubInput,
    lobby::ConnectionId,
    metrics::{Limit, Metrics},
    outbox::{Inbox, Outgoing, outbox},
    rate::Rate,
    tls::Tls,
    transport::{PlainFor, Transport},
    web::Web,
};

/// How many bytes of messages that wait are written together: one write for each costs more than all the rest.
/// The buffer for them stays with the connection, so it is small.
const BATCH_BYTES: usize = 2048;

/// Somebody who has connected and has not said anything yet.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) connection: ConnectionId,
    pub(crate) address: IpAddr,
    pub(crate) since: Instant,
    pub(crate) admitted: Result<(), Refusal>,
    pub(crate) config: Arc<Config>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) hub: mpsc::Sender<HubInput>,
    pub(crate) web: Arc<Web>,
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
        let metrics = Arc::clone(self.web.metrics());
        let _open = match self.admitted {
            Ok(()) => Some(metrics.connected()),
            Err(refusal) => {
                metrics.turned_away(refusal);
                None
            }
        };
        let handshake = tokio::select! {
            handshake = self.shake_hands(stream) => handshake,
            () = self.hub.closed() => return,
        };
        let Some((socket, address)) = handshake else {
            return;
        };
        #[cfg(feature = "echo")]
        return echo::run(socket, address).await;
        #[cfg_attr(feature = "echo", expect(unreachable_code, reason = "an echo knows no rooms"))]
        self.serve(socket, address).await;
    }

    async fn serve(self, socket: Socket, address: IpAddr) {
        let (outbox, inbox) = outbox(&self.config.limits);
        let Self { connection, since, config, hub, web, .. } = self;
        if hub.send(HubInput::Connected { connection, address, since, outbox }).await.is_err() {
            return socket.close(&CloseReason::GoingAway).await;
        }
        Connection::new(connection, socket, inbox, hub, &config, Arc::clone(web.metrics())).run().await;
    }

    async fn shake_hands(&self, stream: TcpStream) -> Option<(Socket, IpAddr)> {
        // Messages are small and somebody waits for each: none is held back to be sent with the next.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "no delay could not be set");
        }
        let deadline = self.since + self.config.limits.handshake;
        let plain = if self.config.insecure { PlainFor::Everybody } else { PlainFor::Loopback };
        let reception = Reception { peer: self.address, admitted: self.admitted, config: &self.config, web: &self.web };
        // On the heap, because it is large and gone long before the connection ends.
        let receive = Box::pin(async {
            match Transport::accept(stream, self.address, plain, &self.tls).await {
                Ok(transport) => http::receive(transport?, &reception).await,
                Err(error) => {
                    debug!(%error, "gone before there was a request");
                    None
                }
            }
        });
        match timeout_at(deadline.into(), receive).await {
            Ok(opened) => opened.map(|(stream, client)| (Socket::new(stream), client)),
            Err(_) => {
                debug!("no websocket in time");
                self.web.metrics().hit(Limit::Handshake);
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
    metrics: Arc<Metrics>,
}

impl Connection {
    fn new(
        id: ConnectionId,
        socket: Socket,
        inbox: Inbox,
        hub: mpsc::Sender<HubInput>,
        config: &Config,
        metrics: Arc<Metrics>,
    ) -> Self {
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
            metrics,
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
        self.metrics.closed(match &ending {
            Ending::Gone => None,
            Ending::Close(reason) => Some(reason),
        });
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
            #[cfg(feature = "echo")]
            Event::Binary(_) => close(CloseReason::Binary),
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
        let since = Instant::now();
        self.metrics.received(text.len());
        let message = match parse::parse(text) {
            Ok(message) => message,
            Err(reason) => return close(reason),
        };
        match self.hub.send(HubInput::Said { connection: self.id, message, since }).await {
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

    /// Begins to send something, and with it what waits behind it.
    fn send(&mut self, first: Outgoing) -> ControlFlow<Ending> {
        let (mut next, mut bytes) = (Some(first), 0);
        while let Some(outgoing) = next {
            match outgoing {
                Outgoing::Text(text) => {
                    bytes += text.len();
                    self.metrics.sent(text.len());
                    self.begin(Message::Text(text))?;
                }
                // What was begun goes out before the close frame.
                Outgoing::Close(reason) => return close(reason),
            }
            next = if bytes < BATCH_BYTES { self.inbox.try_next() } else { None };
        }
        ControlFlow::Continue(())
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
