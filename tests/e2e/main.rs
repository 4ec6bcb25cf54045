//! End to end: real processes, a real server, real codecs, on loopback.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

mod calls;
mod chat;
mod congested;
mod discover;
mod exits;
mod files;
mod hosting;
mod impaired;
mod invites;
mod layering;
mod layers;
mod lips;
mod losing;
mod packaging;
mod recording;
mod rooms;
mod schema;
mod sharing;
mod speaking;
mod text;
mod tracks;
mod trust;
mod watching;
