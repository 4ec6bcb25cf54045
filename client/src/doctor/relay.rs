//! The server's STUN and TURN server: asks it for our address, and connects to ourselves through it.
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::{PeerAction, PeerEvent, PeerKey};
use parlor_media::audio::{
    playback::{Playback, VoiceSettings},
    spec::SpeakerSpec,
};
use parlor_protocol::{CandidateKind, ConnectReport, RelayAccess};
use rtc::stun::{
    message::{Getter, Message},
    xoraddr::XorMappedAddress,
};
use tokio::{
    net::{UdpSocket, lookup_host},
    sync::mpsc,
    time::timeout,
};

use super::step::{Report, State};
use crate::peer::{FanOut, Network, PeerHandle, PeerSettings, Receivers, ReceiversSettings, Relay, Transfers};

/// How long one answer is waited for, and how often it is asked for: packets get lost.
const ANSWER: Duration = Duration::from_millis(700);
const ATTEMPTS: u32 = 4;
/// How long two connections through the relay may take to meet.
const MEETING: Duration = Duration::from_secs(15);
/// Events that may wait.
const WAITING_EVENTS: usize = 256;
/// The header of a STUN message (RFC 8489, section 5).
const STUN_HEADER: usize = 20;
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

pub(super) async fn examine(access: &RelayAccess, server: IpAddr, report: &mut Report) -> io::Result<()> {
    let host = access.host.clone().unwrap_or_else(|| server.to_string());
    let address = match lookup_host((host.as_str(), access.port)).await {
        Ok(mut found) => found.find(|found| access.host.is_some() || found.ip() == server),
        Err(_) => None,
    };
    let Some(address) = address else {
        let reason = format!("nobody knows the name {host:?} of the relay: tell whoever runs the server");
        report.tell("stun", State::Failed, &reason)?;
        return report.skip_untold("relay");
    };
    match seen_from(address).await {
        Some(seen) => report.tell("stun", State::Ok, &format!("{address} sees us as {seen}"))?,
        None => {
            let port = address.port();
            let reason = format!(
                "{address} does not answer: let UDP port {port} through the firewalls of both sides, and through the \
                 router of the server"
            );
            report.tell("stun", State::Failed, &reason)?;
            return report.skip_untold("relay");
        }
    }
    match meet_through(access, server).await {
        Ok(time) => report.tell("relay", State::Ok, &format!("carries a connection, made in {} ms", time.as_millis())),
        Err(reason) => report.tell("relay", State::Failed, reason),
    }
}

/// Our address as that server sees it; none where it does not answer.
async fn seen_from(server: SocketAddr) -> Option<SocketAddr> {
    let any: IpAddr = if server.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
    let socket = UdpSocket::bind((any, 0)).await.ok()?;
    socket.connect(server).await.ok()?;
    let mut request = [0; STUN_HEADER];
    request[1] = 1; // a binding request
    request[4..8].copy_from_slice(&STUN_COOKIE);
    getrandom::fill(&mut request[8..]).ok()?;
    let mut buffer = [0; 1500];
    for _ in 0..ATTEMPTS {
        socket.send(&request).await.ok()?;
        let Ok(Ok(length)) = timeout(ANSWER, socket.recv(&mut buffer)).await else { continue };
        if let Some(seen) = mapped_address(&buffer[..length], &request[8..]) {
            return Some(seen);
        }
    }
    None
}

/// The address in an answer to the request with this id.
fn mapped_address(answer: &[u8], id: &[u8]) -> Option<SocketAddr> {
    let mut message = Message::new();
    message.unmarshal_binary(answer).ok()?;
    if answer.get(8..STUN_HEADER) != Some(id) {
        return None;
    }
    let mut mapped = XorMappedAddress::default();
    mapped.get_from(&message).ok()?;
    Some(SocketAddr::new(mapped.ip, mapped.port))
}

/// Makes two connections that may use the relay alone, has them meet as those of two participants would, and returns
/// how long that took.
async fn meet_through(access: &RelayAccess, server: IpAddr) -> Result<Duration, &'static str> {
    let mut network = Network::new(Vec::new(), true, None).with_loopback(server.is_loopback());
    network.use_relay(Some(Relay::new(access.clone(), &server.to_string())));
    let playback = Playback::start(SpeakerSpec::Null, |_| {});
    let (caller, mut from_caller) = open(&network, &playback);
    let (callee, mut from_callee) = open(&network, &playback);
    caller.order(PeerAction::MakeOffer);
    let began = Instant::now();
    let (mut early, mut caller_ready, mut callee_ready) = (Vec::new(), false, false);
    let mut connected = [None, None];
    let met = async {
        loop {
            let (from_us, (_, event)) = tokio::select! {
                Some(event) = from_caller.recv() => (true, event),
                Some(event) = from_callee.recv() => (false, event),
                else => return Err("the connections end by themselves: this is a fault of Parlor, please report it"),
            };
            let (other, ready) = if from_us { (&callee, callee_ready) } else { (&caller, caller_ready) };
            match event {
                PeerEvent::Offer { sdp } => {
                    callee_ready = true;
                    callee.order(PeerAction::AcceptOffer { sdp, rollback: false });
                }
                PeerEvent::Answer { sdp } => {
                    caller_ready = true;
                    caller.order(PeerAction::AcceptAnswer { sdp });
                    for candidate in early.drain(..) {
                        caller.order(PeerAction::AddCandidate(candidate));
                    }
                }
                PeerEvent::Candidate(candidate) if ready => drop(other.order(PeerAction::AddCandidate(candidate))),
                PeerEvent::Candidate(candidate) => early.push(candidate),
                PeerEvent::Failed { .. } => return Err(NOT_ALLOCATED),
                PeerEvent::Connected => connected[usize::from(from_us)] = Some(began.elapsed()),
                PeerEvent::Route(ConnectReport { local, .. }) if local != CandidateKind::Relay => {
                    return Err("the connection goes past the relay: this is a fault of Parlor, please report it");
                }
                PeerEvent::Route(_)
                | PeerEvent::Disconnected
                | PeerEvent::ChannelOpen
                | PeerEvent::ChannelClosed
                | PeerEvent::FilesOpen
                | PeerEvent::FilesClosed
                | PeerEvent::Message(_) => {}
            }
            if let [Some(one), Some(other)] = connected {
                return Ok(one.max(other));
            }
        }
    };
    timeout(MEETING, met).await.unwrap_or(Err(NOT_ALLOCATED))
}

const NOT_ALLOCATED: &str = "the relay carries no connection: it may have as many as it takes, or a firewall on the \
                             server drops what it sends between its own ports; its log tells";

fn open(network: &Network, playback: &Playback) -> (PeerHandle, mpsc::Receiver<(PeerKey, PeerEvent)>) {
    let (events, waiting) = mpsc::channel(WAITING_EVENTS);
    let name = "doctor".to_owned();
    let voice = playback.voice(VoiceSettings { name: name.clone(), save: None });
    let receivers = Receivers::new(ReceiversSettings { name, voice, save: None, on_event: Box::new(|_| {}) });
    let settings = PeerSettings {
        key: PeerKey::default(),
        network: network.clone(),
        fan_out: FanOut::default(),
        receivers: Arc::new(receivers),
        transfers: Transfers::default(),
    };
    (PeerHandle::open(settings, events), waiting)
}
