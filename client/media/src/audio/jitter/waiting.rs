//! A packet that waits for its turn, and what it can be of use for besides.
use super::AudioPacket;
use crate::audio::opus::packet;

/// The furthest back that a packet can carry sound along, in samples: a little over a second.
pub(super) const FURTHEST_BACK: i64 = 49_920;

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) packet: AudioPacket,
    /// Its timestamp, unwrapped.
    pub(super) time: i64,
    pub(super) samples: i64,
    /// When it came, in microseconds.
    pub(super) arrival: i64,
    pub(super) has_copy: bool,
    pub(super) may_have_dred: bool,
}

impl Waiting {
    pub(super) fn new(packet: AudioPacket, time: i64, samples: i64, arrival: i64) -> Self {
        let (has_copy, may_have_dred) = (packet::has_copy(&packet.payload), packet::may_have_dred(&packet.payload));
        Self { packet, time, samples, arrival, has_copy, may_have_dred }
    }

    /// How many packets before it, of `frame` samples each, can be rebuilt from it.
    pub(super) fn reach(&self, frame: i64) -> i64 {
        match (self.may_have_dred, self.has_copy) {
            (true, _) => FURTHEST_BACK / frame.max(1),
            (false, true) => 1,
            (false, false) => 0,
        }
    }
}
