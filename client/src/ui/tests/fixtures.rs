//! A window without an engine: views go in, commands come out.
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use eframe::egui::{self, Theme, Ui};
use egui_kittest::Harness;
use parlor_call::{
    Audience, Author, CallView, ChatLine, Delivery, LineId, LinkView, MyMedia, MyTrack, Notice, ParticipantView, Place,
    RoomView, ServerView, Signs, Wanted, Watching,
};
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    device::Device,
    spec::VideoSpec,
};
use parlor_protocol::{MediaState, ParticipantId, Role, RoomInfo, RoomRules, TrackState};

use crate::{
    engine::{
        Command, DeviceLists, DeviceStatus, DeviceView, DiscoveryView, FoundServer, HostNumbers, HostView, Levels,
        StudioView, View,
        stats::{LimitedBy, MyStats, ParticipantStats, PictureStats, SoundReport, Stats, TrackStats},
    },
    settings::{LanguageChoice, Settings, ThemeChoice},
    ui::{
        StartWith,
        scene::{Now, Scene},
        screens::Screens,
        theme,
    },
};

/// Ten past ten, give or take.
const WALL: &str = "2026-03-02T10:05:30+00:00[+00:00]";
/// Far enough from zero that a test can speak of an hour ago.
const LATER: Duration = Duration::from_secs(7200);

pub(super) type Window = Harness<'static, Face>;

/// What stands in for the window and the engine.
pub(super) struct Face {
    pub(super) screens: Screens,
    pub(super) view: View,
    pub(super) levels: Levels,
    /// Whether the window is minimised: then nothing is drawn.
    pub(super) minimised: bool,
    pub(super) now: Instant,
    asked: Vec<Command>,
}

impl eframe::App for Face {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let asked = self.screens.watch(&self.view, !self.minimised, self.now);
        self.asked.extend(asked);
        if self.minimised {
            return;
        }
        let now = Now { instant: self.now, wall: WALL.parse().unwrap() };
        let scene = Scene { view: &self.view, levels: &self.levels, now };
        self.asked.extend(self.screens.ui(ui, &scene));
    }
}

impl Face {
    /// What was asked for since the last time, except for sizes of pictures: these follow every move of a tile.
    pub(super) fn take_asked(&mut self) -> Vec<Command> {
        self.asked.extract_if(.., |command| !is_size(command)).collect()
    }

    /// How large pictures were asked for since the last time.
    pub(super) fn take_sizes(&mut self) -> Vec<Command> {
        self.asked.extract_if(.., |command| is_size(command)).collect()
    }

    pub(super) fn hear(&mut self, notice: Notice) {
        self.screens.hear(notice, self.now);
    }
}

fn is_size(command: &Command) -> bool {
    matches!(command, Command::Call(parlor_call::Command::Show { .. }))
}

/// A window that shows a view, as somebody who was here before sees it.
pub(super) fn window(view: View) -> Window {
    window_of(view, settings(), Theme::Dark, [1280.0, 800.0])
}

pub(super) fn window_of(view: View, settings: Settings, theme: Theme, size: [f32; 2]) -> Window {
    let mut window = Harness::builder().with_size(size).with_theme(theme).build_eframe(move |creation| {
        theme::install(&creation.egui_ctx);
        let now = now();
        let (screens, asked) = Screens::start(settings, StartWith::Lobby, now);
        screens.install(&creation.egui_ctx);
        creation.egui_ctx.set_theme(theme);
        Face { screens, view, levels: Levels::default(), minimised: false, now, asked }
    });
    window.run();
    window
}

/// The moment at which all tests play.
pub(in crate::ui) fn now() -> Instant {
    use std::sync::OnceLock;
    static NOW: OnceLock<Instant> = OnceLock::new();
    *NOW.get_or_init(|| Instant::now() + LATER)
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.nickname = "김민수".to_owned();
    settings.server = "ws://studio.local:7443".to_owned();
    settings.room = "Standup".to_owned();
    settings.theme = ThemeChoice::Dark;
    settings.language = LanguageChoice::English;
    settings
}

