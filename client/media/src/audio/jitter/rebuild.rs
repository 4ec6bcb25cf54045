//! What stands in for a packet that was lost: a whole copy that a later one brought along (RED), the poorer one inside
//! the next packet (in-band FEC), or what a later one carries along of the sound before it (DRED).
use std::{ops::Range, time::Instant};

use bytes::Bytes;

use super::{AudioPacket, JitterBuffer, micros_of, packet, sequence::Arrival, waiting::Waiting};

/// The furthest back that a packet can carry sound along, in samples: a little over a second.
const FURTHEST_BACK: i64 = 49_920;

/// The most lost packets from which the network's behaviour is learnt at once: more are an outage.
const MOST_LEARNT: i64 = 8;

impl JitterBuffer {
    /// Takes in a copy of a packet, which a later one brought along at `now`. Where the packet itself does not come, it
    /// counts as lost and rebuilt. Push the later one first.
    pub fn push_copy(&mut self, packet: AudioPacket, now: Instant) {
        let Some(samples) = packet::samples(&packet.payload).map(|samples| samples as i64) else {
            return;
        };
        let sequence = self.sequences.unwrap(packet.sequence);
        let has_passed = self.next.is_some_and(|next| sequence < next);
        if has_passed || self.received.note(sequence) != Arrival::Fresh {
            return;
        }
        let (arrival, time) = (self.micros(now), self.timestamps.unwrap(packet.timestamp));
        self.delay.rebuilt(arrival, micros_of(time));
        self.make_room();
        self.waiting.insert(sequence, Waiting { is_copy: true, ..Waiting::new(packet, time, samples, arrival) });
    }

    /// A packet is there after its copy, or twice.
    pub(super) fn replace_copy(&mut self, sequence: i64, packet: AudioPacket, samples: i64, arrival: i64) {
        let Some(copy) = self.waiting.get_mut(&sequence).filter(|waiting| waiting.is_copy) else { return };
        self.stats.received += 1;
        self.stats.bytes += packet.payload.len() as u64;
        self.delay.heard(arrival, micros_of(copy.time));
        *copy = Waiting::new(packet, copy.time, samples, arrival);
    }

    /// From which packet sound can be revived that began `hole` samples before the first of those waiting, and how long
    /// before that packet.
    pub(super) fn revival(&self, hole: i64) -> Option<(Bytes, usize)> {
        let (head, reviver) = (self.waiting.values().next()?, self.reviver()?);
        let before = hole + reviver.time - head.time;
        (1..=FURTHEST_BACK).contains(&before).then(|| (reviver.packet.payload.clone(), before as usize))
    }

    /// How many packets right before `head`, the first of those waiting, can be rebuilt.
    pub(super) fn reach(&self, head: &Waiting) -> i64 {
        let behind = self.reviver().map(|reviver| (reviver.time - head.time).max(0));
        let revived = behind.map_or(0, |behind| (FURTHEST_BACK - behind) / self.frame.max(1));
        revived.max(head.has_copy.into())
    }

    /// Lost packets that one of those waiting can stand in for arrived, as it were, with it.
    pub(super) fn learn_from_lost(&mut self, sequence: i64, lost: Range<i64>) {
        let Some(head) = self.waiting.get(&sequence) else { return };
        let reach = self.reach(head).min(MOST_LEARNT);
        let (time, for_next) = (head.time, head.has_copy.then_some(head.arrival));
        let for_others = self.reviver().map(|reviver| reviver.arrival);
        for before in lost.map(|number| sequence - number).filter(|before| (1..=reach).contains(before)) {
            if let Some(arrival) = for_next.filter(|_| before == 1).or(for_others) {
                self.delay.rebuilt(arrival, micros_of(time - before * self.frame));
            }
        }
    }

    /// The first packet waiting that may carry along the sound before it. Copies do not.
    fn reviver(&self) -> Option<&Waiting> {
        self.waiting.values().find(|waiting| waiting.may_have_dred)
    }
}
