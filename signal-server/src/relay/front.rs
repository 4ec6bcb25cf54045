//! The socket that participants send to, as the TURN library sees it: only what it can answer in good conscience.
//!
//! The library itself remembers a nonce for every stranger who asks, for ever, has no quota, and permits every target.
//! So everything is looked at here first. What must not reach it is answered or dropped here.
mod challenge;
mod clients;
mod request;

use std::{
    any::Any,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use parlor_protocol::ParticipantId;
use stun::{
    error_code::{
        CODE_ALLOC_QUOTA_REACHED, CODE_FORBIDDEN, CODE_INSUFFICIENT_CAPACITY, CODE_STALE_NONCE, CODE_UNAUTHORIZED,
        CODE_WRONG_CREDENTIALS, ErrorCode,
    },
    integrity::MessageIntegrity,
};
use tokio::{net::UdpSocket, time::sleep};
use turn::relay::RelayAddressGenerator;
use webrtc_util::{Conn, Error, Result};

pub(super) use self::clients::Client;
use self::{
    challenge::Challenge,
    clients::{Clients, Sources},
    request::{Packet, Request, Wish},
};
use super::{
    credentials::Credentials,
    places::Place,
    quota::Quota,
    relayed::{RelayedSocket, may_reach, unsupported},
    targets::Targets,
};
use crate::metrics::RelayRefusal;

/// How long to wait when the system does not let us receive.
const RECEIVE_PAUSE: Duration = Duration::from_millis(10);

/// What all addresses that the relay listens at have in common.
pub(super) struct Common {
    pub(super) credentials: Credentials,
    pub(super) quota: Arc<Quota>,
    /// Whether private targets are allowed; none where that depends on the relay address.
    pub(super) private: Option<bool>,
    /// The address that others know this machine by, behind a one-to-one address translation.
    pub(super) announced: Option<IpAddr>,
}

/// The front at one address.
pub(super) struct Front {
    common: Arc<Common>,
    place: Place,
    socket: UdpSocket,
    state: Mutex<State>,
    clients: Arc<Clients>,
}

struct State {
    sources: Sources,
    challenge: Challenge,
    /// Who asks for a relay address in the request that the library is at. It takes one request at a time.
    asking: Option<(SocketAddr, ParticipantId)>,
}

/// What becomes of a packet.
enum Verdict {
    /// The library may have it.
    Pass,
    Answer(Vec<u8>),
    Drop,
}

impl Front {
    pub(super) fn new(common: Arc<Common>, place: Place, socket: UdpSocket, now: Instant) -> Self {
        let state = State { sources: Sources::new(now), challenge: Challenge::default(), asking: None };
        Self { common, place, socket, state: Mutex::new(state), clients: Arc::default() }
    }

    /// Judges what has come from `source`.
    fn judge(&self, packet: &[u8], source: SocketAddr) -> Verdict {
        let now = Instant::now();
        match Packet::read(packet) {
            Packet::Media if self.clients.know(source) => Verdict::Pass,
            Packet::Media => Verdict::Drop,
            Packet::Nonsense => self.ignore(),
            Packet::Binding | Packet::Request(_) if !self.state().sources.allow(source.ip(), now) => self.ignore(),
            Packet::Binding => Verdict::Pass,
            Packet::Request(request) => self.judge_request(&request, source, now),
        }
    }

    fn judge_request(&self, request: &Request, source: SocketAddr, now: Instant) -> Verdict {
        let metrics = &self.common.quota.metrics;
        let Some(proof) = &request.proof else { return self.challenge(request, CODE_UNAUTHORIZED, now) };
        let Some((key, participant)) = self.common.credentials.key(&proof.username, SystemTime::now()) else {
            metrics.refused(RelayRefusal::Credentials);
            return self.challenge(request, CODE_UNAUTHORIZED, now);
        };
        let integrity = MessageIntegrity(key);
        if integrity.check(&mut request.message.clone()).is_err() {
            metrics.refused(RelayRefusal::Credentials);
            return self.challenge(request, CODE_UNAUTHORIZED, now);
        }
        if !self.state().challenge.is_current(&proof.nonce, now) {
            return self.challenge(request, CODE_STALE_NONCE, now);
        }
        let holder = self.clients.holder(source);
        if holder.is_some_and(|holder| holder != participant) {
            metrics.refused(RelayRefusal::Credentials);
            return refuse(request, CODE_WRONG_CREDENTIALS, &integrity);
        }
        match &request.wish {
            Wish::Allocate if holder.is_none() && !self.common.quota.has_room_for(participant) => {
                metrics.refused(RelayRefusal::Allocations);
                refuse(request, CODE_ALLOC_QUOTA_REACHED, &integrity)
            }
            Wish::Allocate => {
                self.state().asking = Some((source, participant));
                Verdict::Pass
            }
            Wish::Refresh => Verdict::Pass,
            Wish::Reach { peers, channel } => {
                if !peers.iter().all(|peer| self.may_permit(*peer)) {
                    metrics.refused(RelayRefusal::Target);
                    return refuse(request, CODE_FORBIDDEN, &integrity);
                }
                if !self.clients.add(source, peers, *channel) {
                    metrics.refused(RelayRefusal::Allocations);
                    return refuse(request, CODE_INSUFFICIENT_CAPACITY, &integrity);
                }
                Verdict::Pass
            }
        }
    }

    /// Whether a permission for this address makes sense: its port counts only when something is sent.
    fn may_permit(&self, peer: SocketAddr) -> bool {
        let quota = &self.common.quota;
        [self.place.relay(true), self.place.relay(false)]
            .into_iter()
            .flatten()
            .any(|relay| quota.is_relay_ip(peer.ip()) || may_reach(quota, self.targets(relay), peer))
    }

    /// Asks for credentials, by a nonce that the library knows. It makes a new one where the last is old.
    fn challenge(&self, request: &Request, code: ErrorCode, now: Instant) -> Verdict {
        match self.state().challenge.answer(request, code, now) {
            Some(answer) => Verdict::Answer(answer),
            None => Verdict::Pass,
        }
    }

    fn ignore(&self) -> Verdict {
        self.common.quota.metrics.refused(RelayRefusal::Ignored);
        Verdict::Drop
    }

    fn targets(&self, relay: IpAddr) -> Targets {
        Targets::of(self.common.announced.unwrap_or(relay), self.common.private)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(request: &Request, code: ErrorCode, integrity: &MessageIntegrity) -> Verdict {
    request.refusal(code, integrity).map_or(Verdict::Drop, Verdict::Answer)
}

/// The library's view of the front.
pub(super) struct FrontConn(pub(super) Arc<Front>);

#[async_trait]
impl Conn for FrontConn {
    async fn connect(&self, _: SocketAddr) -> Result<()> {
        Err(unsupported())
    }

    async fn recv(&self, _: &mut [u8]) -> Result<usize> {
        Err(unsupported())
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr)> {
        let front = &self.0;
        loop {
            let Ok((length, source)) = front.socket.recv_from(buffer).await else {
                // An error ends the library's loop for good, and none of those that come here is for good.
                sleep(RECEIVE_PAUSE).await;
                continue;
            };
            match front.judge(&buffer[..length], source) {
                Verdict::Pass => return Ok((length, source)),
                // Lost as any packet may be; they ask again.
                Verdict::Answer(answer) => drop(front.socket.send_to(&answer, source).await),
                Verdict::Drop => {}
            }
        }
    }

    async fn send(&self, _: &[u8]) -> Result<usize> {
        Err(unsupported())
    }

    async fn send_to(&self, data: &[u8], target: SocketAddr) -> Result<usize> {
        self.0.state().challenge.learn(data, Instant::now());
        self.0.socket.send_to(data, target).await.map_err(Error::from)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.socket.local_addr().map_err(Error::from)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// The library closes it with every relay address that ends; it lives as long as somebody holds it.
    async fn close(&self) -> Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// Makes relay addresses for the library.
pub(super) struct FrontRelays(pub(super) Arc<Front>);

#[async_trait]
impl RelayAddressGenerator for FrontRelays {
    fn validate(&self) -> std::result::Result<(), turn::Error> {
        Ok(())
    }

    async fn allocate_conn(
        &self,
        use_ipv4: bool,
        _requested_port: u16,
    ) -> std::result::Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let front = &self.0;
        let refused = turn::Error::ErrRelayAddressInvalid;
        let Some((source, participant)) = front.state().asking.take() else { return Err(refused) };
        let Some(relay) = front.place.relay(use_ipv4) else { return Err(refused) };
        let socket = UdpSocket::bind((relay, 0)).await.map_err(|error| turn::Error::from(Error::from(error)))?;
        let mut address = socket.local_addr().map_err(|error| turn::Error::from(Error::from(error)))?;
        let announced = front.common.announced.filter(|announced| announced.is_ipv4() == relay.is_ipv4());
        if let Some(announced) = announced {
            address.set_ip(announced);
        }
        let quota = Arc::clone(&front.common.quota);
        let Some(entry) = quota.enter(participant, address) else { return Err(refused) };
        let client = front.clients.enter(source, participant);
        let targets = front.targets(relay);
        Ok((Arc::new(RelayedSocket::new(socket, announced, targets, quota, entry, client)), address))
    }
}
