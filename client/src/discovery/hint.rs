//! Why a search for servers may find nobody.
use thiserror::Error;

/// A reason why nothing may be found, and what helps. [`ToString`] says it in English.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Hint {
    /// The search itself does not run.
    #[error("{0}")]
    NoSearch(String),
    /// No network but a tunnel.
    #[error(
        "This computer is connected through a VPN alone, which carries no announcements: use an invite link or type \
         the address."
    )]
    VpnAlone,
    /// A network that carries no multicast.
    #[error(
        "The network of this computer carries no multicast, which the search needs: use an invite link or type the \
         address."
    )]
    NoMulticast,
    /// No network at all.
    #[error("This computer is on no network: connect it to the Wi-Fi or the cable that the others use.")]
    NoNetwork,
    /// A tunnel beside a network.
    #[error("A VPN is on, which may keep this computer from the network around it: try without.")]
    Vpn,
    /// A firewall.
    #[error("The firewall {name} is on here: let UDP port 5353 (mDNS) in, and on the host the server's port.")]
    Firewall {
        /// Which.
        name: &'static str,
    },
    /// The network may keep its guests apart.
    #[error(
        "Many guest Wi-Fis keep computers from each other, and some networks drop multicast: then an invite link or a \
         typed address may still work."
    )]
    GuestNetwork,
}
