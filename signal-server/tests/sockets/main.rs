//! The server over real sockets: what people do, what bad clients do, and what programs other than Parlor do.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
mod client;
mod hostile;
mod http;
mod people;
