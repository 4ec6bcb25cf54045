//! The server that runs inside this program.
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use parlor_protocol::{Invite, ServerAddress};
use parlor_server::{Config, Server, ServerHandle};

use super::{HostNumbers, HostView};
use crate::discovery::Listed;

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Hosting {
    server: ServerHandle,
    port: u16,
    /// As of the last look: to make one takes a look at all interfaces of this computer.
    invite: Option<Invite>,
}

impl Hosting {
    /// Starts a server for everybody who can reach this machine, just as the program `parlor-server` is.
    pub(super) async fn start(port: u16) -> Result<Self, parlor_server::StartError> {
        let listen = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        let server = Server::bind(Config { listen, ..Config::default() }).await?;
        let (port, handle) = (server.local_addr().port(), server.handle());
        tokio::spawn(server.run());
        Ok(Self { invite: invite_to(&handle), server: handle, port })
    }

    /// Where we reach it ourselves: on loopback, where no key has to be compared.
    pub(super) fn own_address(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Whether this is the server that was found on the network. `here` are the addresses of this computer.
    pub(super) fn is(&self, found: &Listed, here: &[IpAddr]) -> bool {
        found.addresses.iter().any(|address| {
            let host = address.host().trim_start_matches('[').trim_end_matches(']');
            let host = host.split('%').next().unwrap_or(host);
            address.port() == self.port && host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback() || here.contains(&ip))
        })
    }

    /// An invitation to its lobby; none where there is no network.
    pub(super) fn invite(&self) -> Option<Invite> {
        self.invite.clone()
    }

    /// Looks anew at where it can be reached and what goes on there; returns what a face shows of it.
    pub(super) fn look(&mut self) -> HostView {
        self.invite = invite_to(&self.server);
        let invite = self.invite.as_ref();
        HostView::Running {
            invite: invite.map(ToString::to_string),
            addresses: invite.map(|invite| invite.addresses.clone()).unwrap_or_default(),
            code: self.server.pin().map(|pin| pin.code()).unwrap_or_default(),
            numbers: self.numbers(),
        }
    }

    fn numbers(&self) -> HostNumbers {
        let numbers = self.server.numbers();
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        HostNumbers {
            connections: count(numbers.connections),
            rooms: count(numbers.rooms),
            participants: count(numbers.participants),
            relay_addresses: count(numbers.allocations),
        }
    }
}

impl Drop for Hosting {
    fn drop(&mut self) {
        self.server.shutdown();
    }
}

/// An invitation that is of use to others; none where only this computer could follow it.
fn invite_to(server: &ServerHandle) -> Option<Invite> {
    server.invite().filter(|invite| !invite.addresses.iter().all(ServerAddress::is_loopback))
}
