//! What a server has to be told before it starts.
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use parlor_protocol::{ParseAddressError, ServerAddress};

use crate::{
    hosts::AllowedHosts, limits::Limits, origin::AllowedOrigins, relay::RelayConfig, state::StatePlace, web::AdminToken,
};

/// The port a server listens on unless it is told otherwise.
pub const DEFAULT_PORT: u16 = 7443;

/// Where a server listens and what it takes.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address and port. Port 0 has the system pick a free one.
    pub listen: SocketAddr,
    /// Where the key is kept.
    pub state: StatePlace,
    /// A certificate from an authority, as PEM; none has the server make its own.
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate.
    pub tls_key: Option<PathBuf>,
    /// Whether connections without TLS are served to everybody, and not only to this machine.
    pub insecure: bool,
    /// Whether a proxy on this machine stands in front, which does TLS and says who comes.
    pub behind_proxy: bool,
    /// By which names the server can be reached; none has it find out.
    pub advertise: Vec<Advertised>,
    /// Whether to announce the server on the network, or on this computer where it listens on loopback alone.
    pub announce: bool,
    /// Which web pages may connect.
    pub origins: AllowedOrigins,
    /// By which names the server may be called.
    pub hosts: AllowedHosts,
    /// How soon the server is back once it has stopped, where its owner knows.
    pub back_in: Option<Duration>,
    /// How much of everything.
    pub limits: Limits,
    /// What the server is called, for people.
    pub name: Option<String>,
    /// What the administrator shows. None: nobody can be administrator.
    pub admin_token: Option<AdminToken>,
    /// The server's own STUN and TURN server; none where it is to have none.
    pub relay: Option<RelayConfig>,
}

impl Config {
    /// The usual limits, at this address, for this run only: the key is new at every start, and nothing is announced.
    pub fn listening_on(listen: SocketAddr) -> Self {
        Self { listen, state: StatePlace::Memory, announce: false, ..Self::default() }
    }
}

impl Default for Config {
    /// What the program does unless it is told otherwise: it listens everywhere, and keeps its key.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT)),
            state: StatePlace::Usual,
            tls_cert: None,
            tls_key: None,
            insecure: false,
            behind_proxy: false,
            advertise: Vec::new(),
            announce: true,
            origins: AllowedOrigins::default(),
            hosts: AllowedHosts::default(),
            back_in: None,
            limits: Limits::default(),
            name: None,
            admin_token: None,
            relay: Some(RelayConfig::default()),
        }
    }
}

/// A name that a server can be reached by: `HOST` or `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertised {
    address: ServerAddress,
    has_port: bool,
}

impl Advertised {
    /// The host.
    pub fn host(&self) -> &str {
        self.address.host()
    }

    /// The whole address of a server that listens on this port.
    pub(crate) fn at(&self, port: u16) -> Option<ServerAddress> {
        let port = if self.has_port { self.address.port() } else { port };
        format!("wss://{}:{port}", self.address.host()).parse().ok()
    }
}

impl FromStr for Advertised {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let address: ServerAddress = text.parse()?;
        let authority = text.trim().trim_end_matches('/');
        let has_port = authority.contains("://")
            || authority.rsplit_once(':').is_some_and(|(host, port)| {
                port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']'))
            });
        Ok(Self { address, has_port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_port_gets_the_one_the_server_listens_on() {
        for (text, address) in [
            ("calls.example.org", "wss://calls.example.org:9000"),
            ("calls.example.org:443", "wss://calls.example.org:443"),
            ("https://calls.example.org", "wss://calls.example.org:443"),
            ("fd00::1", "wss://[fd00::1]:9000"),
            ("[fd00::1]:8000", "wss://[fd00::1]:8000"),
        ] {
            let advertised: Advertised = text.parse().unwrap();

            assert_eq!(advertised.at(9000).unwrap().to_string(), address, "{text}");
        }
    }
}
