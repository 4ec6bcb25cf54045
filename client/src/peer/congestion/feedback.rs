//! What a report says, packet by packet.
use std::time::Duration;

use parlor_bandwidth::estimator::Fate;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, SymbolTypeTcc, TransportLayerCc};

/// The unit of a report's reference time.
const REFERENCE: Duration = Duration::from_millis(64);

/// The numbers of the packets that a report tells of, and what became of each. As many as the report says that it
/// tells of: its last chunk has room for more, and a run may claim thousands.
pub(super) fn fates(report: &TransportLayerCc) -> impl Iterator<Item = (u16, Fate)> + '_ {
    let mut time = REFERENCE * report.reference_time;
    let mut deltas = report.recv_deltas.iter();
    let symbols = report.packet_chunks.iter().flat_map(symbols).take(report.packet_status_count.into());
    symbols.enumerate().map(move |(index, symbol)| {
        let number = report.base_sequence_number.wrapping_add(index as u16);
        let fate = match symbol {
            SymbolTypeTcc::PacketNotReceived => Fate::Lost,
            SymbolTypeTcc::PacketReceivedWithoutDelta => Fate::ArrivedSometime,
            SymbolTypeTcc::PacketReceivedSmallDelta | SymbolTypeTcc::PacketReceivedLargeDelta => match deltas.next() {
                Some(delta) => {
                    let step = Duration::from_micros(delta.delta.unsigned_abs());
                    time = if delta.delta < 0 { time.saturating_sub(step) } else { time.saturating_add(step) };
                    Fate::Arrived(time)
                }
                None => Fate::ArrivedSometime,
            },
        };
        (number, fate)
    })
}

fn symbols(chunk: &PacketStatusChunk) -> Box<dyn Iterator<Item = SymbolTypeTcc> + '_> {
    match chunk {
        PacketStatusChunk::RunLengthChunk(run) => {
            Box::new(std::iter::repeat_n(run.packet_status_symbol, run.run_length.into()))
        }
        PacketStatusChunk::StatusVectorChunk(vector) => Box::new(vector.symbol_list.iter().copied()),
    }
}
