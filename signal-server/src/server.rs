//! The server as a whole: listens, lets people in, and stops when it is told to.
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, watch},
    task::{self, JoinSet},
    time::{sleep, timeout},
};
use tracing::{Instrument, info, info_span, warn};

use crate::{
    config::Config,
    connection::Visitor,
    gate::Gate,
    hub::{Hub, HubInput, INPUTS, stopped},
    lobby::{ConnectionId, Lobby},
};

/// How long connections have to say goodbye when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait when the system cannot give us another connection, as when all file handles are in use.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How many of those who may not connect are told so at the same time; more are hung up on.
const MOST_REFUSALS: usize = 64;
/// How much the system keeps for a connection that reads slowly, in bytes. By itself it would take megabytes each.
const SEND_BUFFER_BYTES: u32 = 256 * 1024;
/// How many connections wait to be accepted.
const BACKLOG: u32 = 1024;

/// Why a server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "port {port} is already in use, perhaps by another Parlor server: stop that program, or choose another port"
    )]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The system does not let us.
    #[error("listening on port {port} is not allowed: choose a port from 1024 upwards, or start with more rights")]
    NotAllowed {
        /// The port.
        port: u16,
    },
    /// The address belongs to another machine, or to none.
    #[error("{address} is no address of this machine: choose one that is, or 0.0.0.0 for all of them")]
    NoSuchAddress {
        /// The address.
        address: IpAddr,
    },
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address and port.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl StartError {
    fn new(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::PortInUse { port: address.port() },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { port: address.port() },
            io::ErrorKind::AddrNotAvailable => Self::NoSuchAddress { address: address.ip() },
            _ => Self::Listen { address, source },
        }
    }
}

/// A server that listens, and serves as soon as it [`run`](Self::run)s.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: Arc<Config>,
    handle: ServerHandle,
}

/// Stops a server from elsewhere. When all handles are gone the server runs on.
#[derive(Debug, Clone)]
pub struct ServerHandle {
    stop: watch::Sender<bool>,
}

impl ServerHandle {
    /// Has the server close all connections, with code 1001, and stop.
    pub fn shutdown(&self) {
        self.stop.send_replace(true);
    }
}

impl Server {
    /// Takes the address. From here on people can connect; they are served once the server runs.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let address = config.listen;
        let listener = listen(address).map_err(|error| StartError::new(address, error))?;
        let address = listener.local_addr().map_err(|error| StartError::new(address, error))?;
        let (stop, _) = watch::channel(false);
        Ok(Self { listener, address, config: Arc::new(config), handle: ServerHandle { stop } })
    }

    /// Where the server listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What stops this server.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Serves until [`ServerHandle::shutdown`]. Whoever drops this future stops the server too, without goodbyes.
    pub async fn run(self) {
        let mut stop = self.handle.stop.subscribe();
        let (hub, inputs) = mpsc::channel(INPUTS);
        let lobby = Lobby::new(self.config.limits.clone(), fastrand::u64(..));
        let running_hub = tokio::spawn(Hub::new(lobby, inputs, stop.clone()).run());
        let mut porter = Porter::new(self.config, hub);
        info!(address = %self.address, "serving");
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                accepted = self.listener.accept() => porter.accepted(accepted).await,
                Some(ended) = porter.visits.join_next_with_id() => porter.ended(ended),
            }
        }
        drop(self.listener);
        info!("stopping");
        porter.close().await;
        if let Err(error) = running_hub.await {
            warn!(%error, "the hub ended badly");
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Unix this lets a restarted server have its port back at once; elsewhere it would let two have it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Every connection inherits it.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Lets people in and sees them out.
struct Porter {
    config: Arc<Config>,
    hub: mpsc::Sender<HubInput>,
    gate: Gate,
    visits: JoinSet<()>,
    /// Where those come from who count, by their task.
    counted: HashMap<task::Id, IpAddr>,
    last_connection: u64,
}

impl Porter {
    fn new(config: Arc<Config>, hub: mpsc::Sender<HubInput>) -> Self {
        Self {
            gate: Gate::new(&config.limits),
            config,
            hub,
            visits: JoinSet::new(),
            counted: HashMap::new(),
            last_connection: 0,
        }
    }

    async fn accepted(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        match accepted {
            Ok((stream, address)) => self.let_in(stream, address.ip().to_canonical()),
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    fn let_in(&mut self, stream: TcpStream, address: IpAddr) {
        let admitted = self.gate.enter(address);
        if let Err(refusal) = admitted {
            info!(?refusal, "a connection was refused");
            if self.visits.len() - self.counted.len() >= MOST_REFUSALS {
                return;
            }
        }
        self.last_connection += 1;
        let connection = ConnectionId::new(self.last_connection);
        let (config, hub) = (Arc::clone(&self.config), self.hub.clone());
        let visitor = Visitor { connection, address, since: Instant::now(), admitted, config, hub };
        let visit = self.visits.spawn(visitor.run(stream).instrument(info_span!("connection", id = %connection)));
        if admitted.is_ok() {
            self.counted.insert(visit.id(), address);
        }
    }

    fn ended(&mut self, ended: Result<(task::Id, ()), task::JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                warn!(%error, "a connection ended badly");
                error.id()
            }
        };
        if let Some(address) = self.counted.remove(&id) {
            self.gate.leave(address);
        }
    }

    async fn close(mut self) {
        let goodbyes = async { while self.visits.join_next().await.is_some() {} };
        if timeout(STOP_TIMEOUT, goodbyes).await.is_err() {
            self.visits.shutdown().await;
        }
    }
}
