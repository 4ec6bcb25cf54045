//! Sends again what the other side asks for (RTX, RFC 4588): what can still be of use, once a round trip, and no more
//! than a share of what the way takes; little at a time while that is full.
//!
//! In place of webrtc's own responder, which answers whatever is asked, with packets of any age. Where the way is
//! full, that fills it further.
//!
//! Where the way loses packets by itself, an answer is given twice: one that is lost too costs another round trip, and
//! pictures stand still for it.
//!
//! Without a stream for retransmissions nothing is sent again. The packet would have its old number and a new one in its
//! header extension: two messages under one nonce, which gives away the key of AES-GCM's authentication (RFC 7714).
//!
//! Probes are retransmissions of large packets that were sent lately, lost or not: a receiver drops what it has.
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{BufMut, BytesMut};
use rtc::{
    interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::transport_feedbacks::transport_layer_nack::{NackPair, TransportLayerNack},
    rtp,
    sansio::Protocol,
    shared::{TransportContext, error::Error},
};

use super::allowance::Allowance;
use crate::peer::congestion::{Gauge, ProbeOrder, ProbePacket};

/// Packets are kept so long. Our receivers wait 400 ms for a packet, and it has to get there.
const USEFUL: Duration = Duration::from_millis(600);
/// A way that loses more than this by itself, and not because it is full, may lose the answer too.
const LOSSY: f64 = 0.01;
/// And so many of each stream at most.
const KEPT: usize = 1_024;

/// The interceptor.
pub(in crate::peer) struct Resend {
    streams: BTreeMap<u32, Stream>,
    allowance: Allowance,
    gauge: Gauge,
    read: VecDeque<TaggedPacket>,
    written: VecDeque<TaggedPacket>,
}

/// What was sent lately of one stream, in order.
struct Stream {
    kept: VecDeque<Kept>,
    /// The stream of its retransmissions.
    ssrc: u32,
    payload_type: u8,
    /// It counts on as long as the connection lives: a number that is used twice is a nonce that is used twice.
    sequence: u16,
}

struct Kept {
    packet: rtp::Packet,
    sent: Instant,
    again: Option<Instant>,
}

impl Resend {
    pub(in crate::peer) fn new(gauge: Gauge) -> Self {
        Self {
            streams: BTreeMap::new(),
            allowance: Allowance::default(),
            gauge,
            read: VecDeque::new(),
            written: VecDeque::new(),
        }
    }

    fn answer(&mut self, request: &TransportLayerNack, now: Instant) {
        let Some(stream) = self.streams.get_mut(&request.media_ssrc) else { return };
        let round_trip = self.gauge.round_trip();
        let (target, full) = (self.gauge.target(), self.gauge.is_full());
        let copies = if self.gauge.path_loss() > LOSSY { 2 } else { 1 };
        for sequence in request.nacks.iter().flat_map(sequences) {
            let Some(kept) = stream.kept(sequence) else { continue };
            let under_way = kept.again.is_some_and(|at| now.saturating_duration_since(at) < round_trip);
            if under_way || now.saturating_duration_since(kept.sent) > USEFUL {
                continue;
            }
            kept.again = Some(now);
            let packet = kept.packet.clone();
            for _ in 0..copies {
                if !self.allowance.take(packet.payload.len(), target, full, now) {
                    return;
                }
                self.written.push_back(tagged(stream.repeat(&packet), Attribute::Retransmission, now));
            }
        }
    }

