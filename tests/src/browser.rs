//! Chromium as a participant that shares no code with Parlor.
mod chromium;
mod page;

pub use chromium::{Chromium, Wishes};
