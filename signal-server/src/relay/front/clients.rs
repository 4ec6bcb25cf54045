//! Who has a relay address, and who asks for one how often.
use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use parlor_protocol::ParticipantId;

use crate::rate::Rate;

/// Addresses that one relay address may reach. Each costs the library a task.
const PEERS: usize = 64;
/// Requests a second that one network address may make, in the long run and at once: all participants behind one
/// address translation come in at the same time, with a connection to each other, and each asks a few times.
const REQUESTS_PER_SECOND: u32 = 50;
const REQUEST_BURST: u32 = 400;
/// Network addresses of which the rate is known. Those beyond share one rate.
const SOURCES: usize = 4096;
/// After so long without a request a rate is full again, and need not be known.
const IDLE: Duration = Duration::from_secs(10);

/// Those who have a relay address, by where they send from.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    last: u64,
    holders: HashMap<SocketAddr, Holder>,
}

#[derive(Debug)]
struct Holder {
    number: u64,
    participant: ParticipantId,
    reached: BTreeSet<(IpAddr, Option<u16>)>,
}

impl Clients {
    /// Whether somebody there has a relay address.
    pub(super) fn know(&self, source: SocketAddr) -> bool {
        self.table().holders.contains_key(&source)
    }

    /// Who has a relay address from there.
    pub(super) fn holder(&self, source: SocketAddr) -> Option<ParticipantId> {
        self.table().holders.get(&source).map(|holder| holder.participant)
    }

    /// Notes whom they reach. Returns whether that is not too many, and whether they have a relay address at all.
    pub(super) fn add(&self, source: SocketAddr, peers: &[SocketAddr], channel: Option<u16>) -> bool {
        let mut table = self.table();
        let Some(holder) = table.holders.get_mut(&source) else { return false };
        let new: Vec<_> = peers.iter().map(|peer| (peer.ip(), channel)).collect();
        let more = new.iter().filter(|reached| !holder.reached.contains(reached)).count();
        if holder.reached.len() + more > PEERS {
            return false;
        }
        holder.reached.extend(new);
        true
    }

    /// Lists somebody until the entry is dropped.
    pub(super) fn enter(self: &Arc<Self>, source: SocketAddr, participant: ParticipantId) -> Client {
        let mut table = self.table();
        table.last += 1;
        let number = table.last;
        table.holders.insert(source, Holder { number, participant, reached: BTreeSet::new() });
        Client { clients: Arc::clone(self), source, number }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry in the list. Dropping it strikes it out.
#[derive(Debug)]
pub(in crate::relay) struct Client {
    clients: Arc<Clients>,
    source: SocketAddr,
    number: u64,
}

impl Drop for Client {
    fn drop(&mut self) {
        let mut table = self.clients.table();
        // They may have a newer one by now.
        if table.holders.get(&self.source).is_some_and(|holder| holder.number == self.number) {
            table.holders.remove(&self.source);
        }
    }
}

/// How often each network address asks.
#[derive(Debug)]
pub(super) struct Sources {
    rates: HashMap<IpAddr, (Rate, Instant)>,
    others: Rate,
}

impl Sources {
    pub(super) fn new(now: Instant) -> Self {
        Self { rates: HashMap::new(), others: Rate::new(REQUESTS_PER_SECOND, REQUEST_BURST, now) }
    }

    /// Whether this address may ask once more.
    pub(super) fn allow(&mut self, source: IpAddr, now: Instant) -> bool {
        // Whoever has one IPv6 address has 2^64 of them.
        let source = network(source);
        if !self.rates.contains_key(&source) && self.rates.len() >= SOURCES {
            self.rates.retain(|_, (_, used)| now.saturating_duration_since(*used) < IDLE);
            if self.rates.len() >= SOURCES {
                return self.others.allows(now);
            }
        }
        let fresh = || (Rate::new(REQUESTS_PER_SECOND, REQUEST_BURST, now), now);
        let (rate, used) = self.rates.entry(source).or_insert_with(fresh);
        *used = now;
        rate.allows(now)
    }
}

fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.into(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(1);

    #[test]
    fn a_relay_address_reaches_a_bounded_number_of_others() {
        let (clients, source) = (Arc::new(Clients::default()), at(1));
        let _client = clients.enter(source, ADA);

        let added = (0..100).filter(|n| clients.add(source, &[SocketAddr::from(([10, 0, 0, *n], 9))], None)).count();

        assert_eq!(added, PEERS);
        assert!(clients.add(source, &[SocketAddr::from(([10, 0, 0, 1], 10))], None), "one that is known already");
    }

    #[test]
    fn an_old_entry_does_not_strike_out_a_newer_one() {
        let clients = Arc::new(Clients::default());
        let old = clients.enter(at(1), ADA);
        let new = clients.enter(at(1), ADA);

        drop(old);
        assert!(clients.know(at(1)));
        drop(new);

        assert!(!clients.know(at(1)));
    }

    #[test]
    fn a_flood_from_one_address_is_not_the_trouble_of_another() {
        let now = Instant::now();
        let mut sources = Sources::new(now);

        let answered = (0..1000).filter(|_| sources.allow(ip("192.0.2.1"), now)).count();

        assert_eq!(answered, REQUEST_BURST as usize);
        assert!(sources.allow(ip("192.0.2.2"), now));
    }

    #[test]
    fn one_ipv6_network_counts_as_one() {
        let now = Instant::now();
        let mut sources = Sources::new(now);

        let answered = (0..1000).filter(|n| sources.allow(ip(&format!("2001:db8::{n:x}")), now)).count();

        assert_eq!(answered, REQUEST_BURST as usize);
    }

    #[test]
    fn forged_addresses_without_end_fill_no_memory_and_share_one_rate() {
        let now = Instant::now();
        let mut sources = Sources::new(now);

        let addresses = (0..100_000_u32).map(|n| IpAddr::from((0x0b00_0000 + n).to_be_bytes()));
        let answered = addresses.filter(|address| sources.allow(*address, now)).count();

        assert_eq!(answered, SOURCES + REQUEST_BURST as usize);
        assert_eq!(sources.rates.len(), SOURCES);
        assert!(sources.allow(ip("192.0.2.9"), now + IDLE), "and the idle ones make room");
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }
}
