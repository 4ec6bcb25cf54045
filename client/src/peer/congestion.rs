//! Numbers what leaves for one peer, hears what became of it, and keeps the estimate of how much the way takes.
//!
//! This has the place in webrtc's chain of interceptors that its own congestion control would have, nearest to the
//! wire, and does the work of two of its parts: of the one that numbers packets (transport-wide congestion control,
//! draft-holmer-rmcat-transport-wide-cc-extensions-01) and of the one that joins the feedback with what was sent. Those
//! leave retransmissions out, which fill a link as all else does, and hand on what a lost report would have said as
//! lost packets: where reports are lost too, an estimator behind them sees twice the loss that there is.
//!
//! The [`Gauge`] is what all others read.
mod feedback;
mod gauge;
mod history;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use bytes::Bytes;
use parlor_bandwidth::estimator::{Estimator, Fate};
use rtc::{
    interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc,
    sansio::Protocol,
    sdp::extmap::TRANSPORT_CC_URI,
    shared::{error::Error, marshal::MarshalSize},
};

pub(super) use self::gauge::Gauge;
use self::{feedback::fates, history::History};

/// What the network adds to a packet: headers of IPv4 and UDP, and SRTP's authentication.
const WIRE_BYTES: usize = 20 + 8 + 16;

/// Travels up the chain with a report: retransmit so many packets that were sent lately, as a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProbeOrder {
    pub(super) number: u32,
    pub(super) packets: usize,
}

/// Travels down with each packet of a probe: its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProbePacket(pub(super) u32);

/// The interceptor.
pub(super) struct Congestion {
    /// The number of the header extension for each of our streams, by SSRC; retransmissions have streams of their own.
    streams: BTreeMap<u32, u8>,
    history: History,
    estimator: Estimator,
    gauge: Gauge,
    read: VecDeque<TaggedPacket>,
    written: VecDeque<TaggedPacket>,
}

impl Congestion {
    pub(super) fn new(gauge: Gauge) -> Self {
        Self {
            streams: BTreeMap::new(),
            history: History::default(),
            estimator: Estimator::default(),
            gauge,
            read: VecDeque::new(),
            written: VecDeque::new(),
        }
    }

    fn learn(&mut self, feedback: &TransportLayerCc, now: Instant) {
        let reports = self.history.resolve(fates(feedback));
        let lost = reports.iter().filter(|report| report.fate == Fate::Lost).count();
        self.gauge.count(reports.len(), lost);
        self.estimator.handle(&reports, now);
        self.gauge.set(&self.estimator);
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Congestion {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(messages) = &packet.message.packet {
            let mut heard = false;
            for feedback in messages.iter().filter_map(|message| message.as_any().downcast_ref()) {
                self.learn(feedback, packet.now);
                heard = true;
            }
            self.estimator.set_wanted(self.gauge.wanted());
            if let Some(probe) = heard.then(|| self.estimator.poll_probe(packet.now)).flatten() {
                let order = ProbeOrder { number: probe.number, packets: probe.packets };
                packet.message.add(Attribute::Custom(Arc::new(order)));
            }
        }
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        let probe = packet.message.custom::<ProbePacket>().map(|packet| packet.0);
        if let Packet::Rtp(rtp) = &mut packet.message.packet
            && let Some(extension) = self.streams.get(&rtp.header.ssrc)
        {
            let number = self.history.next_number();
            let numbered = rtp.header.set_extension(*extension, Bytes::copy_from_slice(&number.to_be_bytes()));
            if numbered.is_ok() {
                self.history.sent(packet.now, rtp.marshal_size() + WIRE_BYTES, probe);
                self.estimator.sent(packet.now);
            }
        }
        self.written.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.written.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.estimator.poll_timeout().is_some_and(|due| due <= now) {
            self.estimator.handle_timeout(now);
            self.gauge.set(&self.estimator);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.estimator.poll_timeout()
    }
}

impl Interceptor for Congestion {
    fn bind_local_stream(&mut self, stream: &StreamInfo) {
        let extension = stream.rtp_header_extensions.iter().find(|extension| extension.uri == TRANSPORT_CC_URI);
        // 0 is no number, and 15 is reserved (RFC 8285, section 4.2): whoever negotiates them gets no numbers.
        let Some(number) = extension.and_then(|extension| u8::try_from(extension.id).ok()) else { return };
        if (1..15).contains(&number) {
            for ssrc in [Some(stream.ssrc), stream.ssrc_rtx].into_iter().flatten() {
                self.streams.insert(ssrc, number);
            }
        }
    }

    fn unbind_local_stream(&mut self, stream: &StreamInfo) {
        for ssrc in [Some(stream.ssrc), stream.ssrc_rtx].into_iter().flatten() {
            self.streams.remove(&ssrc);
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests;
