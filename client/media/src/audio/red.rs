//! Packets of sound that bring whole copies of the ones before them along (RED, RFC 2198).
//!
//! Where much is lost a copy as good as the original is worth more than anything that can be rebuilt. The sender to one
//! peer has [`Copies`], and [`super::resilience::Redundancy`] says how many; who receives takes a packet apart with
//! [`unpack`]. A copy leaves out what the original carries along of the sound before it (DRED): the newest packet has it.
use std::collections::VecDeque;

use bytes::Bytes;

use super::{jitter::AudioPacket, opus::packet, resilience::MOST_COPIES};
use crate::frame::EncodedBlock;

/// The header in front of each copy: a bit that says that more follow, a payload type (7 bits), by how much older it is
/// (14 bits), and how long (10 bits). That of the packet itself has the bit, which is 0, and the payload type.
const COPY_HEADER: usize = 4;
const MORE: u8 = 0x80;
const OLDEST: u32 = (1 << 14) - 1;
const LONGEST: usize = (1 << 10) - 1;

/// The most bytes of a packet with its copies: with all headers it stays below 1280, which every path carries (RFC 8200).
const MOST_BYTES: usize = 1_170;

/// The latest packets that went to one peer, for those to come.
#[derive(Debug, Default)]
pub struct Copies {
    /// The newest first, at most [`MOST_COPIES`].
    recent: VecDeque<EncodedBlock>,
}

impl Copies {
    /// The payload of a packet with up to so many copies of the ones before it; none where there is nothing to copy, and
    /// the packet goes as it is. `payload_type` is that of Opus.
    pub fn pack(&mut self, block: &EncodedBlock, copies: usize, payload_type: u8) -> Option<Bytes> {
        if copies == 0 {
            self.recent.clear();
            return None;
        }
        let fit = self.fitting(block, copies);
        let packed = (fit > 0).then(|| write(block, self.recent.iter().take(fit).rev(), payload_type));
        self.remember(block);
        packed
    }

    /// How many of the latest packets follow on each other up to this one, and have room in the format.
    fn fitting(&self, block: &EncodedBlock, most: usize) -> usize {
        let (mut next, mut bytes) = (block.timestamp, 1 + block.payload.len());
        let fits = |copy: &&EncodedBlock| {
            let samples = packet::samples(&copy.payload).unwrap_or_default() as u32;
            let follows = copy.timestamp.wrapping_add(samples) == next;
            next = copy.timestamp;
            bytes += COPY_HEADER + copy.payload.len();
            let has_room = bytes <= MOST_BYTES && copy.payload.len() <= LONGEST;
            follows && has_room && block.timestamp.wrapping_sub(copy.timestamp) <= OLDEST
        };
        self.recent.iter().take(most).take_while(fits).count()
    }

    fn remember(&mut self, block: &EncodedBlock) {
        self.recent.truncate(MOST_COPIES - 1);
        let payload = packet::without_padding(&block.payload).map_or_else(|| block.payload.clone(), Bytes::from);
        self.recent.push_front(EncodedBlock { payload, ..block.clone() });
    }
}

fn write<'a>(
    block: &EncodedBlock,
    oldest_first: impl Iterator<Item = &'a EncodedBlock> + Clone,
    payload_type: u8,
) -> Bytes {
    let mut packed = Vec::with_capacity(MOST_BYTES);
    for copy in oldest_first.clone() {
        let age = block.timestamp.wrapping_sub(copy.timestamp);
        let (age_and_length, length) = (age << 10 | copy.payload.len() as u32, copy.payload.len());
        debug_assert!(age <= OLDEST && length <= LONGEST);
        packed.push(MORE | payload_type);
        packed.extend_from_slice(&age_and_length.to_be_bytes()[1..]);
    }
    packed.push(payload_type & !MORE);
    oldest_first.for_each(|copy| packed.extend_from_slice(&copy.payload));
    packed.extend_from_slice(&block.payload);
    packed.into()
}

/// A packet that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The packet itself.
    pub packet: AudioPacket,
    /// Copies of those right before it, the newest first.
    pub copies: Vec<AudioPacket>,
}

