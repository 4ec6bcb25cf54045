//! How a webrtc connection is put together.
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rtc::{
    ice::mdns::MulticastDnsMode,
    interceptor::{Slot, TwccReceiverBuilder},
    media_stream::MediaStreamTrack,
    peer_connection::configuration::{
        interceptor_registry::{
            configure_nack, configure_rtcp_reports, configure_simulcast_extension_headers, configure_twcc_receiver_only,
        },
        media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8},
    },
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use webrtc::{
    data_channel::{DataChannel, RTCDataChannelInit},
    error::Result,
    media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceServer, RTCIceTransportPolicy, Registry, SettingEngineBuilder,
    },
    rtp_transceiver::RtpSender,
    runtime::{Runtime, TokioRuntime},
};

use super::{
    clocks::SenderClocks,
    congestion::{Congestion, Gauge},
    impair::{ImpairedRuntime, Impairment},
    packets::{PICTURE_CLOCK, SOUND_CLOCK},
    relay::Relay,
    repair::{LostThere, Repair, Requests, Resend, RtxCounts, SenderReports},
    sound_terms,
};
use parlor_call::TrackKind;

/// The data channel of a pair: agreed beforehand, so that neither side has to announce it.
pub(super) const CHANNEL_LABEL: &str = "parlor";
const CHANNEL_ID: u16 = 0;
/// The one for files, likewise.
const FILES_LABEL: &str = "files";
const FILES_ID: u16 = 1;
/// What may wait in each data channel for somebody who takes nothing. What does not fit is said again later.
const CHANNEL_BUFFER_BYTES: usize = 256 * 1024;

/// Unheard of for this long, the other side counts as disconnected. webrtc adds up to its check interval.
const DISCONNECTED_AFTER: Duration = Duration::from_secs(4);
const FAILED_AFTER: Duration = Duration::from_secs(25);
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// Candidate pairs are tried this often, up to so many times each: four times as often as webrtc does by itself, for as
/// long. On a local network the first picture comes a third of a second earlier for it.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
const CHECKS_PER_PAIR: u16 = 40;
/// For so long a way through the relay waits for a direct one: several round trips of any sensible network. By itself
/// webrtc waits for two seconds; and for one where the other side's relay was heard from before it was announced, so
/// that nobody knows yet that it is one.
const RELAY_WAIT: Duration = Duration::from_millis(800);

/// The payload types of sound, and of sound with copies: those that browsers offer.
const OPUS_PAYLOAD: u8 = 111;
const RED_PAYLOAD: u8 = 63;

/// webrtc unwraps retransmissions behind the interceptors; ours does it before what is missing is counted.
const REPAIR_SLOT: usize = 6_500;

/// How often we tell the other side when its packets arrived. It costs 10 kbit/s, and each report later a queue is
/// noticed, it is longer by what was sent too much since.
const FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);
/// Arrivals are noted before retransmissions are unwrapped, for packets of padding end there: they measure the way.
const ARRIVALS_SLOT: usize = 6_400;

/// How peers reach the network. Clones share the bad network that there may be.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    runtime: Arc<dyn Runtime>,
    ice_servers: Vec<String>,
    relay: Option<Relay>,
    relay_only: bool,
    loopback: bool,
}

impl Network {
    /// `ice_servers` are STUN addresses; none means that nobody beyond the participants and their server is asked.
    pub(crate) fn new(ice_servers: Vec<String>, relay_only: bool, impairment: Option<Impairment>) -> Self {
        let runtime: Arc<dyn Runtime> = match impairment {
            Some(impairment) => Arc::new(ImpairedRuntime::new(impairment)),
            None => Arc::new(TokioRuntime),
        };
        Self { runtime, ice_servers, relay: None, relay_only, loopback: false }
    }

    /// The same, reachable on loopback too or not: it is of use where the others may be on this machine.
    pub(crate) fn with_loopback(&self, loopback: bool) -> Self {
        Self { loopback, ..self.clone() }
    }

    /// Uses this relay, or none, for every connection from now on.
    pub(crate) fn use_relay(&mut self, relay: Option<Relay>) {
        self.relay = relay;
    }

