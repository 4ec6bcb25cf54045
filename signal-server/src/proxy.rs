//! Who comes through a proxy that stands in front of the server on the same machine.
use std::net::{IpAddr, SocketAddr};

use tokio_tungstenite::tungstenite::http::HeaderMap;

/// The header in which proxies say for whom they come; each appends whom it has seen itself.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whom a request is from: the peer, or, where that is a proxy on this machine, the last one it names. What stands
/// before may be made up by the client.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !peer.is_loopback() {
        return peer;
    }
    let last = headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| value.to_str().ok());
    let named = last.and_then(|list| list.rsplit(',').next()).and_then(|entry| parse(entry.trim()));
    named.map_or(peer, |ip| ip.to_canonical())
}

fn parse(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    entry.trim_matches(['[', ']']).parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn the_last_address_is_believed_as_the_ones_before_may_be_made_up() {
        for (list, client) in [
            ("203.0.113.9", "203.0.113.9"),
            ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("nonsense", "127.0.0.1"),
        ] {
            assert_eq!(client_address(HERE, &headers(list)), client.parse::<IpAddr>().unwrap(), "{list}");
        }
        assert_eq!(client_address(HERE, &HeaderMap::new()), HERE);
    }

    #[test]
    fn nobody_but_a_proxy_on_this_machine_is_believed() {
        let peer = "192.168.1.9".parse().unwrap();

        assert_eq!(client_address(peer, &headers("203.0.113.9")), peer);
    }

    fn headers(list: &'static str) -> HeaderMap {
        [(FORWARDED_FOR.parse().unwrap(), list.parse().unwrap())].into_iter().collect()
    }
}
