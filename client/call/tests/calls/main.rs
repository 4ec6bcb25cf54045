//! Whole calls in virtual time: several calls, a real lobby, and a network and peer connections that are played.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]
#![expect(clippy::disallowed_methods, reason = "the world chooses the instant at which it starts")]

mod chat;
mod disk;
mod files;
mod history;
mod joining;
mod losing;
mod network;
mod peers;
mod rooms;
mod schedules;
mod sharing;
mod signs;
mod speaking;
mod watching;
mod world;
