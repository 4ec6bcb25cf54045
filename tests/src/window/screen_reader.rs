//! What a screen reader sees, asked by the way that screen readers ask (AT-SPI).
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde::Deserialize;

/// The one python that Debian's bindings are made for.
const PYTHON: &str = "/usr/bin/python3";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/window/screen_reader.py");
const PATIENCE_SECONDS: &str = "90";

/// One thing that a screen reader can tell of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Told {
    /// What kind of thing it is, in the words of AT-SPI.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// Whether something can be done with it.
    pub usable: bool,
}

/// A message bus of its own, on which programs and a screen reader meet. Dropping it ends both.
#[derive(Debug)]
pub struct ScreenReader {
    bus: Child,
    address: String,
}

impl ScreenReader {
    /// Starts the bus.
    ///
    /// # Panics
    /// Where `dbus-daemon` is not installed.
    pub fn start() -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon starts");
        let mut address = String::new();
        let stdout = bus.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut address).expect("it says its address");
        Self { bus, address: address.trim().to_owned() }
    }

    /// What a program needs in its environment to be on the bus.
    pub fn environment(&self) -> (&str, &str) {
        ("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    /// All that is told of a program, once it shows something of this name.
    ///
    /// # Panics
    /// Where it does not within a minute and a half.
    pub fn listen(&self, program: &str, until: &str) -> Vec<Told> {
        let (key, address) = self.environment();
        let output = Command::new(PYTHON)
            .args([SCRIPT, program, until, PATIENCE_SECONDS])
            .env(key, address)
            .output()
            .expect("python starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines().map(|line| serde_json::from_str(line).expect("a thing")).collect()
    }
}

impl Drop for ScreenReader {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
