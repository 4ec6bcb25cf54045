//! Pictures: sources, codecs, stages and the receive path.
//!
//! ```text
//! source ─► input ─► slot ─► encode ─► sink of the engine … packets … ─► receive (assembly, decoder) ─► slot
//! ```
pub mod assembly;
pub mod codec;
pub mod convert;
pub mod devices;
pub mod encode;
pub mod input;
mod meter;
pub mod pattern;
pub mod receive;
pub mod save;
pub mod screens;
pub mod source;
