//! The server as a whole: listens, lets people in, and stops when it is told to.
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_protocol::{Invite, Pin};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, watch},
    task::{self, JoinSet},
    time::{sleep, timeout},
};
use tracing::{Instrument, info, info_span, warn};

use crate::{
    addresses,
    admin::AdminHandle,
    config::Config,
    connection::Visitor,
    discovery::{Announcement, announce},
    gate::Gate,
    hosts,
    hub::{Hub, HubInput, INPUTS, Order, stopped},
    lobby::{ConnectionId, Lobby, LobbySecrets, NoRandomnessError, WallClock},
    metrics::{Limit, Metrics, ServerNumbers},
    relay::{Relay, RelayHandle, StartRelayError, start_beside},
    state::{ServerState, StateError},
    tls::{CertificateError, CertificateFiles, Reloaded, Tls},
    web::{About, Web},
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
    /// Its key or its secret cannot be had.
    #[error(transparent)]
    State(#[from] StateError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// There are no secrets to be had.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomnessError),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address and port.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The relay has a port of its own and cannot have it.
    #[error(transparent)]
    Relay(#[from] StartRelayError),
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
    relay: Option<Relay>,
    lobby: Lobby,
    inputs: mpsc::Receiver<HubInput>,
}

/// Stops a server from elsewhere. When all handles are gone the server runs on.
#[derive(Debug, Clone)]
pub struct ServerHandle {
    stop: watch::Sender<Order>,
    metrics: Arc<Metrics>,
    config: Arc<Config>,
    address: SocketAddr,
    tls: Arc<Tls>,
    hub: mpsc::Sender<HubInput>,
}

impl ServerHandle {
    /// Has the server tell everybody, close all connections with code 1001, and stop.
    pub fn shutdown(&self) {
        self.shutdown_with(self.config.back_in);
    }

    /// The same, and tells everybody when the server is likely to be back.
    pub fn shutdown_with(&self, back_in: Option<Duration>) {
        self.stop.send_replace(Order::Stop { back_in });
    }

    /// Looks at the server while it runs, and intervenes.
    pub fn admin(&self) -> AdminHandle {
        AdminHandle::new(self.hub.clone())
    }

    /// What is going on, in numbers. Costs nothing: it asks nobody.
    pub fn numbers(&self) -> ServerNumbers {
        self.metrics.numbers()
    }

    /// What people know the server's key by; none where an authority vouches for it, or a proxy does.
    pub fn pin(&self) -> Option<Pin> {
        if self.config.behind_proxy { None } else { self.tls.pin() }
    }

    /// An invitation to the lobby; none where nothing says by which name the server can be reached.
    pub fn invite(&self) -> Option<Invite> {
        let addresses = addresses::of_server(self.address, &self.config, &self.tls.names());
        let pin = self.pin().filter(|_| addresses.iter().any(parlor_protocol::ServerAddress::is_secure));
        Invite::to_server(addresses, pin)
    }

    /// Reads the files with the certificate again. Where they are no good, the old one stays.
    ///
    /// # Errors
    /// Where they are no good; the message says why.
    pub fn reload_certificate(&self) -> Result<Reloaded, CertificateError> {
        self.tls.reload()
    }
}

impl Server {
    /// Takes the address. From here on people can connect; they are served once the server runs.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let address = config.listen;
        let listener = listen(address).map_err(|error| StartError::new(address, error))?;
        let address = listener.local_addr().map_err(|error| StartError::new(address, error))?;
        let state = ServerState::open(&config.state, &hosts::own_names())?;
        let files = CertificateFiles::both(config.tls_cert.as_deref(), config.tls_key.as_deref())?;
        let tls = Arc::new(Tls::new(files, &state.identity)?);
        let mut config = config;
        config.hosts.add(config.advertise.iter().map(|advertised| advertised.host().to_owned()).chain(tls.names()));
        let (stop, _) = watch::channel(Order::default());
        let config = Arc::new(config);
        let metrics = Arc::new(Metrics::new());
        let relay =
            start_beside(config.relay.as_ref(), address, state.secret.for_use("relay"), metrics.relay.clone()).await?;
        let (hub, inputs) = mpsc::channel(INPUTS);
        let secrets = LobbySecrets::with_seal_key(state.secret.for_use("rooms"))?;
        let mut lobby = Lobby::new(config.limits.clone(), secrets, WallClock::system());
        if let Some(relay) = relay.as_ref().map(Relay::handle) {
            lobby.set_relay(Box::new(move |participant, _| relay.issue(participant)));
        }
        let handle = ServerHandle { stop, metrics, config: Arc::clone(&config), address, tls, hub };
        Ok(Self { listener, address, config, handle, relay, lobby, inputs })
    }

    /// Where the server listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its relay, where it has one.
    pub fn relay(&self) -> Option<RelayHandle> {
        self.relay.as_ref().map(Relay::handle)
    }

    /// What people know the server's key by; none where an authority vouches for it, or a proxy does.
    pub fn pin(&self) -> Option<Pin> {
        self.handle.pin()
    }

    /// An invitation to the lobby; none where nothing says by which name the server can be reached.
    pub fn invite(&self) -> Option<Invite> {
        self.handle.invite()
    }

    /// What stops this server.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Serves until [`ServerHandle::shutdown`]. Whoever drops this future stops the server too, without goodbyes.
    pub async fn run(self) {
        let mut stop = self.handle.stop.subscribe();
        let (hub, invite, pin) = (self.handle.hub.clone(), self.invite(), self.pin());
        let running_hub =
            tokio::spawn(Hub::new(self.lobby, self.inputs, stop.clone(), self.handle.metrics.clone()).run());
        let about = About { name: self.config.name.clone(), address: self.address, invite };
        let token = self.config.admin_token.clone();
        let web = Web::new(about, token, AdminHandle::new(hub.clone()), self.handle.metrics.clone());
        let announcing = self.config.announce.then(|| {
            let name = self.config.name.clone();
            let tls = !self.config.insecure && !self.address.ip().is_loopback();
            let announcement = Announcement { name, listen: self.address, pin, tls };
            tokio::spawn(announce(announcement, room_counter(hub.clone()), stop.clone()))
        });
        let mut porter = Porter::new(self.config, Arc::clone(&self.handle.tls), hub, web);
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
        if let Some(announcing) = announcing
            && let Err(error) = announcing.await
        {
            warn!(%error, "the announcement ended badly");
        }
        if let Err(error) = running_hub.await {
            warn!(%error, "the hub ended badly");
        }
    }
}

/// A future on the heap.
type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

/// Counts the rooms that are no secret; gets no answer once the server stops.
fn room_counter(hub: mpsc::Sender<HubInput>) -> impl Fn() -> BoxFuture<Option<usize>> {
    let admin = AdminHandle::new(hub);
    move || {
        let admin = admin.clone();
        Box::pin(async move {
            let rooms = admin.snapshot().await?.rooms;
            Some(rooms.iter().filter(|room| !room.hidden).count())
        })
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
    tls: Arc<Tls>,
    hub: mpsc::Sender<HubInput>,
    web: Arc<Web>,
    gate: Gate,
    visits: JoinSet<()>,
    /// Where those come from who count, by their task.
    counted: HashMap<task::Id, IpAddr>,
    last_connection: u64,
}

impl Porter {
    fn new(config: Arc<Config>, tls: Arc<Tls>, hub: mpsc::Sender<HubInput>, web: Web) -> Self {
        Self {
            gate: Gate::new(&config.limits, config.behind_proxy),
            config,
            tls,
            hub,
            web: Arc::new(web),
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
                self.web.metrics().hit(Limit::Refusals);
                return;
            }
        }
        self.last_connection += 1;
        let connection = ConnectionId::new(self.last_connection);
        let (config, tls, hub) = (Arc::clone(&self.config), Arc::clone(&self.tls), self.hub.clone());
        let (web, since) = (Arc::clone(&self.web), Instant::now());
        let visitor = Visitor { connection, address, since, admitted, config, tls, hub, web };
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
