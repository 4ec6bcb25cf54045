//! The one task that owns a webrtc connection.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use parlor_call::{PeerAction, PeerEvent, PeerKey, TrackKind, Wanted};
use parlor_media::{
    audio::resilience::{Redundancy, SoundReport},
    video::encode::Need,
};
use parlor_protocol::{ConnectReport, IceCandidate};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::MissedTickBehavior,
};
use webrtc::{
    error::Result,
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnection, PeerConnectionEventHandler, RTCIceCandidateInit, RTCPeerConnectionIceEvent,
        RTCPeerConnectionState, RTCSessionDescription, RTCStatsReportEntry, StatsSelector,
    },
};

use super::{
    PeerSettings, PeerStats, Sent,
    clocks::SenderClocks,
    congestion::Gauge,
    data::Channel,
    fan_out::Subscriber,
    files::{FilePort, Files},
    incoming::Incoming,
    outgoing::{self, Sender},
    route::Route,
    setup::{self, Closing, OutgoingTrack, Setup},
    sound_terms,
};

const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// What webrtc may say before we listen. Its callbacks run on its own driver, so they never wait.
const WAITING_NEWS: usize = 256;

/// What webrtc's callbacks say.
enum News {
    Candidate(RTCPeerConnectionIceEvent),
    State(RTCPeerConnectionState),
    Track(Arc<dyn TrackRemote>),
}

/// The task.
pub(super) struct Actor {
    settings: PeerSettings,
    orders: mpsc::Receiver<PeerAction>,
    events: mpsc::Sender<(PeerKey, PeerEvent)>,
    stats: Arc<Mutex<PeerStats>>,
    files: Arc<OnceLock<FilePort>>,
    gauge: Gauge,
}

impl Actor {
    pub(super) fn new(
        settings: PeerSettings,
        orders: mpsc::Receiver<PeerAction>,
        events: mpsc::Sender<(PeerKey, PeerEvent)>,
        stats: Arc<Mutex<PeerStats>>,
        files: Arc<OnceLock<FilePort>>,
        gauge: Gauge,
    ) -> Self {
        Self { settings, orders, events, stats, files, gauge }
    }

    pub(super) async fn run(self) {
        let opened = Instant::now();
        let (handler, news) = Handler::new();
        let key = self.settings.key;
        match setup::set_up(&self.settings.network, Arc::new(handler), &self.gauge).await {
            Ok(setup) => Live::new(self, setup, news, opened).run().await,
            Err(error) => {
                let reason = format!("a connection could not be set up: {error}");
                // Nobody listens any more where the engine has stopped.
                let _ = self.events.send((key, PeerEvent::Failed { reason })).await;
            }
        }
    }
}

/// An actor whose connection exists.
struct Live {
    actor: Actor,
    connection: Closing,
    channel: Channel,
    tracks: Vec<OutgoingTrack>,
    rtx_counts: super::repair::RtxCounts,
    lost_there: super::repair::LostThere,
    sender_reports: super::repair::SenderReports,
    clocks: SenderClocks,
    news: mpsc::Receiver<News>,
    sending: Option<Arc<Subscriber>>,
    /// How large the participant wants our pictures.
    shown: Wanted,
    /// Whether the participant's program rebuilds lost sound from what later packets carry along.
    revives: bool,
    /// The payload type of sound with copies, where the participant's program takes it.
    red: Option<u8>,
    redundancy: Redundancy,
    incoming: BTreeMap<TrackKind, AbortHandle>,
    tasks: JoinSet<()>,
    opened: Instant,
    /// How long it took to connect, until that is told together with the way.
    untold_connect_time: Option<Duration>,
}

impl Live {
    fn new(actor: Actor, setup: Setup, news: mpsc::Receiver<News>, opened: Instant) -> Self {
        let mut tasks = JoinSet::new();
        actor.files.get_or_init(|| FilePort::new(setup.files.clone()));
        let transfers = actor.settings.transfers.clone();
        let (key, channel, events) = (actor.settings.key, setup.files, actor.events.clone());
        tasks.spawn(Files { key, channel, transfers, events }.run());
        Self {
            actor,
            connection: setup.connection,
            channel: Channel(setup.channel),
            tracks: setup.tracks,
            rtx_counts: setup.rtx_counts,
            lost_there: setup.lost_there,
            sender_reports: setup.sender_reports,
            clocks: setup.clocks,
            news,
            sending: None,
            shown: Wanted::default(),
            revives: false,
            red: None,
            redundancy: Redundancy::default(),
            incoming: BTreeMap::new(),
            tasks,
            opened,
            untold_connect_time: None,
        }
    }

