//! A network in virtual time: everything takes a random while, and what goes one way stays in order.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A way along which things stay in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    ToServer(u64),
    FromServer(u64),
    /// From one client's peer connections to that client.
    FromPeer(usize),
    /// From one client to another directly.
    Channel(usize, usize),
}

/// What is under way.
#[derive(Debug)]
pub(crate) struct Network<T> {
    dice: fastrand::Rng,
    slowest: Duration,
    under_way: BTreeMap<(Instant, u64), T>,
    last_on: BTreeMap<Way, Instant>,
    count: u64,
}

impl<T> Network<T> {
    pub(crate) fn new(seed: u64, slowest: Duration) -> Self {
        let dice = fastrand::Rng::with_seed(seed);
        Self { dice, slowest, under_way: BTreeMap::new(), last_on: BTreeMap::new(), count: 0 }
    }

    /// Sends something along a way.
    pub(crate) fn send(&mut self, way: Way, thing: T, now: Instant) {
        let arrival = now + self.slowest.mul_f64(self.dice.f64());
        let last = self.last_on.entry(way).or_insert(arrival);
        *last = arrival.max(*last);
        let arrival = *last;
        self.at(arrival, thing);
    }

    /// Has something happen at a time.
    pub(crate) fn at(&mut self, time: Instant, thing: T) {
        self.count += 1;
        self.under_way.insert((time, self.count), thing);
    }

    /// When the next thing arrives.
    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.under_way.keys().next().map(|(time, _)| *time)
    }

    /// Takes the next thing that has arrived.
    pub(crate) fn arrived(&mut self, now: Instant) -> Option<T> {
        let first = self.under_way.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
