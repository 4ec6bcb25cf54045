//! Looking into certificates.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parlor_protocol::Pin;
use rustls::pki_types::{CertificateDer, UnixTime};
use sha2::{Digest, Sha256};
use webpki::{EndEntityCert, Error, KeyUsage};

/// Whether a certificate holds at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validity {
    Good,
    NotYet,
    Ended,
}

/// What the key in this certificate is known by; none where it is no certificate.
pub(super) fn pin(certificate: &CertificateDer<'_>) -> Option<Pin> {
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    Some(pin_of_key(&certificate.subject_public_key_info()))
}

/// What a key is known by, from its SubjectPublicKeyInfo.
pub(super) fn pin_of_key(key: &[u8]) -> Pin {
    let digest = Sha256::digest(key);
    Pin::new(std::array::from_fn(|place| digest[place]))
}

/// The host names that it is for.
pub(super) fn names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let certificate = EndEntityCert::try_from(certificate);
    certificate.map(|certificate| certificate.valid_dns_names().map(str::to_owned).collect()).unwrap_or_default()
}

/// Whether it holds as long from now.
pub(super) fn validity_in(certificate: &CertificateDer<'_>, ahead: Duration) -> Validity {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + ahead;
    let Ok(certificate) = EndEntityCert::try_from(certificate) else {
        return Validity::Good;
    };
    // The dates are looked at before anything else; without an authority to trust, all else fails.
    let verified = certificate.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &[],
        &[],
        UnixTime::since_unix_epoch(time),
        KeyUsage::server_auth(),
        None,
        None,
    );
    match verified {
        Err(Error::CertExpired { .. }) => Validity::Ended,
        Err(Error::CertNotValidYet { .. }) => Validity::NotYet,
        _ => Validity::Good,
    }
}
