//! The keys of servers that we have come to know, as a small TOML file that only this person may read.
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use parlor_protocol::{Pin, ServerAddress};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many are kept. Beyond that the one known for the longest goes.
const MOST_SERVERS: usize = 512;
/// A file that is larger than all of them take is not ours.
const MOST_BYTES: u64 = 256 * 1024;

/// The servers that we know, and the file that they are kept in; none where they are forgotten at the end.
#[derive(Debug, Default)]
pub struct KnownServers {
    file: Option<PathBuf>,
    entries: Vec<KnownServer>,
    trouble: Option<String>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KnownServer {
    /// Host and port.
    address: String,
    /// The key that it had when we came to know it.
    pin: Pin,
    /// The day on which we did.
    since: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Contents {
    server: Vec<KnownServer>,
}

/// Why a key is known for now only.
#[derive(Debug, Error)]
#[error("the server's key could not be written to {}, so you will be asked again: {source}", path.display())]
pub struct SaveKnownServersError {
    path: PathBuf,
    source: io::Error,
}

impl KnownServers {
    /// Where they are kept by the rules of the operating system; none where it names no place.
    pub fn default_file() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "parlor").map(|dirs| Self::beside(&dirs.config_dir().join("settings")))
    }

    /// The file that belongs to a settings file.
    pub fn beside(settings: &Path) -> PathBuf {
        settings.with_file_name("known_servers.toml")
    }

    /// Reads a file, and writes to it from then on. One that makes no sense is kept aside as
    /// `known_servers.toml.broken`, and [`take_trouble`](Self::take_trouble) says so.
    pub fn load(file: PathBuf) -> Self {
        match read(&file) {
            Ok(entries) => Self { file: Some(file), entries, trouble: None },
            Err(error) => {
                let trouble = put_aside(&file, &error);
                Self { file: Some(file), entries: Vec::new(), trouble: Some(trouble) }
            }
        }
    }

    /// What went wrong while loading, for people. Handed out once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// The key of the server at this address.
    pub fn pin(&self, address: &ServerAddress) -> Option<Pin> {
        let authority = address.authority();
        self.entries.iter().find(|entry| entry.address == authority).map(|entry| entry.pin)
    }

    /// All keys: a server that has moved is known by its own.
    pub fn pins(&self) -> Arc<BTreeSet<Pin>> {
        Arc::new(self.entries.iter().map(|entry| entry.pin).collect())
    }

    /// From now on this is the key of the server at this address.
    ///
    /// # Errors
    /// Where the file cannot be written. The key is known all the same, until the program ends.
    pub fn remember(&mut self, address: &ServerAddress, pin: Pin) -> Result<(), SaveKnownServersError> {
        if self.pin(address) == Some(pin) {
            return Ok(());
        }
        // Another Parlor may have written since; what cannot be read now was told at the start.
        if let Some(newer) = self.file.as_deref().and_then(|file| read(file).ok()) {
            self.entries = newer;
        }
        let authority = address.authority();
        self.entries.retain(|entry| entry.address != authority);
        self.entries.push(KnownServer { address: authority, pin, since: jiff::Zoned::now().date().to_string() });
        let surplus = self.entries.len().saturating_sub(MOST_SERVERS);
        self.entries.drain(..surplus);
        let Some(file) = &self.file else { return Ok(()) };
        self.write(file).map_err(|source| SaveKnownServersError { path: file.clone(), source })
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        let contents = Contents { server: self.entries.clone() };
        let text = toml::to_string(&contents).map_err(io::Error::other)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let draft = with_ending(file, &format!("{}.new", std::process::id()));
        write_private(&draft, &text).and_then(|()| fs::rename(&draft, file)).inspect_err(|_| {
            // The draft is of no use to anybody; the error that matters is the one returned.
            let _ = fs::remove_file(&draft);
        })
    }
}

fn read(file: &Path) -> io::Result<Vec<KnownServer>> {
    match fs::metadata(file) {
        Ok(found) if found.len() > MOST_BYTES => return Err(io::Error::other("it is far too large")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    }
    let contents: Contents =
        toml::from_str(&fs::read_to_string(file)?).map_err(|error| io::Error::other(error.message().to_owned()))?;
    Ok(contents.server)
}

fn put_aside(file: &Path, error: &io::Error) -> String {
    let aside = with_ending(file, "broken");
    let kept = match fs::rename(file, &aside) {
        Ok(()) => format!("the file is kept as {}", aside.display()),
        Err(error) => format!("the file could not be kept aside: {error}"),
    };
    format!(
        "The keys of the servers that you know could not be read ({error}), so you will be asked about each again; {kept}."
    )
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(file)?, text.as_bytes())
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_again_after_a_restart_at_its_address_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/known_servers.toml");

        KnownServers::load(file.clone()).remember(&at("10.0.0.2"), pin(1)).unwrap();
        let known = KnownServers::load(file.clone());

        assert_eq!(known.pin(&at("10.0.0.2")), Some(pin(1)));
        assert_eq!(known.pin(&at("10.0.0.2:9000")), None);
        assert_eq!(known.pins().len(), 1);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_or_write_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_servers.toml");

        KnownServers::load(file.clone()).remember(&at("10.0.0.2"), pin(1)).unwrap();

        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn two_programs_do_not_forget_each_others_servers() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_servers.toml");
        let (mut one, mut other) = (KnownServers::load(file.clone()), KnownServers::load(file.clone()));

        one.remember(&at("10.0.0.1"), pin(1)).unwrap();
        other.remember(&at("10.0.0.2"), pin(2)).unwrap();
        one.remember(&at("10.0.0.1"), pin(3)).unwrap();

        let known = KnownServers::load(file);
        assert_eq!((known.pin(&at("10.0.0.1")), known.pin(&at("10.0.0.2"))), (Some(pin(3)), Some(pin(2))));
    }

    #[test]
    fn a_broken_file_is_kept_aside_and_said_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_servers.toml");
        fs::write(&file, "[[server]]\naddress = 7\n").unwrap();

        let mut known = KnownServers::load(file.clone());
        let trouble = known.take_trouble().unwrap();

        assert!(trouble.contains("known_servers.toml.broken"), "{trouble}");
        assert_eq!(known.take_trouble(), None);
        assert!(folder.path().join("known_servers.toml.broken").exists() && !file.exists());
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let mut known = KnownServers::default();

        for port in 1..=MOST_SERVERS + 5 {
            known.remember(&at(&format!("10.0.0.1:{port}")), pin(1)).unwrap();
        }

        assert_eq!(known.entries.len(), MOST_SERVERS);
        assert_eq!(known.pin(&at("10.0.0.1:1")), None);
    }

    fn at(text: &str) -> ServerAddress {
        text.parse().unwrap()
    }

    fn pin(byte: u8) -> Pin {
        Pin::new([byte; 16])
    }
}
