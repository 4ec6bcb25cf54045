//! Real kernel devices: the cameras of `vivid` and the sound card of `snd-aloop`, through the built programs.
//!
//! Both are drivers of the Linux kernel that have no hardware behind them; docs/testing.md tells how to load them.
//! One test at a time, because all of them use the same cameras and the same sound card:
//!
//! `cargo test --workspace --features parlor/e2e --test devices -- --test-threads=1 --nocapture`
//!
//! Without these devices each test says that it is skipped.
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test panics where something goes wrong, and says where it cannot run"
)]

mod call;
mod cameras;
mod kernel;
mod sound;
mod trouble;
