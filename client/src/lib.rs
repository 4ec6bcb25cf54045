//! Parlor: video calls on your own network.
//!
//! The binary `parlor` is thin; everything is here, in layers that only look down: [`cli`] and [`ui`] (the faces)
//! over [`engine`], which drives the pure call with signaling, peers and the media graph.
#![deny(unsafe_code)]

pub mod cli;
mod discovery;
mod doctor;
pub mod engine;
pub mod known_servers;
mod peer;
pub mod settings;
mod signaling;
mod sleep;
pub mod ui;
