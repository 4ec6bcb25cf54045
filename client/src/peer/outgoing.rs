//! Writes what waits for one peer to its connection.
use std::sync::Arc;

use parlor_call::TrackKind;
use webrtc::media_stream::track_local::TrackLocalEvent;

use super::{
    fan_out::{FanOut, Outgoing, Subscriber},
    packets::block_packet,
    repair::is_keyframe_request,
    setup::OutgoingTrack,
};

/// The task that sends to one peer. It ends when the connection does.
pub(super) struct Sender {
    tracks: Vec<Writer>,
    subscriber: Arc<Subscriber>,
}

struct Writer {
    outgoing: OutgoingTrack,
    payload_type: u8,
    sequence: u16,
}

impl Sender {
    /// Takes the payload types that were negotiated; a track that the other side does not take is left out.
    pub(super) async fn new(tracks: &[OutgoingTrack], subscriber: Arc<Subscriber>) -> Self {
        let mut writers = Vec::new();
        for outgoing in tracks.iter().cloned() {
            let parameters = outgoing.sender.get_parameters().await;
            let codec = parameters.ok().and_then(|parameters| parameters.rtp_parameters.codecs.into_iter().next());
            match codec {
                Some(codec) => {
                    let sequence = fastrand::u16(..);
                    writers.push(Writer { outgoing, payload_type: codec.payload_type, sequence });
                }
                None => tracing::debug!(kind = ?outgoing.kind, "the other side takes no such track"),
            }
        }
        Self { tracks: writers, subscriber }
    }

    pub(super) async fn run(mut self) {
        loop {
            let sent = match self.subscriber.next().await {
                Outgoing::Block(block) => self.send_block(&block).await,
                Outgoing::Frame(kind, frame) => self.send_frame(kind, &frame).await,
            };
            if !sent {
                return;
            }
        }
    }

    async fn send_block(&mut self, block: &parlor_media::frame::EncodedBlock) -> bool {
        let Some(writer) = self.writer(TrackKind::Microphone) else { return true };
        let packet = block_packet(block, writer.outgoing.ssrc, writer.payload_type, &mut writer.sequence);
        let bytes = packet.payload.len();
        let written = writer.write(packet).await;
        self.subscriber.count_sent(1, bytes);
        written
    }

    async fn send_frame(&mut self, kind: TrackKind, frame: &super::packets::PacketizedFrame) -> bool {
        let Some(writer) = self.writer(kind) else { return true };
        let packets: Vec<_> = frame.packets(writer.outgoing.ssrc, writer.payload_type, &mut writer.sequence).collect();
        let (count, bytes) = (packets.len(), packets.iter().map(|packet| packet.payload.len()).sum());
        for packet in packets {
            if !writer.write(packet).await {
                return false;
            }
        }
        self.subscriber.count_sent(count, bytes);
        true
    }

    fn writer(&mut self, kind: TrackKind) -> Option<&mut Writer> {
        self.tracks.iter_mut().find(|writer| writer.outgoing.kind == kind)
    }
}

impl Writer {
    /// Returns whether the connection still takes packets. Its error text holds the packet, so it is not logged.
    async fn write(&self, packet: rtc::rtp::Packet) -> bool {
        self.outgoing.track.write_rtp(packet).await.is_ok()
    }
}

/// Hears what the other side says of a track of ours: it may need a keyframe.
pub(super) async fn listen(outgoing: OutgoingTrack, fan_out: FanOut) {
    while let Some(event) = outgoing.track.poll().await {
        let TrackLocalEvent::OnRtcpPacket(packets) = event else { continue };
        if packets.iter().any(|packet| is_keyframe_request(packet.as_ref())) {
            tracing::debug!(kind = ?outgoing.kind, "the other side asks for a keyframe");
            fan_out.ask_for_keyframe(outgoing.kind);
        }
    }
}
