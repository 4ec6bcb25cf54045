//! What a server keeps from one start to the next: its key, its certificate, and a secret of its own.
//!
//! They lie in one folder, which only its owner may read. Who has the key can pretend to be this server, so it is made
//! once and never overwritten: a file that is damaged, or open to others, stops the start with a reason.
mod private_file;

use std::{
    env,
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::tls::Identity;

/// The key that people who connect know the server by.
const KEY_FILE: &str = "key.pem";
/// A certificate for that key. It is made anew before it ends.
const CERTIFICATE_FILE: &str = "certificate.pem";
/// What the server signs with for nobody but itself.
const SECRET_FILE: &str = "secret";

/// Where a server keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatePlace {
    /// In the usual folder: `$PARLOR_STATE_DIR`, the one systemd made (`$STATE_DIRECTORY`), or `parlor` where programs
    /// of this person keep their state.
    Usual,
    /// In this folder.
    Folder(PathBuf),
    /// Nowhere: everything is new at the next start, and whoever trusted the key is warned.
    Memory,
}

/// What a server keeps from one start to the next.
#[derive(Debug)]
pub(crate) struct ServerState {
    /// What the server shows unless it has a certificate from elsewhere.
    pub(crate) identity: Identity,
    /// What the server signs with for nobody but itself.
    pub(crate) secret: Secret,
}

/// 32 random bytes that only the server knows. `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// Why a server does not have its state.
#[derive(Debug, Error)]
pub enum StateError {
    /// Nothing says where to.
    #[error("there is no folder for the server's key, as HOME is not set: choose one with --state-dir")]
    NoFolder,
    /// The folder cannot be made.
    #[error("the folder {folder:?} for the server's key cannot be made: {source}; choose another with --state-dir")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be read or written.
    #[error("{file:?} cannot be {deed}: {source}; let this user do so, or choose another folder with --state-dir")]
    File {
        /// Which.
        file: PathBuf,
        /// What was tried.
        deed: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// Others may read a secret.
    #[error(
        "{file:?} is open to other users (mode {mode:03o}): somebody else may have the key already. If not, run \
         chmod 600 on it; otherwise delete it and have a new key made"
    )]
    Exposed {
        /// Which file.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file holds something else than it should.
    #[error(
        "{file:?} is damaged: put a copy of it back, or move it away to have a new one made; everybody who knows the \
         server by its old key is warned then"
    )]
    Damaged {
        /// Which.
        file: PathBuf,
    },
    /// There is no randomness, or no cryptography.
    #[error("the server's key cannot be made: {0}")]
    Make(String),
}

impl ServerState {
    /// Reads the state, and makes what is missing.
    pub(crate) fn open(place: &StatePlace, names: &[String]) -> Result<Self, StateError> {
        match place {
            StatePlace::Usual => Self::in_folder(&usual_folder(|name| env::var_os(name))?, names),
            StatePlace::Folder(folder) => Self::in_folder(folder, names),
            StatePlace::Memory => Self::in_memory(names),
        }
    }

    fn in_memory(names: &[String]) -> Result<Self, StateError> {
        let key = Identity::new_key().map_err(making)?;
        let identity = Identity::for_key(&key, names).map_err(making)?;
        Ok(Self { identity, secret: Secret(random()?) })
    }

    fn in_folder(folder: &Path, names: &[String]) -> Result<Self, StateError> {
        private_file::make_folder(folder)?;
        let file = folder.join(KEY_FILE);
        let make = || Identity::new_key().map(String::into_bytes).map_err(making);
        let key = private_file::read_or_create(&file, make)?;
        let damaged = || StateError::Damaged { file: file.clone() };
        let key = String::from_utf8(key).map_err(|_| damaged())?;
        let fresh = Identity::for_key(&key, names).map_err(|_| damaged())?;
        let identity = with_kept_certificate(fresh, &folder.join(CERTIFICATE_FILE))?;

        let file = folder.join(SECRET_FILE);
        let secret = private_file::read_or_create(&file, || random().map(|bytes| bytes.to_vec()))?;
        let secret = secret.try_into().map_err(|_| StateError::Damaged { file })?;
        Ok(Self { identity, secret: Secret(secret) })
    }
}

/// Browsers remember certificates, not keys: the one they know is kept for as long as it is good.
fn with_kept_certificate(fresh: Identity, file: &Path) -> Result<Identity, StateError> {
    let kept = private_file::read(file)?;
    if let Some(identity) = kept.and_then(|kept| fresh.with_certificate(&kept)) {
        return Ok(identity);
    }
    private_file::replace(file, fresh.certificate_pem().as_bytes())?;
    Ok(fresh)
}

impl Secret {
    /// A secret for one use alone: who learns it learns none for another use.
    pub fn for_use(&self, label: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.0).chain_update(label).finalize().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(secret)")
    }
}

fn random() -> Result<[u8; 32], StateError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| StateError::Make(error.to_string()))?;
    Ok(bytes)
}

fn making(error: rcgen::Error) -> StateError {
    StateError::Make(error.to_string())
}

fn usual_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, StateError> {
    let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = folder("PARLOR_STATE_DIR") {
        return Ok(chosen);
    }
    // systemd names all state folders of a service, with colons between; we have one.
    let made_by_systemd = folder("STATE_DIRECTORY").and_then(|folders| env::split_paths(&folders).next());
    if let Some(made) = made_by_systemd {
        return Ok(made);
    }
    let home = || folder("HOME");
    let parent = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        // A path that is not absolute has no meaning there (XDG Base Directory Specification).
        let xdg = folder("XDG_STATE_HOME").filter(|folder| folder.is_absolute());
        xdg.or_else(|| home().map(|home| home.join(".local/state")))
    };
    parent.map(|parent| parent.join("parlor")).ok_or(StateError::NoFolder)
}

#[cfg(test)]
mod tests;
