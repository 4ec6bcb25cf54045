//! TLS in front of the websocket: who is served, with which certificate, and how long anybody may take.
use std::{fs, net::Ipv4Addr, path::Path, sync::Arc, time::Duration};

use parlor_protocol::Pin;
use parlor_server::{Config, Limits, Reloaded, Server, ServerHandle, StatePlace};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{ring::default_provider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::client::PATIENCE;

#[tokio::test]
async fn whoever_knows_the_pin_is_served_through_tls() {
    let server = Running::start(everywhere()).await;

    let mut stream = server.connect(server.handle.pin()).await.unwrap();
    let answer = ask(&mut stream).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn whoever_expects_another_key_does_not_get_through() {
    let server = Running::start(everywhere()).await;

    let refused = server.connect(Some(Pin::new([7; 16]))).await;

    assert!(refused.is_err());
}

#[tokio::test]
async fn the_invitation_of_a_server_carries_its_pin() {
    let server = Running::start(everywhere()).await;

    let invite = server.handle.invite().unwrap();

    // Where this machine is on no network, all that is left is loopback, and that needs no pin.
    assert_eq!(invite.pin, server.handle.pin().filter(|_| invite.addresses[0].is_secure()));
    assert!(invite.addresses.iter().all(|address| address.port() == server.port));
}

#[tokio::test]
async fn a_websocket_opens_over_tls() {
    let server = Running::start(everywhere()).await;
    let stream = server.connect(server.handle.pin()).await.unwrap();

    let url = format!("wss://localhost:{}/ws", server.port);
    let (_, response) = tokio_tungstenite::client_async(url, stream).await.unwrap();

    assert_eq!(response.status(), 101);
}

#[tokio::test]
async fn half_open_tls_handshakes_are_cut_off() {
    let limits = Limits { handshake: Duration::from_secs(1), ..Limits::default() };
    let server = Running::start(Config { limits, ..everywhere() }).await;
    // The header of a handshake record that never comes.
    let mut half = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).await.unwrap();
    half.write_all(&[0x16, 3, 1, 2, 0]).await.unwrap();

    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, half.read_to_end(&mut rest)).await;

    // A reset is an end as well.
    let _ = ended.expect("the server hangs up");
}

#[tokio::test]
async fn a_new_certificate_is_shown_after_a_reload_and_a_broken_one_is_not() {
    let folder = TempDir::new().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let first = write_certificate(&cert, &key);
    let config = Config { tls_cert: Some(cert.clone()), tls_key: Some(key.clone()), ..everywhere() };
    let server = Running::start(config).await;
    assert_eq!(server.handle.pin(), None, "an authority vouches for it");
    server.connect(Some(first)).await.unwrap();

    let second = write_certificate(&cert, &key);
    assert_eq!(server.handle.reload_certificate().unwrap(), Reloaded::Certificate(cert.clone()));
    assert!(server.connect(Some(first)).await.is_err());
    server.connect(Some(second)).await.unwrap();

    fs::write(&cert, "broken").unwrap();
    assert!(server.handle.reload_certificate().is_err());
    server.connect(Some(second)).await.unwrap();
}

#[tokio::test]
async fn requests_that_call_the_server_by_a_foreign_name_are_refused() {
    let server = Running::start(everywhere()).await;
    let mut stream = server.connect(server.handle.pin()).await.unwrap();

    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: rebind.example.org\r\n\r\n").await.unwrap();

    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}

/// A server that listens on all addresses, and stops when it is dropped.
struct Running {
    handle: ServerHandle,
    port: u16,
}

impl Running {
    async fn start(config: Config) -> Self {
        let server = Server::bind(config).await.unwrap();
        let (handle, port) = (server.handle(), server.local_addr().port());
        tokio::spawn(server.run());
        Self { handle, port }
    }

    async fn connect(&self, pin: Option<Pin>) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(expecting(pin.expect("a server with a key of its own"))));
        timeout(PATIENCE, connector.connect(name, stream)).await.expect("the server does its part in time")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

fn everywhere() -> Config {
    Config { state: StatePlace::Memory, ..Config::listening_on((Ipv4Addr::UNSPECIFIED, 0).into()) }
}

async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read(stream).await
}

async fn read(stream: &mut TlsStream<TcpStream>) -> String {
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    answer
}

fn write_certificate(cert: &Path, key: &Path) -> Pin {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(cert, made.cert.pem()).unwrap();
    fs::write(key, made.signing_key.serialize_pem()).unwrap();
    pin_of(made.cert.der())
}

fn pin_of(certificate: &CertificateDer<'_>) -> Pin {
    let certificate = webpki::EndEntityCert::try_from(certificate).unwrap();
    let digest = Sha256::digest(certificate.subject_public_key_info());
    Pin::new(digest[..16].try_into().unwrap())
}

fn expecting(pin: Pin) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(pin)))
        .with_no_client_auth()
}

/// Trusts one key, and still has the server prove that it holds it.
#[derive(Debug)]
struct Pinned(Pin);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if pin_of(certificate) == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("another key".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
