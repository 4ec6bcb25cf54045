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

mod close;
pub mod command_line;
mod config;
mod connection;
mod gate;
mod http;
mod hub;
mod limits;
mod lobby;
mod origin;
mod outbox;
mod rate;
mod room;
mod server;

pub use close::CloseReason;
pub use config::{Config, DEFAULT_PORT};
pub use limits::Limits;
pub use lobby::{ConnectionId, Lobby, Output, participant_id};
pub use origin::AllowedOrigins;
pub use server::{Server, ServerHandle, StartError};
