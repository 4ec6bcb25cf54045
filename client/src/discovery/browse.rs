//! Listens to announcements by mDNS and DNS-SD (RFC 6762, RFC 6763), which anybody on the network can forge.
use std::net::IpAddr;

use mdns_sd::{Receiver, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent};
use parlor_protocol::ServerAddress;
use thiserror::Error;
use tokio::{sync::mpsc, task::JoinSet};

use super::roster::Heard;

/// What Parlor servers are announced as. `parlor-server` has the same.
const SERVICE: &str = "_parlor._tcp.local.";
/// Longest name that is shown of a server, in characters.
const NAME_CHARS: usize = 63;

/// Why nobody can be heard.
#[derive(Debug, Error)]
#[error(
    "This computer lets nobody search its networks ({0}). Type the address of the server, or paste an invite link."
)]
pub(super) struct BrowseError(#[from] mdns_sd::Error);

/// Listens until it is dropped.
pub(super) struct Browser {
    daemon: ServiceDaemon,
    _task: JoinSet<()>,
}

impl Browser {
    /// Starts to listen on all interfaces.
    pub(super) fn start(announcements: mpsc::Sender<Heard>) -> Result<Self, BrowseError> {
        let daemon = ServiceDaemon::new()?;
        let events = daemon.browse(SERVICE)?;
        let mut task = JoinSet::new();
        task.spawn(pass_on(events, announcements));
        Ok(Self { daemon, _task: task })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Err(error) = self.daemon.shutdown() {
            tracing::debug!(%error, "the search goes on in the background");
        }
    }
}

async fn pass_on(events: Receiver<ServiceEvent>, announcements: mpsc::Sender<Heard>) {
    while let Ok(event) = events.recv_async().await {
        let heard = match event {
            ServiceEvent::ServiceResolved(service) => announced(&service),
            ServiceEvent::ServiceRemoved(_, full_name) => Some(Heard::Withdrawn { full_name }),
            // The rest is about the search itself. The library may get more events.
            _ => None,
        };
        if let Some(heard) = heard
            && announcements.send(heard).await.is_err()
        {
            return;
        }
    }
}

fn announced(service: &ResolvedService) -> Option<Heard> {
    let secure = service.get_property_val_str("tls") != Some("0");
    let addresses = service.addresses.iter().filter(|ip| is_plausible(ip));
    let mut addresses: Vec<_> = addresses.filter_map(|ip| address(ip, service.port, secure)).collect();
    // Plain IPv4 is what people recognise, and what works without naming an interface.
    addresses.sort_by_key(|address| (address.host().starts_with('['), address.clone()));
    if addresses.is_empty() {
        return None;
    }
    let name = service.fullname.strip_suffix(SERVICE).unwrap_or(&service.fullname);
    Some(Heard::Announced { full_name: service.fullname.clone(), name: shown(name), addresses })
}

/// Whether a server can be there. Nobody else on the network is to have us knock at doors of this computer.
fn is_plausible(ip: &ScopedIp) -> bool {
    let (ip, heard_on_loopback) = match ip {
        ScopedIp::V4(v4) => {
            let heard_on = v4.interface_ids();
            (IpAddr::V4(*v4.addr()), !heard_on.is_empty() && heard_on.iter().all(|id| is_loopback(&id.name)))
        }
        ScopedIp::V6(v6) => (IpAddr::V6(*v6.addr()), is_loopback(&v6.scope_id().name)),
        // The library may get more kinds of addresses.
        _ => return false,
    };
    let nowhere = ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::from([255; 4]);
    !nowhere && (!ip.is_loopback() || heard_on_loopback)
}

/// What systems call the interface that leads back to this computer.
fn is_loopback(interface: &str) -> bool {
    interface == "lo" || interface == "lo0" || interface.to_lowercase().starts_with("loopback")
}

fn address(ip: &ScopedIp, port: u16, secure: bool) -> Option<ServerAddress> {
    let scheme = if secure { "wss" } else { "ws" };
    let host = match ip {
        // An address of the link means something on its interface alone (RFC 4007).
        ScopedIp::V6(v6) if v6.addr().is_unicast_link_local() => format!("[{}%{}]", v6.addr(), v6.scope_id().name),
        ScopedIp::V6(v6) => format!("[{}]", v6.addr()),
        other => other.to_ip_addr().to_string(),
    };
    format!("{scheme}://{host}:{port}").parse().ok()
}

/// A name from the network as it may be shown: in one line, not too long, nothing that turns text around.
fn shown(name: &str) -> String {
    let mut escaped = false;
    let unescaped = name.trim_end_matches('.').chars().filter(|c| {
        escaped = *c == '\\' && !escaped;
        !escaped
    });
    let printable: String = unescaped.filter(|c| !c.is_control() && !is_directional(*c)).take(NAME_CHARS).collect();
    let name = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "a server without a name".to_owned() } else { name }
}

/// Marks that let a name show other words than it has (Unicode UAX 9).
fn is_directional(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_network_are_shown_in_one_short_line() {
        assert_eq!(shown("ada-laptop."), "ada-laptop");
        assert_eq!(shown("김민수의 방."), "김민수의 방");
        assert_eq!(shown("a\\.b\\\\c."), "a.b\\c");
        assert_eq!(shown("two\nlines\u{1b}[31m\u{202e}"), "twolines[31m");
        assert_eq!(shown(&"x".repeat(5000)).len(), NAME_CHARS);
        assert_eq!(shown("\u{7}."), "a server without a name");
    }

    #[test]
    fn nobody_has_us_knock_at_doors_of_this_computer() {
        assert!(is_plausible(&on("eth0", "10.0.0.2")));
        assert!(is_plausible(&on("lo", "127.0.0.1")));
        assert!(!is_plausible(&on("eth0", "127.0.0.1")));
        assert!(!is_plausible(&on("eth0", "0.0.0.0")));
        assert!(!is_plausible(&on("eth0", "224.0.0.251")));
        assert!(!is_plausible(&on("eth0", "255.255.255.255")));
    }

    fn on(interface: &str, ip: &str) -> ScopedIp {
        let id = mdns_sd::InterfaceId { name: interface.to_owned(), index: 1 };
        ScopedIp::V4(mdns_sd::ScopedIpV4::new(ip.parse().unwrap(), id))
    }
}
