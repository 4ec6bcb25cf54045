//! Two machines that both reach the server, and each other only through its relay.
use std::time::Duration;

use parlor_tests::{Participant, Server};
use serde_json::Value;

use crate::network::{Machine, Network};

/// Two connection attempts, on a slow machine.
const TWO_ATTEMPTS: Duration = Duration::from_secs(45);
const SERVER: &str = "ws://10.77.1.1:7443";

#[test]
fn two_machines_without_a_way_between_them_meet_through_the_relay() {
    let apart = Apart::new();
    let _server = Server::start_by(apart.router.program("parlor-server"), "0.0.0.0:7443", &["--insecure"]);

    let ada = join(&apart.ada, SERVER, "ada", 1, &[]);
    let bob = join(&apart.bob, "ws://10.77.2.1:7443", "bob", 2, &[]);
    ada.wait_for_pictures_of(&["bob"]);
    bob.wait_for_pictures_of(&["ada"]);

    let (local, remote) = route(&ada, "bob");
    assert!(local == "relay" || remote == "relay", "ada's way to bob: from {local} to {remote}");
    let (local, remote) = route(&bob, "ada");
    assert!(local == "relay" || remote == "relay", "bob's way to ada: from {local} to {remote}");
    ada.leave();
    bob.leave();
}

#[test]
fn without_a_relay_they_do_not_meet_and_are_told_why() {
    let apart = Apart::new();
    let server = ["--insecure", "--no-relay"];
    let _server = Server::start_by(apart.router.program("parlor-server"), "0.0.0.0:7443", &server);

    let ada = join(&apart.ada, SERVER, "ada", 1, &[]);
    let bob = join(&apart.bob, "ws://10.77.2.1:7443", "bob", 2, &[]);

    for (one, other) in [(&ada, "bob"), (&bob, "ada")] {
        one.wait_for_within(TWO_ATTEMPTS, "that no way is found", |event| {
            let message = event["message"].as_str().unwrap_or_default();
            event["event"] == "notice" && message.contains(other) && message.contains("no relay")
        });
        assert!(one.events_of("first_frame").is_empty(), "{:?}", one.events_of("first_frame"));
    }
}

#[test]
fn whoever_wants_the_relay_alone_uses_it_where_a_direct_way_is() {
    let mut network = Network::new();
    let (server, ada, bob) = (network.machine("server"), network.machine("ada"), network.machine("bob"));
    network.switch(&[(&server, "10.77.1.1/24"), (&ada, "10.77.1.2/24"), (&bob, "10.77.1.3/24")]);
    assert!(ada.reaches("10.77.1.3"), "the switch does not work");
    let _server = Server::start_by(server.program("parlor-server"), "0.0.0.0:7443", &["--insecure"]);

    let ada = join(&ada, SERVER, "ada", 1, &["--relay-only"]);
    let bob = join(&bob, SERVER, "bob", 2, &[]);
    ada.wait_for_pictures_of(&["bob"]);
    bob.wait_for_pictures_of(&["ada"]);

    assert_eq!(route(&ada, "bob").0, "relay");
    let (_, ada_is_reached) = route(&bob, "ada");
    assert_eq!(ada_is_reached, "relay", "bob learns nothing of ada but her relay address");
}

#[test]
fn whoever_wants_the_relay_alone_is_told_where_there_is_none() {
    let apart = Apart::new();
    let server = ["--insecure", "--no-relay"];
    let _server = Server::start_by(apart.router.program("parlor-server"), "0.0.0.0:7443", &server);

    let ada = join(&apart.ada, SERVER, "ada", 1, &["--relay-only"]);

    ada.wait_for("that there is no relay", |event| {
        event["event"] == "notice" && event["message"].as_str().unwrap_or_default().contains("has no relay")
    });
}

#[test]
fn on_one_network_the_direct_way_is_taken_though_there_is_a_relay() {
    let mut network = Network::new();
    let (server, ada, bob) = (network.machine("server"), network.machine("ada"), network.machine("bob"));
    network.switch(&[(&server, "10.77.1.1/24"), (&ada, "10.77.1.2/24"), (&bob, "10.77.1.3/24")]);
    let _server = Server::start_by(server.program("parlor-server"), "0.0.0.0:7443", &["--insecure"]);

    let ada = join(&ada, SERVER, "ada", 1, &[]);
    let bob = join(&bob, SERVER, "bob", 2, &[]);
    ada.wait_for_pictures_of(&["bob"]);
    bob.wait_for_pictures_of(&["ada"]);

    let (local, remote) = route(&ada, "bob");
    assert!(local != "relay" && remote != "relay", "ada's way to bob: from {local} to {remote}");
}

/// A router that passes nothing on, and a machine at either side of it.
struct Apart {
    router: Machine,
    ada: Machine,
    bob: Machine,
    _network: Network,
}

impl Apart {
    fn new() -> Self {
        let mut network = Network::new();
        let (router, ada, bob) = (network.machine("router"), network.machine("ada"), network.machine("bob"));
        network.cable((&router, "10.77.1.1/24"), (&ada, "10.77.1.2/24"));
        network.cable((&router, "10.77.2.1/24"), (&bob, "10.77.2.2/24"));
        ada.route_all_to("10.77.1.1");
        bob.route_all_to("10.77.2.1");
        assert!(ada.reaches("10.77.1.1") && !ada.reaches("10.77.2.2"), "the router does not do as it should");
        Self { router, ada, bob, _network: network }
    }
}

fn join(machine: &Machine, server: &str, nickname: &str, tag: u8, extra: &[&str]) -> Participant {
    let small = [&["--size", "320x180", "--video-kbps", "300", "--insecure"], extra].concat();
    let participant = Participant::join_by(machine.program("parlor"), server, "tea", nickname, tag, 440, &small);
    participant.wait_until_in_room();
    participant
}

/// How somebody and another are reached, once that is known.
fn route(of: &Participant, nickname: &str) -> (String, String) {
    let find = |event: &Value| {
        let participants = event["participants"].as_array().into_iter().flatten();
        let mut routes = participants.filter(|other| other["nickname"] == nickname).map(|other| other["route"].clone());
        routes.next().filter(|route| !route.is_null())
    };
    let stats = of.wait_for("by which way it goes", |event| event["event"] == "stats" && find(event).is_some());
    let route = find(&stats).unwrap_or_default();
    let end = |end: &str| route[end].as_str().unwrap_or_default().to_owned();
    (end("local"), end("remote"))
}
