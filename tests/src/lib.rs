//! The harness of the whole-program tests: starts the built programs, tells them things, and reads what they say.
//!
//! Nothing here links what it tests, except the reader and the scaler of pictures: the suites under `tests/` run the
//! binaries that people run.
#![expect(clippy::expect_used, reason = "what cannot go on fails the test")]

pub mod browser;
pub mod clip;
pub mod film;
pub mod licences;
pub mod pages;
mod participant;
pub mod process;
mod program;
pub mod saved;
pub mod score;
mod server;
mod tls_front;
pub mod tones;
pub mod trial;
mod voice;
mod window;

pub use participant::{Participant, find_track};
pub use program::binary;
pub use server::Server;
pub use tls_front::TlsFront;
pub use voice::voice;
pub use window::{Control, Cover, Display, ScreenReader, Told, Window, free_port};
