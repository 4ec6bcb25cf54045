//! The table of all settings.
use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, builder::BoolishValueParser};

use crate::{AdminToken, Advertised, AllowedHosts, AllowedOrigins, Config, Limits, RelayArguments, StatePlace};

/// All settings: each flag is a key of the file and a variable too.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Read settings from this file; without it /etc/parlor/parlor-server.toml is read where it is there
    #[arg(long, value_name = "FILE", env = "PARLOR_SERVER_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Show every setting and where it comes from, and start nothing
    #[arg(long)]
    pub(super) check_config: bool,
    /// What the server is called, for people, instead of the name of this computer
    #[arg(long, value_name = "NAME", env = "PARLOR_SERVER_NAME")]
    name: Option<String>,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:7443", env = "PARLOR_SERVER_LISTEN")]
    listen: SocketAddr,
    /// Keep the server's key in this folder, instead of where programs keep their state
    #[arg(long, value_name = "DIR", env = "PARLOR_STATE_DIR")]
    state_dir: Option<PathBuf>,
    /// Show this certificate from an authority (PEM, the whole chain) instead of one of the server's own
    #[arg(long, value_name = "FILE", env = "PARLOR_SERVER_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", env = "PARLOR_SERVER_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Serve everybody without TLS too: others on the network can then read who talks to whom, and change it
    #[arg(long, env = "PARLOR_SERVER_INSECURE", value_parser = BoolishValueParser::new())]
    pub(super) insecure: bool,
    /// Announce the server by mDNS also where it listens on loopback alone
    #[arg(long, conflicts_with = "no_discovery", env = "PARLOR_SERVER_DISCOVERY", value_parser = BoolishValueParser::new())]
    discovery: bool,
    /// Do not announce the server on the network by mDNS
    #[arg(long, env = "PARLOR_SERVER_NO_DISCOVERY", value_parser = BoolishValueParser::new())]
    no_discovery: bool,
    /// A proxy on this machine stands in front, does TLS, and names who comes in X-Forwarded-For
    #[arg(long, env = "PARLOR_SERVER_BEHIND_PROXY", value_parser = BoolishValueParser::new())]
    behind_proxy: bool,
    /// Invite people to this name or address; may be given several times
    #[arg(long, value_name = "HOST[:PORT]", env = "PARLOR_SERVER_ADVERTISE", value_delimiter = ',')]
    advertise: Vec<Advertised>,
    /// Answer to this name too; may be given several times
    #[arg(long, value_name = "HOST", env = "PARLOR_SERVER_ALLOW_HOST", value_delimiter = ',')]
    allow_host: Vec<String>,
    /// Show the invitation as a QR code also where standard output is no terminal
    #[arg(long, env = "PARLOR_SERVER_SHOW_INVITE", value_parser = BoolishValueParser::new())]
    pub(super) show_invite: bool,
    /// Let web pages from this origin connect; may be given several times
    #[arg(long, value_name = "ORIGIN", env = "PARLOR_SERVER_ALLOW_ORIGIN", value_delimiter = ',')]
    allow_origin: Vec<String>,
    /// How many participants a room takes
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64), env = "PARLOR_SERVER_ROOM_CAPACITY")]
    room_capacity: u16,
    /// How many rooms there can be
    #[arg(long, value_name = "N", default_value_t = Limits::default().rooms, env = "PARLOR_SERVER_MAX_ROOMS")]
    max_rooms: usize,
    /// How many connections there can be
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections, env = "PARLOR_SERVER_MAX_CONNECTIONS")]
    max_connections: usize,
    /// How many connections one network address can have
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections_per_address, env = "PARLOR_SERVER_MAX_CONNECTIONS_PER_ADDRESS")]
    max_connections_per_address: usize,
    /// How many attempts to enter a room may fail in a minute, for one network address
    #[arg(long, value_name = "N", default_value_t = Limits::default().failed_joins_per_minute, env = "PARLOR_SERVER_MAX_FAILED_JOINS")]
    max_failed_joins: usize,
    /// How many messages a second a connection may send, in the long run
    #[arg(long, value_name = "N", default_value_t = Limits::default().messages_per_second, env = "PARLOR_SERVER_MAX_MESSAGES_PER_SECOND")]
    max_messages_per_second: u32,
    /// How many messages a connection may send at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().message_burst, env = "PARLOR_SERVER_MESSAGE_BURST")]
    message_burst: u32,
    /// How many messages may wait for a connection that reads slowly
    #[arg(long, value_name = "N", default_value_t = Limits::default().queue_messages, env = "PARLOR_SERVER_MAX_QUEUED_MESSAGES")]
    max_queued_messages: usize,
    /// How many bytes may wait for a connection that reads slowly
    #[arg(long, value_name = "N", default_value_t = Limits::default().queue_bytes, env = "PARLOR_SERVER_MAX_QUEUED_BYTES")]
    max_queued_bytes: usize,
    /// How long a connection may take to say hello, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().handshake.as_secs(), value_parser = clap::value_parser!(u64).range(1..=600), env = "PARLOR_SERVER_HANDSHAKE_TIMEOUT")]
    handshake_timeout: u64,
    /// How often a connection is asked for a sign of life, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().ping_interval.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3600), env = "PARLOR_SERVER_PING_INTERVAL")]
    ping_interval: u64,
    /// How many of those questions may stay without an answer
    #[arg(long, value_name = "N", default_value_t = Limits::default().missed_pings, env = "PARLOR_SERVER_MAX_MISSED_PINGS")]
    max_missed_pings: u32,
    /// How many bytes a second a participant may have carried to others, in the long run
    #[arg(long, value_name = "N", default_value_t = Limits::default().relay_bytes_per_second, env = "PARLOR_SERVER_MAX_SIGNAL_BYTES_PER_SECOND")]
    max_signal_bytes_per_second: u32,
    /// How many bytes a participant may have carried to others at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().relay_burst_bytes, env = "PARLOR_SERVER_SIGNAL_BURST_BYTES")]
    signal_burst_bytes: u32,
    /// How long the seat of somebody whose connection broke is kept for them, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().seat_kept.as_secs(), value_parser = clap::value_parser!(u64).range(0..=3600), env = "PARLOR_SERVER_SEAT_KEPT")]
    seat_kept: u64,
    /// How much memory it takes to hash a passcode, in KiB: what makes guessing dear
    #[arg(long, value_name = "KIB", default_value_t = Limits::default().passcode_memory_kib, value_parser = clap::value_parser!(u32).range(8..=1_048_576), env = "PARLOR_SERVER_PASSCODE_MEMORY")]
    passcode_memory: u32,
    /// What the administrator shows on the status page; without it one is made and printed
    #[arg(long, value_name = "TOKEN", env = "PARLOR_SERVER_ADMIN_TOKEN", hide_env_values = true)]
    pub(super) admin_token: Option<AdminToken>,
    /// Tell everybody when the server stops that it will be back in so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600), env = "PARLOR_SERVER_BACK_IN")]
    back_in: Option<u64>,
    #[command(flatten)]
    relay: RelayArguments,
}

