//! End to end: real processes, a real server, real codecs, on loopback.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

mod calls;
mod chat;
mod exits;
mod impaired;
mod layering;
mod losing;
mod schema;
mod tracks;