/// The lobby of a server with some rooms.
pub(super) fn lobby() -> View {
    let rooms = vec![room_info("Design review", 2), room_info("Lunch & chat", 8), room_info("Standup", 4)];
    let rooms = rooms.into_iter().chain([room_info("디자인 리뷰", 1)]).collect();
    let call = CallView { server: ServerView::Up, rooms, media: media(), ..CallView::default() };
    View { call, studio: studio(), host: HostView::Off, ..View::default() }
}

/// The lobby with its server in some state.
pub(super) fn lobby_with(server: ServerView) -> View {
    let mut view = lobby();
    view.call.server = server;
    view.call.rooms.clear();
    view
}

/// Two servers on the network, of which one is ours.
pub(super) fn found() -> DiscoveryView {
    let standup = RoomInfo {
        topic: "Release 2.0: who does what".parse().ok(),
        people: vec!["Ana Souza".parse().unwrap(), "Jonas Weber".parse().unwrap()],
        ..room_info("Standup", 4)
    };
    let review =
        RoomInfo { passcode: true, people: vec!["Priya Nair".parse().unwrap()], ..room_info("디자인 리뷰", 2) };
    let studio = FoundServer {
        name: "studio-mac".to_owned(),
        addresses: vec!["192.168.1.20".parse().unwrap(), "10.0.0.2".parse().unwrap()],
        pin: None,
        rooms: vec![standup, review],
        own: false,
    };
    let own = FoundServer {
        name: "지민의 노트북".to_owned(),
        addresses: vec!["192.168.1.31:9000".parse().unwrap()],
        pin: None,
        rooms: Vec::new(),
        own: true,
    };
    let interfaces = vec!["wlan0 192.168.1.31".to_owned()];
    DiscoveryView { servers: vec![studio, own], interfaces, hints: Vec::new(), settled: true }
}

/// Our own server with so many connections, one of them ours.
pub(super) fn hosting(connections: usize) -> HostView {
    HostView::Running {
        addresses: vec!["192.168.1.20".parse().unwrap()],
        invite: Some("parlor://192.168.1.20:7443?fp=0123456789abcdef0123456789abcdef".to_owned()),
        code: "7QX9-M2PA-4T8R".to_owned(),
        numbers: HostNumbers { connections, rooms: 2, participants: 3, relay_addresses: 1 },
    }
}

/// A call with these others.
pub(in crate::ui) fn room_with(others: Vec<ParticipantView>) -> View {
    let mut view = lobby();
    view.call.rooms.clear();
    view.call.place = Place::Room(RoomView {
        name: "Standup".parse().unwrap(),
        rules: RoomRules { capacity: 8, locked: false, hidden: false, passcode: false, topic: None },
        role: Role::Owner,
        me: ParticipantId::new(1),
        nickname: "김민수".parse().unwrap(),
        since: now() - Duration::from_secs(24 * 60 + 18),
    });
    view.call.others = others;
    view
}

/// Somebody who is connected, with microphone and camera on.
pub(in crate::ui) fn participant(number: u64, nickname: &str) -> ParticipantView {
    ParticipantView {
        id: ParticipantId::new(number),
        nickname: nickname.parse().unwrap(),
        media: MediaState { revision: 1, microphone: TrackState::On, camera: TrackState::On, screen: TrackState::Off },
        role: Role::Member,
        signs: Signs::default(),
        watched: Watching::default(),
        asked: Wanted::default(),
        watches: Wanted::default(),
        speaking: None,
        link: LinkView::Connected,
    }
}

/// One second with others who are so many milliseconds away, and send so many kbit of pictures.
pub(in crate::ui) fn stats(others: &[(Option<f64>, u64)]) -> Stats {
    let participant = |&(rtt_ms, kbps): &(Option<f64>, u64)| {
        let pictures = PictureStats {
            width: 640,
            height: 360,
            fps: 30.0,
            frames_decoded: 30,
            freezes: 0,
            kbps,
            packets_lost: 0,
            unrepaired: 0,
            retransmitted: 0,
            keyframes_requested: 0,
            skew_ms: None,
        };
        let tracks = vec![TrackStats::Camera(pictures)];
        ParticipantStats { rtt_ms, tracks, ..participant_stats(2, "Ada") }
    };
    let sound = SoundReport { echo: None, noise: "standard".to_owned(), gain: true, music: false };
    let limited_by = LimitedBy::Nothing;
    let me = MyStats { encoders: Vec::new(), limited_by, sound, cpu_cores: 0.2, rss_mib: 120 };
    Stats { at_ms: 1000, me, participants: others.iter().map(participant).collect() }
}

