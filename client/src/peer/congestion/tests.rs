use std::time::Duration;

use proptest::prelude::*;
use rtc::{
    interceptor::{AttributedPacket, RTPHeaderExtension},
    rtcp::transport_feedbacks::transport_layer_cc::{
        PacketStatusChunk, RecvDelta, RunLengthChunk, StatusChunkTypeTcc, SymbolTypeTcc,
    },
    rtp,
};

use super::*;

const SSRC: u32 = 7;
const RTX: u32 = 8;
const EXTENSION: u8 = 5;

#[test]
fn media_and_retransmissions_are_numbered_in_one_row() {
    let mut congestion = bound(Gauge::default());
    let now = Instant::now();

    let numbers: Vec<_> = [SSRC, RTX, SSRC].map(|ssrc| number_of(&send(&mut congestion, ssrc, now))).into();
    let stranger = send(&mut congestion, 99, now);

    assert_eq!(numbers, [Some(0), Some(1), Some(2)]);
    assert_eq!(number_of(&stranger), None);
}

#[test]
fn nothing_is_known_before_the_other_side_reports() {
    let gauge = Gauge::default();
    let mut congestion = bound(gauge.clone());

    send(&mut congestion, SSRC, Instant::now());

    assert_eq!((gauge.estimate_kbps(), gauge.reported()), (None, None));
}

#[test]
fn each_packet_is_counted_once_however_often_it_is_reported() {
    let gauge = Gauge::default();
    let mut congestion = bound(gauge.clone());
    let now = Instant::now();
    (0..10).for_each(|_| drop(send(&mut congestion, SSRC, now)));

    for _ in 0..3 {
        receive(&mut congestion, report(0, &[(SymbolTypeTcc::PacketReceivedSmallDelta, 8)]), now);
        receive(&mut congestion, report(8, &[(SymbolTypeTcc::PacketNotReceived, 1)]), now);
    }

    assert_eq!(gauge.reported(), Some((9, 1)));
    assert!(gauge.target().is_some());
}

#[test]
fn a_report_that_never_came_is_no_loss() {
    let gauge = Gauge::default();
    let mut congestion = bound(gauge.clone());
    let now = Instant::now();
    (0..30).for_each(|_| drop(send(&mut congestion, SSRC, now)));

    receive(&mut congestion, report(20, &[(SymbolTypeTcc::PacketReceivedSmallDelta, 10)]), now);

    assert_eq!(gauge.reported(), Some((10, 0)));
}

#[test]
fn a_run_that_is_longer_than_the_report_says_is_cut() {
    let gauge = Gauge::default();
    let mut congestion = bound(gauge.clone());
    let now = Instant::now();
    (0..10).for_each(|_| drop(send(&mut congestion, SSRC, now)));
    let mut lying = report(0, &[(SymbolTypeTcc::PacketNotReceived, 8_191)]);
    lying.packet_status_count = 3;

    receive(&mut congestion, lying, now);

    assert_eq!(gauge.reported(), Some((3, 3)));
}

#[test]
fn a_peer_that_sends_little_is_probed_in_answer_to_a_report() {
    assert!(probed(Gauge::default()).is_some_and(|order| order.packets > 1));
}

#[test]
fn nobody_looks_for_more_than_is_wanted() {
    let gauge = Gauge::default();
    gauge.set_wanted_kbps(100);

    assert_eq!(probed(gauge), None);
}

/// What is ordered in a call of some seconds in which little is sent.
fn probed(gauge: Gauge) -> Option<ProbeOrder> {
    let mut congestion = bound(gauge);
    let start = Instant::now();
    let mut ordered = None;

    for n in 0..600_u16 {
        let now = start + Duration::from_millis(20) * n.into();
        send(&mut congestion, SSRC, now);
        let mut arrived = report(n, &[(SymbolTypeTcc::PacketReceivedSmallDelta, 1)]);
        arrived.reference_time = 1_000;
        arrived.recv_deltas[0].delta = i64::from(n) * 20_000;
        let read = receive(&mut congestion, arrived, now + Duration::from_millis(10));
        ordered = ordered.or_else(|| read.message.custom::<ProbeOrder>().copied());
    }

    ordered
}

