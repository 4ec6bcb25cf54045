//! The way to a server: TCP, TLS and the websocket's handshake, to the first of its addresses that works.
use std::{io, net::SocketAddr, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use parlor_protocol::{Pin, ServerAddress, limits};
use rustls::pki_types::ServerName;
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, protocol::WebSocketConfig},
};

use super::tls::{Trust, Verdict, client_config};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The head start of an address over the next (RFC 8305, section 5).
const STAGGER: Duration = Duration::from_millis(250);

/// Whatever carries a websocket.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open websocket.
pub(crate) type Socket = WebSocketStream<Box<dyn Stream>>;

/// A server: where it may be, and how we know that it is the one.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// Each of its addresses with what holds there, best first.
    pub(crate) targets: Vec<Target>,
    /// Whether other computers may be spoken to without TLS.
    pub(crate) allow_plain: bool,
}

/// One address of a server.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Where.
    pub(crate) address: ServerAddress,
    /// Which key is taken there.
    pub(crate) trust: Trust,
}

/// How a server was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The address that worked.
    pub(crate) address: ServerAddress,
    /// What it stands for.
    pub(crate) peer: SocketAddr,
    /// The key that it was known by; none without TLS, and where authorities vouch for it.
    pub(crate) pin: Option<Pin>,
}

/// Why a server could not be reached.
#[derive(Debug, Error)]
pub(crate) enum DialError {
    /// Its address says nothing.
    #[error("no address of the server is known: type one, or ask for a new link")]
    NoAddress,
    /// TLS is missing where it is needed.
    #[error(
        "{server} is spoken to without TLS: whoever is on the way could read and change what is said. Write wss://{} \
         instead, or start Parlor with --insecure to accept that", server.authority()
    )]
    Plain {
        /// Which.
        server: ServerAddress,
    },
    /// Nothing comes back.
    #[error("{server} does not answer. Is the address right, and the server on?")]
    Silent {
        /// Which.
        server: ServerAddress,
    },
    /// Nobody listens there.
    #[error("no server runs at {server}. Start one with Host, or check the address.")]
    Refused {
        /// Which.
        server: ServerAddress,
    },
    /// The way there is broken.
    #[error("{server} cannot be reached: {reason}")]
    Unreachable {
        /// Which.
        server: ServerAddress,
        /// What the system says.
        reason: String,
    },
    /// Something else listens there.
    #[error("{server} is no Parlor server, or turned us away: it answers {status}")]
    Foreign {
        /// Which.
        server: ServerAddress,
        /// What it answers.
        status: u16,
    },
    /// The host's name cannot stand in a certificate.
    #[error("{:?} is no name that a server can have: check the address", server.host())]
    BadName {
        /// Which.
        server: ServerAddress,
    },
    /// It speaks no TLS, or not the same.
    #[error("{server} cannot be spoken to through TLS: {reason}. Is it a Parlor server, and up to date?")]
    Tls {
        /// Which.
        server: ServerAddress,
        /// What went wrong.
        reason: String,
    },
    /// Its key is new to us.
    #[error(
        "the key of {server} is not known yet: its code is {}. Compare it with the one that the host's screen shows",
        pin.code()
    )]
    UnknownKey {
        /// Which.
        server: ServerAddress,
        /// Its key.
        pin: Pin,
    },
    /// Its key is another than it should be.
    #[error(
        "{server} has another key than before: its code is {} and should be {}. Somebody may be pretending to be it, \
         or it was set up anew: ask the host", offered.code(), known.code()
    )]
    ChangedKey {
        /// Which.
        server: ServerAddress,
        /// The key that it should have.
        known: Pin,
        /// The key that it has.
        offered: Pin,
    },
}

/// Why there is no connection to a server, by kind, for faces that say it in the person's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerTrouble {
    /// Nobody listens there.
    Refused,
    /// Nothing comes back.
    Silent,
    /// Something else listens there.
    Foreign,
    /// The host has a name that no server can have.
    BadName,
    /// TLS is missing where it is needed.
    Plain,
    /// The person has not confirmed its key.
    NotConfirmed,
    /// Anything else: only the reason tells.
    #[default]
    Other,
}

impl DialError {
    /// What kind of trouble it is.
    pub(crate) fn trouble(&self) -> ServerTrouble {
        match self {
            Self::Refused { .. } => ServerTrouble::Refused,
            Self::Silent { .. } => ServerTrouble::Silent,
            Self::Foreign { .. } => ServerTrouble::Foreign,
            Self::BadName { .. } => ServerTrouble::BadName,
            Self::Plain { .. } => ServerTrouble::Plain,
            Self::NoAddress
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::UnknownKey { .. }
            | Self::ChangedKey { .. } => ServerTrouble::Other,
        }
    }

    /// How much a person learns from it: of several, the most telling one is told.
    fn weight(&self) -> u8 {
        match self {
            Self::ChangedKey { .. } => 5,
            Self::UnknownKey { .. } => 4,
            Self::Plain { .. } | Self::BadName { .. } => 3,
            Self::Foreign { .. } | Self::Tls { .. } => 2,
            Self::Refused { .. } | Self::Unreachable { .. } | Self::Silent { .. } => 1,
            Self::NoAddress => 0,
        }
    }

