//! The one task that drives everything: await one input, handle it, do what comes of it, publish a view.
mod files;
mod publish;
mod record;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::pending,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use parlor_call::{Call, CallSettings, Entry, FileEvent, Input, Notice, PeerEvent, PeerKey, Place, TrackKind};
use parlor_media::{audio::resilience::Resilience, record::RecorderEvent, spec::VideoSpec};
use parlor_protocol::{ParticipantId, SeatToken, TrackState};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::MissedTickBehavior,
};

use super::{
    Command, DiscoveryView, EngineHandle, EngineSettings, FoundServer, HostView, Levels, PictureId, Pictures,
    ShareMode, StartEngineError, View,
    files::{Files, Offered, look_at},
    handle::Waker,
    hosting::Hosting,
    hot_plug::HotPlug,
    planning::{PLAN_INTERVAL, Planning},
    recording::Recording,
    servers::Servers,
    stats::{Meter, Stats},
    studio::{Studio, StudioEvent, StudioNews},
};
use crate::{
    discovery::{Findings, Listed, Search},
    known_servers::KnownServers,
    peer::{FanOut, Network, PeerHandle, ReceivedTrack, Receivers},
    signaling::{ServerTrouble, Signal, SignalEvent},
    sleep::sleep_until,
};

/// Events that may wait for the driver. It takes thousands a second.
const WAITING_EVENTS: usize = 1024;
/// Notices that may wait for a face. More than anybody reads.
const WAITING_NOTICES: usize = 256;
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// How often the numbers of our own server are looked at.
const HOST_INTERVAL: Duration = Duration::from_secs(1);
/// Fifteen times a second is as often as a meter needs to move.
const LEVEL_INTERVAL: Duration = Duration::from_millis(66);
/// More than a recorder ever has to tell.
const WAITING_RECORDER_EVENTS: usize = 8;
/// How often the progress of files is looked at.
const FILES_INTERVAL: Duration = Duration::from_millis(250);
/// How long the last words may take to reach the network.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// A connection to a participant.
pub(super) struct OpenPeer {
    pub(super) who: ParticipantId,
    pub(super) handle: PeerHandle,
    pub(super) opened: Instant,
}

/// The task.
pub(super) struct Driver {
    pub(super) settings: EngineSettings,
    pub(super) call: Call,
    pub(super) studio: Studio,
    pub(super) fan_out: FanOut,
    pub(super) network: Network,
    pub(super) pictures: Pictures,
    pub(super) peers: BTreeMap<PeerKey, OpenPeer>,
    pub(super) receivers: BTreeMap<ParticipantId, Arc<Receivers>>,
    /// How loud those are to be who are not to be as they come.
    pub(super) volumes: BTreeMap<ParticipantId, f32>,
    pub(super) signal: Option<Signal>,
    pub(super) signal_number: u64,
    /// The address of the server that we are connected to.
    pub(super) server_host: String,
    pub(super) server_on_loopback: bool,
    /// Why the last connection ended, or did not come about.
    pub(super) server_trouble: ServerTrouble,
    pub(super) servers: Servers,
    pub(super) files: Files,
    pub(super) hosting: Option<Hosting>,
    pub(super) host_view: HostView,
    pub(super) recording: Recording,
    pub(super) planning: Planning,
    search: Option<Search>,
    discovery: DiscoveryView,
    pub(super) senders: Senders,
    pub(super) waker: Waker,
    /// Notices that faces get once the view that belongs to them is published.
    pub(super) untold: Vec<Notice>,
    /// The names under which something was saved, so that nothing is written over.
    pub(super) saved_names: BTreeSet<String>,
    /// Those of whom was said that no way leads to them.
    pub(super) unreachable: BTreeSet<ParticipantId>,
    inputs: Inputs,
    view: watch::Sender<Arc<View>>,
    levels: watch::Sender<Levels>,
    stats: Option<Arc<Stats>>,
    meter: Meter,
    resilience: Resilience,
    stop: Arc<Notify>,
}

/// Where everything that happens is sent to.
pub(super) struct Senders {
    pub(super) signal: mpsc::Sender<(u64, SignalEvent)>,
    pub(super) peer: mpsc::Sender<(PeerKey, PeerEvent)>,
    pub(super) received: mpsc::Sender<(ParticipantId, ReceivedTrack)>,
    pub(super) offered: mpsc::Sender<Offered>,
    pub(super) notices: mpsc::Sender<Notice>,
}

