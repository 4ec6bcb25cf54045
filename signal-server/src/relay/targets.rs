//! Where the relay sends to, and from where it takes: never what only this machine, or only its network, should reach.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be reached through one relay address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Targets {
    private: bool,
    loopback: bool,
}

/// What an address is to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Public,
    Private,
    Loopback,
    /// Link-local, multicast, broadcast, unspecified, reserved.
    Never,
}

impl Targets {
    /// The targets of a relay at this address. `private` says whether private ones are among them; by itself they are
    /// where the relay's own address is one. Loopback is reached only by a relay on loopback.
    pub(super) fn of(relay: IpAddr, private: Option<bool>) -> Self {
        let loopback = scope(relay) == Scope::Loopback;
        Self { private: private.unwrap_or(scope(relay) == Scope::Private), loopback }
    }

    /// Whether it may be reached.
    pub(super) fn allow(self, ip: IpAddr) -> bool {
        match scope(ip) {
            Scope::Public => true,
            Scope::Private => self.private,
            Scope::Loopback => self.loopback,
            Scope::Never => false,
        }
    }

    /// Whether private addresses may be reached.
    pub(super) fn allow_private(self) -> bool {
        self.private || self.loopback
    }
}

fn scope(ip: IpAddr) -> Scope {
    match ip.to_canonical() {
        IpAddr::V4(ip) => scope_v4(ip),
        IpAddr::V6(ip) => scope_v6(ip),
    }
}

fn scope_v4(ip: Ipv4Addr) -> Scope {
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        (127, _, _) => Scope::Loopback,
        (0 | 224..=255, _, _) | (169, 254, _) => Scope::Never,
        // RFC 1918, RFC 6598 (carrier-grade NAT), RFC 6890 (protocol assignments), RFC 2544 (benchmarks).
        (10, _, _) | (172, 16..=31, _) | (192, 168, _) => Scope::Private,
        (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) => Scope::Private,
        _ => Scope::Public,
    }
}

fn scope_v6(ip: Ipv6Addr) -> Scope {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        scope_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        (0, 0) if ip.is_loopback() => Scope::Loopback,
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to IPv4 addresses: what holds for these holds for them.
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => embedded(g, h),
        (0x2002, high) => embedded(high, c),
        // Unspecified, the obsolete IPv4-compatible ones, the local NAT64 prefix (RFC 8215).
        (0, _) | (0x64, 0xff9b) => Scope::Never,
        (0xfc00..=0xfdff, _) => Scope::Private,
        // Link-local, the obsolete site-local, multicast.
        (0xfe80..=0xffff, _) => Scope::Never,
        _ => Scope::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: [&str; 5] = ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2001:db8::1", "64:ff9b::808:808"];
    const PRIVATE: [&str; 9] = [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.20",
        "100.64.0.1",
        "198.18.0.1",
        "fd00::1",
        "64:ff9b::c0a8:101",
        "2002:c0a8:101::1",
        "::ffff:192.168.1.1",
    ];
    const LOOPBACK: [&str; 3] = ["127.0.0.1", "127.9.9.9", "::1"];
    const NEVER: [&str; 12] = [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::10.0.0.1",
        "fe80::1",
        "fec0::1",
        "ff02::fb",
        "::ffff:169.254.169.254",
    ];

    #[test]
    fn a_relay_on_the_internet_reaches_public_addresses_alone() {
        let targets = Targets::of(ip("9.9.9.9"), None);

        assert_reaches(targets, &PUBLIC, &[&PRIVATE[..], &LOOPBACK, &NEVER].concat());
    }

    #[test]
    fn a_relay_on_a_local_network_reaches_private_addresses_too() {
        let targets = Targets::of(ip("192.168.1.20"), None);

        assert_reaches(targets, &[&PUBLIC[..], &PRIVATE].concat(), &[&LOOPBACK[..], &NEVER].concat());
    }

    #[test]
    fn a_relay_on_loopback_reaches_loopback() {
        let targets = Targets::of(ip("127.0.0.1"), None);

        assert_reaches(targets, &[&PUBLIC[..], &LOOPBACK].concat(), &[&PRIVATE[..], &NEVER].concat());
    }

    #[test]
    fn the_owner_of_the_server_decides_about_private_addresses() {
        assert!(Targets::of(ip("9.9.9.9"), Some(true)).allow(ip("10.0.0.1")));
        assert!(!Targets::of(ip("10.0.0.1"), Some(false)).allow(ip("10.0.0.2")));
    }

    fn assert_reaches(targets: Targets, allowed: &[&str], refused: &[&str]) {
        for address in allowed {
            assert!(targets.allow(ip(address)), "{address}");
        }
        for address in refused {
            assert!(!targets.allow(ip(address)), "{address}");
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }
}
