//! Writes what waits for one peer to its connection: sound at once, pictures as the [`Pacer`] lets them.
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_bandwidth::pacer::{Admission, Pacer};
use parlor_call::TrackKind;
use parlor_media::{audio::red::Copies, frame::EncodedBlock, video::encode::Need};
use rtc::{rtp::Packet, rtp_transceiver::rtp_sender::RTCRtpCodecParameters};
use webrtc::media_stream::track_local::TrackLocalEvent;

use super::{
    clocks::SenderClocks,
    congestion::Gauge,
    fan_out::{Outgoing, Subscriber},
    packets::{HEADER_BYTES, PICTURE_CLOCK, PacketizedFrame, SOUND_CLOCK, block_packet},
    repair::is_keyframe_request,
    setup::OutgoingTrack,
    sound_terms,
};

/// A peer that asks for a keyframe again before the one that it asked for can have come, and so much longer, has not
/// seen it yet.
const KEYFRAME_MARGIN: Duration = Duration::from_millis(100);

/// The task that sends to one peer. It ends when the connection does.
pub(super) struct Sender {
    tracks: Vec<Writer>,
    subscriber: Arc<Subscriber>,
    gauge: Gauge,
    clocks: SenderClocks,
    pacer: Pacer,
    /// The payload type of sound with copies, where the other side takes it.
    red: Option<u8>,
    copies: Copies,
    /// What is left of the picture that is being sent.
    picture: Option<Leaving>,
}

struct Leaving {
    kind: TrackKind,
    packets: VecDeque<Packet>,
}

struct Writer {
    outgoing: OutgoingTrack,
    payload_type: u8,
    sequence: u16,
}

impl Sender {
    /// Takes the payload types that were negotiated; a track that the other side does not take is left out.
    pub(super) async fn new(
        tracks: &[OutgoingTrack],
        subscriber: Arc<Subscriber>,
        gauge: Gauge,
        clocks: SenderClocks,
    ) -> Self {
        let (mut writers, mut red) = (Vec::new(), None);
        for outgoing in tracks.iter().cloned() {
            let parameters = outgoing.sender.get_parameters().await;
            let codecs = parameters.map(|parameters| parameters.rtp_parameters.codecs).unwrap_or_default();
            let is_red =
                |codec: &RTCRtpCodecParameters| codec.rtp_codec.mime_type.eq_ignore_ascii_case(sound_terms::RED);
            red = red.or(codecs.iter().find(|codec| is_red(codec)).map(|codec| codec.payload_type));
            match codecs.into_iter().find(|codec| !is_red(codec)) {
                Some(codec) => {
                    let sequence = fastrand::u16(..);
                    writers.push(Writer { outgoing, payload_type: codec.payload_type, sequence });
                }
                None => tracing::debug!(kind = ?outgoing.kind, "the other side takes no such track"),
            }
        }
        let (pacer, copies) = (Pacer::default(), Copies::default());
        Self { tracks: writers, subscriber, gauge, clocks, pacer, red, copies, picture: None }
    }

    pub(super) async fn run(mut self) {
        loop {
            let sent = match &self.picture {
                None => match self.subscriber.next().await {
                    Outgoing::Block(block) => self.send_block(block).await,
                    Outgoing::Frame(kind, frame) => {
                        self.begin(kind, &frame);
                        true
                    }
                },
                Some(_) => {
                    let ready = self.pacer_now().ready_at(Instant::now());
                    tokio::select! {
                        biased;
                        block = self.subscriber.next_block() => self.send_block(block).await,
                        () = tokio::time::sleep_until(ready.into()) => self.go_on().await,
                    }
                }
            };
            if !sent {
                return;
            }
        }
    }

    async fn send_block(&mut self, block: EncodedBlock) -> bool {
        let Some(writer) = writer(&mut self.tracks, TrackKind::Microphone) else { return true };
        let (opus, number) = (writer.payload_type, self.subscriber.copies());
        let packed = self.red.and_then(|red| Some((self.copies.pack(&block, number, opus)?, red)));
        let (payload, payload_type) = packed.unwrap_or((block.payload, opus));
        let block = EncodedBlock { payload, ..block };
        let (ssrc, timestamp, captured_at) = (writer.outgoing.ssrc, block.timestamp, block.captured_at);
        let packet = block_packet(block, ssrc, payload_type, &mut writer.sequence);
        self.clocks.note(ssrc, SOUND_CLOCK, timestamp, captured_at);
        self.write(TrackKind::Microphone, packet).await
    }

    /// Begins with a picture, or drops it with all that builds on it if it would come too late.
    fn begin(&mut self, kind: TrackKind, frame: &PacketizedFrame) {
        match self.pacer_now().admit(frame.waiting(), Instant::now()) {
            Admission::Send => {
                let Some(writer) = writer(&mut self.tracks, kind) else { return };
                let ssrc = writer.outgoing.ssrc;
                let packets = frame.packets(ssrc, writer.payload_type, &mut writer.sequence).collect();
                let (timestamp, captured_at) = frame.moment();
                self.clocks.note(ssrc, PICTURE_CLOCK, timestamp, captured_at);
                self.picture = Some(Leaving { kind, packets });
            }
            Admission::Late => {
                tracing::debug!(?kind, "a picture is too late to be sent");
                self.subscriber.skip_late(kind, frame.temporal());
            }
        }
    }

    /// Sends as much of the picture as may leave now.
    async fn go_on(&mut self) -> bool {
        while let Some(Leaving { kind, packets }) = &mut self.picture {
            let kind = *kind;
            let Some(packet) = packets.pop_front() else {
                self.picture = None;
                return true;
            };
            if !self.write(kind, packet).await {
                return false;
            }
            let now = Instant::now();
            if self.pacer.ready_at(now) > now {
                return true;
            }
        }
        true
    }

    /// Returns whether the connection still takes packets. Its error text holds the packet, so it is not logged.
    async fn write(&mut self, kind: TrackKind, packet: Packet) -> bool {
        let bytes = packet.payload.len();
        let Some(writer) = writer(&mut self.tracks, kind) else { return true };
        let written = writer.outgoing.track.write_rtp(packet).await.is_ok();
        self.pacer.sent(bytes + HEADER_BYTES, Instant::now());
        self.subscriber.count_sent(1, bytes);
        written
    }

    fn pacer_now(&mut self) -> &mut Pacer {
        self.pacer.set_target(self.gauge.target(), Instant::now());
        &mut self.pacer
    }
}

/// What sends a track; none where the other side does not take it.
fn writer(tracks: &mut [Writer], kind: TrackKind) -> Option<&mut Writer> {
    tracks.iter_mut().find(|writer| writer.outgoing.kind == kind)
}

/// Hears what the other side says of a track of ours: it may need a keyframe.
pub(super) async fn listen(outgoing: OutgoingTrack, subscriber: Arc<Subscriber>, gauge: Gauge) {
    let mut asked: Option<Instant> = None;
    while let Some(event) = outgoing.track.poll().await {
        let TrackLocalEvent::OnRtcpPacket(packets) = event else { continue };
        let under_way = asked.is_some_and(|at| at.elapsed() < gauge.round_trip() + KEYFRAME_MARGIN);
        if !under_way && packets.iter().any(|packet| is_keyframe_request(packet.as_ref())) {
            tracing::debug!(kind = ?outgoing.kind, "the other side asks for a keyframe");
            asked = Some(Instant::now());
            subscriber.ask_for_keyframe(outgoing.kind, Need::Next);
        }
    }
}
