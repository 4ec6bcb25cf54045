//! What has to do with the way through the network: the server's own relay, and how connections came about.
use std::fmt;

use serde::{Deserialize, Serialize};

/// How to use the server's own STUN and TURN server (RFC 8489, RFC 8656), over UDP. `Debug` hides the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayAccess {
    /// Its name or address; none where it is that of the signaling server, as the client knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its UDP port.
    pub port: u16,
    /// The name to give: until when it holds, in seconds since 1970, a colon, and whose it is.
    pub username: String,
    /// What proves the name.
    pub password: String,
}

impl fmt::Debug for RelayAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, username, .. } = self;
        f.debug_struct("RelayAccess")
            .field("host", host)
            .field("port", port)
            .field("username", username)
            .finish_non_exhaustive()
    }
}

/// How a connection between two participants came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectReport {
    /// From the first try to the moment in which media could flow, in milliseconds.
    pub connected_ms: u32,
    /// How the sender of the report is reached.
    pub local: CandidateKind,
    /// How the other one is reached.
    pub remote: CandidateKind,
}

/// The kinds of addresses of ICE (RFC 8445, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    /// One of the machine's own.
    Host,
    /// As a STUN server sees it.
    ServerReflexive,
    /// As the other side sees it.
    PeerReflexive,
    /// One on a relay.
    Relay,
}
