//! Who was heard of, who answers, and whom to ask next: pure, told the time.
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use parlor_protocol::{Pin, RoomInfo, ServerAddress};

/// How often each server is asked whether it is still there.
const PROBE_INTERVAL: Duration = Duration::from_secs(4);
/// An announced server that has yet to answer is asked sooner again: it may be about to start.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// A server that fails so often in a row is not listed any more.
const FAILURES: u32 = 2;
/// One that never answers is forgotten; where it is announced anew, it is asked anew.
const MOST_FAILURES: u32 = 8;
/// How many servers are followed. Announcements cost their sender nothing, so somebody may send thousands.
const MOST_SERVERS: usize = 64;
/// How many addresses of one server are tried.
const MOST_ADDRESSES: usize = 8;

/// One thing that was heard on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// A server says that it is there, under these addresses among others.
    Announced { full_name: String, name: String, addresses: Vec<ServerAddress> },
    /// It says that it is gone.
    Withdrawn { full_name: String },
    /// It was asked, and gave this answer, or none.
    Probed { full_name: String, answer: Option<Answer> },
}

/// What a server answers when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// Where it did.
    pub(super) address: ServerAddress,
    /// The key that it has.
    pub(super) pin: Option<Pin>,
    /// Its rooms.
    pub(super) rooms: Vec<RoomInfo>,
}

/// A server to be asked at any of these addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    pub(super) full_name: String,
    pub(super) addresses: Vec<ServerAddress>,
}

/// A server that answered lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// What it is called.
    pub(crate) name: String,
    /// Where it answered last, and then its other addresses.
    pub(crate) addresses: Vec<ServerAddress>,
    /// The key that it has.
    pub(crate) pin: Option<Pin>,
    /// Its rooms.
    pub(crate) rooms: Vec<RoomInfo>,
}

/// All servers that were heard of.
#[derive(Debug, Default)]
pub(super) struct Roster {
    servers: BTreeMap<String, Server>,
    probes: VecDeque<Probe>,
}

#[derive(Debug)]
struct Server {
    name: String,
    addresses: Vec<ServerAddress>,
    /// None until it has answered, and again once it is given up.
    answer: Option<Answer>,
    failures: u32,
    /// None while it is being asked.
    ask_at: Option<Instant>,
    /// Its addresses grew while it was being asked: the answer may be one of too few.
    ask_again: bool,
}

impl Roster {
    /// Takes in what was heard at `now`.
    pub(super) fn handle(&mut self, heard: Heard, now: Instant) {
        match heard {
            Heard::Announced { full_name, name, addresses } => self.announced(full_name, name, addresses, now),
            Heard::Withdrawn { full_name } => drop(self.servers.remove(&full_name)),
            Heard::Probed { full_name, answer } => self.probed(&full_name, answer, now),
        }
        self.ask(now);
    }

    /// Does what is due at `now`.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.ask(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called next.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.servers.values().filter_map(|server| server.ask_at).min()
    }

    /// The next server to ask. Its answer comes back as [`Heard::Probed`].
    pub(super) fn poll_probe(&mut self) -> Option<Probe> {
        self.probes.pop_front()
    }

    /// Those that answered lately, by name.
    pub(super) fn listed(&self) -> Vec<Listed> {
        let mut listed: Vec<_> = self.servers.values().filter_map(Server::listed).collect();
        listed.sort_by(|a, b| (&a.name, &a.addresses).cmp(&(&b.name, &b.addresses)));
        listed
    }

    fn announced(&mut self, full_name: String, name: String, addresses: Vec<ServerAddress>, now: Instant) {
        if !self.servers.contains_key(&full_name) && self.servers.len() >= MOST_SERVERS && !self.make_room() {
            return;
        }
        let server = self.servers.entry(full_name).or_insert_with(|| Server {
            name: name.clone(),
            addresses: Vec::new(),
            answer: None,
            failures: 0,
            ask_at: Some(now),
            ask_again: false,
        });
        server.name = name;
        let known = server.addresses.len();
        for address in addresses {
            if !server.addresses.contains(&address) && server.addresses.len() < MOST_ADDRESSES {
                server.addresses.push(address);
            }
        }
        if server.answer.is_none() && server.addresses.len() > known {
            server.failures = 0;
            match &mut server.ask_at {
                Some(at) => *at = now,
                None => server.ask_again = true,
            }
        }
    }

    /// Forgets one that does not answer, in favour of another that may.
    fn make_room(&mut self) -> bool {
        let silent = self.servers.iter().find(|(_, server)| server.answer.is_none() && server.failures > 0);
        let Some(name) = silent.map(|(name, _)| name.clone()) else { return false };
        self.servers.remove(&name).is_some()
    }

    fn probed(&mut self, full_name: &str, answer: Option<Answer>, now: Instant) {
        let Some(server) = self.servers.get_mut(full_name) else {
            return; // withdrawn since
        };
        let again = std::mem::take(&mut server.ask_again);
        if let Some(answer) = answer {
            server.failures = 0;
            server.answer = Some(answer);
            server.ask_at = Some(now + PROBE_INTERVAL);
            return;
        }
        server.failures += 1;
        server.ask_at = match (again, &server.answer) {
            (true, _) => Some(now),
            (false, Some(_)) => Some(now + PROBE_INTERVAL),
            (false, None) => Some(now + FIRST_RETRY * server.failures),
        };
        if server.failures >= FAILURES {
            server.answer = None;
        }
        if server.failures >= MOST_FAILURES {
            self.servers.remove(full_name);
        }
    }

    fn ask(&mut self, now: Instant) {
        for (full_name, server) in &mut self.servers {
            if server.ask_at.is_some_and(|at| at <= now) {
                server.ask_at = None;
                self.probes.push_back(Probe { full_name: full_name.clone(), addresses: server.in_order() });
            }
        }
    }
}

impl Server {
    /// The address that answered last comes first.
    fn in_order(&self) -> Vec<ServerAddress> {
        let best = self.answer.as_ref().map(|answer| &answer.address);
        let others = self.addresses.iter().filter(|address| Some(*address) != best);
        best.into_iter().chain(others).cloned().collect()
    }

    fn listed(&self) -> Option<Listed> {
        let answer = self.answer.as_ref()?;
        let (name, addresses) = (self.name.clone(), self.in_order());
        Some(Listed { name, addresses, pin: answer.pin, rooms: answer.rooms.clone() })
    }
}

#[cfg(test)]
mod tests;
