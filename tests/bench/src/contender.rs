//! A server under load: started, pinned to a processor of its own, watched, and killed.
use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio_rustls::TlsConnector;

use crate::{dialect::Dialect, transport};

/// The processor for the server; `run.sh` gives this program another one.
const PROCESSOR: &str = "0";
/// How the kernel counts the time of a process: ticks a second, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// Limits that are out of the way: all load comes from one address, and far faster than from people.
const NO_LIMITS: &[&str] = &[
    "--max-connections",
    "100000",
    "--max-connections-per-address",
    "100000",
    "--max-rooms",
    "100000",
    "--max-messages-per-second",
    "1000000",
    "--max-signal-bytes-per-second",
    "4000000000",
    "--signal-burst-bytes",
    "4000000000",
    // The other server keeps no seats for those who are gone.
    "--seat-kept",
    "0",
    "--no-relay",
    "--no-discovery",
];

/// One running server. Dropping it kills it.
pub(crate) struct Contender {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) dialect: Dialect,
    pub(crate) tls: Option<TlsConnector>,
}

/// How much of its processor a server has used so far, and when that was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    processor: Duration,
    at: Instant,
}

impl Clock {
    /// The share of the processor between then and now, and the time that has passed.
    pub(crate) fn since(self, start: Self) -> (f64, Duration) {
        let passed = self.at - start.at;
        let used = self.processor.saturating_sub(start.processor);
        (used.as_secs_f64() / passed.as_secs_f64(), passed)
    }
}

impl Contender {
    /// Ours.
    pub(crate) fn parlor(program: &Path, more: &[String], tls: bool) -> anyhow::Result<Self> {
        let mut command = pinned(program.as_os_str());
        command.args(["--listen", "127.0.0.1:0"]).args(NO_LIMITS).args(more).env("RUST_LOG", "error");
        let tls = tls.then(transport::tls).transpose()?;
        Self::start(command, Dialect::Parlor, tls).context("parlor-server: build it with `make bench-server`")
    }

    /// The other.
    pub(crate) fn socketio(folder: &Path) -> anyhow::Result<Self> {
        let mut command = pinned(OsStr::new("node"));
        command.arg("server.js").current_dir(folder).env("NODE_ENV", "production");
        Self::start(command, Dialect::SocketIo, None).context("the socket.io server: it needs node and its packages")
    }

    fn start(mut command: Command, dialect: Dialect, tls: Option<TlsConnector>) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let address = listening_at(&mut child);
        if address.is_err() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        Ok(Self { child, address: address?, dialect, tls })
    }

    /// How much of its processor it has used.
    pub(crate) fn clock(&self) -> anyhow::Result<Clock> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name before it may hold anything, so what follows is counted from its end: user and system time.
        let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat is not as expected")?;
        let ticks: f64 = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        Ok(Clock { processor: Duration::from_secs_f64(ticks / TICKS_PER_SECOND), at: Instant::now() })
    }

    /// How much memory it has in use, in bytes.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("there is no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0)
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // One that has crashed cannot be killed, and the measurement has failed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pinned(program: &OsStr) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", PROCESSOR]).arg(program);
    command
}

/// Reads where the server listens, from the first line that says it.
fn listening_at(child: &mut Child) -> anyhow::Result<SocketAddr> {
    let stdout = child.stdout.take().context("its output is not piped")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if let Some((_, rest)) = line.split_once("listening on ")
            && let Some((_, address)) = rest.split_once("://")
        {
            let address = address.split_whitespace().next().unwrap_or_default().trim_end_matches('/');
            return address.parse().with_context(|| format!("{address:?} is no address"));
        }
    }
    bail!("it has ended without listening")
}