    /// Whether there is a relay.
    pub(crate) fn has_relay(&self) -> bool {
        self.relay.is_some()
    }

    /// What webrtc may ask for our addresses.
    async fn ice_servers(&self) -> Vec<RTCIceServer> {
        let given = self.ice_servers.iter().map(|url| RTCIceServer { urls: vec![url.clone()], ..Default::default() });
        let mut servers: Vec<_> = given.collect();
        if let Some(relay) = &self.relay {
            servers.extend(relay.ice_servers().await);
        }
        servers
    }

    fn policy(&self) -> RTCIceTransportPolicy {
        if self.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All }
    }

    /// Every network interface, each with a port of the system's choice.
    fn addresses(&self) -> Vec<SocketAddr> {
        let any_port = |ip: IpAddr| SocketAddr::new(ip, 0);
        if self.loopback {
            vec![any_port(Ipv4Addr::LOCALHOST.into()), any_port(Ipv4Addr::UNSPECIFIED.into())]
        } else {
            vec![any_port(Ipv4Addr::UNSPECIFIED.into()), any_port(Ipv6Addr::UNSPECIFIED.into())]
        }
    }
}

/// A connection that is set up, before the first offer.
pub(super) struct Setup {
    pub(super) connection: Closing,
    pub(super) tracks: Vec<OutgoingTrack>,
    pub(super) channel: Arc<dyn DataChannel>,
    pub(super) files: Arc<dyn DataChannel>,
    pub(super) rtx_counts: RtxCounts,
    pub(super) lost_there: LostThere,
    pub(super) sender_reports: SenderReports,
    pub(super) clocks: SenderClocks,
}

/// A track of ours and its place in the connection. There is one of each kind for the whole life of the connection:
/// what is sent on it changes, the track does not.
#[derive(Clone)]
pub(super) struct OutgoingTrack {
    pub(super) kind: TrackKind,
    pub(super) ssrc: u32,
    pub(super) track: Arc<dyn TrackLocal>,
    pub(super) sender: Arc<dyn RtpSender>,
}

pub(super) async fn set_up(
    network: &Network,
    handler: Arc<dyn PeerConnectionEventHandler>,
    gauge: &Gauge,
) -> Result<Setup> {
    let mut media_engine = MediaEngine::default();
    // Before the defaults, which leave out what is there: their Opus has one channel and no DRED.
    let sound = RTCRtpCodecParameters { rtp_codec: opus(), payload_type: OPUS_PAYLOAD };
    media_engine.register_codec(sound, RtpCodecKind::Audio)?;
    // Behind Opus: a browser sends copies all the time where they come first.
    let copies = RTCRtpCodecParameters { rtp_codec: red(), payload_type: RED_PAYLOAD };
    media_engine.register_codec(copies, RtpCodecKind::Audio)?;
    media_engine.register_default_codecs()?;
    let (rtx_counts, lost_there) = (RtxCounts::default(), LostThere::default());
    let sender_reports = SenderReports::default();
    let clocks = SenderClocks::default();
    let repair = Repair::new(rtx_counts.clone(), lost_there.clone(), sender_reports.clone(), clocks.clone());
    let interceptors = interceptors(&mut media_engine, repair, gauge)?;
    let relay_wait = if network.relay_only { Duration::ZERO } else { RELAY_WAIT };
    let settings = SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(CHECKS_PER_PAIR))
        .with_ice_timeouts(Some(DISCONNECTED_AFTER), Some(FAILED_AFTER), Some(KEEP_ALIVE))
        .with_relay_acceptance_min_wait(Some(relay_wait))
        .with_prflx_acceptance_min_wait(Some(relay_wait))
        .build();
    let configuration = RTCConfigurationBuilder::new()
        .with_ice_servers(network.ice_servers().await)
        .with_ice_transport_policy(network.policy())
        .build();
    let connection = PeerConnectionBuilder::new()
        .with_configuration(configuration)
        .with_setting_engine(settings)
        .with_media_engine(media_engine)
        .with_interceptor_registry(interceptors)
        .with_handler(handler)
        .with_runtime(network.runtime.clone())
        .with_udp_addrs(network.addresses())
        .with_data_channel_send_buffer_limit(CHANNEL_BUFFER_BYTES)
        .build()
        .await?;
    let connection: Arc<dyn PeerConnection> = Arc::new(connection);
    let closing = Closing(Some(connection.clone()));

    let mut tracks = Vec::new();
    for kind in [TrackKind::Microphone, TrackKind::Camera, TrackKind::Screen] {
        let ssrc = fastrand::u32(1..);
        let track: Arc<dyn TrackLocal> = Arc::new(TrackLocalStaticRTP::new(description(kind, ssrc)));
        let sender = connection.add_track(track.clone()).await?;
        tracks.push(OutgoingTrack { kind, ssrc, track, sender });
    }
    let channel = RTCDataChannelInit { negotiated: Some(CHANNEL_ID), ..Default::default() };
    let channel = connection.create_data_channel(CHANNEL_LABEL, Some(channel)).await?;
    let files = RTCDataChannelInit { negotiated: Some(FILES_ID), ..Default::default() };
    let files = connection.create_data_channel(FILES_LABEL, Some(files)).await?;
    Ok(Setup { connection: closing, tracks, channel, files, rtx_counts, lost_there, sender_reports, clocks })
}

