//! A server with its own key, on the real addresses of this machine: found, joined by its link, trusted by its code.
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_protocol::Invite;
use parlor_tests::binary;
use serde_json::Value;
use tempfile::TempDir;

/// Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn the_printed_invitation_leads_in_through_tls_by_the_address_of_the_machine() {
    let host = Host::start(&["--no-discovery"]);
    let mut invite: Invite = host.invite.clone();
    invite.room = Some("tea".parse().expect("a name"));

    let output = host.join(&[&invite.to_string()]);

    let first = invite.addresses.first().expect("an address");
    assert!(first.is_secure() && !first.is_loopback() && invite.pin.is_some(), "{invite}");
    assert_joined(&output);
}

#[test]
fn a_guest_without_the_link_comes_in_with_the_code_and_not_without() {
    let host = Host::start(&["--no-discovery"]);
    let server = host.invite.addresses.first().expect("an address").to_string();
    let code = host.invite.pin.expect("a key").code();

    let stranger = host.join(&["tea", "--create", "--server", &server]);
    let trusted = host.join(&["tea", "--create", "--server", &server, "--trust", &code]);

    assert_eq!(stranger.status.code(), Some(5), "{stranger:?}");
    assert_joined(&trusted);
}

#[test]
fn a_server_for_everybody_is_found_and_known_to_speak_tls() {
    let host = Host::start(&["--name", "Attic"]);
    let wanted = host.invite.pin.expect("a key").to_string();

    let found = host.search_for(&wanted);

    let addresses = found["addresses"].as_array().expect("addresses");
    let secure = |address: &Value| address.as_str().is_some_and(|address| address.starts_with("wss://"));
    assert!(!addresses.is_empty() && addresses.iter().all(secure), "{found}");
    // At an unusual port the name has it too, so that two servers on one computer differ.
    let port = host.invite.addresses[0].port();
    assert_eq!(found["name"], format!("Attic {port}"));
}

/// A running server that listens everywhere. Dropping it kills it.
struct Host {
    child: Child,
    invite: Invite,
    folder: TempDir,
}

impl Host {
    fn start(extra: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = binary("parlor-server")
            .args(["--listen", "0.0.0.0:0", "--no-relay"])
            .args(extra)
            .env("PARLOR_STATE_DIR", folder.path().join("state"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let invite = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("invite ").map(|link| link.parse().expect("a link")))
            .expect("it says how to invite");
        Self { child, invite, folder }
    }

    fn join(&self, how: &[&str]) -> Output {
        let mut command: Command = binary("parlor");
        command.env("PARLOR_KNOWN_SERVERS", self.folder.path().join("known_servers.toml"));
        command.arg("join").args(how).args(["--headless", "--json", "--duration", "500ms"]).output().expect("it runs")
    }

    /// Searches until the server with this key is found.
    fn search_for(&self, pin: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let output = binary("parlor").args(["discover", "--json"]).output().expect("it runs");
            let all: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
            let servers = all["servers"].as_array().into_iter().flatten();
            if let Some(found) = servers.into_iter().find(|server| server["pin"] == pin) {
                return found.clone();
            }
            assert!(Instant::now() < deadline, "{pin} in {all}");
            sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn assert_joined(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && stdout.contains("\"event\":\"joined\""), "{:?}: {stdout}", output.status);
}
