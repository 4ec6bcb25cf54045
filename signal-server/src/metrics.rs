//! What the server counts: for `/metrics`, for the status page and for the app's Host panel.
//!
//! Whoever does something counts it here. On the way of a message these are single atomic operations; no label has
//! a value that a client can make up.
mod labels;
mod registered;
mod relay;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parlor_protocol::{ConnectReport, ErrorCode, RefusedReason, ServerMessage};
use prometheus_client::{encoding::text::encode, registry::Registry};

pub(crate) use self::labels::Limit;
use self::registered::{Registered, kind};
pub use self::relay::{RelayMetrics, RelayNumbers, RelayRefusal};
use crate::{close::CloseReason, gate::Refusal};

/// The longest time to connect that is believed: whatever a client reports beyond it counts as this.
const LONGEST_CONNECT: Duration = Duration::from_secs(120);

/// All counters of one server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    registered: Registered,
    /// Most bytes that ever waited for one connection.
    queue_peak: AtomicU64,
    started: Instant,
    /// What the relay counts.
    pub(crate) relay: RelayMetrics,
}

/// A few numbers about a running server, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ServerNumbers {
    /// How many connections are open.
    pub connections: u64,
    /// How many rooms there are.
    pub rooms: u64,
    /// How many participants are in rooms.
    pub participants: u64,
    /// How many messages were passed on from one participant to another since the start.
    pub relayed: u64,
    /// How many addresses on the relay are in use.
    pub allocations: u64,
}

