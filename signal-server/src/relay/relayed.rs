//! The socket behind one relay address: lets through what may be relayed, and no more than may be.
use std::{
    any::Any,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use tokio::{net::UdpSocket, time::sleep};
use webrtc_util::{Conn, Error, Result};

use super::{
    front::Client,
    quota::{Entry, Quota},
    targets::Targets,
};
use crate::{metrics::RelayRefusal, rate::Rate};

/// How long to wait when the system does not let us receive.
const RECEIVE_PAUSE: Duration = Duration::from_millis(10);

/// One relay address. The TURN library relays whatever its [`Conn`] gives and takes: the rules are kept here.
pub(super) struct RelayedSocket {
    socket: UdpSocket,
    /// The address that others know it by, where that is another one than its own.
    announced: Option<IpAddr>,
    targets: Targets,
    quota: Arc<Quota>,
    bandwidth: Mutex<Rate>,
    _entry: Entry,
    _client: Client,
}

impl RelayedSocket {
    pub(super) fn new(
        socket: UdpSocket,
        announced: Option<IpAddr>,
        targets: Targets,
        quota: Arc<Quota>,
        entry: Entry,
        client: Client,
    ) -> Self {
        let each = quota.limits.bytes_per_second_each;
        let bandwidth = Mutex::new(Rate::new(each, each, Instant::now()));
        Self { socket, announced, targets, quota, bandwidth, _entry: entry, _client: client }
    }

    /// Whether so many bytes may pass between here and this address.
    fn lets_through(&self, other: SocketAddr, bytes: usize) -> bool {
        if !may_reach(&self.quota, self.targets, other) {
            self.quota.metrics.refused(RelayRefusal::Target);
            return false;
        }
        let now = Instant::now();
        let mine = self.bandwidth.lock().unwrap_or_else(PoisonError::into_inner).allows_many(bytes, now);
        if !mine || !self.quota.carries(bytes, now) {
            self.quota.metrics.refused(RelayRefusal::Bandwidth);
            return false;
        }
        self.quota.metrics.carried(bytes);
        true
    }

    /// From relay to relay behind the same address translation, the way leads through no router.
    fn inward(&self, target: SocketAddr) -> SocketAddr {
        match self.socket.local_addr() {
            Ok(own) if self.announced == Some(target.ip()) => SocketAddr::new(own.ip(), target.port()),
            Ok(_) | Err(_) => target,
        }
    }

    /// The same the other way round: permissions are given for the address that is known outside.
    fn outward(&self, source: SocketAddr) -> SocketAddr {
        match (self.announced, self.socket.local_addr()) {
            (Some(announced), Ok(own)) if source.ip() == own.ip() => SocketAddr::new(announced, source.port()),
            (_, Ok(_) | Err(_)) => source,
        }
    }
}

/// Whether an address may be reached through a relay address with these targets: those of the relay itself always, so
/// that two who both use it meet; other ports of this machine only where the whole network around it may be reached.
pub(super) fn may_reach(quota: &Quota, targets: Targets, other: SocketAddr) -> bool {
    quota.is_relayed(other) || (targets.allow(other.ip()) && (targets.allow_private() || !quota.is_own(other.ip())))
}

#[async_trait]
impl Conn for RelayedSocket {
    async fn connect(&self, _: SocketAddr) -> Result<()> {
        Err(unsupported())
    }

    async fn recv(&self, _: &mut [u8]) -> Result<usize> {
        Err(unsupported())
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr)> {
        loop {
            match self.socket.recv_from(buffer).await {
                Ok((length, source)) => {
                    let source = self.outward(source);
                    if self.lets_through(source, length) {
                        return Ok((length, source));
                    }
                }
                Err(_) => sleep(RECEIVE_PAUSE).await,
            }
        }
    }

    async fn send(&self, _: &[u8]) -> Result<usize> {
        Err(unsupported())
    }

    /// What does not get through is lost, as on any network: it is no error of the one who sends.
    async fn send_to(&self, data: &[u8], target: SocketAddr) -> Result<usize> {
        if self.lets_through(target, data.len()) {
            let _ = self.socket.send_to(data, self.inward(target)).await;
        }
        Ok(data.len())
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.socket.local_addr().map_err(Error::from)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    async fn close(&self) -> Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// The library connects none of its sockets; its trait is for other libraries too.
pub(super) fn unsupported() -> Error {
    Error::from(io::Error::from(io::ErrorKind::Unsupported))
}
