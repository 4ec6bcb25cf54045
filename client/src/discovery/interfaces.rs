//! The networks of this computer, as far as they explain why a search finds nobody.
use std::{collections::BTreeMap, net::IpAddr, path::Path};

use super::Hint;

/// What the beginnings of the names of tunnels are: VPNs carry no multicast.
const TUNNELS: &[&str] = &["tun", "tap", "wg", "ppp", "utun", "tailscale", "zt", "ipsec", "nebula", "warp", "proton"];
/// What the beginnings of the names of networks inside this computer are.
const INSIDE: &[&str] = &["docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxd", "podman", "cni"];

/// All networks, and what may be in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Interfaces {
    found: BTreeMap<String, Interface>,
    firewall: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Interface {
    addresses: Vec<IpAddr>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Network,
    NoMulticast,
    Tunnel,
    Inside,
    Loopback,
}

impl Interfaces {
    /// Those of now.
    pub(super) async fn here() -> Self {
        tokio::task::spawn_blocking(Self::look).await.unwrap_or_default()
    }

    /// All addresses of this computer.
    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.found.values().flat_map(|interface| interface.addresses.iter().copied())
    }

    /// Where it is searched: name and first address of each.
    pub(super) fn searched(&self) -> Vec<String> {
        let searched = self.found.iter().filter(|(_, interface)| interface.kind == Kind::Network);
        searched
            .map(|(name, interface)| match interface.addresses.first() {
                Some(address) => format!("{name} {address}"),
                None => name.clone(),
            })
            .collect()
    }

    /// Why nobody may be found, most likely first.
    pub(super) fn hints(&self) -> Vec<Hint> {
        let has = |kind| self.found.values().any(|interface| interface.kind == kind);
        if !has(Kind::Network) {
            let (tunnel, deaf) = (has(Kind::Tunnel), has(Kind::NoMulticast));
            let why = if tunnel {
                Hint::VpnAlone
            } else if deaf {
                Hint::NoMulticast
            } else {
                Hint::NoNetwork
            };
            return vec![why];
        }
        let vpn = has(Kind::Tunnel).then_some(Hint::Vpn);
        let firewall = self.firewall.map(|name| Hint::Firewall { name });
        vpn.into_iter().chain(firewall).chain([Hint::GuestNetwork]).collect()
    }

    fn look() -> Self {
        let mut found: BTreeMap<String, Interface> = BTreeMap::new();
        let all = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(%error, "the networks of this computer cannot be listed");
            Vec::new()
        });
        for interface in all.into_iter().filter(is_up) {
            let kind =
                kind(&interface.name, interface.is_loopback(), interface.is_p2p(), has_multicast(&interface.name));
            let entry = found.entry(interface.name.clone());
            entry.or_insert(Interface { addresses: Vec::new(), kind }).addresses.push(interface.ip());
        }
        for interface in found.values_mut() {
            interface.addresses.sort(); // IPv4 first: that is what people recognise
        }
        Self { found, firewall: firewall() }
    }
}

/// Loopback counts as up, although systems say that its state is unknown.
fn is_up(interface: &if_addrs::Interface) -> bool {
    matches!(interface.oper_status, if_addrs::IfOperStatus::Up | if_addrs::IfOperStatus::Unknown)
}

fn kind(name: &str, loopback: bool, point_to_point: bool, multicast: bool) -> Kind {
    let begins = |names: &[&str]| names.iter().any(|begin| name.starts_with(begin));
    if loopback {
        Kind::Loopback
    } else if point_to_point || begins(TUNNELS) {
        Kind::Tunnel
    } else if begins(INSIDE) {
        Kind::Inside
    } else if multicast {
        Kind::Network
    } else {
        Kind::NoMulticast
    }
}

/// Whether an interface carries multicast. Only Linux says so in a file; elsewhere all networks but tunnels do.
fn has_multicast(name: &str) -> bool {
    const IFF_MULTICAST: u32 = 0x1000;
    if name.contains('/') {
        return true;
    }
    let Ok(flags) = std::fs::read_to_string(Path::new("/sys/class/net").join(name).join("flags")) else { return true };
    u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).is_ok_and(|flags| flags & IFF_MULTICAST != 0)
}

/// A firewall that is on, where that can be told without being root.
fn firewall() -> Option<&'static str> {
    let ufw = std::fs::read_to_string("/etc/ufw/ufw.conf").unwrap_or_default();
    if ufw.lines().any(|line| line.trim().eq_ignore_ascii_case("enabled=yes")) {
        return Some("ufw");
    }
    Path::new("/sys/fs/cgroup/system.slice/firewalld.service").exists().then_some("firewalld")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_told_from_tunnels_and_from_what_is_inside_the_computer() {
        assert_eq!(kind("wlan0", false, false, true), Kind::Network);
        assert_eq!(kind("wlan0", false, false, false), Kind::NoMulticast);
        assert_eq!(kind("wg0", false, false, true), Kind::Tunnel);
        assert_eq!(kind("office", false, true, true), Kind::Tunnel);
        assert_eq!(kind("docker0", false, false, true), Kind::Inside);
        assert_eq!(kind("lo", true, false, false), Kind::Loopback);
    }

    #[test]
    fn a_computer_on_no_network_is_told_to_join_one() {
        let hints = with(&[("lo", Kind::Loopback)], None).hints();

        assert_eq!(hints, [Hint::NoNetwork]);
    }

    #[test]
    fn a_vpn_alone_is_named_as_the_reason() {
        let hints = with(&[("wg0", Kind::Tunnel), ("docker0", Kind::Inside)], None).hints();

        assert_eq!(hints, [Hint::VpnAlone]);
    }

    #[test]
    fn a_firewall_is_named_before_the_guest_wifi() {
        let hints = with(&[("wlan0", Kind::Network)], Some("ufw")).hints();

        assert_eq!(hints, [Hint::Firewall { name: "ufw" }, Hint::GuestNetwork]);
    }

    #[test]
    fn only_networks_are_searched() {
        let interfaces = with(&[("lo", Kind::Loopback), ("wlan0", Kind::Network), ("wg0", Kind::Tunnel)], None);

        assert_eq!(interfaces.searched(), ["wlan0 10.0.0.2"]);
    }

    fn with(interfaces: &[(&str, Kind)], firewall: Option<&'static str>) -> Interfaces {
        let interface = |kind| Interface { addresses: vec![IpAddr::from([10, 0, 0, 2])], kind };
        let found = interfaces.iter().map(|(name, kind)| ((*name).to_owned(), interface(*kind))).collect();
        Interfaces { found, firewall }
    }
}
