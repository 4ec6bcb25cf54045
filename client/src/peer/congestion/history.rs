//! What was sent and has not been reported yet.
use std::{collections::VecDeque, time::Instant};

use parlor_bandwidth::estimator::{Fate, PacketReport};

/// Packets that wait for a report: several seconds of all that a call sends. What nobody reports by then is forgotten.
/// Less than half of the numbers that there are, so that each means one packet.
const PACKETS: usize = 8_192;

/// The packets, by their numbers.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The number of the next packet.
    next: u16,
    /// The packets before it, without a gap; those that were reported are none.
    packets: VecDeque<Option<Sent>>,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    departed: Instant,
    bytes: usize,
    probe: Option<u32>,
}

impl History {
    pub(super) fn next_number(&self) -> u16 {
        self.next
    }

    /// The packet with the next number leaves.
    pub(super) fn sent(&mut self, departed: Instant, bytes: usize, probe: Option<u32>) {
        if self.packets.len() == PACKETS {
            self.packets.pop_front();
        }
        self.packets.push_back(Some(Sent { departed, bytes, probe }));
        self.next = self.next.wrapping_add(1);
    }

    /// Joins what was sent with what became of it, in the order of sending. Each packet is told once: what a report
    /// says again, or of what was never sent, is passed over.
    pub(super) fn resolve(&mut self, fates: impl Iterator<Item = (u16, Fate)>) -> Vec<PacketReport> {
        let known = fates.filter_map(|(number, fate)| {
            let back = usize::from(self.next.wrapping_sub(number));
            let index = self.packets.len().checked_sub(back).filter(|_| back > 0)?;
            let Sent { departed, bytes, probe } = self.packets.get_mut(index)?.take()?;
            Some(PacketReport { departed, fate, bytes, probe })
        });
        known.collect()
    }
}
