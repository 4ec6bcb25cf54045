//! The server over real sockets: what people do, what bad clients do, and what programs other than Parlor do.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
mod admin;
mod client;
mod frames;
mod hostile;
mod http;
#[cfg(target_os = "linux")]
mod memory;
mod overload;
mod people;
mod request;
mod tls;