/// Takes a packet with copies apart; none where it is no such packet. Copies whose place among the packets cannot be told
/// are left out: the format says when they were made, and their numbers follow from that as long as none is missing.
pub fn unpack(packet: &AudioPacket) -> Option<Unpacked> {
    let mut headers = Vec::new();
    let mut rest = packet.payload.clone();
    let payload_type = loop {
        let first = *rest.first()?;
        if first & MORE == 0 {
            rest = rest.slice(1..);
            break first;
        }
        let [_, high, middle, low] = *rest.get(..COPY_HEADER)?.first_chunk()?;
        let age_and_length = u32::from_be_bytes([0, high, middle, low]);
        headers.push((first & !MORE, age_and_length >> 10, age_and_length as usize & LONGEST));
        rest = rest.slice(COPY_HEADER..);
    };
    let mut blocks = Vec::with_capacity(headers.len());
    for (of_type, age, length) in headers {
        if rest.len() < length {
            return None;
        }
        let payload = rest.split_to(length);
        blocks.push((of_type, packet.timestamp.wrapping_sub(age), payload));
    }
    let mut copies = Vec::with_capacity(blocks.len());
    let (mut sequence, mut next) = (packet.sequence, packet.timestamp);
    for (_, timestamp, payload) in blocks.into_iter().rev().take_while(|(of_type, _, _)| *of_type == payload_type) {
        let follows = packet::samples(&payload).is_some_and(|samples| timestamp.wrapping_add(samples as u32) == next);
        if !follows {
            break;
        }
        (sequence, next) = (sequence.wrapping_sub(1), timestamp);
        copies.push(AudioPacket { sequence, timestamp, payload });
    }
    Some(Unpacked { packet: AudioPacket { payload: rest, ..packet.clone() }, copies })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const OPUS: u8 = 111;

    /// 20 ms of SILK, told apart by their last byte.
    fn block(n: u32) -> EncodedBlock {
        EncodedBlock {
            payload: vec![0x48, 0xc0, 2, n as u8].into(),
            timestamp: n.wrapping_mul(960).wrapping_sub(2_000),
            captured_at: Instant::now(),
        }
    }

    fn received(sequence: u16, block: &EncodedBlock, payload: Bytes) -> AudioPacket {
        AudioPacket { sequence, timestamp: block.timestamp, payload }
    }

    #[test]
    fn a_packet_brings_those_before_it_along_over_all_wraps() {
        let mut copies = Copies::default();
        let packed: Vec<_> = (0..4).map(|n| copies.pack(&block(n), 2, OPUS)).collect();

        let whole = |sequence: u16, n| received(sequence, &block(n), block(n).payload);
        let last = unpack(&received(0, &block(3), packed[3].clone().unwrap())).unwrap();
        let second = unpack(&received(9, &block(1), packed[1].clone().unwrap())).unwrap();

        assert_eq!(packed[0], None);
        assert_eq!(last, Unpacked { packet: whole(0, 3), copies: vec![whole(u16::MAX, 2), whole(u16::MAX - 1, 1)] });
        assert_eq!(second, Unpacked { packet: whole(9, 1), copies: vec![whole(8, 0)] });
    }

    #[test]
    fn its_bytes_are_those_of_the_standard() {
        let mut copies = Copies::default();
        copies.pack(&block(0), 1, OPUS);

        let packed = copies.pack(&block(1), 1, OPUS).unwrap();

        // One copy of type 111, 960 samples older and 4 bytes long; then the packet itself.
        assert_eq!(packed[..5], [0x80 | 111, 0x0f, 0x00, 0x04, 111]);
        assert_eq!(packed[5..], [0x48, 0xc0, 2, 0, 0x48, 0xc0, 2, 1]);
    }

    #[test]
    fn a_packet_has_no_more_copies_than_every_path_carries() {
        let large = |n: u32| EncodedBlock { payload: [&[0x48; 499][..], &[n as u8]].concat().into(), ..block(n) };
        let mut copies = Copies::default();
        let packed = (0..3).map(|n| copies.pack(&large(n), 2, OPUS)).last().flatten().unwrap();

        let unpacked = unpack(&received(2, &large(2), packed.clone())).unwrap();

        assert!(packed.len() <= MOST_BYTES, "{}", packed.len());
        assert_eq!(unpacked.copies.iter().map(|copy| copy.sequence).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn no_copies_are_sent_where_none_are_wanted_or_a_pause_was_before() {
        let mut copies = Copies::default();
        copies.pack(&block(0), 2, OPUS);

        let after_a_pause = copies.pack(&block(10), 2, OPUS);
        let unwanted = copies.pack(&block(11), 0, OPUS);
        let wanted_again = copies.pack(&block(12), 2, OPUS);

        assert_eq!([after_a_pause, unwanted, wanted_again], [None, None, None]);
    }

    #[test]
    fn copies_after_which_something_is_missing_are_left_out() {
        let mut copies = Copies::default();
        copies.pack(&block(0), 1, OPUS);
        let packed = copies.pack(&block(1), 1, OPUS).unwrap();

        let later = AudioPacket { sequence: 5, timestamp: block(2).timestamp, payload: packed };

        assert_eq!(unpack(&later).unwrap().copies[0].timestamp, block(1).timestamp);
        let mut skipped = later.payload.to_vec();
        skipped[1] += 0x0f;
        assert_eq!(unpack(&AudioPacket { payload: skipped.into(), ..later }).unwrap().copies, []);
    }

    #[test]
    fn what_is_no_such_packet_is_refused_or_harmless() {
        let mut random = fastrand::Rng::with_seed(11);

        for _ in 0..20_000 {
            let mut garbage: Vec<u8> = (0..random.usize(0..60)).map(|_| random.u8(..)).collect();
            if let Some(first) = garbage.first_mut().filter(|_| random.bool()) {
                *first = MORE | OPUS;
            }
            let packet = AudioPacket { sequence: 0, timestamp: 0, payload: garbage.into() };
            if let Some(unpacked) = unpack(&packet) {
                assert!(unpacked.copies.len() < 15 && unpacked.packet.payload.len() < packet.payload.len());
            }
        }

        let refused = |bytes: &'static [u8]| {
            unpack(&AudioPacket { sequence: 0, timestamp: 0, payload: Bytes::from_static(bytes) })
        };
        assert_eq!([refused(&[]), refused(&[0xef, 0, 0]), refused(&[0xef, 0, 0, 9, 111, 1])], [None, None, None]);
    }
}
