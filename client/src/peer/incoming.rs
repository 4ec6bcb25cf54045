//! Takes what one track of a participant brings to its receiver.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::TrackKind;
use parlor_media::{audio::red, sync::SenderReport};
use rtc::{
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp_transceiver::rtp_sender::RtpCodecKind,
};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{
    congestion::Gauge,
    packets::{audio_packet, video_packet},
    receivers::Receivers,
    repair::{RtxCounts, SenderReports},
    setup::stream_name,
};

/// A keyframe that was asked for is here after a round trip and the time to make it; until then nobody asks again.
const KEYFRAME_MARGIN: Duration = Duration::from_millis(100);

/// The task that receives one track. It ends when the connection does.
pub(super) struct Incoming {
    track: Arc<dyn TrackRemote>,
    kind: TrackKind,
    receivers: Arc<Receivers>,
    rtx_counts: RtxCounts,
    gauge: Gauge,
    sender_reports: SenderReports,
    /// The payload type of sound with copies, where it was agreed on.
    red: Option<u8>,
    /// The last report that was passed on.
    reported: Option<SenderReport>,
    ssrc: u32,
    asked: Option<Instant>,
}

impl Incoming {
    /// Finds out what the track is: by its name, or, from a program that names nothing, by its kind.
    pub(super) async fn new(
        track: Arc<dyn TrackRemote>,
        receivers: Arc<Receivers>,
        rtx_counts: RtxCounts,
        gauge: Gauge,
        sender_reports: SenderReports,
        red: Option<u8>,
    ) -> Self {
        let kind = match track.kind().await {
            RtpCodecKind::Video if track.stream_id().await == stream_name(TrackKind::Screen) => TrackKind::Screen,
            RtpCodecKind::Video => TrackKind::Camera,
            _ => TrackKind::Microphone,
        };
        receivers.restarted(kind);
        Self { track, kind, receivers, rtx_counts, gauge, sender_reports, red, reported: None, ssrc: 0, asked: None }
    }

    /// What the track is.
    pub(super) fn kind(&self) -> TrackKind {
        self.kind
    }

    pub(super) async fn run(mut self) {
        loop {
            tokio::select! {
                event = self.track.poll() => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => self.receive(packet),
                    Some(_) => {}
                    None => return,
                },
                () = self.receivers.keyframe_needed(self.kind) => self.ask_for_keyframe().await,
            }
        }
    }

    fn receive(&mut self, packet: rtc::rtp::Packet) {
        let now = Instant::now();
        self.ssrc = packet.header.ssrc;
        self.pass_report_on();
        match self.kind {
            TrackKind::Microphone => self.receive_sound(packet, now),
            TrackKind::Camera | TrackKind::Screen => {
                self.receivers.set_retransmitted(self.kind, self.rtx_counts.of(self.ssrc));
                match video_packet(&packet) {
                    Some(packet) => self.receivers.push_video(self.kind, packet, now),
                    None => tracing::trace!("a packet that is no VP8"),
                }
            }
        }
    }

    fn receive_sound(&self, packet: rtc::rtp::Packet, now: Instant) {
        let has_copies = self.red == Some(packet.header.payload_type);
        let packet = audio_packet(packet);
        if !has_copies {
            return self.receivers.push_audio(packet, now);
        }
        match red::unpack(&packet) {
            Some(red::Unpacked { packet, copies }) => {
                self.receivers.push_audio(packet, now);
                copies.into_iter().for_each(|copy| self.receivers.push_audio_copy(copy, now));
            }
            None => tracing::trace!("a packet with copies that cannot be taken apart"),
        }
    }

    /// What the sender says of the stream's clock keeps pictures and sound together.
    fn pass_report_on(&mut self) {
        let reported = self.sender_reports.of(self.ssrc);
        if let Some(report) = reported.filter(|_| reported != self.reported) {
            self.reported = reported;
            self.receivers.take_report(self.kind, report);
        }
    }

    /// What is passed over here is wished again, until there is a keyframe.
    async fn ask_for_keyframe(&mut self) {
        let patience = self.gauge.round_trip() + KEYFRAME_MARGIN;
        if self.ssrc == 0 || self.asked.is_some_and(|at| at.elapsed() < patience) {
            return;
        }
        self.asked = Some(Instant::now());
        tracing::debug!(kind = ?self.kind, "asking for a keyframe");
        let request = PictureLossIndication { sender_ssrc: 0, media_ssrc: self.ssrc };
        if self.track.write_rtcp(vec![Box::new(request)]).await.is_err() {
            tracing::debug!("no way to ask for a keyframe");
        }
    }
}
