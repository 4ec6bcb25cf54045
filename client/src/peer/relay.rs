//! The server's own STUN and TURN server, as our connections use it.
use std::{net::SocketAddr, time::Duration};

use parlor_protocol::RelayAccess;
use tokio::{net::lookup_host, time::timeout};
use webrtc::peer_connection::RTCIceServer;

/// How long the name of the server may take to be looked up. It has been looked up a moment ago, to get here.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// A relay that can be asked for an address.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    host: String,
    access: RelayAccess,
}

impl Relay {
    /// The relay that the server at `server_host` has handed out. An IPv6 address may stand in brackets.
    pub(crate) fn new(access: RelayAccess, server_host: &str) -> Self {
        let host = access.host.as_deref().unwrap_or(server_host);
        Self { host: host.trim_start_matches('[').trim_end_matches(']').to_owned(), access }
    }

    /// What webrtc is told: to ask for our address as seen from there, and for one that is relayed. None where the
    /// name cannot be looked up: the connection is made without.
    pub(super) async fn ice_servers(&self) -> Vec<RTCIceServer> {
        // webrtc looks names up too, but waits for the answer in the task that moves all packets.
        let addresses = match timeout(LOOKUP_TIMEOUT, lookup_host((self.host.as_str(), self.access.port))).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => {
                tracing::warn!(%error, host = self.host, "the relay cannot be found");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!(host = self.host, "the relay's name is not found in time");
                Vec::new()
            }
        };
        let v4 = addresses.iter().find(|address| address.is_ipv4());
        let v6 = addresses.iter().find(|address| address.is_ipv6());
        v4.into_iter().chain(v6).flat_map(|address| self.ice_servers_at(*address)).collect()
    }

    fn ice_servers_at(&self, address: SocketAddr) -> [RTCIceServer; 2] {
        let RelayAccess { username, password, .. } = self.access.clone();
        let turn = RTCIceServer { urls: vec![format!("turn:{address}?transport=udp")], username, credential: password };
        [RTCIceServer { urls: vec![format!("stun:{address}")], ..Default::default() }, turn]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_relay_is_where_the_server_is_unless_it_says_otherwise() {
        for (own, server, expected) in [
            (None, "192.168.1.20", "192.168.1.20:7443"),
            (None, "[fd00::20]", "[fd00::20]:7443"),
            (Some("192.0.2.9"), "192.168.1.20", "192.0.2.9:7443"),
        ] {
            let servers = Relay::new(access(own), server).ice_servers().await;

            let urls: Vec<_> = servers.iter().flat_map(|server| server.urls.clone()).collect();
            assert_eq!(urls, [format!("stun:{expected}"), format!("turn:{expected}?transport=udp")]);
            assert_eq!((servers[1].username.as_str(), servers[1].credential.as_str()), ("1:ada", "secret"));
        }
    }

    #[tokio::test]
    async fn a_name_that_nobody_knows_means_no_relay() {
        assert!(Relay::new(access(None), "no-such-host.invalid").ice_servers().await.is_empty());
    }

    fn access(host: Option<&str>) -> RelayAccess {
        let (username, password) = ("1:ada".to_owned(), "secret".to_owned());
        RelayAccess { host: host.map(str::to_owned), port: 7443, username, password }
    }
}
