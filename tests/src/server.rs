//! A real server on loopback.
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use tempfile::TempDir;

use crate::binary;

/// A running `parlor-server` with a state folder of its own. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    invite: Option<String>,
    extra: Vec<String>,
    state: Arc<TempDir>,
}

impl Server {
    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one on a free port, with more arguments.
    pub fn start_with(extra: &[&str]) -> Self {
        Self::start_by(binary("parlor-server"), "127.0.0.1:0", extra)
    }

    /// Starts one on this port of loopback.
    pub fn start_on(port: u16) -> Self {
        Self::start_by(binary("parlor-server"), &format!("127.0.0.1:{port}"), &[])
    }

    /// Starts one by a command of one's own for the program, such as one in another network.
    ///
    /// # Panics
    /// Where it does not say where it listens.
    pub fn start_by(command: Command, listen: &str, extra: &[&str]) -> Self {
        let extra = extra.iter().map(|&argument| argument.to_owned()).collect();
        Self::start_at(command, listen, extra, Arc::new(TempDir::new().expect("a temporary folder")))
    }

    /// Kills it, as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a running server can be killed");
        self.child.wait().expect("a killed server ends");
    }

    /// Asks it to end as the operating system does, and waits for its end.
    pub fn terminate(&mut self) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        self.child.wait().expect("it ends");
    }

    /// Starts it again where it was, with what it kept.
    pub fn restart(&mut self) {
        let listen = self.authority().to_owned();
        *self = Self::start_at(binary("parlor-server"), &listen, self.extra.clone(), Arc::clone(&self.state));
    }

    /// Where it listens, as `ws://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        self.address.split_once("://").map_or(&*self.address, |(_, authority)| authority)
    }

    /// The link that it prints: an invitation to itself, and to no room of it.
    ///
    /// # Panics
    /// Where it has printed none.
    pub fn invite(&self) -> &str {
        self.invite.as_deref().expect("it invites people")
    }

    fn start_at(mut command: Command, listen: &str, extra: Vec<String>, state: Arc<TempDir>) -> Self {
        let mut child = command
            .args(["--listen", listen])
            .args(&extra)
            .env("PARLOR_STATE_DIR", state.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        let mut stdout = BufReader::new(stdout);
        stdout.read_line(&mut line).expect("it says where it listens");
        // It says all that it has to say at once.
        let rest = String::from_utf8_lossy(stdout.buffer());
        let invite = rest.lines().find_map(|line| line.strip_prefix("invite ")).map(str::to_owned);
        let address = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
        Self { child, address, invite, extra, state }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed already cannot be killed again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