/// Where everything that happens comes from.
struct Inputs {
    commands: mpsc::Receiver<Command>,
    signal: mpsc::Receiver<(u64, SignalEvent)>,
    peer: mpsc::Receiver<(PeerKey, PeerEvent)>,
    studio: mpsc::Receiver<StudioEvent>,
    recorder: mpsc::Receiver<RecorderEvent>,
    received: mpsc::Receiver<(ParticipantId, ReceivedTrack)>,
    files: mpsc::Receiver<FileEvent>,
    offered: mpsc::Receiver<Offered>,
}

impl Driver {
    pub(super) fn new(settings: EngineSettings, stop: Arc<Notify>) -> Result<(Self, EngineHandle), StartEngineError> {
        let (commands, waiting_commands) = mpsc::channel(WAITING_EVENTS);
        let (signal, signal_inputs) = mpsc::channel(WAITING_EVENTS);
        let (peer, peer_inputs) = mpsc::channel(WAITING_EVENTS);
        let (studio_events, studio_inputs) = mpsc::channel(WAITING_EVENTS);
        let (received, received_inputs) = mpsc::channel(WAITING_EVENTS);
        let (recorder, recorder_inputs) = mpsc::channel(WAITING_RECORDER_EVENTS);
        let (file_events, files_inputs) = mpsc::channel(WAITING_EVENTS);
        let (offered, offered_inputs) = mpsc::channel(WAITING_EVENTS);
        let (notices, waiting_notices) = mpsc::channel(WAITING_NOTICES);
        let (view, view_receiver) = watch::channel(Arc::default());
        let (levels, levels_receiver) = watch::channel(Levels::default());
        let (waker, pictures, fan_out) = (Waker::default(), Pictures::default(), FanOut::default());
        let studio = Studio::start(&settings, &fan_out, &pictures, waker.clone(), studio_events)?;
        let handle = EngineHandle {
            commands,
            view: view_receiver,
            levels: levels_receiver,
            notices: Arc::new(Mutex::new(waiting_notices)),
            pictures: pictures.clone(),
            waker: waker.clone(),
        };
        let mut known = settings.known_servers.clone().map(KnownServers::load).unwrap_or_default();
        let untold = known.take_trouble().map(|message| Notice::Problem { message }).into_iter().collect();
        let driver = Self {
            servers: Servers::new(known, &settings),
            call: Call::new(call_settings()),
            planning: Planning::default(),
            recording: Recording::new(settings.recordings.clone(), recorder, waker.clone()),
            network: Network::new(settings.ice_servers.clone(), settings.relay_only, settings.impairment.clone()),
            settings,
            studio,
            fan_out,
            pictures,
            peers: BTreeMap::new(),
            receivers: BTreeMap::new(),
            volumes: BTreeMap::new(),
            signal: None,
            signal_number: 0,
            server_host: String::new(),
            server_on_loopback: false,
            files: Files::new(file_events),
            server_trouble: ServerTrouble::default(),
            hosting: None,
            search: None,
            discovery: DiscoveryView::default(),
            host_view: HostView::Off,
            senders: Senders { signal, peer, received, offered, notices },
            waker,
            untold,
            saved_names: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            inputs: Inputs {
                commands: waiting_commands,
                signal: signal_inputs,
                peer: peer_inputs,
                studio: studio_inputs,
                recorder: recorder_inputs,
                received: received_inputs,
                files: files_inputs,
                offered: offered_inputs,
            },
            view,
            levels,
            stats: None,
            meter: Meter::new(),
            resilience: Resilience::default(),
            stop,
        };
        Ok((driver, handle))
    }

    pub(super) async fn run(mut self) {
        self.studio.refresh_devices();
        self.studio.set_track(TrackKind::Microphone, TrackState::On);
        self.studio.set_track(TrackKind::Camera, TrackState::On);
        let mut stats = tokio::time::interval(STATS_INTERVAL);
        stats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut levels = tokio::time::interval(LEVEL_INTERVAL);
        levels.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut host = tokio::time::interval(HOST_INTERVAL);
        host.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut hot_plug = HotPlug::start(self.settings.follow_devices);
        let mut files = tokio::time::interval(FILES_INTERVAL);
        files.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut plan = tokio::time::interval(PLAN_INTERVAL);
        plan.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let stop = self.stop.clone();
        loop {
            self.publish();
            let (in_call, audible) = (self.view.borrow().stats.is_some() || self.in_room(), self.audible());
            tokio::select! {
                () = stop.notified() => break,
                Some(command) = self.inputs.commands.recv() => self.handle_command(command).await,
                Some((number, event)) = self.inputs.signal.recv() => self.handle_signal(number, event),
                Some((peer, event)) = self.inputs.peer.recv() => self.handle(Input::Peer { peer, event }),
                Some(event) = self.inputs.studio.recv() => self.handle_studio(event),
                Some(event) = self.inputs.recorder.recv() => self.handle_recorder(event),
                Some((who, event)) = self.inputs.received.recv() => self.handle_received(who, event),
                Some(event) = self.inputs.files.recv() => self.handle_file(event),
                Some(offered) = self.inputs.offered.recv() => self.handle_offered(offered),
                () = sleep_until(self.call.poll_timeout()) => self.handle_timeout(),
                () = sleep_until(self.studio.poll_timeout()) => self.studio.handle_timeout(Instant::now()),
                () = hot_plug.changed() => self.studio.refresh_devices(),
                findings = next_findings(&mut self.search) => self.take_findings(findings),
                _ = host.tick(), if self.hosting.is_some() => self.look_at_host(),
                _ = stats.tick(), if in_call => self.take_stats(),
                _ = files.tick(), if self.files.is_busy() => self.look_at_files(),
                _ = plan.tick(), if in_call => self.look_at_stalls(),
                _ = levels.tick(), if audible => self.take_levels(),
            }
        }
        self.say_goodbye().await;
    }

