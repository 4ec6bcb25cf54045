//! The search for servers on this network: listens to announcements, and lists only those that answer. For `engine`.
mod browse;
mod hint;
mod interfaces;
mod probe;
mod roster;

use std::{
    future::pending,
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

pub use self::hint::Hint;
pub(crate) use self::roster::Listed;
use self::{
    browse::Browser,
    interfaces::Interfaces,
    roster::{Heard, Probe, Roster},
};
use crate::sleep::sleep_until;

/// After so long an empty list means something.
const SETTLED_AFTER: Duration = Duration::from_secs(3);
/// How often the network interfaces are looked at: people turn on their Wi-Fi while they wait.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Announcements that may wait. More than that is a flood, of which most may be lost.
const WAITING_ANNOUNCEMENTS: usize = 64;

/// What is found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The servers that answered lately, by name.
    pub(crate) servers: Vec<Listed>,
    /// Where it is searched.
    pub(crate) interfaces: Vec<String>,
    /// Why nothing may be found; empty while something is, or while it is too early to say.
    pub(crate) hints: Vec<Hint>,
    /// Whether it has been searched for long enough.
    pub(crate) settled: bool,
    /// The addresses of this computer: a server there is our own.
    pub(crate) here: Vec<IpAddr>,
}

/// A search that goes on. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Search {
    findings: watch::Receiver<Findings>,
    _tasks: JoinSet<()>,
}

impl Search {
    /// Starts to search.
    pub(crate) fn start() -> Self {
        let (told, findings) = watch::channel(Findings::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(Task::new(told).run());
        Self { findings, _tasks: tasks }
    }

    /// Waits until there is something new.
    pub(crate) async fn changed(&mut self) -> Findings {
        if self.findings.changed().await.is_err() {
            pending::<()>().await; // the search could not go on; what was found stays
        }
        self.findings.borrow_and_update().clone()
    }
}

/// The task behind a search.
struct Task {
    roster: Roster,
    started: Instant,
    interfaces: Interfaces,
    trouble: Option<Hint>,
    told: watch::Sender<Findings>,
}

impl Task {
    fn new(told: watch::Sender<Findings>) -> Self {
        let interfaces = Interfaces::default();
        Self { roster: Roster::default(), started: Instant::now(), interfaces, trouble: None, told }
    }

    async fn run(mut self) {
        let (announcements, mut heard) = mpsc::channel(WAITING_ANNOUNCEMENTS);
        let _browser = match Browser::start(announcements) {
            Ok(browser) => Some(browser),
            Err(error) => {
                self.trouble = Some(Hint::NoSearch(error.to_string()));
                None
            }
        };
        let mut probes = JoinSet::new();
        let mut look = interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            while let Some(probe) = self.roster.poll_probe() {
                probes.spawn(look_at(probe));
            }
            self.tell();
            tokio::select! {
                Some(news) = heard.recv() => self.roster.handle(news, Instant::now()),
                Some(Ok(news)) = probes.join_next() => self.roster.handle(news, Instant::now()),
                () = sleep_until(self.next_timeout()) => self.roster.handle_timeout(Instant::now()),
                _ = look.tick() => self.interfaces = Interfaces::here().await,
            }
        }
    }

    fn next_timeout(&self) -> Option<Instant> {
        let settles = self.started + SETTLED_AFTER;
        let settles = (Instant::now() < settles).then_some(settles);
        self.roster.poll_timeout().into_iter().chain(settles).min()
    }

    fn tell(&self) {
        let settled = self.started.elapsed() >= SETTLED_AFTER;
        let servers = self.roster.listed();
        let hints = if settled && servers.is_empty() {
            self.trouble.iter().cloned().chain(self.interfaces.hints()).collect()
        } else {
            Vec::new()
        };
        let (interfaces, here) = (self.interfaces.searched(), self.interfaces.addresses().collect());
        let findings = Findings { servers, interfaces, hints, settled, here };
        self.told.send_if_modified(|before| {
            let changed = *before != findings;
            *before = findings;
            changed
        });
    }
}

async fn look_at(probe: Probe) -> Heard {
    let Probe { full_name, addresses } = probe;
    let answer = probe::probe(addresses).await;
    Heard::Probed { full_name, answer }
}
