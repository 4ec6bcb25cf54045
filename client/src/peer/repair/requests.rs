//! Asks for the packets that are missing (NACK, RFC 4585), as long as that is of use.
//!
//! In place of webrtc's own generator, which asks as often as it was told once, whatever the round trip, and by a count
//! and not by the time that is left.
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Instant,
};

use rtc::{
    interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    sansio::Protocol,
    shared::{TransportContext, error::Error},
};

use super::missing::Missing;
use crate::peer::{congestion::Gauge, receivers::REPAIR_PATIENCE};

/// The interceptor.
pub(in crate::peer) struct Requests {
    streams: BTreeMap<u32, Missing>,
    /// The streams of retransmissions, which are not repaired themselves.
    repairs: BTreeSet<u32>,
    gauge: Gauge,
    /// Who asks, in the messages.
    asker: u32,
    read: VecDeque<TaggedPacket>,
    written: VecDeque<TaggedPacket>,
}

impl Requests {
    pub(in crate::peer) fn new(gauge: Gauge) -> Self {
        Self {
            streams: BTreeMap::new(),
            repairs: BTreeSet::new(),
            gauge,
            asker: fastrand::u32(1..),
            read: VecDeque::new(),
            written: VecDeque::new(),
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Requests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &packet.message.packet
            && let Some(missing) = self.streams.get_mut(&rtp.header.ssrc)
        {
            missing.arrived(rtp.header.sequence_number, packet.now);
        }
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.written.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.written.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let round_trip = self.gauge.round_trip();
        for (ssrc, missing) in &mut self.streams {
            if missing.poll_timeout().is_none_or(|due| due > now) {
                continue;
            }
            let due = missing.due(round_trip, REPAIR_PATIENCE, now);
            if due.is_empty() {
                continue;
            }
            let nacks = nack_pairs_from_sequence_numbers(&due);
            let request = TransportLayerNack { sender_ssrc: self.asker, media_ssrc: *ssrc, nacks };
            let message = AttributedPacket::new(Packet::Rtcp(vec![Box::new(request)]));
            self.written.push_back(TaggedPacket { now, transport: TransportContext::default(), message });
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.streams.values().filter_map(Missing::poll_timeout).min()
    }
}

impl Interceptor for Requests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, stream: &StreamInfo) {
        if let Some(repairs) = stream.ssrc_rtx {
            self.repairs.insert(repairs);
            self.streams.remove(&repairs);
        }
        if super::is_repaired(stream) && !self.repairs.contains(&stream.ssrc) {
            self.streams.entry(stream.ssrc).or_default();
        }
    }

    fn unbind_remote_stream(&mut self, stream: &StreamInfo) {
        self.streams.remove(&stream.ssrc);
        self.repairs.remove(&stream.ssrc);
    }
}
