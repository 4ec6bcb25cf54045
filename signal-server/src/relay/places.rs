//! At which addresses of this machine the relay listens, and which it gives away there.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One address to listen at. Who comes there gets a relay address of the same network, since that is how the others
/// come too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Where to listen.
    pub(super) listen: IpAddr,
    /// From where to relay for those who want an IPv4 address.
    pub(super) v4: Option<Ipv4Addr>,
    /// From where to relay for those who want an IPv6 address.
    pub(super) v6: Option<Ipv6Addr>,
}

impl Place {
    /// The address to relay from. RFC 8656 makes IPv4 the answer to those who do not say what they want; where there
    /// is none, they get what there is.
    pub(super) fn relay(&self, wants_v4: bool) -> Option<IpAddr> {
        let (v4, v6) = (self.v4.map(IpAddr::from), self.v6.map(IpAddr::from));
        if wants_v4 { v4.or(v6) } else { v6 }
    }
}

/// An address of this machine and the network interface that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) ip: IpAddr,
}

/// The addresses of this machine at the moment. Empty where the system does not tell.
pub(super) fn interfaces() -> Vec<Interface> {
    let found = if_addrs::get_if_addrs().unwrap_or_default();
    found.into_iter().map(|found| Interface { ip: found.ip(), name: found.name }).collect()
}

/// The addresses to listen at for a server that listens at `listen`. `outward` is the address that leads to other
/// machines: who comes by loopback gets that one, or nobody else could reach them through it.
pub(super) fn places(listen: IpAddr, interfaces: &[Interface], outward: Option<IpAddr>) -> Vec<Place> {
    if !listen.is_unspecified() {
        return vec![alone(listen)];
    }
    let both = listen.is_ipv6();
    let mut places: Vec<_> = interfaces
        .iter()
        .filter(|interface| (both || interface.ip.is_ipv4()) && is_for_others(interface.ip))
        .map(|interface| on_interface(interface, interfaces))
        .collect();
    let outward = outward.filter(|ip| is_for_others(*ip)).or_else(|| places.first().map(|place| place.listen));
    let loopbacks = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    for loopback in loopbacks.into_iter().filter(|ip| both || ip.is_ipv4()) {
        let relay = alone(outward.unwrap_or(loopback));
        places.push(Place { listen: loopback, ..relay });
    }
    places.sort();
    places.dedup();
    places
}

fn on_interface(interface: &Interface, all: &[Interface]) -> Place {
    let place = alone(interface.ip);
    let same =
        || all.iter().filter(|other| other.name == interface.name && is_for_others(other.ip)).map(|other| other.ip);
    let v4 = || same().find_map(|ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None });
    let v6 = || same().find_map(|ip| if let IpAddr::V6(ip) = ip { Some(ip) } else { None });
    Place { v4: place.v4.or_else(v4), v6: place.v6.or_else(v6), ..place }
}

fn alone(ip: IpAddr) -> Place {
    match ip {
        IpAddr::V4(v4) => Place { listen: ip, v4: Some(v4), v6: None },
        IpAddr::V6(v6) => Place { listen: ip, v4: None, v6: Some(v6) },
    }
}

/// Loopback reaches nobody else, and link-local addresses need to be told by which interface.
fn is_for_others(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local() && !ip.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_by_a_network_gets_an_address_of_that_network() {
        let places = places(ip("0.0.0.0"), &machine(), None);

        let lan = places.iter().find(|place| place.listen == ip("192.168.1.20")).unwrap();
        let vpn = places.iter().find(|place| place.listen == ip("10.8.0.2")).unwrap();
        assert_eq!(lan.relay(true), Some(ip("192.168.1.20")));
        assert_eq!(vpn.relay(true), Some(ip("10.8.0.2")));
        assert!(places.iter().all(|place| place.listen.is_ipv4()), "{places:?}");
    }

    #[test]
    fn who_comes_by_loopback_gets_an_address_that_others_reach() {
        let places = places(ip("0.0.0.0"), &machine(), Some(ip("10.8.0.2")));

        let loopback = places.iter().find(|place| place.listen.is_loopback()).unwrap();
        assert_eq!(loopback.relay(true), Some(ip("10.8.0.2")));
    }

    #[test]
    fn a_machine_without_a_network_relays_on_loopback() {
        let only = [Interface { name: "lo".to_owned(), ip: ip("127.0.0.1") }];

        let places = places(ip("0.0.0.0"), &only, None);

        assert_eq!(places, [alone(ip("127.0.0.1"))]);
    }

    #[test]
    fn who_comes_by_ipv6_gets_ipv4_too_unless_they_ask_for_ipv6() {
        let places = places(ip("::"), &machine(), None);

        let v6 = places.iter().find(|place| place.listen == ip("fd00::20")).unwrap();
        assert_eq!(v6.relay(true), Some(ip("192.168.1.20")));
        assert_eq!(v6.relay(false), Some(ip("fd00::20")));
    }

    #[test]
    fn a_server_at_one_address_relays_at_that_address() {
        assert_eq!(places(ip("10.8.0.2"), &machine(), None), [alone(ip("10.8.0.2"))]);
        assert_eq!(places(ip("127.0.0.1"), &machine(), None), [alone(ip("127.0.0.1"))]);
    }

    fn machine() -> Vec<Interface> {
        let addresses = [
            ("lo", "127.0.0.1"),
            ("eth0", "192.168.1.20"),
            ("eth0", "fd00::20"),
            ("eth0", "fe80::1"),
            ("tun0", "10.8.0.2"),
            ("usb0", "169.254.3.4"),
        ];
        addresses.map(|(name, address)| Interface { name: name.to_owned(), ip: ip(address) }).to_vec()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }
}
