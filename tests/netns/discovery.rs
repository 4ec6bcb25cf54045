//! Servers on another machine are found, and their links lead in through TLS.
use std::{
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_protocol::Invite;
use parlor_tests::{Participant, Server};
use serde_json::Value;
use tempfile::TempDir;

use crate::network::{Machine, Network};

/// Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// A running search has found what there is by then, and what dies now is gone long before it ends.
const FOUND: Duration = Duration::from_secs(6);
const SEARCH_SECONDS: &str = "25";

#[test]
fn a_server_on_another_machine_is_found_with_its_rooms_and_its_key() {
    let lan = Lan::new();
    let server = lan.serve();
    let invite = room_of(&server);
    let bob = lan.join(&lan.bob, &invite, "bob", 2);
    bob.wait_until_in_room();

    let found = wait_for_room(&lan.ada, "tea");

    let addresses: Vec<_> = found["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(addresses.contains(&"wss://10.77.1.1:7443"), "{found}");
    assert_eq!(found["pin"].as_str(), invite.pin.map(|pin| pin.to_string()).as_deref());
    assert_eq!(found["rooms"][0]["participants"], 1, "{found}");
}

#[test]
fn the_printed_link_leads_through_tls_to_other_machines_and_pictures_flow() {
    let lan = Lan::new();
    let server = lan.serve();
    let invite = room_of(&server);
    assert!(invite.pin.is_some() && invite.addresses.iter().all(|address| address.is_secure()), "{invite}");

    let ada = lan.join(&lan.ada, &invite, "ada", 1);
    let bob = lan.join(&lan.bob, &invite, "bob", 2);
    ada.wait_for_pictures_of(&["bob"]);
    bob.wait_for_pictures_of(&["ada"]);

    ada.leave();
    bob.leave();
}

#[test]
fn without_the_key_of_the_link_nobody_gets_in_unasked() {
    let lan = Lan::new();
    let server = lan.serve();
    let forged = Invite { pin: "ab".repeat(16).parse().ok(), ..room_of(&server) };
    assert!(forged.pin.is_some(), "{forged}");

    let ada = lan.join(&lan.ada, &forged, "ada", 1);

    ada.wait_for("that the key is another one", |event| event["code"] == "changed_key");
    assert!(ada.events_of("joined").is_empty());
}

#[test]
fn a_server_that_dies_disappears_from_a_search_that_goes_on() {
    let lan = Lan::new();
    let mut server = lan.serve();
    let ada = lan.join(&lan.ada, &room_of(&server), "ada", 1);
    ada.wait_until_in_room();
    wait_for_room(&lan.bob, "tea");
    let mut command = lan.bob.program("parlor");
    command.args(["discover", "--json", "--seconds", SEARCH_SECONDS]).stdout(Stdio::piped());
    let search = command.spawn().expect("it starts");

    sleep(FOUND);
    server.kill();
    let output = search.wait_with_output().expect("it ends");

    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(found["servers"].as_array().map(Vec::len), Some(0), "{found}");
    assert!(found["interfaces"].as_array().is_some_and(|searched| !searched.is_empty()), "{found}");
}

/// Three machines at one switch.
struct Lan {
    server: Machine,
    ada: Machine,
    bob: Machine,
    /// What the participants know of servers, so that nobody's own list is touched.
    known: TempDir,
    _network: Network,
}

impl Lan {
    fn new() -> Self {
        let mut network = Network::new();
        let (server, ada, bob) = (network.machine("server"), network.machine("ada"), network.machine("bob"));
        network.switch(&[(&server, "10.77.1.1/24"), (&ada, "10.77.1.2/24"), (&bob, "10.77.1.3/24")]);
        assert!(ada.reaches("10.77.1.1") && bob.reaches("10.77.1.1"), "the switch does not work");
        Self { server, ada, bob, known: TempDir::new().expect("a temporary folder"), _network: network }
    }

    /// A server as people start it: announced, and with TLS for everybody.
    fn serve(&self) -> Server {
        Server::start_by(self.server.program("parlor-server"), "0.0.0.0:7443", &[])
    }

    fn join(&self, machine: &Machine, invite: &Invite, nickname: &str, tag: u8) -> Participant {
        let mut command = machine.program("parlor");
        command.env("PARLOR_KNOWN_SERVERS", self.known.path().join(format!("{nickname}.toml")));
        let small = ["--size", "320x180", "--video-kbps", "300"];
        Participant::follow_by(command, &invite.to_string(), nickname, tag, 440, &small)
    }
}

/// The link that the server prints, made one to the room `tea`.
fn room_of(server: &Server) -> Invite {
    let invite: Invite = server.invite().parse().expect("an invite link");
    Invite { room: Some("tea".parse().expect("a room name")), ..invite }
}

/// Searches from a machine until a server with this room is found, and returns that server.
fn wait_for_room(from: &Machine, room: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let output = from.program("parlor").args(["discover", "--json"]).output().expect("it runs");
        let all: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        let mut servers = all["servers"].as_array().into_iter().flatten();
        let has_room = |found: &&Value| found["rooms"].as_array().into_iter().flatten().any(|one| one["name"] == room);
        if let Some(found) = servers.find(has_room) {
            return found.clone();
        }
        assert!(Instant::now() < deadline, "no server with the room {room}: {all}");
    }
}