    /// Hands one input to the call and does what it answers.
    pub(super) fn handle(&mut self, input: Input) {
        self.call.handle(input, Instant::now());
        self.perform_all();
    }

    fn handle_timeout(&mut self) {
        self.call.handle_timeout(Instant::now());
        self.perform_all();
    }

    async fn handle_command(&mut self, command: Command) {
        match command {
            Command::Call(command) => self.handle_call_command(command),
            Command::ChooseCamera(spec) => self.studio.choose_camera(spec),
            Command::ChooseMicrophone(spec) => self.studio.choose_microphone(spec),
            Command::ChooseSpeaker(spec) => self.studio.choose_speaker(spec),
            Command::Share { source, mode } => self.share(source, mode),
            Command::ListShareables => self.studio.list_shareables(),
            Command::StopSharing => self.handle(Input::Command(parlor_call::Command::SetScreen(false))),
            Command::RecordIn(folder) => self.recording.set_recordings(folder),
            Command::Record(wanted) => self.record(wanted),
            Command::SendFile { path, to } => look_at(path, to, self.senders.offered.clone()),
            Command::SetVolume { who, gain } => self.set_volume(who, gain),
            Command::Chime(chime) => self.studio.chime(chime),
            Command::SetVideo(choice) => self.studio.set_video(choice),
            Command::SetSound(choice) => self.studio.set_sound(choice),
            Command::RefreshDevices => self.studio.refresh_devices(),
            Command::TestSpeaker => self.studio.test_speaker(Instant::now()),
            // In a room the others would hear what is said into it.
            Command::TestMicrophone if self.in_room() => {}
            Command::TestMicrophone => self.studio.test_microphone(Instant::now()),
            Command::StopSoundTest => self.studio.stop_sound_test(),
            Command::Host { port, room, nickname, passcode, options } => {
                let entry = if room.is_some() { Entry::JoinOrCreate } else { Entry::Create };
                self.host(port, parlor_call::Command::Enter { room, nickname, entry, passcode, options }).await;
            }
            Command::Accept { invite, nickname } => self.accept(*invite, nickname),
            Command::Trust { server, pin } => self.trust(&server, pin),
            Command::Distrust => self.distrust(),
            Command::Discover(wanted) => self.discover(wanted),
            Command::StopHosting => {
                self.hosting = None;
                self.host_view = HostView::Off;
            }
        }
    }

    pub(super) fn handle_call_command(&mut self, command: parlor_call::Command) {
        self.servers.note(&command);
        if matches!(command, parlor_call::Command::Enter { .. }) {
            self.studio.stop_sound_test();
            self.handle(Input::NewSeat(new_seat()));
        }
        self.handle(Input::Command(command));
    }

    fn set_volume(&mut self, who: ParticipantId, gain: f32) {
        self.volumes.insert(who, gain);
        if let Some(receivers) = self.receivers.get(&who) {
            receivers.voice().set_gain(gain);
        }
    }

    async fn host(&mut self, port: u16, enter: parlor_call::Command) {
        if self.hosting.is_none() {
            match Hosting::start(port).await {
                Ok(mut hosting) => {
                    self.host_view = hosting.look();
                    self.hosting = Some(hosting);
                }
                Err(error) => self.host_view = HostView::Failed { message: error.to_string() },
            }
        }
        let Some(server) = self.hosting.as_ref().map(Hosting::own_address) else { return };
        self.handle_call_command(parlor_call::Command::Connect { server });
        self.handle_call_command(enter);
    }

