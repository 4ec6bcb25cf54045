//! Whole calls in virtual time: several calls, a real lobby, and a network and peer connections that are played.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

mod chat;
mod joining;
mod losing;
mod network;
mod peers;
mod schedules;
mod world;
