//! How much of everything the server takes. Read by every part of it; each part enforces its own.
use std::time::Duration;

use parlor_protocol::limits::{ROOM_CAPACITY, SEAT_KEPT_SECONDS};

/// Longest request that opens a websocket, in bytes, headers and all.
pub(crate) const REQUEST_BYTES: usize = 8 * 1024;
/// How much longer a message may get by being passed on: `relayed` and `from` instead of `relay` and `to`.
/// What arrives is kept this much below the limit, so that what leaves never passes the limit of its receiver.
pub(crate) const RELAY_GROWTH_BYTES: usize = 16;
/// Shortest time between two `rooms_changed`.
pub(crate) const ROOMS_CHANGED_INTERVAL: Duration = Duration::from_millis(250);
/// How much of rooms goes into one message, in bytes. Little, because each connection keeps a buffer as long as the
/// longest message that it was ever sent, and this goes to all. A single room may be longer than that.
pub(crate) const ROOMS_BYTES_PER_MESSAGE: usize = 4 * 1024;
/// How many passcodes wait to be hashed. Each takes some tens of milliseconds.
pub(crate) const MOST_PASSCODE_JOBS: usize = 64;
/// How many messages of somebody whose passcode is being looked at wait for the answer.
pub(crate) const MOST_WAITING_MESSAGES: usize = 8;
/// How often everybody gets fresh access to the relay. An access lasts twice as long.
pub(crate) const RELAY_RENEWAL: Duration = Duration::from_secs(12 * 60 * 60);
/// Largest capacity a room can have: `joined` lists everybody and has to fit into one message.
pub(crate) const MOST_ROOM_CAPACITY: usize = 64;

/// The limits of one server that its owner can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte of a connection to its `hello`.
    pub handshake: Duration,
    /// How many participants a room takes: 1 to 64.
    pub room_capacity: usize,
    /// How many rooms there can be.
    pub rooms: usize,
    /// How many connections there can be.
    pub connections: usize,
    /// How many connections one network address can have.
    pub connections_per_address: usize,
    /// How many attempts to enter a room may fail in a minute, for one network address.
    pub failed_joins_per_minute: usize,
    /// How many frames a connection may send in the long run, per second.
    pub messages_per_second: u32,
    /// How many frames a connection may send at once.
    pub message_burst: u32,
    /// How many bytes a participant may have carried to others in the long run, per second.
    pub relay_bytes_per_second: u32,
    /// How many bytes a participant may have carried to others at once.
    pub relay_burst_bytes: u32,
    /// How long the seat of somebody whose connection broke is kept for them.
    pub seat_kept: Duration,
    /// How much memory it takes to hash a passcode, in KiB: what makes guessing dear (RFC 9106, section 4).
    pub passcode_memory_kib: u32,
    /// How many messages wait for a connection that reads slowly before it is closed.
    pub queue_messages: usize,
    /// How many bytes wait for a connection that reads slowly before it is closed.
    pub queue_bytes: usize,
    /// How often a connection is asked for a sign of life.
    pub ping_interval: Duration,
    /// How many of those questions may stay without an answer.
    pub missed_pings: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            room_capacity: ROOM_CAPACITY,
            rooms: 1000,
            connections: 1000,
            connections_per_address: 32,
            failed_joins_per_minute: 5,
            messages_per_second: 50,
            message_burst: 200,
            relay_bytes_per_second: 128 * 1024,
            relay_burst_bytes: 512 * 1024,
            seat_kept: Duration::from_secs(SEAT_KEPT_SECONDS),
            passcode_memory_kib: 19 * 1024,
            queue_messages: 256,
            queue_bytes: 1024 * 1024,
            ping_interval: Duration::from_secs(15),
            missed_pings: 2,
        }
    }
}
