//! The harness of the whole-program tests: starts the built programs, tells them things, and reads what they say.
//!
//! Nothing here links what it tests, except the reader of the test picture: the suites under `tests/` run the
//! binaries that people run.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

pub mod film;
pub mod licences;
mod participant;
mod program;
pub mod saved;
mod server;
mod tls_front;
mod window;

pub use participant::{Participant, find_track};
pub use program::binary;
pub use server::Server;
pub use tls_front::TlsFront;
pub use window::{Control, Display, ScreenReader, Told, Window, free_port};
