//! Who may connect at all: how many there are, in all and from each network address.
use std::{collections::BTreeMap, net::IpAddr};

use crate::limits::Limits;

/// Counts the connections that are open.
#[derive(Debug)]
pub(crate) struct Gate {
    most: usize,
    most_per_address: usize,
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
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.connections,
            most_per_address: limits.connections_per_address,
            open: BTreeMap::new(),
            total: 0,
        }
    }

    /// Counts a connection in, or says why not.
    pub(crate) fn enter(&mut self, address: IpAddr) -> Result<(), Refusal> {
        if self.total >= self.most {
            return Err(Refusal::ServerFull);
        }
        if self.open.get(&address).is_some_and(|open| *open >= self.most_per_address) {
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

    fn gate(connections: usize, connections_per_address: usize) -> Gate {
        Gate::new(&Limits { connections, connections_per_address, ..Limits::default() })
    }
}
