//! The relay over real sockets on loopback, with the client of the same library, and with none.
use std::time::Duration;

use stun::{
    agent::TransactionId,
    attributes::{ATTR_ERROR_CODE, ATTR_NONCE, ATTR_REQUESTED_TRANSPORT},
    error_code::{CODE_UNAUTHORIZED, ErrorCodeAttribute},
    message::{BINDING_REQUEST, Getter, Message, Setter},
};
use tokio::time::timeout;
use turn::{
    client::{Client, ClientConfig},
    proto::allocate_request,
};
use webrtc_util::Conn;

use super::*;

const ADA: ParticipantId = ParticipantId::new(0xada);
const BOB: ParticipantId = ParticipantId::new(0xb0b);
const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough for what has been sent to have arrived.
const QUIET: Duration = Duration::from_millis(500);
/// What stands before each datagram on the network: IPv4 and UDP.
const HEADERS: usize = 28;

#[tokio::test]
async fn what_one_relay_address_sends_another_receives_and_back() {
    let relay = Running::start(RelayConfig::default()).await;
    let (ada, bob) = (relay.participant(ADA).await, relay.participant(BOB).await);
    let (ada, bob) = (ada.allocate().await.unwrap(), bob.allocate().await.unwrap());
    let (ada_at, bob_at) = (ada.local_addr().unwrap(), bob.local_addr().unwrap());

    permit(&bob, ada_at).await;
    let heard = exchange(&ada, b"hello", bob_at, &bob).await;
    let answered = exchange(&bob, b"hello to you", ada_at, &ada).await;

    assert_eq!(heard, (b"hello".to_vec(), ada_at));
    assert_eq!(answered, (b"hello to you".to_vec(), bob_at));
    let numbers = relay.numbers();
    assert_eq!((numbers.allocations, numbers.allocated, numbers.refused_targets), (2, 2, 0));
    assert!(numbers.bytes >= 2 * (5 + 12), "{numbers:?}");
}

#[tokio::test]
async fn relay_addresses_behind_a_translated_address_reach_each_other() {
    let outside: IpAddr = "192.0.2.7".parse().unwrap();
    let relay = Running::start(RelayConfig { address: Some(outside), ..RelayConfig::default() }).await;
    let (ada, bob) = (relay.participant(ADA).await, relay.participant(BOB).await);
    let (ada, bob) = (ada.allocate().await.unwrap(), bob.allocate().await.unwrap());
    let (ada_at, bob_at) = (ada.local_addr().unwrap(), bob.local_addr().unwrap());

    permit(&bob, ada_at).await;
    let heard = exchange(&ada, b"hello", bob_at, &bob).await;

    assert_eq!((ada_at.ip(), bob_at.ip()), (outside, outside));
    assert_eq!(heard, (b"hello".to_vec(), ada_at));
}

#[tokio::test]
async fn nobody_without_good_credentials_gets_a_relay_address() {
    let relay = Running::start(RelayConfig::default()).await;
    let access = relay.relay.handle().issue(ADA);
    let expired = Credentials::new([0; 32]).issue(ADA, SystemTime::now() - 2 * credentials::LIFETIME);
    let elsewhere = Credentials::new([9; 32]).issue(ADA, SystemTime::now());

    for (username, password) in [(access.username, "wrong".to_owned()), expired, elsewhere] {
        let stranger = relay.client(username, password).await;

        assert!(timeout(PATIENCE, stranger.allocate()).await.unwrap().is_err());
    }

    let numbers = relay.numbers();
    assert_eq!((numbers.allocated, numbers.bad_credentials), (0, 3));
}

