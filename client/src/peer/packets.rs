//! Encoded media into RTP packets, once for everybody, and RTP packets back into what the receivers take.
use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use parlor_bandwidth::pacer::Waiting;
use parlor_media::{
    audio::playback::AudioPacket,
    frame::{EncodedBlock, EncodedFrame, Temporal},
    gop::Coded,
    video::{assembly::VideoPacket, codec::Content},
};
use rtc::rtp::{Header, Packet, codec::vp8::Vp8Packet, packetizer::Depacketizer};

/// Bytes of payload in a packet: with all headers it stays below 1280, which every path carries (RFC 8200).
const PAYLOAD_BYTES: usize = 1_170;
/// Bytes in front of each piece of a picture.
const DESCRIPTOR_BYTES: usize = 6;
/// Bytes of a picture in a packet.
const PIECE_BYTES: usize = PAYLOAD_BYTES - DESCRIPTOR_BYTES;

/// Ticks a second of the RTP clock of pictures (RFC 7741, section 4.1) and of sound (RFC 7587, section 4.1).
pub(super) const PICTURE_CLOCK: u32 = 90_000;
pub(super) const SOUND_CLOCK: u32 = 48_000;

/// Pictures are numbered with 15 bits (RFC 7741, section 4.2).
const PICTURES: u16 = 0x7fff;
/// What a packet has beside its payload when the network counts it: RTP's header with the extension that numbers it,
/// SRTP's authentication, and headers of UDP and IPv4.
pub(super) const HEADER_BYTES: usize = 20 + 16 + 28;

/// One picture, cut into payloads. Cloning shares them.
#[derive(Debug, Clone)]
pub(super) struct PacketizedFrame {
    pieces: Arc<[Bytes]>,
    timestamp: u32,
    keyframe: bool,
    temporal: Temporal,
    captured_at: Instant,
    content: Content,
    /// Its number among the pictures that the peer gets.
    picture: u16,
    /// The number of the picture of the base that it is, or builds on.
    base: u8,
    made: Instant,
}

impl Coded for PacketizedFrame {
    fn is_keyframe(&self) -> bool {
        self.keyframe
    }
}

impl PacketizedFrame {
    /// Cuts a picture that was made at this time into pieces of a packet each.
    pub(super) fn of(frame: &EncodedFrame, made: Instant) -> Self {
        let length = frame.payload.len();
        let piece = |start: usize| frame.payload.slice(start..length.min(start + PIECE_BYTES));
        Self {
            pieces: (0..length).step_by(PIECE_BYTES).map(piece).collect(),
            timestamp: frame.timestamp,
            keyframe: frame.keyframe,
            temporal: frame.temporal,
            captured_at: frame.captured_at,
            content: frame.content,
            made,
            picture: 0,
            base: 0,
        }
    }

    /// What the pacer has to know of it.
    pub(super) fn waiting(&self) -> Waiting {
        let bytes = self.pieces.iter().map(|piece| piece.len() + DESCRIPTOR_BYTES + HEADER_BYTES).sum();
        let patient = match self.content {
            Content::Camera => self.keyframe,
            Content::Screen => true,
        };
        Waiting { made: self.made, bytes, patient }
    }

    /// Its RTP time, and when it was taken.
    pub(super) fn moment(&self) -> (u32, Instant) {
        (self.timestamp, self.captured_at)
    }

    /// The temporal layer that it is of.
    pub(super) fn temporal(&self) -> Temporal {
        self.temporal
    }

    /// The packets of this picture for one peer. `sequence` counts on through all packets of a track.
    pub(super) fn packets(&self, ssrc: u32, payload_type: u8, sequence: &mut u16) -> impl Iterator<Item = Packet> {
        let last = self.pieces.len().saturating_sub(1);
        self.pieces.iter().enumerate().map(move |(index, piece)| Packet {
            header: header(ssrc, payload_type, self.timestamp, index == last, sequence),
            payload: [&self.descriptor(index == 0)[..], piece].concat().into(),
        })
    }

