//! Takes what one track of a participant brings to its receiver.
use std::{sync::Arc, time::Instant};

use parlor_call::TrackKind;
use rtc::{
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp_transceiver::rtp_sender::RtpCodecKind,
};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{
    packets::{audio_packet, video_packet},
    receivers::Receivers,
    repair::RtxCounts,
    setup::stream_name,
};

/// The task that receives one track. It ends when the connection does.
pub(super) struct Incoming {
    track: Arc<dyn TrackRemote>,
    kind: TrackKind,
    receivers: Arc<Receivers>,
    rtx_counts: RtxCounts,
    ssrc: u32,
}

impl Incoming {
    /// Finds out what the track is: by its name, or, from a program that names nothing, by its kind.
    pub(super) async fn new(track: Arc<dyn TrackRemote>, receivers: Arc<Receivers>, rtx_counts: RtxCounts) -> Self {
        let kind = match track.kind().await {
            RtpCodecKind::Video if track.stream_id().await == stream_name(TrackKind::Screen) => TrackKind::Screen,
            RtpCodecKind::Video => TrackKind::Camera,
            _ => TrackKind::Microphone,
        };
        receivers.restarted(kind);
        Self { track, kind, receivers, rtx_counts, ssrc: 0 }
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
        match self.kind {
            TrackKind::Microphone => self.receivers.push_audio(audio_packet(packet), now),
            TrackKind::Camera | TrackKind::Screen => {
                self.receivers.set_retransmitted(self.kind, self.rtx_counts.of(self.ssrc));
                match video_packet(&packet) {
                    Some(packet) => self.receivers.push_video(self.kind, packet, now),
                    None => tracing::trace!("a packet that is no VP8"),
                }
            }
        }
    }

    async fn ask_for_keyframe(&self) {
        if self.ssrc == 0 {
            return;
        }
        tracing::debug!(kind = ?self.kind, "asking for a keyframe");
        let request = PictureLossIndication { sender_ssrc: 0, media_ssrc: self.ssrc };
        if self.track.write_rtcp(vec![Box::new(request)]).await.is_err() {
            tracing::debug!("no way to ask for a keyframe");
        }
    }
}