#[tokio::test]
async fn one_participant_gets_no_more_than_their_share_and_the_next_gets_theirs() {
    let limits = RelayLimits { allocations_per_participant: 2, ..RelayLimits::default() };
    let relay = Running::start(RelayConfig { limits, ..RelayConfig::default() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let client = relay.participant(ADA).await;
        held.push((client.allocate().await.unwrap(), client));
    }

    let third = relay.participant(ADA).await;
    assert!(third.allocate().await.is_err());
    let bob = relay.participant(BOB).await;
    assert!(bob.allocate().await.is_ok());
    assert_eq!(relay.numbers().over_quota, 1);

    let (given_back, _client) = held.pop().unwrap();
    given_back.close().await.unwrap();
    relay.wait_until("the address is given back", |numbers| numbers.allocations == 2).await;
    assert!(relay.participant(ADA).await.allocate().await.is_ok());
}

#[tokio::test]
async fn no_way_leads_to_what_only_this_machine_or_its_network_should_reach() {
    let relay = Running::start(RelayConfig::default()).await;
    let ada = relay.participant(ADA).await;
    let ada = ada.allocate().await.unwrap();

    for target in ["169.254.169.254:80", "10.0.0.1:53", "224.0.0.251:5353", "255.255.255.255:9"] {
        let refused = relay.numbers().refused_targets;

        assert!(timeout(PATIENCE, ada.send_to(b"x", target.parse().unwrap())).await.unwrap().is_err(), "{target}");

        assert_eq!(relay.numbers().refused_targets, refused + 1, "{target}");
    }
}

#[tokio::test]
async fn on_the_internet_other_ports_of_the_server_are_out_of_reach_even_with_a_permission() {
    let outside = Some("192.0.2.7".parse().unwrap());
    let relay = Running::start(RelayConfig { address: outside, ..RelayConfig::default() }).await;
    let (ada, bob) = (relay.participant(ADA).await, relay.participant(BOB).await);
    let (ada, bob) = (ada.allocate().await.unwrap(), bob.allocate().await.unwrap());
    let service = SocketAddr::new(bob.local_addr().unwrap().ip(), relay.port);

    permit(&ada, bob.local_addr().unwrap()).await;
    permit(&ada, service).await;

    relay.wait_until("it is refused", |numbers| numbers.refused_targets > 0).await;
}

#[tokio::test]
async fn a_relay_address_carries_no_more_than_it_may() {
    let limits = RelayLimits { bytes_per_second_each: 20_000, ..RelayLimits::default() };
    let relay = Running::start(RelayConfig { limits, ..RelayConfig::default() }).await;
    let ada = relay.participant(ADA).await;
    let ada = ada.allocate().await.unwrap();
    let sink = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let before = Instant::now();

    for _ in 0..200 {
        ada.send_to(&[0; 1000], sink.local_addr().unwrap()).await.unwrap();
    }
    relay.wait_until("some of it is dropped", |numbers| numbers.over_bandwidth > 0).await;
    let received = drain(&sink).await;

    let allowed = 20.0 + before.elapsed().as_secs_f64() * 20.0;
    assert!((1.0..=allowed).contains(&(received as f64)), "{received} of {allowed}");
}

#[tokio::test]
async fn a_stranger_learns_their_own_address_and_little_else() {
    let relay = Running::start(RelayConfig::default()).await;
    let socket = relay.stranger().await;

    let binding = ask(&socket, &message(vec![Box::new(BINDING_REQUEST)])).await;
    let allocate = ask(&socket, &allocate_without_credentials()).await;

    let mut seen = stun::xoraddr::XorMappedAddress::default();
    seen.get_from(&binding).unwrap();
    assert_eq!(SocketAddr::new(seen.ip, seen.port), socket.local_addr().unwrap());
    let mut code = ErrorCodeAttribute::default();
    code.get_from(&allocate).unwrap();
    assert!(code.code == CODE_UNAUTHORIZED, "{code}");
    // Forged requests make the answers hit somebody else: they must not be worth it.
    assert!(binding.raw.len() + HEADERS <= 2 * (20 + HEADERS), "{}", binding.raw.len());
    assert!(allocate.raw.len() + HEADERS <= 3 * (28 + HEADERS), "{}", allocate.raw.len());
}

#[tokio::test]
async fn a_flood_of_strangers_is_answered_by_one_nonce_and_not_without_end() {
    let relay = Running::start(RelayConfig::default()).await;
    let socket = relay.stranger().await;
    let mut nonces = std::collections::BTreeSet::new();
    let mut answers = 0_u64;
    let before = Instant::now();

    for _ in 0..3000 {
        socket.send(&allocate_without_credentials()).await.unwrap();
        let mut buffer = [0; 1500];
        while let Ok(Ok(length)) = timeout(Duration::from_millis(1), socket.recv(&mut buffer)).await {
            answers += 1;
            let mut answer = Message::new();
            answer.unmarshal_binary(&buffer[..length]).unwrap();
            assert!(answer.contains(ATTR_ERROR_CODE));
            nonces.insert(answer.get(ATTR_NONCE).unwrap());
        }
    }

    let allowed = 400 + 50 * (before.elapsed().as_secs() + 1);
    assert!((1..=allowed).contains(&answers), "{answers} of {allowed}");
    assert_eq!(nonces.len(), 1);
    relay.wait_until("the rest is ignored", |numbers| numbers.ignored > 0).await;
}

#[tokio::test]
async fn garbage_harms_nobody() {
    let relay = Running::start(RelayConfig::default()).await;
    let socket = relay.stranger().await;
    let mut random = fastrand::Rng::with_seed(7);
    let access = relay.relay.handle().issue(ADA);

    for round in 0..5000 {
        let mut packet = match round % 3 {
            0 => allocate_without_credentials(),
            1 => proved_message(&access, &mut random),
            _ => vec![0; random.usize(0..200)],
        };
        for _ in 0..random.usize(0..6) {
            if let Some(byte) = random.choice(packet.iter_mut()) {
                *byte = random.u8(..);
            }
        }
        packet.truncate(random.usize(0..=packet.len()));
        socket.send(&packet).await.unwrap();
    }
    drain(&socket).await;

    let ada = relay.participant(ADA).await;
    assert!(timeout(PATIENCE, ada.allocate()).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_only_where_it_was_asked_for() {
    let taken = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let asked_for = RelayConfig { port: Some(address.port()), ..RelayConfig::default() };

    let usual = start_beside(Some(&RelayConfig::default()), address, [0; 32], RelayMetrics::default()).await;
    let explicit = start_beside(Some(&asked_for), address, [0; 32], RelayMetrics::default()).await;

    assert!(usual.unwrap().is_none());
    assert!(explicit.unwrap_err().to_string().contains("--relay-port"));
}

#[tokio::test]
async fn to_drop_it_is_to_stop_it() {
    let Running { relay, port } = Running::start(RelayConfig::default()).await;

    drop(relay);

    let freed = async {
        while UdpSocket::bind(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, freed).await.unwrap();
}

/// A relay on loopback.
struct Running {
    relay: Relay,
    port: u16,
}

impl Running {
    async fn start(config: RelayConfig) -> Self {
        let address = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let relay = Relay::start(&config, address, [0; 32], RelayMetrics::default()).await.unwrap();
        Self { relay, port: address.port() }
    }

    fn numbers(&self) -> RelayNumbers {
        self.relay.handle().numbers()
    }

    async fn wait_until(&self, what: &str, holds: impl Fn(RelayNumbers) -> bool) {
        let wait = async {
            while !holds(self.numbers()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(timeout(PATIENCE, wait).await.is_ok(), "{what}: {:?}", self.numbers());
    }

    /// Somebody with the credentials that the server hands out.
    async fn participant(&self, who: ParticipantId) -> Client {
        let RelayAccess { username, password, .. } = self.relay.handle().issue(who);
        self.client(username, password).await
    }

    async fn client(&self, username: String, password: String) -> Client {
        let server = format!("127.0.0.1:{}", self.port);
        let config = ClientConfig {
            stun_serv_addr: server.clone(),
            turn_serv_addr: server,
            username,
            password,
            realm: String::new(),
            software: String::new(),
            rto_in_ms: 0,
            conn: Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap()),
            vnet: None,
        };
        let client = Client::new(config).await.unwrap();
        client.listen().await.unwrap();
        client
    }

    async fn stranger(&self) -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(("127.0.0.1", self.port)).await.unwrap();
        socket
    }
}

/// Lets somebody hear from an address: the client library gives the permission with the first thing it sends.
async fn permit(from: &impl Conn, to: SocketAddr) {
    timeout(PATIENCE, from.send_to(b"let me hear you", to)).await.unwrap().unwrap();
}

/// Sends until it arrives, since the first may overtake its permission; returns what arrived, and from where.
async fn exchange(from: &impl Conn, data: &[u8], to: SocketAddr, at: &impl Conn) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 1500];
    let arrived = async {
        loop {
            from.send_to(data, to).await.unwrap();
            let received = timeout(Duration::from_millis(200), at.recv_from(&mut buffer)).await;
            if let Ok(Ok((length, source))) = received
                && length == data.len()
            {
                return (length, source);
            }
        }
    };
    let (length, source) = timeout(PATIENCE, arrived).await.unwrap();
    (buffer[..length].to_vec(), source)
}

async fn drain(socket: &UdpSocket) -> usize {
    let (mut received, mut buffer) = (0, [0; 1500]);
    while let Ok(Ok(_)) = timeout(QUIET, socket.recv_from(&mut buffer)).await {
        received += 1;
    }
    received
}

/// Asks until there is an answer.
async fn ask(socket: &UdpSocket, request: &[u8]) -> Message {
    let mut buffer = [0; 1500];
    let answered = async {
        loop {
            socket.send(request).await.unwrap();
            if let Ok(Ok(length)) = timeout(QUIET, socket.recv(&mut buffer)).await {
                return length;
            }
        }
    };
    let length = timeout(PATIENCE, answered).await.unwrap();
    let mut answer = Message::new();
    answer.unmarshal_binary(&buffer[..length]).unwrap();
    answer
}

fn message(setters: Vec<Box<dyn Setter>>) -> Vec<u8> {
    let id = Message { transaction_id: TransactionId::new(), ..Message::default() };
    let mut all: Vec<Box<dyn Setter>> = vec![Box::new(id)];
    all.extend(setters);
    let mut message = Message::new();
    message.build(&all).unwrap();
    message.raw
}

fn allocate_without_credentials() -> Vec<u8> {
    message(vec![Box::new(allocate_request()), Box::new(Transport)])
}

/// A request with a valid proof and a random body.
fn proved_message(access: &RelayAccess, random: &mut fastrand::Rng) -> Vec<u8> {
    use stun::{attributes::ATTR_USERNAME, integrity::MessageIntegrity, textattrs::TextAttribute};

    let methods = [stun::message::METHOD_REFRESH, stun::message::METHOD_CREATE_PERMISSION];
    let typ = stun::message::MessageType::new(methods[random.usize(0..2)], stun::message::CLASS_REQUEST);
    let RelayAccess { username, password, .. } = access.clone();
    message(vec![
        Box::new(typ),
        Box::new(TextAttribute::new(ATTR_USERNAME, username.clone())),
        Box::new(TextAttribute::new(ATTR_NONCE, "none that is known".to_owned())),
        Box::new(MessageIntegrity::new_long_term_integrity(username, REALM.to_owned(), password)),
    ])
}

/// REQUESTED-TRANSPORT: UDP.
struct Transport;

impl Setter for Transport {
    fn add_to(&self, message: &mut Message) -> Result<(), stun::Error> {
        message.add(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        Ok(())
    }
}