    fn handle_studio(&mut self, event: StudioEvent) {
        match self.studio.handle(event) {
            Some(StudioNews::Ready { track, ready }) => {
                if track == TrackKind::Microphone {
                    // Whatever the detector heard before, it was another device.
                    self.handle(Input::Speech(false));
                }
                self.handle(Input::Device { track, ready });
            }
            Some(StudioNews::Speech(speaking)) => self.handle(Input::Speech(speaking)),
            Some(StudioNews::ShareEnded { message }) => {
                self.handle(Input::Command(parlor_call::Command::SetScreen(false)));
                self.untold.push(Notice::Problem { message: format!("Sharing has ended: {message}.") });
            }
            None => {}
        }
    }

    fn share(&mut self, source: VideoSpec, mode: ShareMode) {
        if source == VideoSpec::None {
            return self.handle(Input::Command(parlor_call::Command::SetScreen(false)));
        }
        if !self.in_room() {
            let message = "You are in no room to share that with: join one first.".to_owned();
            self.untold.push(Notice::Problem { message });
            return;
        }
        self.studio.share(source, mode);
        self.handle(Input::Command(parlor_call::Command::SetScreen(true)));
    }

    fn handle_received(&mut self, who: ParticipantId, event: ReceivedTrack) {
        match event {
            ReceivedTrack::Opened(track, slot) => {
                if let Some(id) = picture_id(who, track).filter(|_| self.receivers.contains_key(&who)) {
                    self.pictures.insert(id, slot);
                }
            }
            ReceivedTrack::FirstFrame(track) => self.handle(Input::FirstFrame { who, track }),
        }
    }

    fn discover(&mut self, wanted: bool) {
        if !wanted {
            self.search = None;
            self.discovery = DiscoveryView::default();
        } else if self.search.is_none() {
            self.search = Some(Search::start());
        }
    }

    fn take_findings(&mut self, findings: Findings) {
        let own = |listed: &Listed| self.hosting.as_ref().is_some_and(|hosting| hosting.is(listed, &findings.here));
        let found = |listed: Listed| FoundServer {
            own: own(&listed),
            name: listed.name,
            addresses: listed.addresses,
            pin: listed.pin,
            rooms: listed.rooms,
        };
        self.discovery = DiscoveryView {
            servers: findings.servers.into_iter().map(found).collect(),
            interfaces: findings.interfaces,
            hints: findings.hints,
            settled: findings.settled,
        };
    }

    fn look_at_host(&mut self) {
        if let Some(hosting) = &mut self.hosting {
            self.host_view = hosting.look();
        }
    }

    fn in_room(&self) -> bool {
        matches!(self.view.borrow().call.place, Place::Room(_))
    }

    /// Leaves, and waits a moment for the last words to go out.
    async fn say_goodbye(mut self) {
        let (connected, in_call) = (self.signal.is_some(), !self.peers.is_empty());
        self.handle(Input::Command(parlor_call::Command::Disconnect));
        self.peers.clear();
        let hung_up = async {
            while let Some((_, event)) = self.inputs.signal.recv().await {
                if matches!(event, SignalEvent::Down { .. }) {
                    break;
                }
            }
        };
        let told_server = async {
            if connected && tokio::time::timeout(LAST_WORDS, hung_up).await.is_err() {
                tracing::debug!("the server may not know that we have left");
            }
        };
        // The others hear it by their data channels too, and their connections are closed: both take a moment.
        let told_others = async {
            if in_call {
                tokio::time::sleep(LAST_WORDS / 2).await;
            }
        };
        tokio::join!(told_server, told_others);
        self.finish_recording().await;
    }
}

fn picture_id(who: ParticipantId, track: TrackKind) -> Option<PictureId> {
    match track {
        TrackKind::Microphone => None,
        TrackKind::Camera => Some(PictureId::Camera(who)),
        TrackKind::Screen => Some(PictureId::Screen(who)),
    }
}

/// A fresh secret for a stay in a room, from the operating system's randomness.
fn new_seat() -> SeatToken {
    let mut random = [0; 16];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::warn!(%error, "no randomness from the operating system");
        fastrand::fill(&mut random);
    }
    SeatToken::new(random)
}

fn call_settings() -> CallSettings {
    CallSettings {
        agent: format!("parlor/{}", env!("CARGO_PKG_VERSION")),
        microphone: TrackState::On,
        camera: TrackState::On,
        seed: fastrand::u64(..),
    }
}

async fn next_findings(search: &mut Option<Search>) -> Findings {
    match search {
        Some(search) => search.changed().await,
        None => pending().await,
    }
}