    /// VP8's descriptor (RFC 7741, section 4.2): all its optional parts but the number of keyframes.
    fn descriptor(&self, first: bool) -> [u8; DESCRIPTOR_BYTES] {
        let (unreferenced, tid, sync) = match self.temporal {
            Temporal::Base => (0, 0, 0),
            // It builds on the base alone, so whoever had to do without the ones before can take it.
            Temporal::Upper => (0x20, 1 << 6, 0x20),
        };
        let start = if first { 0x10 } else { 0 };
        let [high, low] = self.picture.to_be_bytes();
        [0x80 | unreferenced | start, 0xe0, 0x80 | high, low, self.base, tid | sync]
    }
}

/// Numbers the pictures that one peer gets of one track, so that nobody sees which encoder they come from, or that some
/// were left out.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    picture: u16,
    base: u8,
    timestamp: Option<u32>,
}

impl Numbering {
    /// The next picture for the peer.
    pub(super) fn number(&mut self, mut frame: PacketizedFrame) -> PacketizedFrame {
        self.picture = (self.picture + 1) & PICTURES;
        if frame.temporal == Temporal::Base {
            self.base = self.base.wrapping_add(1);
        }
        // Two encoders make pictures of the same moment. Time stamps have to rise all the same, by less than anybody sees.
        if let Some(before) = self.timestamp
            && frame.timestamp.wrapping_sub(before).wrapping_sub(1) >= u32::MAX / 2
        {
            frame.timestamp = before.wrapping_add(1);
        }
        self.timestamp = Some(frame.timestamp);
        PacketizedFrame { picture: self.picture, base: self.base, ..frame }
    }
}

/// The one packet of a block of sound, for one peer (RFC 7587).
pub(super) fn block_packet(block: EncodedBlock, ssrc: u32, payload_type: u8, sequence: &mut u16) -> Packet {
    Packet { header: header(ssrc, payload_type, block.timestamp, false, sequence), payload: block.payload }
}

/// A packet of sound as the receiver takes it.
pub(super) fn audio_packet(packet: Packet) -> AudioPacket {
    AudioPacket { sequence: packet.header.sequence_number, timestamp: packet.header.timestamp, payload: packet.payload }
}

/// A packet of pictures as the receiver takes it. `None` for one that is no VP8.
pub(super) fn video_packet(packet: &Packet) -> Option<VideoPacket> {
    let mut descriptor = Vp8Packet::default();
    let payload = descriptor.depacketize(&packet.payload).ok()?;
    let starts_frame = descriptor.s == 1 && descriptor.pid == 0;
    // The lowest bit of the first byte of a frame says whether it depends on others (RFC 6386, section 9.1).
    let keyframe = starts_frame && payload.first().is_some_and(|byte| byte & 1 == 0);
    Some(VideoPacket {
        sequence: packet.header.sequence_number,
        timestamp: packet.header.timestamp,
        marker: packet.header.marker,
        starts_frame,
        keyframe,
        payload,
    })
}

fn header(ssrc: u32, payload_type: u8, timestamp: u32, marker: bool, sequence: &mut u16) -> Header {
    *sequence = sequence.wrapping_add(1);
    Header { version: 2, marker, payload_type, sequence_number: *sequence, timestamp, ssrc, ..Default::default() }
}

