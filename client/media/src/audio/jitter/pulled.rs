//! What goes into a jitter buffer and what comes out of it.
use bytes::Bytes;

/// One RTP packet of Opus, as it came from the network (RFC 7587).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPacket {
    /// The RTP sequence number.
    pub sequence: u16,
    /// The RTP timestamp, on a clock of 48 kHz.
    pub timestamp: u32,
    /// The Opus packet (RFC 6716).
    pub payload: Bytes,
}

/// What to play next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulled {
    /// This packet.
    Packet {
        /// The packet to decode.
        packet: AudioPacket,
        /// Whether its sound should take a little less or more time than it was given.
        pace: Pace,
    },
    /// A lost packet, from the copy of it in the packet that follows (which is still to come).
    Fec {
        /// The Opus packet that follows the lost one.
        next: Bytes,
        /// How much sound is missing, in samples.
        samples: usize,
    },
    /// A lost packet, from what a later one may carry along of the sound before it (DRED).
    Dred {
        /// The later packet, which is still to come.
        from: Bytes,
        /// How long before it the lost one began, in samples.
        before: usize,
        /// How much sound is missing, in samples.
        samples: usize,
    },
    /// Something that sounds like what was before: this much of it, in samples.
    Conceal {
        /// How much sound is missing, in samples.
        samples: usize,
    },
    /// 10 ms of the background that was heard last: the sender has said that there is nothing else (DTX).
    Comfort,
    /// 10 ms of silence: nothing has begun yet, or the sender has stopped.
    Silence,
}

/// How the delay wants to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Not at all.
    Steady,
    /// Down: play faster.
    Faster,
    /// Up: play slower.
    Slower,
}

/// What has happened to one voice so far. Counts go on when the stream restarts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct JitterStats {
    /// The interarrival jitter of RFC 3550, section 6.4.1, in milliseconds.
    pub jitter_ms: f32,
    /// The delay aimed for, in milliseconds.
    pub target_ms: f32,
    /// Packets that arrived, copies not counted.
    pub received: u64,
    /// Their bytes of payload.
    pub bytes: u64,
    /// Packets missing when their turn came, and ever since.
    pub lost: u64,
    /// Packets that came after their turn, or too late for the delay to follow.
    pub late: u64,
    /// Lost packets that were rebuilt from a later one.
    pub recovered: u64,
    /// Samples given to be played, concealment included, silence not.
    pub played_samples: u64,
    /// Samples of concealment among them.
    pub concealed_samples: u64,
}
