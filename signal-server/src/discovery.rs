//! Announces the server by mDNS and DNS-SD (RFC 6762, RFC 6763), so that apps on the same network find it.
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use mdns_sd::{IfKind, IfPredicate, ServiceDaemon, ServiceInfo};
use parlor_protocol::{Pin, VERSION};
use thiserror::Error;
use tokio::{
    sync::watch,
    time::{interval, timeout},
};
use tracing::{debug, info, warn};

use crate::{
    config::DEFAULT_PORT,
    hub::{Order, stopped},
};

/// What Parlor servers are announced as. The app searches for the same.
const SERVICE: &str = "_parlor._tcp.local.";
/// Longest label of a name in DNS, in bytes.
const LABEL_BYTES: usize = 63;
/// How long the network may take to hear that the server is gone.
const WITHDRAW_TIMEOUT: Duration = Duration::from_secs(1);
/// What the beginnings of the names of networks inside a computer are: nobody who searches is there.
const INSIDE: &[&str] = &["docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxd", "podman", "cni"];

/// Why the server is not announced. Whoever knows its address finds it all the same.
#[derive(Debug, Error)]
#[error("the server cannot be announced on the network ({0}); invite people by link, or pass --no-discovery")]
struct AnnounceError(#[from] mdns_sd::Error);

/// What is announced.
#[derive(Debug, Clone)]
pub(crate) struct Announcement {
    /// What the server is called; none takes the name of this computer.
    pub(crate) name: Option<String>,
    /// Where it listens. An address of loopback is announced on loopback alone, any other everywhere else.
    pub(crate) listen: SocketAddr,
    /// Its key.
    pub(crate) pin: Option<Pin>,
    /// Whether it speaks TLS.
    pub(crate) tls: bool,
}

/// How often the number of rooms is looked at. Each change is a word to the whole network: not too often.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);

/// Announces a server until it is to stop, and then says goodbye. `rooms` tells how many rooms there are.
pub(crate) async fn announce<Counted: Future<Output = Option<usize>>>(
    announcement: Announcement,
    rooms: impl Fn() -> Counted,
    mut stop: watch::Receiver<Order>,
) {
    let mut announcer = match Announcer::start(announcement) {
        Ok(announcer) => announcer,
        Err(error) => {
            warn!("{error}");
            return;
        }
    };
    let mut count = interval(COUNT_INTERVAL);
    loop {
        tokio::select! {
            () = stopped(&mut stop) => break,
            _ = count.tick() => if let Some(rooms) = rooms().await {
                announcer.set_rooms(rooms);
            }
        }
    }
    announcer.withdraw().await;
}

/// Announces a server until it is [`withdraw`](Self::withdraw)n or dropped.
struct Announcer {
    daemon: ServiceDaemon,
    announcement: Announcement,
    rooms: usize,
}

impl Announcer {
    /// Starts to announce.
    fn start(announcement: Announcement) -> Result<Self, AnnounceError> {
        let daemon = ServiceDaemon::new()?;
        daemon.disable_interface(IfKind::All)?;
        daemon.enable_interface(announcement.interfaces())?;
        daemon.register(announcement.service(0)?)?;
        info!(name = announcement.instance(), "announced on the network");
        Ok(Self { daemon, announcement, rooms: 0 })
    }

    /// Tells how many rooms there are, where that is news.
    fn set_rooms(&mut self, rooms: usize) {
        if std::mem::replace(&mut self.rooms, rooms) == rooms {
            return;
        }
        let told = self.announcement.service(rooms).and_then(|service| Ok(self.daemon.register(service)?));
        if let Err(error) = told {
            debug!(%error, "the number of rooms is not announced");
        }
    }

    /// Tells the network that the server is gone.
    async fn withdraw(self) {
        let Ok(gone) = self.daemon.shutdown() else { return };
        if timeout(WITHDRAW_TIMEOUT, gone.recv_async()).await.is_err() {
            debug!("the network may believe for a while that the server is there");
        }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        // One that was withdrawn has ended already.
        let _ = self.daemon.shutdown();
    }
}

impl Announcement {
    /// What people see: the name, and the port where it is not the usual one, so that two on one computer differ.
    fn instance(&self) -> String {
        let name = self.name.clone().unwrap_or_else(machine_name);
        let port = self.listen.port();
        let port = if port == DEFAULT_PORT { String::new() } else { format!(" {port}") };
        format!("{}{port}", shortened(&name, LABEL_BYTES - port.len()))
    }

    /// A host name of our own: the system may announce its own one, with other addresses.
    fn host(&self) -> String {
        let letters = machine_name().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let suffix = format!("-parlor-{}", self.listen.port());
        format!("{}{suffix}.local.", shortened(&letters.to_lowercase(), LABEL_BYTES - suffix.len()))
    }

    fn interfaces(&self) -> Vec<IfKind> {
        match self.listen.ip() {
            ip if ip.is_loopback() && ip.is_ipv4() => vec![IfKind::LoopbackV4],
            ip if ip.is_loopback() => vec![IfKind::LoopbackV6],
            IpAddr::V4(ip) if ip.is_unspecified() => vec![outward(|ip| ip.is_ipv4())],
            ip if ip.is_unspecified() => vec![outward(|_| true)],
            ip => vec![IfKind::Addr(ip)],
        }
    }

    fn service(&self, rooms: usize) -> Result<ServiceInfo, AnnounceError> {
        let properties = [
            ("v", VERSION.to_string()),
            ("tls", u8::from(self.tls).to_string()),
            ("rooms", rooms.to_string()),
            ("fp", self.pin.map(|pin| pin.to_string()).unwrap_or_default()),
        ];
        let ip = self.listen.ip();
        let addresses: Vec<IpAddr> = if ip.is_unspecified() { Vec::new() } else { vec![ip] };
        let (instance, host, port) = (self.instance(), self.host(), self.listen.port());
        let mut service = ServiceInfo::new(SERVICE, &instance, &host, &addresses[..], port, &properties[..])?;
        service.set_interfaces(self.interfaces());
        Ok(if ip.is_unspecified() { service.enable_addr_auto() } else { service })
    }
}

/// All interfaces that lead to other computers.
fn outward(fits: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> IfKind {
    IfKind::Predicate(IfPredicate::new(move |interface| {
        let inside = INSIDE.iter().any(|begin| interface.name.starts_with(begin));
        !interface.is_loopback() && !inside && fits(interface.ip())
    }))
}

/// What this computer is called, without its domain.
fn machine_name() -> String {
    let from_file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_system = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = from_file.or_else(from_system).unwrap_or_default();
    let name = name.trim().split('.').next().unwrap_or_default();
    if name.is_empty() { "parlor".to_owned() } else { name.to_owned() }
}

/// The beginning of a text that takes at most so many bytes.
fn shortened(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes.min(text.len()))]
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn the_usual_port_does_not_show_in_the_name() {
        assert_eq!(named("studio", DEFAULT_PORT).instance(), "studio");
        assert_eq!(named("studio", 9000).instance(), "studio 9000");
    }

    #[test]
    fn long_names_are_cut_between_characters_and_fit_into_dns() {
        let announcement = named(&"화상".repeat(40), 9000);

        let instance = announcement.instance();

        assert!(instance.len() <= LABEL_BYTES && instance.starts_with("화상") && instance.ends_with(" 9000"));
        assert!(announcement.service(3).is_ok());
    }

    #[test]
    fn the_announcement_says_version_key_and_rooms() {
        let pin = Pin::new([7; 16]);
        let service = Announcement { pin: Some(pin), tls: true, ..named("studio", 9000) }.service(3).unwrap();

        let said = |key| service.get_property_val_str(key).unwrap_or_default().to_owned();
        assert_eq!(said("v"), VERSION.to_string());
        assert_eq!(said("fp"), pin.to_string());
        assert_eq!((said("tls").as_str(), said("rooms").as_str()), ("1", "3"));
    }

    fn named(name: &str, port: u16) -> Announcement {
        let listen = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        Announcement { name: Some(name.to_owned()), listen, pin: None, tls: false }
    }
}