    fn probe(&mut self, order: ProbeOrder, now: Instant) {
        let newest = |stream: &&mut Stream| stream.kept.back().map(|kept| kept.sent);
        let Some(stream) = self.streams.values_mut().max_by_key(newest) else { return };
        let recent = |kept: &&Kept| now.saturating_duration_since(kept.sent) <= USEFUL;
        let recent = || stream.kept.iter().rev().filter(recent).map(|kept| &kept.packet);
        // Small ones pass so quickly that no clock can tell how quickly.
        let largest = recent().map(|packet| packet.payload.len()).max().unwrap_or(0);
        let large = recent().filter(|packet| packet.payload.len() * 2 > largest);
        let packets: Vec<_> = large.take(order.packets).cloned().collect();
        for packet in packets.iter().cycle().take(order.packets) {
            let attribute = Attribute::Custom(Arc::new(ProbePacket(order.number)));
            self.written.push_back(tagged(stream.repeat(packet), attribute, now));
        }
    }
}

impl Stream {
    fn kept(&mut self, sequence: u16) -> Option<&mut Kept> {
        let oldest = self.kept.front()?.packet.header.sequence_number;
        let kept = self.kept.get_mut(sequence.wrapping_sub(oldest).into())?;
        (kept.packet.header.sequence_number == sequence).then_some(kept)
    }

    fn keep(&mut self, packet: rtp::Packet, now: Instant) {
        let expected = self.kept.back().map(|kept| kept.packet.header.sequence_number.wrapping_add(1));
        if expected.is_some_and(|expected| expected != packet.header.sequence_number) {
            self.kept.clear(); // They are found by counting.
        }
        self.kept.push_back(Kept { packet, sent: now, again: None });
        while self.kept.len() > KEPT
            || self.kept.front().is_some_and(|kept| now.saturating_duration_since(kept.sent) > USEFUL)
        {
            self.kept.pop_front();
        }
    }

