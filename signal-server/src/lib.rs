//! The signaling server: coordinates rooms and carries what two participants have to tell each other before they
//! can talk directly. Sound and pictures never pass through it.
//!
//! The program `parlor-server` and the app's Host button both start a [`Server`]. Inside, [`Lobby`] decides and
//! knows neither sockets nor clocks; one task, the hub, owns it; one task a connection reads and writes.
//!
//! ```
//! use parlor_server::{Config, Server};
//!
//! # #[tokio::main] async fn main() -> Result<(), parlor_server::StartError> {
//! let server = Server::bind(Config::listening_on(([127, 0, 0, 1], 0).into())).await?;
//! let (address, handle) = (server.local_addr(), server.handle());
//! let running = tokio::spawn(server.run());
//! println!("listening on ws://{address}");
//!
//! handle.shutdown();
//! running.await.expect("the server does not panic");
//! # Ok(()) }
//! ```
#![forbid(unsafe_code)]

mod addresses;
mod admin;
mod close;
pub mod command_line;
mod config;
mod connection;
mod discovery;
mod gate;
mod hosts;
mod http;
mod hub;
mod limits;
mod lobby;
mod metrics;
mod origin;
mod outbox;
mod proxy;
mod rate;
mod relay;
mod room;
mod server;
mod state;
mod tls;
mod transport;
mod web;

pub use addresses::own_addresses;
pub use admin::AdminHandle;
pub use close::CloseReason;
pub use config::{Advertised, Config, DEFAULT_PORT};
pub use hosts::AllowedHosts;
pub use limits::Limits;
pub use lobby::{
    ConnectionId, Lobby, LobbySecrets, NoRandomnessError, Output, ParticipantSnapshot, PasscodeJob, PasscodeResult,
    RelayIssuer, RoomSnapshot, Snapshot, WallClock, participant_id,
};
pub use metrics::{RelayMetrics, RelayNumbers, RelayRefusal, ServerNumbers};
pub use origin::AllowedOrigins;
pub use relay::{RelayArguments, RelayConfig, RelayHandle, RelayLimits, StartRelayError};
pub use server::{Server, ServerHandle, StartError};
pub use state::{Secret, StateError, StatePlace};
pub use tls::{CertificateError, Reloaded};
pub use web::{AdminToken, ParseTokenError};
