//! SIGHUP: the program shows a certificate that was replaced, without a restart.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;

/// Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the program says about files that are no good.
const REFUSED: &str = "the old certificate stays";

#[tokio::test]
async fn a_replaced_certificate_is_shown_after_a_signal_and_a_broken_one_is_not() {
    let folder = TempDir::new().unwrap();
    let first = write_certificate(folder.path());
    let mut program = Program::start(folder.path());
    assert!(shows(&program.address, &first).await);

    let second = write_certificate(folder.path());
    let before_signal = shows(&program.address, &second).await;
    program.hang_up();
    let deadline = Instant::now() + PATIENCE;
    while !shows(&program.address, &second).await {
        assert!(Instant::now() < deadline, "the new certificate is never shown");
        sleep(Duration::from_millis(100)).await;
    }
    fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    program.hang_up();
    program.wait_for_word(REFUSED);

    assert!(!before_signal);
    assert!(shows(&program.address, &second).await);
    assert!(!shows(&program.address, &first).await);
}

/// Writes a new certificate and its key, and returns what clients then trust.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["calls.example.org".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

/// Whether a client that trusts this certificate alone comes through.
async fn shows(address: &str, certificate: &CertificateDer<'static>) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("calls.example.org").unwrap();
    let shaken = timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    shaken.expect("the server answers").is_ok()
}

/// The program, stopped when it is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlor-server"))
            .args(["--listen", "0.0.0.0:0", "--no-discovery", "--no-relay"])
            .args(["--tls-cert".as_ref(), folder.join("cert.pem").as_os_str()])
            .args(["--tls-key".as_ref(), folder.join("key.pem").as_os_str()])
            .env("PARLOR_STATE_DIR", folder.join("state"))
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim_end().rsplit(':').next().unwrap();
        Self { address: format!("127.0.0.1:{port}"), child }
    }

    fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Reads what it says on standard error until this is in a line.
    fn wait_for_word(&mut self, word: &str) {
        let mut lines = BufReader::new(self.child.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains(word)), "it ended without saying {word:?}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