impl Settings {
    /// What the server is told; `made` is an admin token for where none was chosen.
    pub(super) fn config(&self, made: Option<AdminToken>) -> Config {
        Config {
            admin_token: self.admin_token.clone().or(made),
            listen: self.listen,
            name: self.name.clone(),
            back_in: self.back_in.map(Duration::from_secs),
            announce: self.discovery || !(self.no_discovery || self.listen.ip().is_loopback()),
            state: self.state_dir.clone().map_or(StatePlace::Usual, StatePlace::Folder),
            tls_cert: self.tls_cert.clone(),
            tls_key: self.tls_key.clone(),
            insecure: self.insecure,
            behind_proxy: self.behind_proxy,
            advertise: self.advertise.clone(),
            hosts: AllowedHosts::with(self.allow_host.iter().cloned()),
            origins: AllowedOrigins::with(self.allow_origin.iter().cloned()),
            limits: Limits {
                room_capacity: self.room_capacity.into(),
                rooms: self.max_rooms,
                connections: self.max_connections,
                connections_per_address: self.max_connections_per_address,
                failed_joins_per_minute: self.max_failed_joins,
                messages_per_second: self.max_messages_per_second,
                message_burst: self.message_burst,
                queue_messages: self.max_queued_messages,
                queue_bytes: self.max_queued_bytes,
                handshake: Duration::from_secs(self.handshake_timeout),
                ping_interval: Duration::from_secs(self.ping_interval),
                missed_pings: self.max_missed_pings,
                relay_bytes_per_second: self.max_signal_bytes_per_second,
                relay_burst_bytes: self.signal_burst_bytes,
                seat_kept: Duration::from_secs(self.seat_kept),
                passcode_memory_kib: self.passcode_memory,
            },
            relay: self.relay.config(),
        }
    }
}
