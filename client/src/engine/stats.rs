//! The statistics of a call, once a second, in the shape in which the headless face prints them.
mod recent;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use cpu_time::ProcessTime;
use parlor_call::{ParticipantView, TrackKind};
use parlor_media::{
    audio::{
        Mode,
        processing::{EchoState, Running},
    },
    video::receive::VideoReceiverStats,
};
use parlor_protocol::{CandidateKind, ParticipantId};
use serde::Serialize;

use self::recent::{Packets, Recent};
use super::{PictureLimit, studio::EncoderAtWork};
use crate::peer::{PeerStats, Receivers, Route, Sent};

/// One second of a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// Milliseconds since we entered the room.
    pub at_ms: u64,
    /// Our side.
    pub me: MyStats,
    /// The others.
    pub participants: Vec<ParticipantStats>,
}

/// What our side costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MyStats {
    /// The encoders that run: the camera's, then those of what is shared, the one with the largest pictures first. Each
    /// is for everybody who gets pictures of its size.
    pub encoders: Vec<EncoderReport>,
    /// What keeps our pictures from being as good as they are wanted.
    pub limited_by: LimitedBy,
    /// What is done to our sound.
    pub sound: SoundReport,
    /// Processor cores in use by the whole program.
    pub cpu_cores: f64,
    /// Memory in use by the whole program, in MiB.
    pub rss_mib: u64,
}

/// What keeps pictures from being as good as they are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// Nothing.
    Nothing,
    /// This computer.
    Processor,
    /// What the person allows to be sent.
    Upload,
    /// The way to somebody; the others get as much as without them.
    Network,
}

impl From<PictureLimit> for LimitedBy {
    fn from(limit: PictureLimit) -> Self {
        match limit {
            PictureLimit::Nothing => Self::Nothing,
            PictureLimit::Processor => Self::Processor,
            PictureLimit::Upload => Self::Upload,
            PictureLimit::Network(_) => Self::Network,
        }
    }
}

/// What is done to our sound at the moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SoundReport {
    /// How echo is taken out; none where that does not run.
    pub echo: Option<EchoReport>,
    /// How much noise is taken out: `off`, `standard` or `strong`.
    pub noise: String,
    /// Whether our voice is brought to an even loudness.
    pub gain: bool,
    /// Whether it is sent as music.
    pub music: bool,
}

/// How echo is taken out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EchoReport {
    /// How long what is played takes into the microphone, in milliseconds, once that is known.
    pub delay_ms: Option<u32>,
    /// By how much the speaker's clock runs faster than the microphone's, in millionths.
    pub drift_ppm: f64,
    /// By how much the echo is quieter than without us, in dB, as far as is known.
    pub reduction_db: Option<f64>,
}

impl From<Running> for SoundReport {
    fn from(running: Running) -> Self {
        Self {
            echo: running.echo.map(EchoReport::from),
            noise: running.noise.to_string(),
            gain: running.gain,
            music: running.mode == Mode::Music,
        }
    }
}

/// Which pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Those of the camera.
    Camera,
    /// Those of what is shared.
    Screen,
}

impl From<EchoState> for EchoReport {
    fn from(echo: EchoState) -> Self {
        Self {
            delay_ms: echo.delay_ms,
            drift_ppm: rounded(echo.drift_ppm),
            reduction_db: echo.reduction_db.map(rounded),
        }
    }
}

/// One encoder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncoderReport {
    /// Of which pictures.
    pub kind: PictureKind,
    /// Which of the encoders of these: 0 is that of the largest.
    pub layer: usize,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures encoded in the last second.
    pub fps: f64,
    /// Thousands of bits in the last second.
    pub kbps: u32,
    /// Mean time to encode a picture, in milliseconds.
    pub ms_per_frame: f64,
}

/// One other participant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParticipantStats {
    /// Who.
    pub id: ParticipantId,
    /// What they are called.
    pub nickname: String,
    /// The time to them and back in milliseconds, once it is known.
    pub rtt_ms: Option<f64>,
    /// The way to them, once it is known.
    pub route: Option<RouteStats>,
    /// Milliseconds since anything came from them; none before the first packet.
    pub silent_ms: Option<u64>,
    /// The share of their packets of the last five seconds that did not arrive at first, 0 to 1.
    pub lost_ratio: f64,
    /// Thousands of bits that we sent to them in the last second.
    pub sent_kbps: u64,
    /// Thousands of bits a second that the way to them takes, as far as is known.
    pub estimate_kbps: Option<u32>,
    /// The share of our packets of the last five seconds that they say they have missed, 0 to 1.
    pub sent_lost_ratio: f64,
    /// Pictures of ours that were not sent to them, because their connection did not take them in time.
    pub frames_not_sent: u64,
    /// What we receive from them.
    pub tracks: Vec<TrackStats>,
}

