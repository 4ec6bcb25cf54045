//! The key that the server makes for itself, and a certificate for it.
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parlor_protocol::Pin;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData, date_time_ymd};
use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use super::{
    certificate::{self, Validity},
    files::CertificateError,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a certificate lasts. People know the key, so nobody has to notice when the certificate is made anew.
const LIFETIME: Duration = DAY.saturating_mul(10 * 365);
/// How long before its end a certificate is made anew: no server runs longer without being started again.
const RENEWED_BEFORE: Duration = DAY.saturating_mul(365);

/// A key and a certificate for it, signed by the same key. `Debug` shows the pin alone.
pub(crate) struct Identity {
    key: Vec<u8>,
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    pin: Pin,
}

impl Identity {
    /// A new key, as PEM.
    pub(crate) fn new_key() -> Result<String, rcgen::Error> {
        Ok(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?.serialize_pem())
    }

    /// This key, with a new certificate for these names.
    pub(crate) fn for_key(key_pem: &str, names: &[String]) -> Result<Self, rcgen::Error> {
        let key = KeyPair::from_pem(key_pem)?;
        // Nobody looks at the names, as the key is what counts: one that cannot be on a certificate is left out.
        let mut parameters = CertificateParams::default();
        for name in names {
            if let Ok(more) = CertificateParams::new([name.clone()]) {
                parameters.subject_alt_names.extend(more.subject_alt_names);
            }
        }
        parameters.distinguished_name.push(DnType::CommonName, "parlor");
        // A day earlier, for those whose clocks are slow.
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        parameters.not_before = date_time_ymd(1970, 1, 1) + since_1970.saturating_sub(DAY);
        parameters.not_after = date_time_ymd(1970, 1, 1) + since_1970 + LIFETIME;
        let certificate = parameters.self_signed(&key)?;
        Ok(Self {
            pin: certificate::pin_of_key(&key.subject_public_key_info()),
            key: key.serialize_der(),
            certificate: certificate.der().clone(),
            certificate_pem: certificate.pem(),
        })
    }

    /// The same key with a certificate from before; none where it is for another key, ends soon, or is damaged.
    pub(crate) fn with_certificate(&self, pem: &[u8]) -> Option<Self> {
        let kept = CertificateDer::from_pem_slice(pem).ok()?;
        let fits = certificate::pin(&kept) == Some(self.pin);
        let lasts = certificate::validity_in(&kept, RENEWED_BEFORE) == Validity::Good
            && certificate::validity_in(&kept, Duration::ZERO) == Validity::Good;
        (fits && lasts).then_some(Self {
            key: self.key.clone(),
            certificate: kept,
            certificate_pem: String::from_utf8(pem.to_vec()).ok()?,
            pin: self.pin,
        })
    }

    /// What people know the key by.
    pub(crate) fn pin(&self) -> Pin {
        self.pin
    }

    /// The certificate, as PEM.
    pub(crate) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// What TLS needs.
    pub(super) fn certified_key(&self, provider: &CryptoProvider) -> Result<CertifiedKey, CertificateError> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        CertifiedKey::from_der(vec![self.certificate.clone()], key, provider).map_err(CertificateError::Setup)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("pin", &self.pin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pin_is_that_of_the_key_in_the_certificate() {
        let identity = identity(&["parlor", "192.168.1.20"]);

        assert_eq!(certificate::pin(&identity.certificate), Some(identity.pin));
    }

    #[test]
    fn a_name_that_cannot_be_on_a_certificate_is_left_out() {
        let identity = identity(&["parlor", "köln", "studio.local"]);

        assert_eq!(certificate::names(&identity.certificate), ["parlor", "studio.local"]);
    }

    #[test]
    fn a_certificate_is_good_now_and_ends_some_day() {
        let identity = identity(&["parlor"]);

        let validity = |ahead| certificate::validity_in(&identity.certificate, ahead);

        assert_eq!(validity(Duration::ZERO), Validity::Good);
        assert_eq!(validity(LIFETIME + DAY), Validity::Ended);
    }

    #[test]
    fn a_certificate_of_another_key_is_not_taken() {
        let (ours, other) = (identity(&["parlor"]), identity(&["parlor"]));

        assert!(ours.with_certificate(ours.certificate_pem().as_bytes()).is_some());
        assert!(ours.with_certificate(other.certificate_pem().as_bytes()).is_none());
    }

    #[test]
    fn no_key_shows_in_what_is_logged() {
        let identity = identity(&[]);

        assert_eq!(format!("{identity:?}"), format!("Identity {{ pin: {}, .. }}", identity.pin));
    }

    fn identity(names: &[&str]) -> Identity {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        Identity::for_key(&Identity::new_key().unwrap(), &names).unwrap()
    }
}