    /// The packet as its retransmission: its number, and then what it carried.
    fn repeat(&mut self, packet: &rtp::Packet) -> rtp::Packet {
        let mut payload = BytesMut::with_capacity(2 + packet.payload.len());
        payload.put_u16(packet.header.sequence_number);
        payload.put_slice(&packet.payload);
        let header = rtp::Header {
            version: 2,
            marker: packet.header.marker,
            payload_type: self.payload_type,
            sequence_number: self.sequence,
            timestamp: packet.header.timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.sequence = self.sequence.wrapping_add(1);
        rtp::Packet { header, payload: payload.freeze() }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Resend {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(messages) = &packet.message.packet {
            for request in messages.iter().filter_map(|message| message.as_any().downcast_ref()) {
                self.answer(request, packet.now);
            }
            if let Some(order) = packet.message.custom::<ProbeOrder>() {
                self.probe(*order, packet.now);
            }
        }
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &packet.message.packet
            && let Some(stream) = self.streams.get_mut(&rtp.header.ssrc)
        {
            stream.keep(rtp.clone(), packet.now);
        }
        self.written.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.written.pop_front()
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        None
    }
}

impl Interceptor for Resend {
    fn bind_local_stream(&mut self, stream: &StreamInfo) {
        let (Some(ssrc), Some(payload_type)) = (stream.ssrc_rtx, stream.payload_type_rtx) else { return };
        if super::is_repaired(stream) {
            let new = Stream { kept: VecDeque::new(), ssrc, payload_type, sequence: 0 };
            let stream = self.streams.entry(stream.ssrc).or_insert(new);
            stream.payload_type = payload_type;
        }
    }

    fn unbind_local_stream(&mut self, stream: &StreamInfo) {
        if let Some(stream) = self.streams.get_mut(&stream.ssrc) {
            stream.kept.clear();
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

/// The numbers that a request names: one, and those of the sixteen behind it whose bits are set.
fn sequences(pair: &NackPair) -> impl Iterator<Item = u16> + use<> {
    let (first, bits) = (pair.packet_id, pair.lost_packets);
    std::iter::once(first)
        .chain((0..16_u16).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| first.wrapping_add(bit + 1)))
}

fn tagged(packet: rtp::Packet, attribute: Attribute, now: Instant) -> TaggedPacket {
    let message = AttributedPacket::new(Packet::Rtp(packet)).with(attribute);
    TaggedPacket { now, transport: TransportContext::default(), message }
}

#[cfg(test)]
mod tests {
    use rtc::{
        interceptor::RTCPFeedback, rtcp::transport_feedbacks::transport_layer_nack::nack_pairs_from_sequence_numbers,
    };

    use parlor_bandwidth::estimator::{Estimator, Fate, PacketReport};

    use super::*;

    const SSRC: u32 = 7;
    const RTX: u32 = 8;
    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn what_is_asked_for_comes_again_under_its_old_number_in_the_stream_of_retransmissions() {
        let (mut resend, start) = sent(5);

        let again = ask(&mut resend, &[101, 103], start + MS(50));

        assert_eq!(again.iter().map(original).collect::<Vec<_>>(), [101, 103]);
        assert!(again.iter().all(|packet| packet.header.ssrc == RTX && packet.header.payload_type == 97));
        assert_eq!(again.iter().map(|packet| packet.header.sequence_number).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn the_same_request_within_a_round_trip_is_answered_once() {
        let (mut resend, start) = sent(5);

        let first = ask(&mut resend, &[102], start + MS(50));
        let soon = ask(&mut resend, &[102], start + MS(80));
        let later = ask(&mut resend, &[102], start + MS(200));

        assert_eq!([first, soon, later].map(|packets| packets.len()), [1, 0, 1]);
    }

    #[test]
    fn what_is_too_old_or_was_never_sent_is_not_sent() {
        let (mut resend, start) = sent(5);

        assert_eq!(ask(&mut resend, &[99, 105, 40_000], start + MS(50)), []);
        assert_eq!(ask(&mut resend, &[101], start + USEFUL + MS(100)), []);
    }

    #[test]
    fn retransmissions_take_only_a_share_of_what_the_way_takes() {
        let (mut resend, start) = sent(500);
        let everything: Vec<_> = (100..600).collect();

        let again = ask(&mut resend, &everything, start + MS(50));

        assert!((1..100).contains(&again.len()), "{} of 500", again.len());
    }

    #[test]
    fn where_packets_are_lost_an_answer_is_given_twice() {
        let lossy = way(|n| if n % 20 == 0 { Fate::Lost } else { Fate::Arrived(MS(10 * n)) });
        let (mut resend, start) = sent_on(lossy, 5);

        let again = ask(&mut resend, &[101, 103], start + MS(50));

        assert_eq!(again.iter().map(original).collect::<Vec<_>>(), [101, 101, 103, 103]);
    }

    #[test]
    fn while_the_way_is_full_little_is_sent_again_at_a_time() {
        let (full, free) = (way(|n| Fate::Arrived(MS(10 * n + 5 * n.saturating_sub(300)))), Gauge::default());
        let many: Vec<_> = (100..200).collect();

        let [when_full, usual] = [full, free].map(|gauge| {
            let (mut resend, start) = sent_on(gauge, 100);
            ask(&mut resend, &many, start + MS(50)).len()
        });

        assert!(when_full * 4 < usual && when_full > 0, "{when_full} instead of {usual}");
    }

    #[test]
    fn a_peer_without_a_stream_for_them_gets_no_retransmissions() {
        let mut resend = Resend::new(Gauge::default());
        let start = Instant::now();
        resend.bind_local_stream(&StreamInfo { ssrc_rtx: None, ..stream() });
        send(&mut resend, 100, start);

        assert_eq!(ask(&mut resend, &[100], start + MS(50)), []);
    }

    #[test]
    fn a_stream_that_is_bound_again_counts_on() {
        let (mut resend, start) = sent(5);
        ask(&mut resend, &[101], start + MS(50));

        resend.unbind_local_stream(&stream());
        resend.bind_local_stream(&stream());
        send(&mut resend, 105, start + MS(60));
        let again = ask(&mut resend, &[105], start + MS(90));

        assert_eq!(again[0].header.sequence_number, 1);
    }

    #[test]
    fn a_probe_repeats_large_packets_of_those_that_were_sent_last() {
        let (mut resend, start) = sent(3);
        (103..110).for_each(|sequence| send_of(&mut resend, sequence, 50, start));
        let mut report = tagged_feedback(&[], start + MS(50));
        report.message.add(Attribute::Custom(Arc::new(ProbeOrder { number: 4, packets: 6 })));

        resend.handle_read(report).unwrap();
        let written: Vec<_> = std::iter::from_fn(|| resend.poll_write()).collect();

        assert_eq!(written.len(), 6);
        assert!(written.iter().all(|packet| packet.message.custom::<ProbePacket>() == Some(&ProbePacket(4))));
        let large =
            |packet: &TaggedPacket| matches!(&packet.message.packet, Packet::Rtp(rtp) if rtp.payload.len() > 1_000);
        assert!(written.iter().all(large));
    }

    fn stream() -> StreamInfo {
        let nack = RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() };
        StreamInfo {
            ssrc: SSRC,
            ssrc_rtx: Some(RTX),
            payload_type_rtx: Some(97),
            rtcp_feedback: vec![nack],
            ..Default::default()
        }
    }

    /// So many packets were sent, with numbers from 100 on.
    fn sent(count: u16) -> (Resend, Instant) {
        sent_on(Gauge::default(), count)
    }

    fn sent_on(gauge: Gauge, count: u16) -> (Resend, Instant) {
        let mut resend = Resend::new(gauge);
        let start = Instant::now();
        resend.bind_local_stream(&stream());
        (0..count).for_each(|n| send(&mut resend, 100 + n, start));
        (resend, start)
    }

    /// What is known of a way on which this became of packets that left every 10 ms.
    fn way(fate: impl Fn(u64) -> Fate) -> Gauge {
        let (gauge, mut estimator, start) = (Gauge::default(), Estimator::default(), Instant::now());
        for report in 0..40 {
            let sent = (10 * report..10 * (report + 1)).map(|n| (start + MS(10 * n), fate(n)));
            let reports = sent.map(|(departed, fate)| PacketReport { departed, fate, bytes: 1_250, probe: None });
            estimator.handle(&reports.collect::<Vec<_>>(), start + MS(100 * report + 150));
        }
        gauge.set(&estimator);
        gauge
    }

    fn send(resend: &mut Resend, sequence_number: u16, now: Instant) {
        send_of(resend, sequence_number, 1_000, now);
    }

    fn send_of(resend: &mut Resend, sequence_number: u16, bytes: usize, now: Instant) {
        let header = rtp::Header { version: 2, ssrc: SSRC, sequence_number, ..Default::default() };
        let packet = rtp::Packet { header, payload: vec![1; bytes].into() };
        let message = AttributedPacket::new(Packet::Rtp(packet));
        resend.handle_write(TaggedPacket { now, transport: TransportContext::default(), message }).unwrap();
        resend.poll_write().unwrap();
    }

    fn ask(resend: &mut Resend, sequences: &[u16], now: Instant) -> Vec<rtp::Packet> {
        resend.handle_read(tagged_feedback(sequences, now)).unwrap();
        let written = std::iter::from_fn(|| resend.poll_write());
        written
            .filter_map(|packet| match packet.message.packet {
                Packet::Rtp(packet) => Some(packet),
                _ => None,
            })
            .collect()
    }

    fn tagged_feedback(sequences: &[u16], now: Instant) -> TaggedPacket {
        let nacks = nack_pairs_from_sequence_numbers(sequences);
        let request = TransportLayerNack { sender_ssrc: 1, media_ssrc: SSRC, nacks };
        let message = AttributedPacket::new(Packet::Rtcp(vec![Box::new(request)]));
        TaggedPacket { now, transport: TransportContext::default(), message }
    }

    fn original(packet: &rtp::Packet) -> u16 {
        u16::from_be_bytes([packet.payload[0], packet.payload[1]])
    }
}
