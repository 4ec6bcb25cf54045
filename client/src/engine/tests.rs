//! Two whole engines in one program, over a real server and real connections on loopback.
use std::{
    net::{Ipv4Addr, SocketAddr},
    thread::sleep,
    time::{Duration, Instant},
};

use parlor_call::{Command as CallCommand, Entry, Wanted, Watching};
use parlor_media::{audio::spec::SpeakerSpec, frame::Size};
use parlor_protocol::{Lines, RoomOptions};
use parlor_server::{Config, Server};
use tokio::runtime::Runtime;

use super::{
    Command, Engine, EngineHandle, EngineSettings,
    stats::{ParticipantStats, PictureStats, SoundStats, TrackStats},
};

/// For what takes a second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn pictures_that_are_not_wanted_are_neither_sent_nor_encoded_and_come_back_when_they_are() {
    let (_server, ada, bob) = pair(Size::new(160, 90));
    wait(&bob, |it| camera(it).is_some_and(|camera| camera.kbps > 0));
    wait(&ada, |it| encoders(it) == Some(1));

    watch(&bob, Watching { camera: false, screen: true });
    wait(&ada, |it| encoders(it) == Some(0));
    wait(&bob, |it| camera(it).is_some_and(|camera| camera.kbps == 0));
    let before = camera(&bob).unwrap();
    sleep(Duration::from_secs(3));
    let still = camera(&bob).unwrap();
    let sound = sound(&bob).unwrap();
    watch(&bob, Watching::default());

    assert_eq!(still.frames_decoded, before.frames_decoded, "pictures though none were wanted");
    assert_eq!(still.freezes, before.freezes, "what is not wanted is no freeze");
    assert!(sound.kbps > 0, "the sound goes on: {sound:?}");
    wait(&bob, |it| camera(it).is_some_and(|camera| camera.frames_decoded > still.frames_decoded + 20));
    assert_eq!(encoders(&ada), Some(1));
}

#[test]
fn a_picture_that_is_shown_small_is_made_small_and_grows_without_a_gap() {
    let (_server, ada, bob) = pair(Size::new(640, 360));
    wait(&bob, |it| height(it) == Some(360));

    for lines in [180, 90] {
        show(&bob, Lines(lines));
        wait(&bob, |it| height(it) == Some(u32::from(lines)));
        wait(&ada, |it| heights(it) == Some(vec![u32::from(lines)]));
    }
    show(&bob, Lines::ALL);
    wait(&bob, |it| height(it) == Some(360));

    wait(&ada, |it| heights(it) == Some(vec![360]));
    let camera = camera(&bob).unwrap();
    assert_eq!(camera.unrepaired, 0, "{camera:?}");
}

/// Ada and Bob in one room. The server stops with the runtime.
fn pair(size: Size) -> (Runtime, Engine, Engine) {
    let runtime = Runtime::new().unwrap();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = runtime.block_on(Server::bind(Config::listening_on(address))).unwrap();
    let url = format!("ws://{}", server.local_addr());
    runtime.spawn(server.run());
    let settings = |number: u32| EngineSettings {
        camera: format!("pattern:{number}").parse().unwrap(),
        microphone: "tone:440".parse().unwrap(),
        speaker: SpeakerSpec::Null,
        size,
        fps: 15,
        video_kbps: 200,
        ..EngineSettings::default()
    };
    let ada = Engine::start(settings(1)).unwrap();
    let bob = Engine::start(settings(2)).unwrap();
    for (engine, nickname) in [(&ada, "ada"), (&bob, "bob")] {
        let handle = engine.handle();
        handle.send(CallCommand::Connect { server: url.clone() });
        handle.send(CallCommand::Enter {
            room: "tea".parse().ok(),
            nickname: nickname.parse().ok(),
            entry: Entry::JoinOrCreate,
            passcode: None,
            options: RoomOptions::default(),
        });
    }
    (runtime, ada, bob)
}

fn watch(engine: &Engine, watching: Watching) {
    let handle = engine.handle();
    let who = handle.view().call.others[0].id;
    handle.send(Command::Call(CallCommand::Watch { who, watching }));
}

fn show(engine: &Engine, camera: Lines) {
    let handle = engine.handle();
    let who = handle.view().call.others[0].id;
    handle.send(Command::Call(CallCommand::Show { who, wanted: Wanted { camera, ..Wanted::default() } }));
}

fn wait(engine: &Engine, holds: impl Fn(&Engine) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds(engine) {
        let handle: EngineHandle = engine.handle();
        assert!(Instant::now() < deadline, "it never came: {:?}", handle.view().stats);
        sleep(Duration::from_millis(100));
    }
}

/// The only other participant, as measured in the last second.
fn other(engine: &Engine) -> Option<ParticipantStats> {
    engine.handle().view().stats.as_ref()?.participants.first().cloned()
}

fn camera(engine: &Engine) -> Option<PictureStats> {
    other(engine)?.tracks.into_iter().find_map(|track| match track {
        TrackStats::Camera(pictures) => Some(pictures),
        TrackStats::Screen(_) | TrackStats::Microphone(_) => None,
    })
}

fn sound(engine: &Engine) -> Option<SoundStats> {
    other(engine)?.tracks.into_iter().find_map(|track| match track {
        TrackStats::Microphone(sound) => Some(sound),
        TrackStats::Camera(_) | TrackStats::Screen(_) => None,
    })
}

/// The lines of the pictures that come from the other one.
fn height(engine: &Engine) -> Option<u32> {
    camera(engine).filter(|camera| camera.kbps > 0).map(|camera| camera.height)
}

/// The lines of the pictures that are made.
fn heights(engine: &Engine) -> Option<Vec<u32>> {
    let stats = engine.handle().view().stats.clone()?;
    Some(stats.me.encoders.iter().map(|encoder| encoder.height).collect())
}

fn encoders(engine: &Engine) -> Option<usize> {
    engine.handle().view().stats.as_ref().map(|stats| stats.me.encoders.len())
}
