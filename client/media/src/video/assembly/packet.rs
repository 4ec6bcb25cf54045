//! What goes into the assembly, and what comes out.
use bytes::Bytes;

use crate::gop::Coded;

/// One RTP packet of a VP8 stream, with its payload descriptor (RFC 7741) taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, on the 90 kHz clock; the same for all packets of a frame.
    pub timestamp: u32,
    /// Whether it is the last packet of its frame (the marker bit).
    pub marker: bool,
    /// Whether it is the first packet of its frame.
    pub starts_frame: bool,
    /// Whether its frame is a keyframe; known from the first packet, and only looked at there.
    pub keyframe: bool,
    /// A piece of the VP8 frame. Empty for padding, which counts in the sequence but belongs to no frame.
    pub payload: Bytes,
}

impl VideoPacket {
    /// Whether it only fills the sequence.
    pub(super) fn is_padding(&self) -> bool {
        self.payload.is_empty() && !self.starts_frame && !self.marker
    }
}

/// One VP8 frame, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssembledFrame {
    /// The VP8 frame (RFC 6386).
    pub payload: Bytes,
    /// Whether it can be decoded without any before it.
    pub keyframe: bool,
    /// RTP timestamp, on the 90 kHz clock.
    pub timestamp: u32,
}

impl Coded for AssembledFrame {
    fn is_keyframe(&self) -> bool {
        self.keyframe
    }
}

/// What became of the packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AssemblyStats {
    /// Packets that arrived, each counted once.
    pub received: u64,
    /// Packets that never arrived, or too late.
    pub lost: u64,
    /// Packets that were missed at first, and arrived in time.
    pub recovered: u64,
    /// Keyframes asked for.
    pub keyframes_requested: u32,
}
