//! A packet that waits for its turn, and what it can be of use for besides.
use super::AudioPacket;
use crate::audio::opus::packet;

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) packet: AudioPacket,
    /// Its timestamp, unwrapped.
    pub(super) time: i64,
    pub(super) samples: i64,
    /// When it came, in microseconds.
    pub(super) arrival: i64,
    /// Whether it came as a copy, with a later packet.
    pub(super) is_copy: bool,
    pub(super) has_copy: bool,
    pub(super) may_have_dred: bool,
}

impl Waiting {
    pub(super) fn new(packet: AudioPacket, time: i64, samples: i64, arrival: i64) -> Self {
        let (has_copy, may_have_dred) = (packet::has_copy(&packet.payload), packet::may_have_dred(&packet.payload));
        Self { packet, time, samples, arrival, is_copy: false, has_copy, may_have_dred }
    }
}
