//! By which addresses others reach this machine: for invitations, and for those who look what the server is called.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use parlor_protocol::ServerAddress;

use crate::config::Config;

/// Most addresses in an invitation that nobody chose: a QR code has to be read from a screen.
const MOST: usize = 3;
/// How interfaces are called that lead to containers, virtual machines and tunnels rather than to other people.
const VIRTUAL: [&str; 12] =
    ["docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "podman", "tun", "tap", "wg", "utun"];

/// The addresses of this machine on its networks, the likeliest to be of use first.
pub fn own_addresses() -> Vec<IpAddr> {
    // Where the system does not tell, there are none to show.
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let found = interfaces.into_iter().filter(if_addrs::Interface::is_oper_up);
    ranked(
        found.map(|interface| (interface.name.clone(), interface.ip())).collect(),
        outward_address(Ipv4Addr::UNSPECIFIED.into()),
    )
}

/// Where a server that listens there can be reached, best first.
pub(crate) fn of_server(listen: SocketAddr, config: &Config, certified: &[String]) -> Vec<ServerAddress> {
    let port = listen.port();
    if !config.advertise.is_empty() {
        return config.advertise.iter().filter_map(|advertised| advertised.at(port)).collect();
    }
    if config.behind_proxy {
        // Only its owner knows what the proxy is called.
        return Vec::new();
    }
    let hosts = certified.iter().filter(|name| !name.contains('*'));
    let named: Vec<_> = hosts.filter_map(|host| format!("wss://{host}:{port}").parse().ok()).take(MOST).collect();
    if !named.is_empty() && !listen.ip().is_loopback() {
        return named;
    }
    if !listen.ip().is_unspecified() {
        return vec![ServerAddress::at(listen)];
    }
    let reachable = own_addresses().into_iter().filter(|ip| listen.is_ipv6() || ip.is_ipv4());
    let found: Vec<_> = reachable.take(MOST).map(|ip| ServerAddress::at(SocketAddr::new(ip, port))).collect();
    if found.is_empty() { vec![ServerAddress::at((Ipv4Addr::LOCALHOST, port).into())] } else { found }
}

fn ranked(mut found: Vec<(String, IpAddr)>, outward: Option<IpAddr>) -> Vec<IpAddr> {
    found.retain(|(_, ip)| is_reachable(*ip));
    found.sort_by_key(|(name, ip)| (Some(*ip) != outward, is_virtual(name), ip.is_ipv6(), *ip));
    found.dedup_by_key(|(_, ip)| *ip);
    found.into_iter().map(|(_, ip)| ip).collect()
}

fn is_reachable(ip: IpAddr) -> bool {
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    !link_local && !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast()
}

fn is_virtual(interface: &str) -> bool {
    VIRTUAL.iter().any(|prefix| interface.starts_with(prefix))
}

/// The address of the interface that leads to other machines. Connecting a datagram socket only asks the routing
/// table: nothing is sent. The addresses are reserved for documentation (RFC 5737, RFC 3849).
pub(crate) fn outward_address(listen: IpAddr) -> Option<IpAddr> {
    let ask = |from: IpAddr, to: IpAddr| {
        let socket = UdpSocket::bind((from, 0)).ok()?;
        socket.connect((to, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let v4 = ask(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into());
    let v6 = || ask(Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into());
    v4.or_else(|| if listen.is_ipv6() { v6() } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_other_machines_comes_first_and_bridges_come_last() {
        let found = [
            ("docker0", "172.17.0.1"),
            ("lo", "127.0.0.1"),
            ("eth0", "fe80::1"),
            ("eth0", "fd00::2"),
            ("wlan0", "10.0.0.7"),
            ("eth0", "192.168.1.20"),
        ];
        let found = found.map(|(name, ip)| (name.to_owned(), ip.parse().unwrap())).to_vec();

        let ranked = ranked(found, Some("192.168.1.20".parse().unwrap()));

        let expected = ["192.168.1.20", "10.0.0.7", "fd00::2", "172.17.0.1"];
        assert_eq!(ranked, expected.map(|ip| ip.parse::<IpAddr>().unwrap()));
    }

    #[test]
    fn a_server_on_loopback_invites_without_tls() {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 9000));

        let addresses = of_server(listen, &Config::listening_on(listen), &[]);

        assert_eq!(addresses, ["ws://127.0.0.1:9000".parse().unwrap()]);
    }

    #[test]
    fn advertised_names_and_those_on_a_certificate_come_before_what_is_found() {
        let listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9000));
        let certified = ["*.example.org".to_owned(), "calls.example.org".to_owned()];
        let advertise = vec!["home.example.net:443".parse().unwrap()];
        let plain = Config::listening_on(listen);

        let by_certificate = of_server(listen, &plain, &certified);
        let advertised = of_server(listen, &Config { advertise, ..plain.clone() }, &certified);
        let proxied = of_server(listen, &Config { behind_proxy: true, ..plain }, &certified);

        assert_eq!(by_certificate, ["wss://calls.example.org:9000".parse().unwrap()]);
        assert_eq!(advertised, ["wss://home.example.net:443".parse().unwrap()]);
        assert_eq!(proxied, []);
    }
}