proptest! {
    #[test]
    fn no_report_breaks_anything(
        base in any::<u16>(),
        count in any::<u16>(),
        reference_time in 0..(1_u32 << 24),
        runs in prop::collection::vec((0..4_u16, 0..8_192_u16), 0..20),
        deltas in prop::collection::vec(-8_192_000..8_192_000_i64, 0..50),
    ) {
        let mut congestion = bound(Gauge::default());
        let now = Instant::now();
        (0..50).for_each(|_| drop(send(&mut congestion, SSRC, now)));
        let runs: Vec<_> = runs.into_iter().map(|(symbol, length)| (SymbolTypeTcc::from(symbol), length)).collect();
        let mut feedback = report(base, &runs);
        feedback.packet_status_count = count;
        feedback.reference_time = reference_time;
        feedback.recv_deltas = deltas.into_iter().map(|delta| RecvDelta { delta, ..Default::default() }).collect();

        receive(&mut congestion, feedback, now);
    }
}

fn bound(gauge: Gauge) -> Congestion {
    let mut congestion = Congestion::new(gauge);
    let extension = RTPHeaderExtension { uri: TRANSPORT_CC_URI.to_owned(), id: EXTENSION.into() };
    let stream =
        StreamInfo { ssrc: SSRC, ssrc_rtx: Some(RTX), rtp_header_extensions: vec![extension], ..Default::default() };
    congestion.bind_local_stream(&stream);
    congestion
}

fn tagged(packet: Packet, now: Instant) -> TaggedPacket {
    TaggedPacket { now, transport: rtc::shared::TransportContext::default(), message: AttributedPacket::new(packet) }
}

/// Sends a packet, and returns it as it goes to the wire.
fn send(congestion: &mut Congestion, ssrc: u32, now: Instant) -> rtp::Packet {
    let header = rtp::Header { version: 2, ssrc, ..Default::default() };
    let packet = rtp::Packet { header, payload: Bytes::from_static(&[0; 500]) };
    congestion.handle_write(tagged(Packet::Rtp(packet), now)).unwrap();
    let written = congestion.poll_write().unwrap();
    let Packet::Rtp(packet) = written.message.packet else { unreachable!("it was RTP") };
    packet
}

/// Takes a report, and returns it as it goes on.
fn receive(congestion: &mut Congestion, report: TransportLayerCc, now: Instant) -> TaggedPacket {
    congestion.handle_read(tagged(Packet::Rtcp(vec![Box::new(report)]), now)).unwrap();
    congestion.poll_read().unwrap()
}

fn number_of(packet: &rtp::Packet) -> Option<u16> {
    let extension = packet.header.get_extension(EXTENSION)?;
    Some(u16::from_be_bytes([extension[0], extension[1]]))
}

/// Of packets from `base` on: so many with each status, each of which came at once.
fn report(base: u16, runs: &[(SymbolTypeTcc, u16)]) -> TransportLayerCc {
    let chunks = runs.iter().map(|(packet_status_symbol, run_length)| {
        PacketStatusChunk::RunLengthChunk(RunLengthChunk {
            type_tcc: StatusChunkTypeTcc::RunLengthChunk,
            packet_status_symbol: *packet_status_symbol,
            run_length: *run_length,
        })
    });
    let received = runs.iter().filter(|(symbol, _)| *symbol == SymbolTypeTcc::PacketReceivedSmallDelta);
    let received: usize = received.map(|(_, length)| usize::from(*length)).sum();
    TransportLayerCc {
        base_sequence_number: base,
        packet_status_count: runs.iter().map(|(_, length)| *length).fold(0, u16::saturating_add),
        packet_chunks: chunks.collect(),
        recv_deltas: vec![RecvDelta::default(); received],
        ..Default::default()
    }
}
