//! The one task that owns the [`Lobby`]: what comes in is handled one by one, so joins are ordered and counts are
//! exact without any lock. Connections send to it and wait; it sends to them and never waits.
use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_protocol::{ClientMessage, ServerMessage};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::{debug, error};

use crate::{
    admin::AdminRequest,
    close::CloseReason,
    lobby::{ConnectionId, Lobby, Output, PasscodeJob, PasscodeResult},
    metrics::Metrics,
    outbox::{Outbox, Pushed},
};

/// How many inputs wait for the hub. Connections that find it full read no further until there is room.
pub(crate) const INPUTS: usize = 1024;
/// How many inputs are handled before the hub looks at anything else, such as the time.
const INPUTS_AT_ONCE: usize = 64;

/// What the hub is told by connections, and by the administrator.
#[derive(Debug)]
pub(crate) enum HubInput {
    Connected {
        connection: ConnectionId,
        address: IpAddr,
        since: Instant,
        outbox: Outbox,
    },
    /// `since` is when it was taken off the socket.
    Said {
        connection: ConnectionId,
        message: ClientMessage,
        since: Instant,
    },
    Disconnected {
        connection: ConnectionId,
    },
    Admin(AdminRequest),
}

/// Whether the server runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    #[default]
    Run,
    /// Stop, and say when the server is likely to be back.
    Stop { back_in: Option<Duration> },
}

/// The lobby and the way to everybody in it.
#[derive(Debug)]
pub(crate) struct Hub {
    lobby: Lobby,
    outboxes: BTreeMap<ConnectionId, Outbox>,
    inputs: mpsc::Receiver<HubInput>,
    stop: watch::Receiver<Order>,
    written: Option<Written>,
    hashing: Hashing,
    metrics: Arc<Metrics>,
    /// When what is being handled was taken off its socket.
    since: Option<Instant>,
}

/// The message written down last: what goes to many is written once.
#[derive(Debug)]
struct Written {
    message: Arc<ServerMessage>,
    text: Utf8Bytes,
}

/// Passcodes are hashed one after the other: nobody can occupy more than one processor with them. The lobby bounds
/// how many wait.
#[derive(Debug, Default)]
struct Hashing {
    running: Option<JoinHandle<PasscodeResult>>,
    waiting: VecDeque<PasscodeJob>,
}

impl Hashing {
    fn add(&mut self, job: PasscodeJob) {
        self.waiting.push_back(job);
        self.start_next();
    }

    /// Waits for the next result; for ever where nothing runs.
    async fn next(&mut self) -> Option<PasscodeResult> {
        let Some(running) = &mut self.running else {
            return std::future::pending().await;
        };
        let result = running.await;
        self.running = None;
        self.start_next();
        result.inspect_err(|error| error!(%error, "a passcode could not be looked at")).ok()
    }

    fn start_next(&mut self) {
        if self.running.is_none()
            && let Some(job) = self.waiting.pop_front()
        {
            self.running = Some(tokio::task::spawn_blocking(|| job.run()));
        }
    }
}

impl Hub {
    pub(crate) fn new(
        lobby: Lobby,
        inputs: mpsc::Receiver<HubInput>,
        stop: watch::Receiver<Order>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (outboxes, hashing) = (BTreeMap::new(), Hashing::default());
        Self { lobby, outboxes, inputs, stop, written: None, hashing, metrics, since: None }
    }

    /// Runs until it is told to stop, or until nobody is left who could tell it anything.
    pub(crate) async fn run(mut self) {
        loop {
            let timeout = self.lobby.poll_timeout();
            tokio::select! {
                () = stopped(&mut self.stop) => break,
                () = sleep_until(timeout) => self.lobby.handle_timeout(Instant::now()),
                Some(result) = self.hashing.next() => self.lobby.handle_passcode(result, Instant::now()),
                input = self.inputs.recv() => match input {
                    Some(input) => self.handle_with_waiting(input),
                    None => break,
                },
            }
            self.deliver();
        }
        if let Order::Stop { back_in } = *self.stop.borrow() {
            self.lobby.stop(back_in.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX)));
        }
        self.deliver();
        for (_, outbox) in std::mem::take(&mut self.outboxes) {
            outbox.close(CloseReason::GoingAway);
        }
    }

    /// Handles an input, and some of those that wait behind it: to wait anew for each costs a busy hub more than the
    /// input itself.
    fn handle_with_waiting(&mut self, input: HubInput) {
        self.handle(input);
        for _ in 1..INPUTS_AT_ONCE {
            self.deliver();
            let Ok(input) = self.inputs.try_recv() else { return };
            self.handle(input);
        }
    }

    fn handle(&mut self, input: HubInput) {
        match input {
            HubInput::Connected { connection, address, since, outbox } => {
                self.outboxes.insert(connection, outbox);
                self.lobby.connect(connection, address, since);
            }
            HubInput::Said { connection, message, since } => {
                self.since = Some(since);
                self.said(connection, message);
            }
            HubInput::Disconnected { connection } => {
                self.outboxes.remove(&connection);
                self.lobby.disconnect(connection, Instant::now());
            }
            HubInput::Admin(request) => self.handle_admin(request),
        }
    }

    fn said(&mut self, connection: ConnectionId, message: ClientMessage) {
        if let ClientMessage::Report { report } = &message
            && self.lobby.is_in_room(connection)
        {
            self.metrics.reported(report);
        }
        self.lobby.handle(connection, message, Instant::now());
    }

    fn handle_admin(&mut self, request: AdminRequest) {
        let now = Instant::now();
        match request {
            // Whoever does not wait for the answer does not want it.
            AdminRequest::Snapshot { answer } => {
                let _ = answer.send(self.lobby.snapshot());
            }
            AdminRequest::CloseRoom { room, remark, answer } => {
                let _ = answer.send(self.lobby.close_room(&room, remark, now));
            }
            AdminRequest::Remove { room, participant, remark, answer } => {
                let _ = answer.send(self.lobby.remove_participant(&room, participant, remark, now));
            }
            AdminRequest::Announce { remark } => self.lobby.announce(remark),
        }
    }

    fn deliver(&mut self) {
        while let Some((connection, output)) = self.lobby.poll_output() {
            match output {
                Output::Message(message) => self.send(connection, message),
                Output::Passcode(job) => self.hashing.add(job),
                Output::Close(reason) => {
                    if let Some(outbox) = self.outboxes.remove(&connection) {
                        outbox.close(reason);
                    }
                }
            }
        }
        self.written = None;
        self.since = None;
        let (rooms, participants) = self.lobby.counts();
        self.metrics.occupied(rooms, participants);
    }

    fn send(&mut self, connection: ConnectionId, message: Arc<ServerMessage>) {
        self.metrics.answered(&message);
        let relayed = matches!(*message, ServerMessage::Relayed { .. });
        let Some(text) = self.write(message) else {
            return;
        };
        let Some(outbox) = self.outboxes.get(&connection) else {
            return;
        };
        match outbox.push(text) {
            Pushed::Queued => {
                self.metrics.queued(outbox.waiting());
                if let Some(since) = self.since.filter(|_| relayed) {
                    self.metrics.relayed(since);
                }
            }
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
pub(crate) async fn stopped(stop: &mut watch::Receiver<Order>) {
    let _ = stop.wait_for(|order| *order != Order::Run).await;
}