    async fn run(mut self) {
        let mut stats = tokio::time::interval(STATS_INTERVAL);
        stats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let told = tokio::select! {
                order = self.actor.orders.recv() => match order {
                    Some(order) => self.perform(order).await,
                    None => break,
                },
                news = self.news.recv() => match news {
                    Some(news) => self.hear(news).await,
                    None => Some(ended()),
                },
                event = self.channel.next() => Some(event.unwrap_or_else(ended)),
                Some(_) = self.tasks.join_next() => None,
                _ = stats.tick() => self.take_stats().await,
            };
            let Some(event) = told else { continue };
            let failed = matches!(event, PeerEvent::Failed { .. });
            if self.actor.events.send((self.actor.settings.key, event)).await.is_err() || failed {
                break;
            }
        }
        self.tasks.abort_all();
        self.connection.close().await;
    }

    async fn perform(&mut self, order: PeerAction) -> Option<PeerEvent> {
        let connection = self.connection.get()?;
        match order {
            PeerAction::MakeOffer => described(make_offer(&connection).await, |sdp| PeerEvent::Offer { sdp }),
            PeerAction::AcceptOffer { sdp, rollback } => {
                self.learn_sound_terms(&sdp);
                described(accept_offer(&connection, sdp, rollback).await, |sdp| PeerEvent::Answer { sdp })
            }
            PeerAction::AcceptAnswer { sdp } => {
                self.learn_sound_terms(&sdp);
                match accept_answer(&connection, sdp).await {
                    Ok(()) => None,
                    Err(error) => Some(failed(&error)),
                }
            }
            PeerAction::AddCandidate(candidate) => {
                if let Err(error) = connection.add_ice_candidate(to_webrtc(candidate)).await {
                    tracing::debug!(%error, "a candidate is of no use");
                }
                None
            }
            PeerAction::Show(shown) => {
                self.shown = shown;
                if let Some(subscriber) = &self.sending {
                    subscriber.show(shown);
                }
                None
            }
            PeerAction::Send(message) => {
                self.channel.send(&message).await;
                None
            }
        }
    }

    fn learn_sound_terms(&mut self, sdp: &str) {
        self.revives = sound_terms::revives(sdp);
        self.red = sound_terms::red_payload_type(sdp);
    }

    async fn hear(&mut self, news: News) -> Option<PeerEvent> {
        match news {
            News::Candidate(event) => match event.candidate.to_json() {
                Ok(candidate) => Some(PeerEvent::Candidate(from_webrtc(candidate))),
                Err(error) => {
                    tracing::debug!(%error, "a candidate cannot be written down");
                    None
                }
            },
            News::Track(track) => {
                let (receivers, counts) = (self.actor.settings.receivers.clone(), self.rtx_counts.clone());
                let (gauge, reports) = (self.actor.gauge.clone(), self.sender_reports.clone());
                let incoming = Incoming::new(track, receivers, counts, gauge, reports, self.red).await;
                let kind = incoming.kind();
                // One task a kind, however many tracks the other side announces: the newest counts.
                if let Some(before) = self.incoming.insert(kind, self.tasks.spawn(incoming.run())) {
                    before.abort();
                }
                None
            }
            News::State(RTCPeerConnectionState::Connected) => {
                if self.sending.is_none() {
                    self.untold_connect_time = Some(self.opened.elapsed());
                }
                self.start_sending().await;
                self.actor.stats.lock().unwrap_or_else(PoisonError::into_inner).connected = true;
                Some(PeerEvent::Connected)
            }
            News::State(RTCPeerConnectionState::Disconnected) => Some(PeerEvent::Disconnected),
            News::State(RTCPeerConnectionState::Failed) => {
                Some(PeerEvent::Failed { reason: "no answer from the other side".to_owned() })
            }
            News::State(_) => None,
        }
    }

    /// Media flows from the first moment at which it can, beginning with a keyframe. Before that a track has nothing
    /// to listen to either: webrtc binds it only with the connection.
    async fn start_sending(&mut self) {
        if self.sending.is_some() {
            return;
        }
        let subscriber = self.actor.settings.fan_out.subscribe(self.actor.settings.key);
        subscriber.show(self.shown);
        let gauge = &self.actor.gauge;
        let sender = Sender::new(&self.tracks, subscriber.clone(), gauge.clone(), self.clocks.clone()).await;
        self.tasks.spawn(sender.run());
        for track in self.tracks.iter().filter(|track| track.kind != TrackKind::Microphone) {
            self.tasks.spawn(outgoing::listen(track.clone(), subscriber.clone(), gauge.clone()));
            subscriber.ask_for_keyframe(track.kind, Need::First);
        }
        self.sending = Some(subscriber);
    }

    /// Looks at webrtc's statistics. Returns what they tell for the first time.
    async fn take_stats(&mut self) -> Option<PeerEvent> {
        let connection = self.connection.get()?;
        let report = connection.get_stats(Instant::now(), StatsSelector::None).await;
        let round_trip = report.iter().find_map(|entry| match entry {
            RTCStatsReportEntry::IceCandidatePair(pair) if pair.nominated && pair.current_round_trip_time > 0.0 => {
                Duration::try_from_secs_f64(pair.current_round_trip_time).ok()
            }
            _ => None,
        });
        if let Some(round_trip) = round_trip {
            self.actor.gauge.set_round_trip(round_trip);
        }
        let dropped_frames = self.sending.as_ref().map_or(0, |subscriber| subscriber.dropped_frames());
        let route = Route::of(&connection).await;
        let (packets, bytes) = self.sending.as_ref().map_or((0, 0), |subscriber| subscriber.sent());
        // Reports of every packet count what was lost before it was repaired. Without them there are those of the
        // receiver, which take what was repaired for received.
        let (packets, lost) = self.actor.gauge.reported().unwrap_or((packets, self.lost_there.total()));
        let sent = Sent { at: Some(Instant::now()), bytes, packets, lost };
        let connected = self.sending.is_some();
        let sound = self.tracks.iter().find(|track| track.kind == TrackKind::Microphone);
        let sound = sound
            .and_then(|track| self.lost_there.lately(track.ssrc))
            .map(|lost| SoundReport { lost, revives: self.revives });
        let copies = self.decide_copies(sound);
        let stats =
            PeerStats { round_trip, dropped_frames, connected, route, estimate_kbps: None, sent, sound, copies };
        *self.actor.stats.lock().unwrap_or_else(PoisonError::into_inner) = stats;
        let Route { local, remote } = route?;
        let connected_ms = u32::try_from(self.untold_connect_time.take()?.as_millis()).unwrap_or(u32::MAX);
        Some(PeerEvent::Route(ConnectReport { connected_ms, local, remote }))
    }

    /// Has packets of sound bring copies along while the participant loses many.
    fn decide_copies(&mut self, sound: Option<SoundReport>) -> usize {
        let (Some(report), Some(subscriber), Some(_)) = (sound, &self.sending, self.red) else { return 0 };
        let copies = self.redundancy.decide(report.lost, self.actor.gauge.target());
        if copies != subscriber.copies() {
            tracing::debug!(copies, lost = report.lost, "copies in each packet of sound");
        }
        subscriber.set_copies(copies);
        copies
    }
}

