//! A real server on loopback.
use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use crate::binary;

/// A running `parlor-server`. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// Starts one on this port of loopback.
    pub fn start_on(port: u16) -> Self {
        Self::start_at(&format!("127.0.0.1:{port}"))
    }

    /// Kills it, as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a running server can be killed");
        self.child.wait().expect("a killed server ends");
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        let listen = self.address.trim_start_matches("ws://").to_owned();
        *self = Self::start_at(&listen);
    }

    /// Where it listens, as `ws://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn start_at(listen: &str) -> Self {
        let mut child = binary("parlor-server")
            .args(["--listen", listen])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed already cannot be killed again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
