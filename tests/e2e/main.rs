//! End to end: real processes, a real server, real codecs, on loopback.
mod calls;
mod chat;
mod exits;
mod impaired;
mod layering;
mod losing;
mod schema;
mod tracks;
