//! TLS: which certificate the server shows, and how it is taken up anew while the server runs.
mod certificate;
mod files;
mod identity;

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use parlor_protocol::Pin;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;

pub use self::files::CertificateError;
pub(crate) use self::{files::CertificateFiles, identity::Identity};

/// The one protocol inside (RFC 7301): a browser would take HTTP/2 otherwise.
const HTTP: &[u8] = b"http/1.1";

/// The server's side of TLS.
#[derive(Debug)]
pub(crate) struct Tls {
    shown: Arc<Shown>,
    origin: Origin,
    config: Arc<ServerConfig>,
}

/// Where the certificate comes from.
#[derive(Debug)]
enum Origin {
    /// We made it; people know it by its pin.
    SelfSigned(Pin),
    /// From an authority, by way of these files.
    Files(CertificateFiles),
}

/// What a request to reload has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reloaded {
    /// New connections get the certificate in this file.
    Certificate(PathBuf),
    /// There is no file to reload: the server made its certificate itself.
    Nothing,
}

impl Tls {
    /// Shows the certificate of these files; where there are none, our own.
    pub(crate) fn new(files: Option<CertificateFiles>, identity: &Identity) -> Result<Self, CertificateError> {
        let provider = Arc::new(ring::default_provider());
        let (key, origin) = match files {
            Some(files) => (files.load(&provider)?, Origin::Files(files)),
            None => (identity.certified_key(&provider)?, Origin::SelfSigned(identity.pin())),
        };
        let shown = Arc::new(Shown(RwLock::new(Arc::new(key))));
        let config = server_config(provider, Arc::clone(&shown))?;
        Ok(Self { shown, origin, config: Arc::new(config) })
    }

    /// What people know the server by; none where an authority vouches for it.
    pub(crate) fn pin(&self) -> Option<Pin> {
        match &self.origin {
            Origin::SelfSigned(pin) => Some(*pin),
            Origin::Files(_) => None,
        }
    }

    /// The host names on a certificate from an authority; none on our own, as nobody looks there.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.origin {
            Origin::SelfSigned(_) => Vec::new(),
            Origin::Files(_) => self.shown.key().cert.first().map(certificate::names).unwrap_or_default(),
        }
    }

    /// What takes the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// Reads the files again. Where they are no good, the old certificate stays.
    pub(crate) fn reload(&self) -> Result<Reloaded, CertificateError> {
        let Origin::Files(files) = &self.origin else {
            return Ok(Reloaded::Nothing);
        };
        let key = files.load(self.config.crypto_provider())?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(Reloaded::Certificate(files.certificate.clone()))
    }
}

/// The certificate that is shown to the next who connects.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    fn key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.key())
    }
}

fn server_config(provider: Arc<CryptoProvider>, shown: Arc<Shown>) -> Result<ServerConfig, CertificateError> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(CertificateError::Setup)?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(config)
}