async fn make_offer(connection: &Arc<dyn PeerConnection>) -> Result<String> {
    let offer = connection.create_offer(None).await?;
    let sdp = offer.sdp.clone();
    connection.set_local_description(offer).await?;
    Ok(sdp)
}

async fn accept_offer(connection: &Arc<dyn PeerConnection>, sdp: String, rollback: bool) -> Result<String> {
    if rollback {
        connection.set_local_description(RTCSessionDescription::rollback(None)?).await?;
    }
    connection.set_remote_description(RTCSessionDescription::offer(sdp)?).await?;
    let answer = connection.create_answer(None).await?;
    let sdp = answer.sdp.clone();
    connection.set_local_description(answer).await?;
    Ok(sdp)
}

async fn accept_answer(connection: &Arc<dyn PeerConnection>, sdp: String) -> Result<()> {
    connection.set_remote_description(RTCSessionDescription::answer(sdp)?).await
}

fn described(result: Result<String>, event: impl FnOnce(String) -> PeerEvent) -> Option<PeerEvent> {
    Some(match result {
        Ok(sdp) => event(sdp),
        Err(error) => failed(&error),
    })
}

/// webrtc's driver can end by itself, and says nothing but that there is no more to come.
fn ended() -> PeerEvent {
    PeerEvent::Failed { reason: "the connection has ended".to_owned() }
}

fn failed(error: &webrtc::error::Error) -> PeerEvent {
    PeerEvent::Failed { reason: format!("the two sides do not agree: {error}") }
}

fn to_webrtc(candidate: IceCandidate) -> RTCIceCandidateInit {
    RTCIceCandidateInit {
        candidate: candidate.candidate,
        sdp_mid: candidate.sdp_mid,
        sdp_mline_index: candidate.sdp_mline_index,
        ..Default::default()
    }
}

fn from_webrtc(candidate: RTCIceCandidateInit) -> IceCandidate {
    IceCandidate {
        candidate: candidate.candidate,
        sdp_mid: candidate.sdp_mid,
        sdp_mline_index: candidate.sdp_mline_index,
    }
}

/// webrtc's callbacks. They run on its driver, so they only forward.
struct Handler(mpsc::Sender<News>);

impl Handler {
    fn new() -> (Self, mpsc::Receiver<News>) {
        let (sender, receiver) = mpsc::channel(WAITING_NEWS);
        (Self(sender), receiver)
    }

    fn forward(&self, news: News) {
        if self.0.try_send(news).is_err() {
            tracing::debug!("news from a connection that is closing");
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        self.forward(News::Candidate(event));
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.forward(News::State(state));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.forward(News::Track(track));
    }
}
