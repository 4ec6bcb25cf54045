//! The golden files: what a released version wrote, every later one has to read, and to write again just so.
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use parlor_protocol::Relayed;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::variants;

#[test]
fn what_a_client_says_is_read_and_written_as_in_the_golden_files() {
    let seen = check("client", variants::client_in_full);

    assert_eq!(seen, variants::all_client_in_full().into_iter().collect());
}

#[test]
fn what_the_server_says_is_read_and_written_as_in_the_golden_files() {
    let seen = check("server", variants::server_in_full);

    assert_eq!(seen, variants::all_server_in_full().into_iter().collect());
}

#[test]
fn what_is_relayed_is_read_and_written_as_in_the_golden_files() {
    let seen = check("relayed", |message: &Relayed| variants::relayed(message).to_owned());

    assert_eq!(seen, set(variants::RELAYED));
}

#[test]
fn what_peers_say_is_read_and_written_as_in_the_golden_files() {
    let seen = check("peer", variants::peer_in_full);

    assert_eq!(seen, variants::all_peer_in_full().into_iter().collect());
}

/// All golden files, to be broken by other tests.
pub(crate) fn all() -> Vec<String> {
    ["client", "server", "relayed", "peer"].into_iter().flat_map(files).map(|path| read(&path)).collect()
}

/// Checks all files of a folder and returns the names of the messages in them.
fn check<T: DeserializeOwned + Serialize>(folder: &str, name: impl Fn(&T) -> String) -> BTreeSet<String> {
    let check_one = |path: PathBuf| {
        let text = read(&path);
        let message: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let written = serde_json::to_value(&message).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(written, expected, "{}", path.display());
        name(&message)
    };
    files(folder).into_iter().map(check_one).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(folder);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
