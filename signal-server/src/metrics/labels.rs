//! The values that labels take: a closed list of each.
use crate::close::CloseReason;

/// A limit that somebody can run into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Connections in all.
    Connections,
    /// Connections of one address.
    ConnectionsPerAddress,
    /// Those who are told why they may not connect.
    Refusals,
    /// The time until there is a whole request, and its answer.
    Handshake,
    /// The time until there is a hello.
    Hello,
    /// The size of a request's head.
    RequestSize,
    /// The size of a request's body.
    BodySize,
    /// The web pages that may connect.
    Origin,
    /// A request went to a name that the server does not go by.
    Host,
    /// Failed attempts to sign in as the administrator.
    AdminAttempts,
    /// The size of a message.
    MessageSize,
    /// Messages a second.
    MessageRate,
    /// How much a participant may have carried to others.
    SignalBytes,
    /// What waits for a slow reader.
    Queue,
    /// Pings without an answer.
    Pings,
    /// Failed attempts to enter a room.
    FailedJoins,
    /// Rooms in all.
    Rooms,
    /// Participants of one room.
    RoomCapacity,
}

impl Limit {
    pub(crate) const ALL: [Self; 18] = [
        Self::Connections,
        Self::ConnectionsPerAddress,
        Self::Refusals,
        Self::Handshake,
        Self::Hello,
        Self::RequestSize,
        Self::BodySize,
        Self::Origin,
        Self::Host,
        Self::AdminAttempts,
        Self::MessageSize,
        Self::MessageRate,
        Self::SignalBytes,
        Self::Queue,
        Self::Pings,
        Self::FailedJoins,
        Self::Rooms,
        Self::RoomCapacity,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsPerAddress => "connections_per_address",
            Self::Refusals => "refusals",
            Self::Handshake => "handshake",
            Self::Hello => "hello",
            Self::RequestSize => "request_size",
            Self::BodySize => "body_size",
            Self::Origin => "origin",
            Self::Host => "host",
            Self::AdminAttempts => "admin_attempts",
            Self::MessageSize => "message_size",
            Self::MessageRate => "message_rate",
            Self::SignalBytes => "signal_bytes",
            Self::Queue => "queue",
            Self::Pings => "pings",
            Self::FailedJoins => "failed_joins",
            Self::Rooms => "rooms",
            Self::RoomCapacity => "room_capacity",
        }
    }
}

/// The limit that a close is about, if it is about one.
pub(super) fn limit_behind(reason: &CloseReason) -> Option<Limit> {
    match reason {
        CloseReason::HelloLate => Some(Limit::Hello),
        CloseReason::TooLarge => Some(Limit::MessageSize),
        CloseReason::TooFast => Some(Limit::MessageRate),
        CloseReason::TooSlow => Some(Limit::Queue),
        CloseReason::Silent => Some(Limit::Pings),
        CloseReason::GoingAway
        | CloseReason::TakenOver
        | CloseReason::NoHello
        | CloseReason::VersionMismatch
        | CloseReason::Malformed(_)
        | CloseReason::Binary
        | CloseReason::BadFrame
        | CloseReason::NotUtf8 => None,
    }
}

/// The codes that this server closes with.
pub(super) const CLOSE_CODES: [&str; 7] = ["1001", "1002", "1007", "1008", "1009", "1013", "none"];

pub(super) fn close_code(code: u16) -> &'static str {
    match code {
        1001 => "1001",
        1002 => "1002",
        1007 => "1007",
        1008 => "1008",
        1009 => "1009",
        1013 => "1013",
        _ => "other",
    }
}
