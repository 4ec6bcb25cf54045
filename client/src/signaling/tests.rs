//! Over real sockets, with real TLS.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{CertifiedKey as Generated, KeyPair, generate_simple_self_signed};
use rustls::{
    ServerConfig, crypto,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use tokio::{io::AsyncReadExt, net::TcpListener};
use tokio_rustls::TlsAcceptor;

use super::*;

#[tokio::test]
async fn a_server_with_the_right_key_is_reached_through_tls() {
    let server = TlsServer::start().await;

    let reached = reach(&[(server.address, Trust::Pinned(server.pin))]).await.unwrap();

    assert_eq!(reached.pin, Some(server.pin));
    assert_eq!(reached.peer, server.address);
}

#[tokio::test]
async fn a_server_with_another_key_hears_nothing_from_us() {
    let server = TlsServer::start().await;
    let expected = Pin::new([1; 16]);

    let error = reach(&[(server.address, Trust::Pinned(expected))]).await.unwrap_err();

    let DialError::ChangedKey { known, offered, .. } = error else { panic!("{error:?}") };
    assert_eq!((known, offered), (expected, server.pin));
    server.has_seen_off_a_visitor().await;
    assert_eq!(server.heard(), 0);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_a_question_and_hears_nothing_from_us() {
    let server = TlsServer::start().await;

    let error = reach(&[(server.address, Trust::Known(Arc::default()))]).await.unwrap_err();

    let DialError::UnknownKey { pin, .. } = error else { panic!("{error:?}") };
    assert_eq!(pin, server.pin);
    server.has_seen_off_a_visitor().await;
    assert_eq!(server.heard(), 0);
}

#[tokio::test]
async fn a_server_that_has_moved_is_known_by_its_key() {
    let server = TlsServer::start().await;
    let known = Trust::Known(Arc::new([server.pin].into()));

    let reached = reach(&[(server.address, known)]).await.unwrap();

    assert_eq!(reached.pin, Some(server.pin));
}

#[tokio::test]
async fn whoever_shows_the_certificate_without_having_its_key_is_refused() {
    let Generated { cert, .. } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let thief = TlsServer::start_with(cert.der().to_vec(), &KeyPair::generate().unwrap()).await;

    for trust in [Trust::Pinned(thief.pin), Trust::Anybody] {
        let error = reach(&[(thief.address, trust)]).await.unwrap_err();

        assert!(matches!(error, DialError::Tls { .. }), "{error:?}");
    }
    assert_eq!(thief.heard(), 0);
}

#[tokio::test]
async fn the_first_address_with_the_right_key_wins() {
    let (wrong, right) = (TlsServer::start().await, TlsServer::start().await);
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let trust = Trust::Pinned(right.pin);

    let reached = reach(&[dead, wrong.address, right.address].map(|address| (address, trust.clone()))).await.unwrap();

    assert_eq!(reached.peer, right.address);
}

#[tokio::test]
async fn a_wrong_key_is_told_rather_than_that_others_are_silent() {
    let server = TlsServer::start().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let trust = Trust::Pinned(Pin::new([1; 16]));

    let error = reach(&[dead, server.address].map(|address| (address, trust.clone()))).await.unwrap_err();

    assert!(matches!(error, DialError::ChangedKey { .. }), "{error:?}");
}

#[tokio::test]
async fn another_computer_is_not_spoken_to_in_the_clear() {
    let address: ServerAddress = "ws://192.0.2.77:7443".parse().unwrap();
    let target = Target { address, trust: Trust::Known(Arc::default()) };

    let error = Route { targets: vec![target], allow_plain: false }.reach().await.map(drop).unwrap_err();

    assert!(matches!(error, DialError::Plain { .. }), "{error:?}");
    assert!(error.to_string().contains("wss://192.0.2.77:7443") && error.to_string().contains("--insecure"));
    assert!(!error.may_pass());
}

#[tokio::test]
async fn a_changed_key_is_an_event_and_the_end() {
    let server = TlsServer::start().await;
    let (events, mut heard) = mpsc::channel(8);
    let target = target(server.address, Trust::Pinned(Pin::new([1; 16])));

    let _signal = Signal::dial(Route { targets: vec![target], allow_plain: false }, 7, events);

    let (number, event) = heard.recv().await.unwrap();
    assert_eq!(number, 7);
    assert!(matches!(event, SignalEvent::ChangedKey { offered, .. } if offered == server.pin), "{event:?}");
    assert!(heard.recv().await.is_none());
}

async fn reach(targets: &[(SocketAddr, Trust)]) -> Result<Reached, DialError> {
    let targets = targets.iter().map(|(address, trust)| target(*address, trust.clone())).collect();
    Route { targets, allow_plain: false }.reach().await.map(|(_, reached)| reached)
}

fn target(address: SocketAddr, trust: Trust) -> Target {
    Target { address: format!("wss://{address}").parse().unwrap(), trust }
}

/// A server on loopback that opens websockets through TLS.
struct TlsServer {
    address: SocketAddr,
    pin: Pin,
    /// Bytes that visitors said once TLS was up.
    heard: Arc<AtomicUsize>,
    seen_off: Arc<tokio::sync::Semaphore>,
}

impl TlsServer {
    async fn start() -> Self {
        let Generated { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self::start_with(cert.der().to_vec(), &signing_key).await
    }

    async fn start_with(certificate: Vec<u8>, key: &KeyPair) -> Self {
        let pin = pin_of(&certificate);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = crypto::ring::sign::any_supported_type(&key).unwrap();
        let certified = Arc::new(CertifiedKey::new(vec![certificate.into()], key));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Always(certified)));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, seen_off) = (Arc::new(AtomicUsize::new(0)), Arc::new(tokio::sync::Semaphore::new(0)));
        let server = Self { address, pin, heard: heard.clone(), seen_off: seen_off.clone() };
        tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let (acceptor, heard, seen_off) = (acceptor.clone(), heard.clone(), seen_off.clone());
                tokio::spawn(async move {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        let stream = counted(tls, heard);
                        if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
                            while socket.next().await.is_some_and(|message| message.is_ok()) {}
                        }
                    }
                    seen_off.add_permits(1);
                });
            }
        });
        server
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// Waits until somebody came and went.
    async fn has_seen_off_a_visitor(&self) {
        self.seen_off.acquire().await.unwrap().forget();
    }
}

/// Passes a stream on and counts what comes in.
fn counted(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    heard: Arc<AtomicUsize>,
) -> tokio::io::DuplexStream {
    let (here, there) = tokio::io::duplex(64 * 1024);
    let (mut from_visitor, mut to_visitor) = tokio::io::split(stream);
    let (mut from_server, mut to_server) = tokio::io::split(there);
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from_visitor.read(&mut buffer).await {
            heard.fetch_add(length, Ordering::SeqCst);
            if tokio::io::AsyncWriteExt::write_all(&mut to_server, &buffer[..length]).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_visitor).await });
    here
}

/// What people know a key by, the long way round: from the key's own DER.
fn pin_of(certificate: &[u8]) -> Pin {
    let certificate = rustls::pki_types::CertificateDer::from(certificate);
    let key = webpki::EndEntityCert::try_from(&certificate).unwrap().subject_public_key_info();
    let digest = Sha256::digest(key.as_ref());
    Pin::new(std::array::from_fn(|place| digest[place]))
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}
