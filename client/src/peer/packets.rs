//! Encoded media into RTP packets, once for everybody, and RTP packets back into what the receivers take.
use std::sync::Arc;

use bytes::Bytes;
use parlor_media::{
    audio::playback::AudioPacket,
    frame::{EncodedBlock, EncodedFrame},
    gop::Coded,
    video::assembly::VideoPacket,
};
use rtc::rtp::{
    Header, Packet,
    codec::vp8::{Vp8Packet, Vp8Payloader},
    packetizer::{Depacketizer, Payloader},
};

/// Bytes of payload in a packet: with all headers it stays below 1280, which every path carries (RFC 8200).
const PAYLOAD_BYTES: usize = 1_170;

/// One picture, cut into payloads. Cloning shares them.
#[derive(Debug, Clone)]
pub(super) struct PacketizedFrame {
    payloads: Arc<[Bytes]>,
    timestamp: u32,
    keyframe: bool,
}

impl Coded for PacketizedFrame {
    fn is_keyframe(&self) -> bool {
        self.keyframe
    }
}

impl PacketizedFrame {
    /// The packets of this picture for one peer. `sequence` counts on through all packets of a track.
    pub(super) fn packets(&self, ssrc: u32, payload_type: u8, sequence: &mut u16) -> impl Iterator<Item = Packet> {
        let last = self.payloads.len().saturating_sub(1);
        self.payloads.iter().enumerate().map(move |(index, payload)| Packet {
            header: header(ssrc, payload_type, self.timestamp, index == last, sequence),
            payload: payload.clone(),
        })
    }
}

/// Cuts pictures into payloads with VP8's descriptors (RFC 7741).
#[derive(Debug)]
pub(super) struct FramePacketizer(Vp8Payloader);

impl Default for FramePacketizer {
    fn default() -> Self {
        let mut payloader = Vp8Payloader::default();
        payloader.enable_picture_id = true;
        Self(payloader)
    }
}

impl FramePacketizer {
    pub(super) fn packetize(&mut self, frame: &EncodedFrame) -> Option<PacketizedFrame> {
        let payloads = self.0.payload(PAYLOAD_BYTES, &frame.payload).ok()?;
        Some(PacketizedFrame { payloads: payloads.into(), timestamp: frame.timestamp, keyframe: frame.keyframe })
    }
}

/// The one packet of a block of sound, for one peer (RFC 7587).
pub(super) fn block_packet(block: &EncodedBlock, ssrc: u32, payload_type: u8, sequence: &mut u16) -> Packet {
    Packet { header: header(ssrc, payload_type, block.timestamp, false, sequence), payload: block.payload.clone() }
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
        let frame = EncodedFrame {
            payload: payload.clone().into(),
            keyframe: true,
            timestamp: 90_000,
            size: Size::new(640, 360),
        };

        let packetized = FramePacketizer::default().packetize(&frame).expect("packets");
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
    fn a_packet_that_is_no_picture_is_refused() {
        let packet = Packet { header: Header::default(), payload: Bytes::from_static(&[0x90]) };

        assert!(video_packet(&packet).is_none());
    }
}
