//! What the doctor finds from a machine on the network.
use std::collections::BTreeMap;

use parlor_tests::Server;
use serde_json::Value;

use crate::network::{Machine, Network};

const SERVER: &str = "ws://10.77.1.1:7443";

#[test]
fn the_doctor_finds_that_all_works_from_the_server_s_network() {
    let (server, ada, _network) = two_machines();
    let _server = Server::start_by(server.program("parlor-server"), "0.0.0.0:7443", &["--insecure"]);

    let (code, steps) = examine(&ada, SERVER);

    assert_eq!(code, Some(0), "{steps:?}");
    for step in ["address", "server", "websocket", "protocol", "round trip", "room", "stun", "relay"] {
        assert_eq!(steps[step].0, "ok", "{step}: {steps:?}");
    }
    assert!(steps["stun"].1.contains("10.77.1.2:"), "{steps:?}");
}

#[test]
fn a_relay_that_the_firewall_hides_is_found_out() {
    let (server, ada, _network) = two_machines();
    let hidden = ["--insecure", "--relay-port", "7444"];
    let _server = Server::start_by(server.program("parlor-server"), "0.0.0.0:7443", &hidden);
    server.silence(7444);

    let (code, steps) = examine(&ada, SERVER);

    assert_eq!(code, Some(1), "{steps:?}");
    assert_eq!(steps["room"].0, "ok", "{steps:?}");
    assert_eq!(steps["stun"].0, "failed", "{steps:?}");
    assert!(steps["stun"].1.contains("UDP port 7444"), "{steps:?}");
    assert_eq!(steps["relay"].0, "skipped", "{steps:?}");
}

#[test]
fn a_server_without_a_relay_is_good_enough_for_one_network() {
    let (server, ada, _network) = two_machines();
    let _server = Server::start_by(server.program("parlor-server"), "0.0.0.0:7443", &["--insecure", "--no-relay"]);

    let (code, steps) = examine(&ada, SERVER);

    assert_eq!(code, Some(0), "{steps:?}");
    assert_eq!((steps["stun"].0.as_str(), steps["relay"].0.as_str()), ("skipped", "skipped"), "{steps:?}");
}

#[test]
fn where_no_server_runs_the_doctor_says_so_and_tries_nothing_more() {
    let (_server, ada, _network) = two_machines();

    let (code, steps) = examine(&ada, SERVER);

    assert_eq!(code, Some(1), "{steps:?}");
    assert_eq!(steps["address"].0, "ok", "{steps:?}");
    assert_eq!(steps["server"].0, "failed", "{steps:?}");
    assert!(steps["server"].1.contains("Host"), "the remedy: {steps:?}");
    assert!(["websocket", "relay"].iter().all(|step| steps[*step].0 == "skipped"), "{steps:?}");
}

fn two_machines() -> (Machine, Machine, Network) {
    let mut network = Network::new();
    let (server, ada) = (network.machine("server"), network.machine("ada"));
    network.cable((&server, "10.77.1.1/24"), (&ada, "10.77.1.2/24"));
    assert!(ada.reaches("10.77.1.1"), "the cable does not work");
    (server, ada, network)
}

/// Has the doctor look: its exit code, and how each step went.
fn examine(machine: &Machine, server: &str) -> (Option<i32>, BTreeMap<String, (String, String)>) {
    let arguments = ["doctor", "--server", server, "--no-devices", "--json"];
    let output = machine.program("parlor").args(arguments).output().expect("the doctor runs");
    let mut steps = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        if line["step"].is_string() {
            steps.insert(text("step"), (text("state"), text("message")));
        }
    }
    (output.status.code(), steps)
}
