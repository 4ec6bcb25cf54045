//! What repairing pictures needs of webrtc's chain of interceptors, and the chain leaves out.
//!
//! Retransmissions become the packets that they repeat before anything counts what is missing: webrtc-rs unwraps RTX
//! (RFC 4588) behind its interceptors, so that its NACK generator never learns that a packet was repaired and asks
//! for it again and again. And requests for keyframes (RFC 4585, RFC 5104) reach the application: the chain ends all
//! feedback that nobody has marked. Sender reports that leave tell when things were said, and not when they were sent
//! (`clocks.rs`).
//!
//! Who asks for packets is [`Requests`], and who sends them again is [`Resend`].
mod allowance;
mod missing;
mod requests;
mod resend;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use parlor_media::sync::SenderReport as Reported;
use rtc::{
    interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::{
        self,
        payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
        receiver_report::ReceiverReport,
        sender_report::SenderReport,
    },
    sansio::Protocol,
    shared::error::Error,
};

pub(super) use self::{requests::Requests, resend::Resend};
use super::clocks::SenderClocks;

/// How many retransmissions came for each stream, by its SSRC.
#[derive(Debug, Clone, Default)]
pub(super) struct RtxCounts(Arc<Mutex<BTreeMap<u32, u64>>>);

impl RtxCounts {
    pub(super) fn of(&self, ssrc: u32) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ssrc).copied().unwrap_or_default()
    }

    fn count(&self, ssrc: u32) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(ssrc).or_default() += 1;
    }
}

/// How many packets of our streams the other side says it has missed, by SSRC: those of our streams alone.
#[derive(Debug, Clone, Default)]
pub(super) struct LostThere(Arc<Mutex<BTreeMap<u32, Missed>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Missed {
    total: u64,
    /// The share that was lost between the last two reports, 0 to 1; none before the first report.
    lately: Option<f32>,
}

impl LostThere {
    pub(super) fn total(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(|missed| missed.total).sum()
    }

    /// The share of the packets of one stream that was lost between the last two reports, 0 to 1.
    pub(super) fn lately(&self, ssrc: u32) -> Option<f32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ssrc)?.lately
    }

    fn add_stream(&self, ssrc: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(ssrc, Missed::default());
    }

    fn take(&self, packet: &dyn rtcp::Packet) {
        let packet = packet.as_any();
        let reports = match (packet.downcast_ref::<ReceiverReport>(), packet.downcast_ref::<SenderReport>()) {
            (Some(report), _) => &report.reports,
            (None, Some(report)) => &report.reports,
            (None, None) => return,
        };
        let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for report in reports {
            // A signed number of 24 bits: it is negative where packets came twice.
            let Some(stream) = lost.get_mut(&report.ssrc) else { continue };
            stream.lately = Some(f32::from(report.fraction_lost) / 256.0);
            if report.total_lost < 1 << 23 {
                stream.total = report.total_lost.into();
            }
        }
    }
}

/// The latest sender report of each stream of the other side, by its SSRC.
#[derive(Debug, Clone, Default)]
pub(super) struct SenderReports(Arc<Mutex<BTreeMap<u32, Option<Reported>>>>);

impl SenderReports {
    pub(super) fn of(&self, ssrc: u32) -> Option<Reported> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ssrc).copied().flatten()
    }

    fn add_stream(&self, ssrc: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(ssrc).or_default();
    }

    fn remove_stream(&self, ssrc: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&ssrc);
    }

    fn take(&self, packet: &dyn rtcp::Packet) {
        let Some(report) = packet.as_any().downcast_ref::<SenderReport>() else { return };
        // Only streams that are received: the other side may report of any number.
        if let Some(stream) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&report.ssrc) {
            *stream = Some(Reported { ntp: report.ntp_time, rtp: report.rtp_time });
        }
    }
}

/// The interceptor.
pub(super) struct Repair {
    /// The repaired stream and its payload type, by the SSRC of the repairs.
    streams: BTreeMap<u32, (u32, u8)>,
    counts: RtxCounts,
    lost_there: LostThere,
    sender_reports: SenderReports,
    clocks: SenderClocks,
    read: VecDeque<TaggedPacket>,
    written: VecDeque<TaggedPacket>,
}

impl Repair {
    pub(super) fn new(
        counts: RtxCounts,
        lost_there: LostThere,
        sender_reports: SenderReports,
        clocks: SenderClocks,
    ) -> Self {
        let (streams, read, written) = (BTreeMap::new(), VecDeque::new(), VecDeque::new());
        Self { streams, counts, lost_there, sender_reports, clocks, read, written }
    }

    /// Turns a retransmission into what it repeats. Returns whether anything is left of the packet: one that has only
    /// padding probes for bandwidth, and repeats nothing.
    fn unwrap(&self, rtp: &mut rtc::rtp::Packet) -> bool {
        let Some((ssrc, payload_type)) = self.streams.get(&rtp.header.ssrc) else { return true };
        let [high, low, ..] = *rtp.payload else { return false };
        rtp.header.sequence_number = u16::from_be_bytes([high, low]);
        rtp.header.ssrc = *ssrc;
        rtp.header.payload_type = *payload_type;
        rtp.payload = rtp.payload.slice(2..);
        self.counts.count(*ssrc);
        true
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Repair {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &mut packet.message.packet
            && !self.unwrap(rtp)
        {
            return Ok(());
        }
        if let Packet::Rtcp(feedback) = &packet.message.packet {
            for packet in feedback {
                self.lost_there.take(packet.as_ref());
                self.sender_reports.take(packet.as_ref());
            }
            for request in feedback.iter().filter(|packet| is_keyframe_request(packet.as_ref())) {
                let mut message = AttributedPacket::new(Packet::Rtcp(vec![request.cloned()]));
                message.attributes.push(Attribute::DeliverToApplication);
                self.read.push_back(TaggedPacket { now: packet.now, transport: packet.transport, message });
            }
        }
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(reports) = &mut packet.message.packet {
            for report in reports {
                if let Some(corrected) = self.clocks.corrected(report.as_ref(), packet.now) {
                    *report = Box::new(corrected);
                }
            }
        }
        self.written.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.written.pop_front()
    }
}

impl Interceptor for Repair {
    fn bind_local_stream(&mut self, stream: &StreamInfo) {
        self.lost_there.add_stream(stream.ssrc);
    }

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, stream: &StreamInfo) {
        self.sender_reports.add_stream(stream.ssrc);
        if let Some(repairs) = stream.ssrc_rtx {
            self.streams.insert(repairs, (stream.ssrc, stream.payload_type));
        }
    }

    fn unbind_remote_stream(&mut self, stream: &StreamInfo) {
        self.sender_reports.remove_stream(stream.ssrc);
        if let Some(repairs) = stream.ssrc_rtx {
            self.streams.remove(&repairs);
        }
    }
}

/// Whether packets of a stream may be asked for again (`nack` without more, RFC 4585, section 4.2).
fn is_repaired(stream: &StreamInfo) -> bool {
    stream.rtcp_feedback.iter().any(|feedback| feedback.typ == "nack" && feedback.parameter.is_empty())
}

/// Whether the other side asks for a keyframe. Each such request travels on alone, because webrtc sorts feedback by
/// the first packet of what came together.
pub(super) fn is_keyframe_request(packet: &dyn rtcp::Packet) -> bool {
    let packet = packet.as_any();
    packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>()
}
