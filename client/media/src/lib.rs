//! Pictures and sound on threads of their own: devices, codecs, queues and playout.
//!
//! Nothing here knows of networks, windows or async code. The client's engine owns what this crate starts; to drop a
//! stage is to stop its thread.
pub mod audio;
pub mod device;
pub mod frame;
pub mod gop;
pub mod record;
pub mod slot;
pub mod spec;
pub mod sync;
pub mod video;
mod wall;
