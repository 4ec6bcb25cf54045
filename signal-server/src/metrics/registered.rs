//! The counters by the names under which Prometheus knows them.
use std::time::{SystemTime, UNIX_EPOCH};

use parlor_protocol::{CandidateKind, VERSION};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};

use super::labels::{CLOSE_CODES, Limit};

/// Counters that differ in one label.
type Labelled = Family<[(&'static str, &'static str); 1], Counter>;

/// From 20 µs, which is what a message takes on an idle server, to a second, which people hear.
const RELAY_SECONDS: [f64; 12] =
    [0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1.0];
/// From a connection on one network to one that had to try everything.
const CONNECT_SECONDS: [f64; 10] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0];
const JOIN_RESULTS: [&str; 11] = [
    "joined",
    "version_mismatch",
    "no_such_room",
    "room_exists",
    "room_full",
    "locked",
    "passcode_needed",
    "wrong_passcode",
    "removed",
    "server_full",
    "too_many_attempts",
];

#[derive(Debug)]
pub(super) struct Registered {
    pub(super) connections: Gauge,
    pub(super) connections_total: Counter,
    pub(super) rooms: Gauge,
    pub(super) participants: Gauge,
    pub(super) joins: Labelled,
    pub(super) messages_received: Counter,
    pub(super) bytes_received: Counter,
    pub(super) messages_sent: Counter,
    pub(super) bytes_sent: Counter,
    pub(super) relayed: Counter,
    pub(super) relay_latency: Histogram,
    pub(super) hub_queue: Gauge,
    pub(super) queue_peak: Gauge,
    pub(super) limits: Labelled,
    pub(super) closes: Labelled,
    pub(super) connect_time: Histogram,
    pub(super) candidates: Family<[(&'static str, &'static str); 2], Counter>,
}

impl Registered {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self {
            connections: Gauge::default(),
            connections_total: Counter::default(),
            rooms: Gauge::default(),
            participants: Gauge::default(),
            joins: labelled("result", &JOIN_RESULTS),
            messages_received: Counter::default(),
            bytes_received: Counter::default(),
            messages_sent: Counter::default(),
            bytes_sent: Counter::default(),
            relayed: Counter::default(),
            relay_latency: Histogram::new(RELAY_SECONDS),
            hub_queue: Gauge::default(),
            queue_peak: Gauge::default(),
            limits: labelled("limit", &Limit::ALL.map(Limit::as_str)),
            closes: labelled("code", &CLOSE_CODES),
            connect_time: Histogram::new(CONNECT_SECONDS),
            candidates: Family::default(),
        };
        this.register(registry);
        register_process(registry);
        this
    }

    fn register(&self, registry: &mut Registry) {
        registry.register("connections", "Connections that are open", self.connections.clone());
        registry.register("connections_opened", "Connections that were let in", self.connections_total.clone());
        registry.register("rooms", "Rooms", self.rooms.clone());
        registry.register("participants", "Participants in rooms", self.participants.clone());
        registry.register("joins", "Wishes to enter a room, by what came of them", self.joins.clone());
        registry.register("messages_received", "Messages from clients", self.messages_received.clone());
        registry.register("received_bytes", "Bytes of messages from clients", self.bytes_received.clone());
        registry.register("messages_sent", "Messages to clients", self.messages_sent.clone());
        registry.register("sent_bytes", "Bytes of messages to clients", self.bytes_sent.clone());
        registry.register("messages_relayed", "Messages passed on to one participant", self.relayed.clone());
        registry.register(
            "relay_seconds",
            "From taking a relayed message off its sender's socket to queueing it for its receiver",
            self.relay_latency.clone(),
        );
        registry.register("hub_queue_messages", "Inputs that wait for the hub now", self.hub_queue.clone());
        registry.register(
            "queue_peak_bytes",
            "Most bytes that ever waited for one connection",
            self.queue_peak.clone(),
        );
        registry.register("limit_hits", "How often somebody ran into a limit", self.limits.clone());
        registry.register(
            "closes",
            "Websockets that ended, by the code the server closed with; none where the other side went",
            self.closes.clone(),
        );
        registry.register(
            "connect_seconds",
            "How long connections between participants took, as clients report",
            self.connect_time.clone(),
        );
        registry.register(
            "connected_pairs",
            "Connections between participants by the kinds of their addresses, as clients report",
            self.candidates.clone(),
        );
    }
}

fn register_process(registry: &mut Registry) {
    let start = Gauge::<i64>::default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    start.set(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
    registry.register("start_time_seconds", "When the server started, in seconds since 1970", start);
    let build = [("version", env!("CARGO_PKG_VERSION").to_owned()), ("protocol", VERSION.to_string())];
    registry.register("build", "Which program this is", Info::new(build.to_vec()));
}

/// Counters that all show from the start: a rate over something that has not been there before is none.
fn labelled(name: &'static str, values: &[&'static str]) -> Labelled {
    let family = Labelled::default();
    for value in values {
        drop(family.get_or_create(&[(name, value)]));
    }
    family
}

pub(super) fn kind(kind: CandidateKind) -> &'static str {
    match kind {
        CandidateKind::Host => "host",
        CandidateKind::ServerReflexive => "server_reflexive",
        CandidateKind::PeerReflexive => "peer_reflexive",
        CandidateKind::Relay => "relay",
    }
}
