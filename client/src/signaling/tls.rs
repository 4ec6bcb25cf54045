//! Who a server is: its key is the one expected, or one we know, or authorities vouch for it. Used by `dial`.
use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use parlor_protocol::Pin;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{self, CryptoProvider},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

/// Which key a server may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// This one alone.
    Pinned(Pin),
    /// One of these, or one that the system's authorities vouch for.
    Known(Arc<BTreeSet<Pin>>),
    /// Any. Nothing may be said that the whole network may not hear.
    Anybody,
}

/// What came out of looking at a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Taken for its key.
    Key(Pin),
    /// Taken because authorities vouch for it: its key may change.
    Vouched,
    /// Not taken.
    Refused(Pin),
}

/// The TLS settings for one connection, and where the verdict is found after the handshake, whether it worked or not.
pub(super) async fn client_config(trust: Trust) -> Result<(Arc<ClientConfig>, Arc<OnceLock<Verdict>>), Error> {
    let authorities = match trust {
        Trust::Known(_) => authorities().await,
        Trust::Pinned(_) | Trust::Anybody => None,
    };
    let provider = Arc::new(crypto::ring::default_provider());
    let verdict = Arc::new(OnceLock::new());
    let verifier = Verifier { trust, authorities, provider: provider.clone(), verdict: verdict.clone() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((Arc::new(config), verdict))
}

/// Those whom this computer trusts to vouch for servers; none where it trusts nobody. Reading them takes a while, so
/// it is done once, beside the async threads.
async fn authorities() -> Option<Arc<WebPkiServerVerifier>> {
    static AUTHORITIES: OnceCell<Option<Arc<WebPkiServerVerifier>>> = OnceCell::const_new();
    let load = || async { tokio::task::spawn_blocking(load_authorities).await.ok().flatten() };
    AUTHORITIES.get_or_init(load).await.clone()
}

fn load_authorities() -> Option<Arc<WebPkiServerVerifier>> {
    let found = rustls_native_certs::load_native_certs();
    for error in found.errors {
        tracing::warn!(%error, "some authorities of this system cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(crypto::ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    verdict: Arc<OnceLock<Verdict>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pin = pin_of(end_entity)?;
        let by_key = match &self.trust {
            Trust::Pinned(expected) => *expected == pin,
            Trust::Known(known) => known.contains(&pin),
            Trust::Anybody => true,
        };
        let vouched = || {
            let authorities = self.authorities.as_ref()?;
            authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).ok()
        };
        let verdict = if by_key {
            Verdict::Key(pin)
        } else if vouched().is_some() {
            Verdict::Vouched
        } else {
            Verdict::Refused(pin)
        };
        match self.verdict.get_or_init(|| verdict) {
            Verdict::Key(_) | Verdict::Vouched => Ok(ServerCertVerified::assertion()),
            Verdict::Refused(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn pin_of(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
    let bad = |_| Error::InvalidCertificate(CertificateError::BadEncoding);
    let key = webpki::EndEntityCert::try_from(certificate).map_err(bad)?.subject_public_key_info();
    let digest = Sha256::digest(key.as_ref());
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    Ok(Pin::new(first))
}