/// One open connection; it counts until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection(Arc<Metrics>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.registered.connections.dec();
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("parlor");
        let registered = Registered::new(&mut registry);
        let relay = RelayMetrics::new(&mut registry);
        Self { registry, registered, queue_peak: AtomicU64::new(0), started: Instant::now(), relay }
    }

    /// How long the server has been there.
    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// The numbers that people look at.
    pub(crate) fn numbers(&self) -> ServerNumbers {
        let Registered { connections, rooms, participants, relayed, .. } = &self.registered;
        let count = |gauge: i64| u64::try_from(gauge).unwrap_or(0);
        ServerNumbers {
            connections: count(connections.get()),
            rooms: count(rooms.get()),
            participants: count(participants.get()),
            relayed: relayed.get(),
            allocations: self.relay.numbers().allocations,
        }
    }

    /// Everything, as Prometheus reads it; `waiting` is how many inputs wait for the hub.
    pub(crate) fn text(&self, waiting: usize) -> String {
        self.registered.hub_queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.registered.queue_peak.set(i64::try_from(self.queue_peak.load(Ordering::Relaxed)).unwrap_or(i64::MAX));
        let mut text = String::new();
        // A string takes whatever is written to it.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Somebody was let in.
    pub(crate) fn connected(self: &Arc<Self>) -> OpenConnection {
        self.registered.connections.inc();
        self.registered.connections_total.inc();
        OpenConnection(Arc::clone(self))
    }

    /// Somebody was not let in.
    pub(crate) fn turned_away(&self, refusal: Refusal) {
        self.hit(match refusal {
            Refusal::AddressFull => Limit::ConnectionsPerAddress,
            Refusal::ServerFull => Limit::Connections,
        });
    }

    /// Somebody ran into a limit.
    pub(crate) fn hit(&self, limit: Limit) {
        self.registered.limits.get_or_create(&[("limit", limit.as_str())]).inc();
    }

    /// A message has come.
    pub(crate) fn received(&self, bytes: usize) {
        self.registered.messages_received.inc();
        self.registered.bytes_received.inc_by(bytes as u64);
    }

    /// A message goes out.
    pub(crate) fn sent(&self, bytes: usize) {
        self.registered.messages_sent.inc();
        self.registered.bytes_sent.inc_by(bytes as u64);
    }

    /// A websocket ends: by us for this reason, or by the other side.
    pub(crate) fn closed(&self, reason: Option<&CloseReason>) {
        let code = reason.map_or("none", |reason| labels::close_code(reason.code()));
        self.registered.closes.get_or_create(&[("code", code)]).inc();
        if let Some(limit) = reason.and_then(labels::limit_behind) {
            self.hit(limit);
        }
    }

    /// What the lobby answers is a join, a refusal, or nothing that counts.
    pub(crate) fn answered(&self, message: &ServerMessage) {
        match message {
            ServerMessage::Joined { .. } => self.join("joined"),
            ServerMessage::Refused { reason, .. } => {
                self.join(reason.code());
                match reason {
                    RefusedReason::TooManyAttempts => self.hit(Limit::FailedJoins),
                    RefusedReason::ServerFull => self.hit(Limit::Rooms),
                    RefusedReason::RoomFull { .. } => self.hit(Limit::RoomCapacity),
                    RefusedReason::VersionMismatch { .. }
                    | RefusedReason::NoSuchRoom
                    | RefusedReason::RoomExists
                    | RefusedReason::Locked
                    | RefusedReason::PasscodeNeeded
                    | RefusedReason::WrongPasscode
                    | RefusedReason::Removed => {}
                }
            }
            ServerMessage::Error { code: ErrorCode::TooMuch, .. } => self.hit(Limit::SignalBytes),
            _ => {}
        }
    }

    /// A message was passed on; it was taken off its sender's socket at `since`.
    pub(crate) fn relayed(&self, since: Instant) {
        self.registered.relayed.inc();
        self.registered.relay_latency.observe(since.elapsed().as_secs_f64());
    }

    /// This much waits for a connection.
    pub(crate) fn queued(&self, bytes: usize) {
        let bytes = bytes as u64;
        // Mostly it is below the peak, and then nothing is written.
        if bytes > self.queue_peak.load(Ordering::Relaxed) {
            self.queue_peak.fetch_max(bytes, Ordering::Relaxed);
        }
    }

    /// How many rooms there are and how many are in them.
    pub(crate) fn occupied(&self, rooms: usize, participants: usize) {
        self.registered.rooms.set(rooms as i64);
        self.registered.participants.set(participants as i64);
    }

    /// A client says how a connection to another one came about.
    pub(crate) fn reported(&self, report: &ConnectReport) {
        let took = Duration::from_millis(report.connected_ms.into()).min(LONGEST_CONNECT);
        self.registered.connect_time.observe(took.as_secs_f64());
        let pair = [("local", kind(report.local)), ("remote", kind(report.remote))];
        self.registered.candidates.get_or_create(&pair).inc();
    }

    fn join(&self, result: &'static str) {
        self.registered.joins.get_or_create(&[("result", result)]).inc();
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::CandidateKind;

    use super::*;

    #[test]
    fn every_limit_is_shown_before_anybody_runs_into_it() {
        let text = Metrics::new().text(0);

        for limit in Limit::ALL {
            let line = format!("parlor_limit_hits_total{{limit=\"{}\"}} 0", limit.as_str());
            assert!(text.contains(&line), "{line} is not in {text}");
        }
    }

    #[test]
    fn connections_count_while_they_are_open() {
        let metrics = Arc::new(Metrics::new());

        let open = metrics.connected();
        let during = metrics.numbers().connections;
        drop(open);

        assert_eq!((during, metrics.numbers().connections), (1, 0));
        assert!(metrics.text(0).contains("parlor_connections_opened_total 1"));
    }

    #[test]
    fn a_report_beyond_belief_does_not_drown_the_others() {
        let metrics = Metrics::new();
        let (local, remote) = (CandidateKind::Host, CandidateKind::Relay);

        metrics.reported(&ConnectReport { connected_ms: u32::MAX, local, remote });

        let text = metrics.text(0);
        assert!(text.contains("parlor_connect_seconds_sum 120"), "{text}");
        assert!(text.contains(r#"parlor_connected_pairs_total{local="host",remote="relay"} 1"#), "{text}");
    }

    #[test]
    fn the_longest_queue_is_remembered() {
        let metrics = Metrics::new();

        metrics.queued(700);
        metrics.queued(20);

        assert!(metrics.text(3).contains("parlor_queue_peak_bytes 700"));
        assert!(metrics.text(3).contains("parlor_hub_queue_messages 3"));
    }

    #[test]
    fn a_close_for_a_limit_counts_as_both() {
        let metrics = Metrics::new();

        metrics.closed(Some(&CloseReason::TooFast));
        metrics.closed(None);

        let text = metrics.text(0);
        for line in [
            r#"parlor_closes_total{code="1008"} 1"#,
            r#"parlor_closes_total{code="none"} 1"#,
            r#"parlor_limit_hits_total{limit="message_rate"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
