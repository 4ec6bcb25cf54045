//! What a server has to be told before it starts.
use std::net::{Ipv4Addr, SocketAddr};

use crate::{limits::Limits, origin::AllowedOrigins};

/// The port a server listens on unless it is told otherwise.
pub const DEFAULT_PORT: u16 = 7443;

/// Where a server listens and what it takes.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address and port. Port 0 has the system pick a free one.
    pub listen: SocketAddr,
    /// Which web pages may connect.
    pub origins: AllowedOrigins,
    /// How much of everything.
    pub limits: Limits,
}

impl Config {
    /// The usual limits, at this address.
    pub fn listening_on(listen: SocketAddr) -> Self {
        Self { listen, origins: AllowedOrigins::default(), limits: Limits::default() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::listening_on(SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT)))
    }
}