    /// Whether dialling again may help by itself.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Silent { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::Foreign { .. }
            | Self::Tls { .. } => true,
            Self::NoAddress
            | Self::Plain { .. }
            | Self::BadName { .. }
            | Self::UnknownKey { .. }
            | Self::ChangedKey { .. } => false,
        }
    }
}

impl Route {
    /// Opens a websocket to the first address that answers as the server that it should be.
    pub(crate) async fn reach(&self) -> Result<(Socket, Reached), DialError> {
        let staggered = |(place, target)| async move {
            sleep(STAGGER * place).await;
            self.dial(target).await
        };
        let mut tries: FuturesUnordered<_> = (0_u32..).zip(&self.targets).map(staggered).collect();
        let mut told = DialError::NoAddress;
        while let Some(outcome) = tries.next().await {
            match outcome {
                Ok(reached) => return Ok(reached),
                Err(error) if error.weight() > told.weight() => told = error,
                Err(_) => {}
            }
        }
        Err(told)
    }

    async fn dial(&self, target: &Target) -> Result<(Socket, Reached), DialError> {
        let server = target.address.clone();
        if !server.is_secure() && !server.is_loopback() && !self.allow_plain {
            return Err(DialError::Plain { server });
        }
        match timeout(CONNECT_TIMEOUT, target.open()).await {
            Ok(opened) => opened,
            Err(_) => Err(DialError::Silent { server }),
        }
    }
}

impl Target {
    async fn open(&self) -> Result<(Socket, Reached), DialError> {
        let address = &self.address;
        let tcp =
            TcpStream::connect((bare_host(address), address.port())).await.map_err(|error| self.broken(&error))?;
        let peer = tcp.peer_addr().map_err(|error| self.broken(&error))?;
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "small messages may wait for others");
        }
        let (stream, pin): (Box<dyn Stream>, _) =
            if address.is_secure() { self.encrypt(tcp).await? } else { (Box::new(tcp), None) };

        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(limits::MESSAGE_BYTES);
        config.max_frame_size = Some(limits::MESSAGE_BYTES);
        let url = without_zone(&address.to_string());
        match client_async_with_config(url, stream, Some(config)).await {
            Ok((socket, _)) => Ok((socket, Reached { address: address.clone(), peer, pin })),
            Err(error) => Err(self.turned_away(&error)),
        }
    }

    /// Speaks TLS. The other side learns nothing of us before its key is known to be the right one.
    async fn encrypt(&self, tcp: TcpStream) -> Result<(Box<dyn Stream>, Option<Pin>), DialError> {
        let server = self.address.clone();
        let broken = |reason: String| DialError::Tls { server: server.clone(), reason };
        let host = without_zone(bare_host(&server));
        let name = ServerName::try_from(host).map_err(|_| DialError::BadName { server: server.clone() })?;
        let (config, verdict) = client_config(self.trust.clone()).await.map_err(|error| broken(error.to_string()))?;
        let connected = TlsConnector::from(config).connect(name, tcp).await;
        match (verdict.get().copied(), &self.trust) {
            (Some(Verdict::Refused(offered)), Trust::Pinned(known)) => {
                Err(DialError::ChangedKey { server, known: *known, offered })
            }
            (Some(Verdict::Refused(pin)), Trust::Known(_) | Trust::Anybody) => {
                Err(DialError::UnknownKey { server, pin })
            }
            (verdict, _) => {
                let stream = connected.map_err(|error| broken(error.to_string()))?;
                let pin = verdict.and_then(|verdict| match verdict {
                    Verdict::Key(pin) => Some(pin),
                    Verdict::Vouched | Verdict::Refused(_) => None,
                });
                Ok((Box::new(stream), pin))
            }
        }
    }

    fn broken(&self, error: &io::Error) -> DialError {
        let server = self.address.clone();
        match error.kind() {
            io::ErrorKind::ConnectionRefused => DialError::Refused { server },
            _ => DialError::Unreachable { server, reason: error.to_string() },
        }
    }

    fn turned_away(&self, error: &tungstenite::Error) -> DialError {
        let server = self.address.clone();
        match error {
            tungstenite::Error::Io(error) => self.broken(error),
            tungstenite::Error::Http(response) => DialError::Foreign { server, status: response.status().as_u16() },
            other => DialError::Unreachable { server, reason: other.to_string() },
        }
    }
}

/// The host without the brackets of an IPv6 address.
fn bare_host(address: &ServerAddress) -> &str {
    address.host().trim_start_matches('[').trim_end_matches(']')
}

/// The zone of an IPv6 address (RFC 4007) means something on this machine alone, so nobody is told.
fn without_zone(text: &str) -> String {
    match text.split_once('%') {
        Some((before, zone)) => {
            let rest = zone.find(']').map_or("", |end| &zone[end..]);
            format!("{before}{rest}")
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_told_to_nobody() {
        assert_eq!(without_zone("wss://[fe80::1%eth0]:7443/ws"), "wss://[fe80::1]:7443/ws");
        assert_eq!(without_zone("fe80::1%2"), "fe80::1");
        assert_eq!(without_zone("wss://studio.local:7443"), "wss://studio.local:7443");
    }
}
