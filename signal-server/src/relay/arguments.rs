//! The relay's part of the command line.
use std::net::IpAddr;

use clap::{Args, ValueEnum, builder::BoolishValueParser};

use super::{RelayConfig, RelayLimits};

/// How the relay is to be.
#[derive(Debug, Clone, Args)]
pub struct RelayArguments {
    /// Relay for nobody: participants who cannot reach each other directly do not meet
    #[arg(long, env = "PARLOR_SERVER_NO_RELAY", value_parser = BoolishValueParser::new())]
    no_relay: bool,
    /// The relay's UDP port, instead of the same number as the server's
    #[arg(long, value_name = "PORT", conflicts_with = "no_relay", value_parser = clap::value_parser!(u16).range(1..), env = "PARLOR_SERVER_RELAY_PORT")]
    relay_port: Option<u16>,
    /// The address that others know this machine by, where a router translates it to one of its own
    #[arg(long, value_name = "IP", env = "PARLOR_SERVER_RELAY_ADDRESS")]
    relay_address: Option<IpAddr>,
    /// Whether the relay leads to private addresses, such as 192.168.1.20
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "PARLOR_SERVER_RELAY_PRIVATE")]
    relay_private: Private,
    /// How many relay addresses there can be
    #[arg(long, value_name = "N", default_value_t = RelayLimits::default().allocations, env = "PARLOR_SERVER_MAX_RELAYS")]
    max_relays: usize,
    /// How many relay addresses one participant can have
    #[arg(long, value_name = "N", default_value_t = RelayLimits::default().allocations_per_participant, env = "PARLOR_SERVER_MAX_RELAYS_PER_PARTICIPANT")]
    max_relays_per_participant: usize,
    /// How many kilobytes a second one relay address carries
    #[arg(long, value_name = "KB", default_value_t = RelayLimits::default().bytes_per_second_each / 1000, env = "PARLOR_SERVER_MAX_RELAY_RATE_EACH")]
    max_relay_rate_each: u32,
    /// How many kilobytes a second all relay addresses carry together
    #[arg(long, value_name = "KB", default_value_t = RelayLimits::default().bytes_per_second / 1000, env = "PARLOR_SERVER_MAX_RELAY_RATE")]
    max_relay_rate: u32,
}

/// Whether private addresses are relayed to.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Private {
    /// Where the relay has a private address itself
    Auto,
    Allow,
    Refuse,
}

impl RelayArguments {
    /// The relay that is asked for; none where none is.
    pub fn config(&self) -> Option<RelayConfig> {
        let config = RelayConfig {
            port: self.relay_port,
            address: self.relay_address,
            private: match self.relay_private {
                Private::Auto => None,
                Private::Allow => Some(true),
                Private::Refuse => Some(false),
            },
            limits: RelayLimits {
                allocations: self.max_relays,
                allocations_per_participant: self.max_relays_per_participant,
                bytes_per_second_each: self.max_relay_rate_each.saturating_mul(1000),
                bytes_per_second: self.max_relay_rate.saturating_mul(1000),
            },
        };
        (!self.no_relay).then_some(config)
    }
}
