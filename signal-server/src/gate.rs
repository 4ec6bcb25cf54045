//! Who may connect at all: how many there are, in all and from each network address.
use std::{collections::BTreeMap, net::IpAddr};

use crate::limits::Limits;

/// Counts the connections that are open.
#[derive(Debug)]
pub(crate) struct Gate {
    most: usize,
    most_per_address: usize,
    /// Whether all who come from this machine come through a proxy, which counts them itself.
    behind_proxy: bool,
    open: BTreeMap<IpAddr, usize>,
    total: usize,
}

/// Why somebody may not connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There are too many connections from their address.
    AddressFull,
    /// There are too many connections.
    ServerFull,
}

impl Gate {
    pub(crate) fn new(limits: &Limits, behind_proxy: bool) -> Self {
        Self {
            most: limits.connections,
            most_per_address: limits.connections_per_address,
            behind_proxy,
            open: BTreeMap::new(),
            total: 0,
        }
    }

    /// Counts a connection in, or says why not.
    pub(crate) fn enter(&mut self, address: IpAddr) -> Result<(), Refusal> {
        if self.total >= self.most {
            return Err(Refusal::ServerFull);
        }
        let proxied = self.behind_proxy && address.is_loopback();
        if !proxied && self.open.get(&address).is_some_and(|open| *open >= self.most_per_address) {
            return Err(Refusal::AddressFull);
        }
        *self.open.entry(address).or_default() += 1;
        self.total += 1;
        Ok(())
    }

    /// Counts a connection out that was counted in.
    pub(crate) fn leave(&mut self, address: IpAddr) {
        let Some(open) = self.open.get_mut(&address) else {
            return;
        };
        *open -= 1;
        if *open == 0 {
            self.open.remove(&address);
        }
        self.total -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const ADA: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const BOB: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn an_address_that_has_its_share_keeps_nobody_else_out() {
        let mut gate = gate(10, 2);
        gate.enter(ADA).unwrap();
        gate.enter(ADA).unwrap();

        assert_eq!(gate.enter(ADA), Err(Refusal::AddressFull));
        assert_eq!(gate.enter(BOB), Ok(()));
    }

    #[test]
    fn a_full_server_takes_the_next_one_when_somebody_has_left() {
        let mut gate = gate(1, 2);
        gate.enter(ADA).unwrap();

        assert_eq!(gate.enter(BOB), Err(Refusal::ServerFull));
        gate.leave(ADA);
        assert_eq!(gate.enter(BOB), Ok(()));
    }

    #[test]
    fn an_address_without_connections_is_forgotten() {
        let mut gate = gate(10, 2);
        gate.enter(ADA).unwrap();

        gate.leave(ADA);

        assert!(gate.open.is_empty());
    }

    #[test]
    fn those_who_come_through_a_proxy_do_not_take_each_others_places() {
        let limits = Limits { connections: 3, connections_per_address: 1, ..Limits::default() };
        let mut gate = Gate::new(&limits, true);
        let proxy = IpAddr::V4(Ipv4Addr::LOCALHOST);

        let entered = [(); 4].map(|()| gate.enter(proxy));

        assert_eq!(entered, [Ok(()), Ok(()), Ok(()), Err(Refusal::ServerFull)]);
    }

    fn gate(connections: usize, connections_per_address: usize) -> Gate {
        Gate::new(&Limits { connections, connections_per_address, ..Limits::default() }, false)
    }
}