/// How the two ends of a connection are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RouteStats {
    /// Ours.
    pub local: Reached,
    /// Theirs.
    pub remote: Reached,
}

/// By which kind of address somebody is reached, in the words of ICE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// One of their machine's own.
    Host,
    /// The one that a STUN server sees.
    Srflx,
    /// The one that the other end sees.
    Prflx,
    /// One on a relay.
    Relay,
}

impl From<CandidateKind> for Reached {
    fn from(kind: CandidateKind) -> Self {
        match kind {
            CandidateKind::Host => Self::Host,
            CandidateKind::ServerReflexive => Self::Srflx,
            CandidateKind::PeerReflexive => Self::Prflx,
            CandidateKind::Relay => Self::Relay,
        }
    }
}

impl From<Route> for RouteStats {
    fn from(Route { local, remote }: Route) -> Self {
        Self { local: local.into(), remote: remote.into() }
    }
}

/// One track that we receive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TrackStats {
    /// Pictures of the participant.
    Camera(PictureStats),
    /// Pictures of the participant's screen.
    Screen(PictureStats),
    /// Sound.
    Microphone(SoundStats),
}

/// Pictures received.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PictureStats {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures decoded in the last second.
    pub fps: f64,
    /// Pictures decoded so far.
    pub frames_decoded: u64,
    /// How often the picture stood still for longer than the flow of pictures explains.
    pub freezes: u32,
    /// Thousands of bits in the last second.
    pub kbps: u64,
    /// Packets that did not arrive at first.
    pub packets_lost: u64,
    /// Those of them that did not arrive later either.
    pub unrepaired: u64,
    /// Packets that were sent again.
    pub retransmitted: u64,
    /// Keyframes that we asked for.
    pub keyframes_requested: u32,
    /// How many milliseconds later than what is said with them they are shown, less than 0 for earlier; none for a
    /// screen, and while it is not known.
    pub skew_ms: Option<f64>,
}

/// Sound received.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SoundStats {
    /// How loud it is at the moment, 0 to 1.
    pub level: f64,
    /// How unevenly its packets arrive, in milliseconds.
    pub jitter_ms: f64,
    /// How long it waits so that this is not heard, in milliseconds.
    pub delay_ms: f64,
    /// The share of it that was made up, because nothing had arrived.
    pub concealed_ratio: f64,
    /// Thousands of bits in the last second.
    pub kbps: u64,
    /// Packets that did not arrive, or too late.
    pub packets_lost: u64,
}

/// Takes the measure of the program, and turns running totals into values per second.
#[derive(Debug)]
pub(super) struct Meter {
    wall: Instant,
    cpu: Option<ProcessTime>,
    others: BTreeMap<ParticipantId, Totals>,
}

