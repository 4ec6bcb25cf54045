//! A server's way through TLS with a key of the test's choice: what a reverse proxy does.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parlor_protocol::Pin;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::{
    ServerConfig, crypto,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sha2::{Digest, Sha256};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;

use crate::Server;

/// Listens on loopback with TLS, and passes everything on to a server. Dropping it stops it.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    pin: Pin,
    certificate: String,
    passed: Arc<AtomicUsize>,
    _runtime: Runtime,
}

impl TlsFront {
    /// Starts one on a free port, with a new key.
    pub fn start(server: &Server) -> Self {
        Self::start_at(server, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts another one with another key in this one's place.
    #[must_use]
    pub fn with_another_key(self, server: &Server) -> Self {
        let address = self.address;
        drop(self);
        Self::start_at(server, address)
    }

    /// Where it listens, as `wss://127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("wss://{}", self.address)
    }

    /// Host and port.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// What its key is known by.
    pub fn pin(&self) -> Pin {
        self.pin
    }

    /// Its certificate, for whoever is to vouch for it, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// How many visitors came through, which they do only once they have taken its key for right.
    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    fn start_at(server: &Server, address: SocketAddr) -> Self {
        let key = KeyPair::generate().expect("a key");
        let pin = pin_of(&key.subject_public_key_info());
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).expect("good names").self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the usual versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("the key belongs to the certificate");
        let runtime = Runtime::new().expect("threads");
        let listener = runtime.block_on(TcpListener::bind(address)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let passed = Arc::new(AtomicUsize::new(0));
        let behind = server.address().trim_start_matches("ws://").to_owned();
        runtime.spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), behind, passed.clone()));
        Self { address, pin, certificate: certificate.pem(), passed, _runtime: runtime }
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, behind: String, passed: Arc<AtomicUsize>) {
    while let Ok((visitor, _)) = listener.accept().await {
        let (acceptor, behind, passed) = (acceptor.clone(), behind.clone(), passed.clone());
        tokio::spawn(async move {
            // One that does not take our key ends here.
            let Ok(mut visitor) = acceptor.accept(visitor).await else { return };
            passed.fetch_add(1, Ordering::SeqCst);
            if let Ok(mut server) = TcpStream::connect(behind).await {
                // Either side may end as it likes.
                let _ = copy_bidirectional(&mut visitor, &mut server).await;
            }
        });
    }
}

fn pin_of(key: &[u8]) -> Pin {
    let digest = Sha256::digest(key);
    Pin::new(std::array::from_fn(|place| digest[place]))
}