/// One second with somebody from whom nothing came.
pub(in crate::ui) fn participant_stats(number: u64, nickname: &str) -> ParticipantStats {
    ParticipantStats {
        id: ParticipantId::new(number),
        nickname: nickname.to_owned(),
        rtt_ms: None,
        route: None,
        silent_ms: None,
        lost_ratio: 0.0,
        sent_kbps: 0,
        estimate_kbps: None,
        sent_lost_ratio: 0.0,
        frames_not_sent: 0,
        tracks: Vec::new(),
    }
}

pub(super) fn author(other: &ParticipantView) -> Author {
    Author::Other { id: other.id, nickname: other.nickname.clone() }
}

pub(super) fn line(author: Author, text: &str, seconds_ago: u64) -> ChatLine {
    static LINES: AtomicU64 = AtomicU64::new(1);
    ChatLine {
        id: LineId::new(LINES.fetch_add(1, Ordering::Relaxed)),
        author,
        audience: Audience::Everyone,
        text: text.parse().unwrap(),
        at: now() - Duration::from_secs(seconds_ago),
        delivery: Delivery::Delivered,
        told_by: None,
    }
}

pub(super) fn room_info(name: &str, participants: usize) -> RoomInfo {
    RoomInfo {
        name: name.parse().unwrap(),
        participants,
        capacity: 8,
        locked: false,
        passcode: false,
        topic: None,
        people: Vec::new(),
    }
}

/// Writes into a field, over what it says.
pub(super) fn write(window: &mut Window, label: &str, text: &str) {
    use egui_kittest::kittest::Queryable;
    window.get_by_label(label).focus();
    window.run();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.key_press(egui::Key::Delete);
    window.run();
    if !text.is_empty() {
        window.get_by_label(label).type_text(text);
        window.run();
    }
}

pub(super) fn click(window: &mut Window, label: &str) {
    use egui_kittest::kittest::Queryable;
    window.get_by_label(label).click();
    window.run();
}

/// The same for what may have to be scrolled to.
pub(super) fn scroll_and_click(window: &mut Window, label: &str) {
    use egui_kittest::kittest::Queryable;
    window.get_by_label_contains(label).scroll_to_me();
    window.run();
    window.get_by_label_contains(label).click();
    window.run();
}

fn media() -> MyMedia {
    let on = MyTrack { wanted: TrackState::On, actual: TrackState::On };
    MyMedia { microphone: on, camera: on, screen: MyTrack::default() }
}

fn studio() -> StudioView {
    let device = |id: &str, label: &str| Device { id: id.to_owned(), label: label.to_owned() };
    let running =
        |label: &str, detail: &str| DeviceStatus::Running { label: label.to_owned(), detail: detail.to_owned() };
    let lists = DeviceLists {
        cameras: vec![device("cam-1", "FaceTime HD Camera"), device("cam-2", "Logitech BRIO")],
        microphones: vec![device("mic-1", "Built-in Microphone"), device("mic-2", "USB headset")],
        speakers: vec![device("spk-1", "USB headset")],
    };
    StudioView {
        camera: DeviceView {
            chosen: VideoSpec::Camera(None),
            status: running("FaceTime HD Camera", "1280 x 720 · 30 fps"),
        },
        microphone: DeviceView {
            chosen: AudioSpec::Microphone(Some("mic-1".to_owned())),
            status: running("Built-in Microphone", ""),
        },
        speaker: DeviceView { chosen: SpeakerSpec::Speaker(None), status: running("System default", "") },
        devices: std::sync::Arc::new(lists),
        ..StudioView::default()
    }
}
