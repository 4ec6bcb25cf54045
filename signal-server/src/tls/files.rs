//! A certificate from an authority, in files that the owner of the server names.
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use thiserror::Error;
use tracing::warn;

use super::certificate::{self, Validity};

/// How long before the end of a certificate its owner is warned.
const WARNED_BEFORE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Where a certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CertificateFiles {
    /// The certificate, followed by those that lead to the authority, as PEM.
    pub(crate) certificate: PathBuf,
    /// Its key, as PEM.
    pub(crate) key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// One without the other.
    #[error("{given} needs {missing} beside it: a certificate is of no use without its key, nor a key without it")]
    OneMissing {
        /// The setting that is there.
        given: &'static str,
        /// The setting that is not.
        missing: &'static str,
    },
    /// A file cannot be read.
    #[error("{file:?} cannot be read: {source}; check its name, and that this user may read it")]
    Read {
        /// Which.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no certificate in it.
    #[error("{file:?} holds no certificate: it has to be PEM, with lines of BEGIN CERTIFICATE")]
    NoCertificate {
        /// Which file.
        file: PathBuf,
    },
    /// There is no key in it.
    #[error("{file:?} holds no private key: it has to be PEM, unencrypted, with a line of BEGIN PRIVATE KEY")]
    NoKey {
        /// Which file.
        file: PathBuf,
    },
    /// The key is another's.
    #[error("the key in {key:?} does not belong to the certificate in {certificate:?}: use the two made together")]
    Mismatch {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
    },
    /// They are of a kind that we cannot use.
    #[error("the certificate in {certificate:?} or its key cannot be used: {source}")]
    Unusable {
        /// The file with the certificate.
        certificate: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
    /// TLS itself cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

impl CertificateFiles {
    /// Two files, or none.
    pub(crate) fn both(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Self>, CertificateError> {
        match (certificate, key) {
            (Some(certificate), Some(key)) => {
                Ok(Some(Self { certificate: certificate.to_owned(), key: key.to_owned() }))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(CertificateError::OneMissing { given: "--tls-cert", missing: "--tls-key" }),
            (None, Some(_)) => Err(CertificateError::OneMissing { given: "--tls-key", missing: "--tls-cert" }),
        }
    }

    /// Reads them. One that has ended is taken, with a warning: its owner may still be on the way to a new one, and a
    /// server that does not start helps nobody.
    pub(crate) fn load(&self, provider: &CryptoProvider) -> Result<CertifiedKey, CertificateError> {
        let Self { certificate: file, key } = self;
        let chain = CertificateDer::pem_slice_iter(&read(file)?).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| CertificateError::NoCertificate { file: file.clone() })?;
        let private =
            PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| CertificateError::NoKey { file: key.clone() })?;
        self.warn_of_end(&chain[0]);
        CertifiedKey::from_der(chain, private, provider).map_err(|source| match source {
            rustls::Error::InconsistentKeys(_) => {
                CertificateError::Mismatch { certificate: file.clone(), key: key.clone() }
            }
            source => CertificateError::Unusable { certificate: file.clone(), source },
        })
    }

    fn warn_of_end(&self, certificate: &CertificateDer<'_>) {
        let file = self.certificate.display();
        match certificate::validity_in(certificate, Duration::ZERO) {
            Validity::Ended => warn!(%file, "the certificate has expired: nobody can connect until it is renewed"),
            Validity::NotYet => warn!(%file, "the certificate is not valid yet: is the clock of this machine right?"),
            Validity::Good if certificate::validity_in(certificate, WARNED_BEFORE) == Validity::Ended => {
                warn!(%file, "the certificate expires within two weeks: renew it, then send this program SIGHUP");
            }
            Validity::Good => {}
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(file).map_err(|source| CertificateError::Read { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use rustls::crypto::ring::default_provider;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_certificate_and_its_key_are_read() {
        let folder = TempDir::new().unwrap();

        let key = files(&folder, &certificate(), None).load(&default_provider()).unwrap();

        assert_eq!(key.cert.len(), 1);
        assert_eq!(certificate::names(&key.cert[0]), ["calls.example.org"]);
    }

    #[test]
    fn each_thing_that_is_wrong_is_told_apart() {
        let folder = TempDir::new().unwrap();
        let (one, other) = (certificate(), certificate());
        let error = |files: CertificateFiles| files.load(&default_provider()).unwrap_err().to_string();

        let mismatch = error(files(&folder, &one, Some(&other.1)));
        let no_key = error(files(&folder, &one, Some("hello")));
        let no_certificate = error(files(&folder, &("hello".to_owned(), one.1.clone()), None));
        let missing =
            error(CertificateFiles { certificate: folder.path().join("gone"), key: folder.path().join("gone") });

        assert!(mismatch.contains("does not belong to"), "{mismatch}");
        assert!(no_key.contains("holds no private key"), "{no_key}");
        assert!(no_certificate.contains("holds no certificate"), "{no_certificate}");
        assert!(missing.contains("cannot be read"), "{missing}");
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let error = CertificateFiles::both(Some(Path::new("cert.pem")), None).unwrap_err();

        assert!(error.to_string().starts_with("--tls-cert needs --tls-key"), "{error}");
        assert_eq!(CertificateFiles::both(None, None).unwrap(), None);
    }

    /// A certificate and its key, as PEM.
    fn certificate() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["calls.example.org".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn files(folder: &TempDir, (certificate, key): &(String, String), instead: Option<&str>) -> CertificateFiles {
        let files = CertificateFiles { certificate: folder.path().join("cert"), key: folder.path().join("key") };
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, instead.unwrap_or(key)).unwrap();
        files
    }
}
