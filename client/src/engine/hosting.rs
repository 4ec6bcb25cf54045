//! The server that runs inside this program.
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use parlor_server::{Config, Server, ServerHandle};

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Hosting {
    server: ServerHandle,
    port: u16,
}

impl Hosting {
    /// Starts a server for everybody who can reach this machine.
    pub(super) async fn start(port: u16) -> Result<Self, parlor_server::StartError> {
        let server = Server::bind(Config::listening_on(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port))).await?;
        let (port, handle) = (server.local_addr().port(), server.handle());
        tokio::spawn(server.run());
        Ok(Self { server: handle, port })
    }

    /// Where we reach it ourselves.
    pub(super) fn own_address(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Where others on the network reach it, best first. Empty where there is no network.
    pub(super) fn addresses(&self) -> Vec<String> {
        outward_address().into_iter().map(|ip| format!("ws://{ip}:{}", self.port)).collect()
    }
}

impl Drop for Hosting {
    fn drop(&mut self) {
        self.server.shutdown();
    }
}

/// The address of the interface that leads to other machines. Connecting a datagram socket only asks the routing
/// table: nothing is sent. 192.0.2.1 is reserved for documentation (RFC 5737).
fn outward_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}
