//! The server's own STUN and TURN server (RFC 8489, RFC 8656), over UDP, so that participants meet who cannot reach
//! each other directly. The server starts it; the lobby hands out access to it.
//!
//! The protocol is that of the crate `turn`. What that leaves open is decided here: who may use it, how much, and
//! which addresses it leads to.
mod arguments;
mod credentials;
mod front;
mod places;
mod quota;
mod relayed;
mod targets;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use parlor_protocol::{ParticipantId, RelayAccess};
use thiserror::Error;
use tokio::{net::UdpSocket, task::JoinHandle, time::MissedTickBehavior};
use tracing::{debug, info, warn};
use turn::server::{
    Server as TurnServer,
    config::{ConnConfig, ServerConfig},
};

pub use self::arguments::RelayArguments;
use self::{
    credentials::{Credentials, REALM},
    front::{Common, Front, FrontConn, FrontRelays},
    places::{Interface, Place, interfaces, places},
    quota::Quota,
};
use crate::{
    addresses::outward_address,
    metrics::{RelayMetrics, RelayNumbers},
};

/// How often the addresses of this machine are looked at: laptops change networks.
const RESCAN_INTERVAL: Duration = Duration::from_secs(5);
/// How long the library keeps a channel without news of it (RFC 8656, section 12).
const CHANNEL_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How the relay is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelayConfig {
    /// The UDP port; none where it is to have the same number as the server's own port.
    pub port: Option<u16>,
    /// The address that others know this machine by, where that is none of its own (one-to-one address translation).
    pub address: Option<IpAddr>,
    /// Whether participants with private addresses are reached; none where they are if the relay has such an address
    /// itself.
    pub private: Option<bool>,
    /// How much of everything.
    pub limits: RelayLimits,
}

/// How much of everything the relay takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayLimits {
    /// How many relay addresses there can be.
    pub allocations: usize,
    /// How many relay addresses one participant can have. Everybody takes one for each other participant and each
    /// network interface.
    pub allocations_per_participant: usize,
    /// How many bytes a second one relay address carries, both directions together.
    pub bytes_per_second_each: u32,
    /// How many bytes a second all relay addresses carry together.
    pub bytes_per_second: u32,
}

impl Default for RelayLimits {
    fn default() -> Self {
        Self {
            allocations: 256,
            allocations_per_participant: 32,
            bytes_per_second_each: 1_500_000,
            bytes_per_second: 25_000_000,
        }
    }
}

/// Why the relay could not start.
#[derive(Debug, Error)]
pub enum StartRelayError {
    /// Somebody else listens there.
    #[error(
        "UDP port {port} is already in use: stop the program that uses it, or choose another one with --relay-port"
    )]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// Anything else.
    #[error("cannot listen on {address} (UDP): {source}")]
    Listen {
        /// The address and port.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A running relay. Dropping it ends everything that goes through it.
#[derive(Debug)]
pub(crate) struct Relay {
    handle: RelayHandle,
    task: JoinHandle<()>,
}

/// What others may ask of a relay.
#[derive(Clone)]
pub struct RelayHandle {
    port: u16,
    common: Arc<Common>,
}

impl Relay {
    /// Starts a relay for a server that listens at `server`. `secret` makes the credentials: with the same one those
    /// that were handed out before a restart stay good.
    pub(crate) async fn start(
        config: &RelayConfig,
        server: SocketAddr,
        secret: [u8; 32],
        metrics: RelayMetrics,
    ) -> Result<Self, StartRelayError> {
        let port = config.port.unwrap_or_else(|| server.port());
        let common = Arc::new(Common {
            credentials: Credentials::new(secret),
            quota: Quota::new(config.limits, metrics, Instant::now()),
            private: config.private,
            announced: config.address,
        });
        let handle = RelayHandle { port, common: Arc::clone(&common) };
        let mut keeper = Keeper { listen: server.ip(), port, common, open: BTreeMap::new() };
        keeper.look_around().await?;
        info!(port, addresses = keeper.open.len(), "relaying");
        Ok(Self { handle, task: tokio::spawn(keeper.run()) })
    }

    /// What others may ask of it.
    pub(crate) fn handle(&self) -> RelayHandle {
        self.handle.clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RelayHandle {
    /// Access for a participant, for a day from now.
    pub fn issue(&self, participant: ParticipantId) -> RelayAccess {
        let (username, password) = self.common.credentials.issue(participant, SystemTime::now());
        RelayAccess { host: None, port: self.port, username, password }
    }

    /// What it has done so far.
    pub fn numbers(&self) -> RelayNumbers {
        self.common.quota.metrics.numbers()
    }
}

impl fmt::Debug for RelayHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayHandle").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Listens at the addresses that this machine has at the time.
struct Keeper {
    listen: IpAddr,
    port: u16,
    common: Arc<Common>,
    /// A server of the library for each. Dropping one closes it.
    open: BTreeMap<Place, TurnServer>,
}

impl Keeper {
    async fn run(mut self) {
        let mut interval = tokio::time::interval(RESCAN_INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval.tick().await;
        loop {
            interval.tick().await;
            if let Err(error) = self.look_around().await {
                debug!(%error, "the relay listens nowhere at the moment");
            }
        }
    }

    /// Begins and ends listening as addresses come and go.
    async fn look_around(&mut self) -> Result<(), StartRelayError> {
        let interfaces = interfaces();
        let own = interfaces.iter().map(|Interface { ip, .. }| *ip).chain(self.common.announced).collect();
        self.common.quota.set_own(own);
        let places = places(self.listen, &interfaces, outward_address(self.listen));
        self.open.retain(|place, _| places.contains(place));
        let mut failed = None;
        for place in places {
            if self.open.contains_key(&place) {
                continue;
            }
            match self.open_at(place).await {
                Ok(server) => drop(self.open.insert(place, server)),
                Err(error) => {
                    debug!(%error, "the relay does not listen there");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if self.open.is_empty() => Err(error),
            Some(_) | None => Ok(()),
        }
    }

    async fn open_at(&self, place: Place) -> Result<TurnServer, StartRelayError> {
        let address = SocketAddr::new(place.listen, self.port);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => StartRelayError::PortInUse { port: address.port() },
            _ => StartRelayError::Listen { address, source },
        };
        let socket = UdpSocket::bind(address).await.map_err(failed)?;
        let front = Arc::new(Front::new(Arc::clone(&self.common), place, socket, Instant::now()));
        let config = ServerConfig {
            conn_configs: vec![ConnConfig {
                conn: Arc::new(FrontConn(Arc::clone(&front))),
                relay_addr_generator: Box::new(FrontRelays(front)),
            }],
            realm: REALM.to_owned(),
            auth_handler: Arc::new(self.common.credentials.clone()),
            channel_bind_timeout: CHANNEL_LIFETIME,
            alloc_close_notify: None,
        };
        TurnServer::new(config).await.map_err(|error| failed(io::Error::other(error)))
    }
}

/// Starts the relay that a server is to have. Without a port of its own it is given up where that is taken: calls on
/// one network work without it.
pub(crate) async fn start_beside(
    config: Option<&RelayConfig>,
    server: SocketAddr,
    secret: [u8; 32],
    metrics: RelayMetrics,
) -> Result<Option<Relay>, StartRelayError> {
    let Some(config) = config else { return Ok(None) };
    match Relay::start(config, server, secret, metrics).await {
        Ok(relay) => Ok(Some(relay)),
        Err(error) if config.port.is_some() => Err(error),
        Err(error) => {
            warn!("no relay: {error}. Participants who cannot reach each other directly will not meet");
            Ok(None)
        }
    }
}
