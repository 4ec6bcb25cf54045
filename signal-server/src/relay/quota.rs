//! How many relay addresses there may be, how much they may carry, and which there are.
use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use parlor_protocol::ParticipantId;

use super::RelayLimits;
use crate::{metrics::RelayMetrics, rate::Rate};

/// The books of one relay, shared by everything that is part of it.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) limits: RelayLimits,
    pub(super) metrics: RelayMetrics,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    /// How many relay addresses each participant has. Nobody is listed who has none.
    held: HashMap<ParticipantId, usize>,
    /// The relay addresses in use, as the participants know them.
    relayed: BTreeSet<SocketAddr>,
    /// The addresses that this machine has.
    own: BTreeSet<IpAddr>,
    bandwidth: Rate,
}

impl Quota {
    pub(super) fn new(limits: RelayLimits, metrics: RelayMetrics, now: Instant) -> Arc<Self> {
        let books = Books {
            held: HashMap::new(),
            relayed: BTreeSet::new(),
            own: BTreeSet::new(),
            bandwidth: Rate::new(limits.bytes_per_second, limits.bytes_per_second, now),
        };
        Arc::new(Self { limits, metrics, books: Mutex::new(books) })
    }

    /// Whether a participant may have one more relay address.
    pub(super) fn has_room_for(&self, participant: ParticipantId) -> bool {
        let books = self.books();
        let held = books.held.get(&participant).copied().unwrap_or_default();
        held < self.limits.allocations_per_participant && books.relayed.len() < self.limits.allocations
    }

    /// Books a relay address until the entry is dropped; none where there is no room for it.
    pub(super) fn enter(self: &Arc<Self>, participant: ParticipantId, relayed: SocketAddr) -> Option<Entry> {
        if !self.has_room_for(participant) {
            return None;
        }
        let mut books = self.books();
        *books.held.entry(participant).or_default() += 1;
        books.relayed.insert(relayed);
        self.metrics.allocated();
        Some(Entry { quota: Arc::clone(self), participant, relayed })
    }

    /// Whether this is a relay address of ours.
    pub(super) fn is_relayed(&self, address: SocketAddr) -> bool {
        self.books().relayed.contains(&address)
    }

    /// Whether a relay address of ours has this IP address.
    pub(super) fn is_relay_ip(&self, ip: IpAddr) -> bool {
        self.books().relayed.iter().any(|relayed| relayed.ip() == ip)
    }

    /// Whether this machine has this address.
    pub(super) fn is_own(&self, ip: IpAddr) -> bool {
        self.books().own.contains(&ip)
    }

    pub(super) fn set_own(&self, own: BTreeSet<IpAddr>) {
        self.books().own = own;
    }

    /// Whether all relay addresses together may carry so many bytes more.
    pub(super) fn carries(&self, bytes: usize, now: Instant) -> bool {
        self.books().bandwidth.allows_many(bytes, now)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A relay address in use. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Entry {
    quota: Arc<Quota>,
    participant: ParticipantId,
    relayed: SocketAddr,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut books = self.quota.books();
        books.relayed.remove(&self.relayed);
        if let Some(held) = books.held.get_mut(&self.participant) {
            *held -= 1;
            if *held == 0 {
                books.held.remove(&self.participant);
            }
        }
        self.quota.metrics.released();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(1);
    const BOB: ParticipantId = ParticipantId::new(2);

    #[test]
    fn one_participant_has_no_more_than_their_share() {
        let quota = quota(2, 10);

        let entries: Vec<_> = (0..3).map(|port| quota.enter(ADA, at(port))).collect();

        assert_eq!(entries.iter().flatten().count(), 2);
        assert!(quota.has_room_for(BOB));
    }

    #[test]
    fn all_together_have_no_more_than_there_are() {
        let quota = quota(2, 3);

        let entries: Vec<_> =
            [(ADA, 1), (ADA, 2), (BOB, 3), (BOB, 4)].map(|(who, port)| quota.enter(who, at(port))).into();

        assert_eq!(entries.iter().flatten().count(), 3);
        assert!(!quota.has_room_for(ParticipantId::new(3)));
    }

    #[test]
    fn what_is_given_back_can_be_had_again() {
        let quota = quota(1, 1);
        let entry = quota.enter(ADA, at(1));
        assert!(quota.is_relayed(at(1)) && quota.is_relay_ip(at(1).ip()));

        drop(entry);

        assert!(!quota.is_relayed(at(1)));
        assert!(quota.enter(BOB, at(1)).is_some());
        assert_eq!(quota.metrics.numbers().allocated, 2);
    }

    fn quota(each: usize, all: usize) -> Arc<Quota> {
        let limits = RelayLimits { allocations: all, allocations_per_participant: each, ..RelayLimits::default() };
        Quota::new(limits, RelayMetrics::default(), Instant::now())
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 168, 1, 20], port))
    }
}