/// What packets pass between the wire and the tracks. The crate's own functions announce to the other side what we
/// understand; of their interceptors only those that report stay.
fn interceptors(media_engine: &mut MediaEngine, repair: Repair, gauge: &Gauge) -> Result<Registry> {
    configure_simulcast_extension_headers(media_engine)?;
    configure_twcc_receiver_only(Registry::new(), media_engine)?;
    let arrivals = TwccReceiverBuilder::new().with_interval(FEEDBACK_INTERVAL).build();
    let registry = configure_nack(configure_rtcp_reports(Registry::new()), media_engine)
        .with(Slot::TwccSender, Congestion::new(gauge.clone()))
        .with(Slot::from(ARRIVALS_SLOT), arrivals)
        .with(Slot::from(REPAIR_SLOT), repair)
        .with(Slot::NackResponder, Resend::new(gauge.clone()))
        .with(Slot::NackGenerator, Requests::new(gauge.clone()));
    Ok(registry)
}

/// A connection that is closed whatever happens: a dropped one keeps its socket and its driver for ever.
pub(super) struct Closing(Option<Arc<dyn PeerConnection>>);

impl Closing {
    pub(super) fn get(&self) -> Option<Arc<dyn PeerConnection>> {
        self.0.clone()
    }

    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.0.take() {
            close(connection).await;
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let (Some(connection), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(close(connection));
        }
    }
}

async fn close(connection: Arc<dyn PeerConnection>) {
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a connection does not close cleanly");
    }
}

/// The name under which a track travels, and by which the other side knows what it is.
pub(super) fn stream_name(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Microphone => "microphone",
        TrackKind::Camera => "camera",
        TrackKind::Screen => "screen",
    }
}

fn description(kind: TrackKind, ssrc: u32) -> MediaStreamTrack {
    let name = stream_name(kind).to_owned();
    let (codec_kind, codec) = match kind {
        TrackKind::Microphone => (RtpCodecKind::Audio, opus()),
        TrackKind::Camera | TrackKind::Screen => (RtpCodecKind::Video, vp8()),
    };
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec,
        ..Default::default()
    };
    // webrtc sorts feedback by track id and looks among the other side's tracks first: ids that both sides use would
    // send the requests for our keyframes astray.
    let id = format!("{name}-{ssrc:08x}");
    MediaStreamTrack::new(name.clone(), id, name, codec_kind, vec![encoding])
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: SOUND_CLOCK,
        channels: 2,
        sdp_fmtp_line: sound_terms::OPUS.to_owned(),
        rtcp_feedback: Vec::new(),
    }
}

fn red() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: sound_terms::RED.to_owned(),
        // What is copied (RFC 2198, section 5).
        sdp_fmtp_line: format!("{OPUS_PAYLOAD}/{OPUS_PAYLOAD}"),
        ..opus()
    }
}

fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_VP8.to_owned(),
        clock_rate: PICTURE_CLOCK,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    }
}