/// What was counted of a participant until the last call.
#[derive(Debug, Default)]
struct Totals {
    received: BTreeMap<TrackKind, u64>,
    sent: Sent,
    sent_kbps: u64,
    incoming: Recent,
    outgoing: Recent,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self { wall: Instant::now(), cpu: ProcessTime::try_now().ok(), others: BTreeMap::new() }
    }

    /// What the program used since the last call.
    pub(super) fn me(
        &mut self,
        encoders: impl Iterator<Item = EncoderAtWork>,
        limit: PictureLimit,
        sound: Running,
    ) -> (MyStats, Duration) {
        let (now, cpu) = (Instant::now(), ProcessTime::try_now().ok());
        let passed = now.duration_since(self.wall);
        let used = match (cpu, self.cpu) {
            (Some(now), Some(before)) => now.duration_since(before),
            (None, _) | (_, None) => Duration::ZERO,
        };
        (self.wall, self.cpu) = (now, cpu);
        let encoders = encoders.map(|EncoderAtWork { kind, layer, stats, .. }| EncoderReport {
            kind: match kind {
                TrackKind::Screen => PictureKind::Screen,
                TrackKind::Camera | TrackKind::Microphone => PictureKind::Camera,
            },
            layer: layer.index(),
            width: stats.size.width,
            height: stats.size.height,
            fps: rounded(stats.fps),
            kbps: stats.kbps,
            ms_per_frame: rounded(stats.ms_per_frame),
        });
        let rss = memory_stats::memory_stats().map_or(0, |memory| memory.physical_mem >> 20);
        let cpu_cores = used.as_secs_f64() / passed.as_secs_f64().max(1e-3);
        let me = MyStats {
            encoders: encoders.collect(),
            limited_by: limit.into(),
            sound: sound.into(),
            cpu_cores: (cpu_cores * 1e3).round() / 1e3,
            rss_mib: rss as u64,
        };
        (me, passed)
    }

    /// What came from a participant since the last call, `passed` ago.
    pub(super) fn participant(
        &mut self,
        other: &ParticipantView,
        peer: PeerStats,
        receivers: Option<&Receivers>,
        passed: Duration,
    ) -> ParticipantStats {
        let totals = self.others.entry(other.id).or_default();
        let (mut tracks, mut incoming) = (Vec::new(), Packets::default());
        if let Some(receivers) = receivers {
            for kind in [TrackKind::Camera, TrackKind::Screen] {
                if let Some((stats, retransmitted)) = receivers.picture_stats(kind) {
                    let kbps = totals.received_kbps(kind, stats.bytes, passed);
                    let mut report = picture_report(&stats, retransmitted, kbps);
                    report.skew_ms = receivers.skew_ms().filter(|_| kind == TrackKind::Camera).map(rounded);
                    incoming.sent += stats.packets_received + stats.packets_lost;
                    incoming.lost += stats.packets_lost + stats.packets_recovered;
                    tracks.push(match kind {
                        TrackKind::Screen => TrackStats::Screen(report),
                        TrackKind::Camera | TrackKind::Microphone => TrackStats::Camera(report),
                    });
                }
            }
            let voice = receivers.voice_stats();
            incoming.sent += voice.packets_received + voice.packets_lost;
            incoming.lost += voice.packets_lost;
            tracks.push(TrackStats::Microphone(SoundStats {
                level: rounded(receivers.voice().level()),
                jitter_ms: rounded(voice.jitter_ms),
                delay_ms: rounded(voice.delay_ms),
                concealed_ratio: ratio(voice.concealed_ratio.into()),
                kbps: totals.received_kbps(TrackKind::Microphone, voice.bytes, passed),
                packets_lost: voice.packets_lost,
            }));
        }
        let silent = receivers.and_then(|receivers| receivers.silent_for(self.wall));
        let outgoing = Packets { sent: peer.sent.packets, lost: peer.sent.lost };
        ParticipantStats {
            id: other.id,
            nickname: other.nickname.to_string(),
            rtt_ms: peer.round_trip.map(|round_trip| rounded(round_trip.as_secs_f32() * 1e3)),
            route: peer.route.map(RouteStats::from),
            silent_ms: silent.map(|silent| u64::try_from(silent.as_millis()).unwrap_or(u64::MAX)),
            lost_ratio: ratio(totals.incoming.lost_ratio(incoming)),
            sent_kbps: totals.sent_kbps(peer.sent),
            estimate_kbps: peer.estimate_kbps,
            sent_lost_ratio: ratio(totals.outgoing.lost_ratio(outgoing)),
            frames_not_sent: peer.dropped_frames,
            tracks,
        }
    }

    /// Forgets those who are not here any more.
    pub(super) fn keep_only(&mut self, here: &[ParticipantView]) {
        self.others.retain(|who, _| here.iter().any(|other| other.id == *who));
    }
}

impl Totals {
    fn received_kbps(&mut self, track: TrackKind, total: u64, passed: Duration) -> u64 {
        kbps(total.saturating_sub(self.received.insert(track, total).unwrap_or_default()), passed)
    }

    /// A connection counts once a second, but not in step with us: what was counted before says nothing new.
    fn sent_kbps(&mut self, now: Sent) -> u64 {
        if let Some(at) = now.at.filter(|_| now.at != self.sent.at) {
            let passed = self.sent.at.map_or(Duration::from_secs(1), |before| at.saturating_duration_since(before));
            self.sent_kbps = kbps(now.bytes.saturating_sub(self.sent.bytes), passed);
            self.sent = now;
        }
        self.sent_kbps
    }
}

fn kbps(bytes: u64, passed: Duration) -> u64 {
    (bytes as f64 * 8.0 / 1e3 / passed.as_secs_f64().max(1e-3)).round() as u64
}

fn picture_report(stats: &VideoReceiverStats, retransmitted: u64, kbps: u64) -> PictureStats {
    PictureStats {
        width: stats.size.map_or(0, |size| size.width),
        height: stats.size.map_or(0, |size| size.height),
        fps: rounded(stats.fps),
        frames_decoded: stats.frames_decoded,
        freezes: stats.freezes,
        kbps,
        packets_lost: stats.packets_lost + stats.packets_recovered,
        unrepaired: stats.packets_lost,
        retransmitted,
        keyframes_requested: stats.keyframes_requested,
        skew_ms: None,
    }
}

/// One digit behind the point is all that a reader can use.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}

/// A tenth of a thousandth is all that a reader can use.
fn ratio(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