#[cfg(test)]
mod tests {
    use parlor_media::frame::Size;

    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_went() {
        let payload: Vec<u8> = (0..3_000_u32).map(|n| (n % 251) as u8 & !1).collect();
        let frame = EncodedFrame { payload: payload.clone().into(), ..encoded(Temporal::Base, 90_000) };

        let packetized = PacketizedFrame::of(&frame, Instant::now());
        let mut sequence = u16::MAX - 1;
        let packets: Vec<_> = packetized.packets(7, 96, &mut sequence).collect();
        let parsed: Vec<_> = packets.iter().map(|packet| video_packet(packet).expect("VP8")).collect();

        assert_eq!(parsed.iter().map(|packet| packet.sequence).collect::<Vec<_>>(), [u16::MAX, 0, 1]);
        assert_eq!(parsed.iter().map(|packet| packet.marker).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(parsed.iter().map(|packet| packet.starts_frame).collect::<Vec<_>>(), [true, false, false]);
        assert!(parsed[0].keyframe);
        assert_eq!(parsed.iter().flat_map(|packet| packet.payload.to_vec()).collect::<Vec<_>>(), payload);
    }

    #[test]
    fn keyframes_and_all_text_are_worth_waiting_for() {
        let patient = |content, temporal| {
            let frame = EncodedFrame { content, ..encoded(temporal, 90_000) };
            PacketizedFrame::of(&frame, Instant::now()).waiting().patient
        };

        assert!(patient(Content::Camera, Temporal::Base) && patient(Content::Screen, Temporal::Base));
        assert!(patient(Content::Screen, Temporal::Upper) && !patient(Content::Camera, Temporal::Upper));
    }

    #[test]
    fn pictures_are_numbered_without_gaps_though_some_were_left_out() {
        let (base, upper) = (Temporal::Base, Temporal::Upper);
        let mut numbering = Numbering::default();
        let numbered = [(base, 0), (upper, 3000), (base, 6000), (base, 12_000), (upper, 15_000)]
            .map(|(temporal, timestamp)| described(&mut numbering, temporal, timestamp));

        let ids: Vec<_> = numbered.iter().map(|it| it.picture_id).collect();
        let bases: Vec<_> = numbered.iter().map(|it| it.tl0_pic_idx).collect();
        let layers: Vec<_> = numbered.iter().map(|it| (it.tid, it.y, it.n)).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5]);
        assert_eq!(bases, [1, 1, 2, 3, 3]);
        assert_eq!(layers, [(0, 0, 0), (1, 1, 1), (0, 0, 0), (0, 0, 0), (1, 1, 1)]);
        assert!(numbered.iter().all(|it| [it.x, it.i, it.l, it.t] == [1; 4]));
    }

    #[test]
    fn numbers_wrap_around_at_fifteen_bits() {
        let mut numbering = Numbering { picture: PICTURES - 1, base: u8::MAX - 1, timestamp: None };

        let ids = [0, 1, 2].map(|at| described(&mut numbering, Temporal::Base, at)).map(|it| it.picture_id);

        assert_eq!(ids, [PICTURES, 0, 1]);
    }

    #[test]
    fn time_stamps_rise_though_another_encoder_sends_the_same_moment_again() {
        let mut numbering = Numbering { timestamp: Some(u32::MAX), ..Numbering::default() };

        let stamps = [u32::MAX - 3000, u32::MAX, 2, 2, 3000].map(|timestamp| {
            numbering.number(PacketizedFrame::of(&encoded(Temporal::Base, timestamp), Instant::now())).timestamp
        });

        assert_eq!(stamps, [0, 1, 2, 3, 3000]);
    }

    fn described(numbering: &mut Numbering, temporal: Temporal, timestamp: u32) -> Vp8Packet {
        let frame = numbering.number(PacketizedFrame::of(&encoded(temporal, timestamp), Instant::now()));
        let packet = frame.packets(7, 96, &mut 0).next().expect("a packet");
        let mut descriptor = Vp8Packet::default();
        descriptor.depacketize(&packet.payload).expect("VP8");
        descriptor
    }

    fn encoded(temporal: Temporal, timestamp: u32) -> EncodedFrame {
        let (payload, captured_at, size) = (vec![1; 10].into(), Instant::now(), Size::new(640, 360));
        let (keyframe, content) = (temporal == Temporal::Base, Content::Camera);
        EncodedFrame { payload, keyframe, timestamp, captured_at, size, temporal, content }
    }

    #[test]
    fn a_packet_that_is_no_picture_is_refused() {
        let packet = Packet { header: Header::default(), payload: Bytes::from_static(&[0x90]) };

        assert!(video_packet(&packet).is_none());
    }
}
