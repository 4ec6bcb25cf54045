//! How often somebody failed lately to enter a room, or to sign in, by network address: guessing has to be slow.
use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    time::{Duration, Instant},
};

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(60);
/// How many addresses are remembered. Past that the room for new ones is taken from any other.
const MOST_ADDRESSES: usize = 4096;

/// The failures of the last minute.
#[derive(Debug)]
pub(crate) struct Attempts {
    limit: usize,
    failures: BTreeMap<IpAddr, VecDeque<Instant>>,
}

impl Attempts {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, failures: BTreeMap::new() }
    }

    /// Whether this address has to wait. What is still being looked at may fail, and counts as if it had.
    pub(crate) fn exhausted(&self, address: IpAddr, undecided: usize, now: Instant) -> bool {
        let recent = self.failures.get(&address).map_or(0, |times| times.iter().filter(|at| counts(**at, now)).count());
        recent + undecided >= self.limit
    }

    /// Remembers a failure.
    pub(crate) fn failed(&mut self, address: IpAddr, now: Instant) {
        self.failures.retain(|_, times| times.back().is_some_and(|last| counts(*last, now)));
        if self.failures.len() >= MOST_ADDRESSES && !self.failures.contains_key(&address) {
            self.failures.pop_first();
        }
        let times = self.failures.entry(address).or_default();
        times.push_back(now);
        while times.len() > self.limit.max(1) {
            times.pop_front();
        }
    }
}

fn counts(failure: Instant, now: Instant) -> bool {
    now.saturating_duration_since(failure) < WINDOW
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));

    #[test]
    fn an_address_waits_until_its_oldest_failure_is_a_minute_old() {
        let start = Instant::now();
        let mut attempts = Attempts::new(2);

        attempts.failed(HERE, start);
        attempts.failed(HERE, start + Duration::from_secs(30));

        assert!(attempts.exhausted(HERE, 0, start + Duration::from_secs(59)));
        assert!(!attempts.exhausted(HERE, 0, start + Duration::from_secs(60)));
    }

    #[test]
    fn what_is_undecided_counts_as_failed() {
        let start = Instant::now();
        let mut attempts = Attempts::new(2);

        attempts.failed(HERE, start);

        assert!(!attempts.exhausted(HERE, 0, start));
        assert!(attempts.exhausted(HERE, 1, start));
    }

    #[test]
    fn one_address_does_not_answer_for_another() {
        let start = Instant::now();
        let mut attempts = Attempts::new(1);

        attempts.failed(HERE, start);

        assert!(attempts.exhausted(HERE, 0, start));
        assert!(!attempts.exhausted(THERE, 0, start));
    }

    #[test]
    fn the_number_of_addresses_remembered_is_bounded() {
        let start = Instant::now();
        let mut attempts = Attempts::new(5);

        for number in 0..10_000 {
            attempts.failed(IpAddr::V4(Ipv4Addr::from_bits(number)), start);
        }

        assert_eq!(attempts.failures.len(), MOST_ADDRESSES);
    }
}
