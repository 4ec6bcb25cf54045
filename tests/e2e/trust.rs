//! Who a server is: keys that are given, learnt, found again and found changed.
use std::process::{Command, Output};

use parlor_tests::{Server, TlsFront, binary};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn a_server_with_an_unknown_key_is_not_spoken_to_until_its_code_was_compared() {
    let (server, home) = (Server::start(), Home::new());
    let front = TlsFront::start(&server);

    let stranger = home.join(&front.address(), &[]);
    let passed_as_stranger = front.passed();
    let wrong = home.join(&front.address(), &["--trust", "7QX9-M2PA-4T8R"]);
    let trusted = home.join(&front.address(), &["--trust", &front.pin().code()]);
    let known = home.join(&front.address(), &[]);

    let error = error_of(&stranger, "unknown_key", 5);
    assert!(error.contains(&front.pin().code()) && error.contains("--trust"), "{error}");
    assert_eq!(passed_as_stranger, 0);
    error_of(&wrong, "unknown_key", 5);
    assert_joined(&trusted);
    assert_joined(&known);
}

#[test]
fn a_changed_key_stops_until_the_new_code_was_compared() {
    let (server, home) = (Server::start(), Home::new());
    let front = TlsFront::start(&server);
    assert_joined(&home.join(&front.address(), &["--trust", &front.pin().code()]));
    let old = front.pin();

    let front = front.with_another_key(&server);
    let stopped = home.join(&front.address(), &[]);
    let passed_while_stopped = front.passed();
    let confirmed = home.join(&front.address(), &["--trust", &front.pin().code()]);
    let known = home.join(&front.address(), &[]);

    let error = error_of(&stopped, "changed_key", 5);
    assert!(error.contains(&old.code()) && error.contains(&front.pin().code()), "{error}");
    assert_eq!(passed_while_stopped, 0);
    assert_joined(&confirmed);
    assert_joined(&known);
}

#[test]
fn a_pin_that_is_given_must_be_the_servers() {
    let (server, home) = (Server::start(), Home::new());
    let front = TlsFront::start(&server);

    let wrong = home.join(&front.address(), &["--pin", &"00".repeat(16)]);
    let passed = front.passed();
    let right = home.join(&front.address(), &["--pin", &front.pin().to_string()]);

    error_of(&wrong, "changed_key", 5);
    assert_eq!(passed, 0);
    assert_joined(&right);
}

#[test]
fn a_certificate_that_this_computer_vouches_for_needs_no_question() {
    let (server, home) = (Server::start(), Home::new());
    let front = TlsFront::start(&server);
    let authorities = home.0.path().join("authorities.pem");
    std::fs::write(&authorities, front.certificate()).expect("a file");

    let output = home.command(&front.address(), &[]).env("SSL_CERT_FILE", authorities).output().expect("it runs");

    assert_joined(&output);
}

#[test]
fn another_computer_is_not_spoken_to_in_the_clear_unless_asked_for() {
    let home = Home::new();

    // An address for documentation (RFC 5737): nobody is there.
    let refused = home.join("ws://192.0.2.77:7443", &[]);

    let error = error_of(&refused, "server_unreachable", 3);
    assert!(error.contains("wss://192.0.2.77:7443") && error.contains("--insecure"), "{error}");
}

/// A place in which servers are remembered.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn command(&self, server: &str, extra: &[&str]) -> Command {
        let mut command = binary("parlor");
        command.env("PARLOR_KNOWN_SERVERS", self.0.path().join("known_servers.toml"));
        command.args(["join", "tea", "--create", "--headless", "--json", "--duration", "500ms", "--server", server]);
        command.args(extra);
        command
    }

    fn join(&self, server: &str, extra: &[&str]) -> Output {
        self.command(server, extra).output().expect("it runs")
    }
}

fn events(output: &Output) -> Vec<Value> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn error_of(output: &Output, code: &str, exit: i32) -> String {
    let events = events(output);
    assert_eq!(output.status.code(), Some(exit), "{events:?}");
    let error = events.iter().find(|event| event["event"] == "error").unwrap_or_else(|| panic!("{events:?}"));
    assert_eq!(error["code"], code, "{error}");
    error["message"].as_str().expect("words").to_owned()
}

fn assert_joined(output: &Output) {
    let events = events(output);
    assert!(output.status.success(), "{:?}: {events:?}", output.status);
    assert!(events.iter().any(|event| event["event"] == "joined"), "{events:?}");
}
