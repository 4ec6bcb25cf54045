//! What the screens look like, pixel by pixel. `UPDATE_SNAPSHOTS=1 cargo test -p parlor look` takes the pictures anew;
//! look at them before you keep them.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eframe::egui::Theme;
use egui_kittest::kittest::Queryable;
use parlor_call::{Author, Place, ServerView};
use parlor_media::{
    audio::spec::AudioSpec,
    frame::{Size, VideoFrame},
};
use parlor_protocol::{ParticipantId, Pin, Role, TrackState};

use super::fixtures::{
    Window, author, click, found, hosting, line, lobby, lobby_with, now, participant, room_with, settings, stats,
    window_of,
};
use crate::{
    engine::{DeviceStatus, DeviceTrouble, Hint, PictureId, SoundTest, TrustView},
    ui::words::{self, Language},
};

const SIZE: [f32; 2] = [1280.0, 800.0];

#[test]
fn the_lobby_looks_as_drawn_in_the_dark() {
    lobby_window(Theme::Dark).snapshot("lobby-dark");
}

#[test]
fn the_lobby_looks_as_drawn_in_the_light() {
    lobby_window(Theme::Light).snapshot("lobby-light");
}

#[test]
fn a_call_looks_as_drawn_in_the_dark() {
    call_window(Theme::Dark).snapshot("call-dark");
}

#[test]
fn a_call_looks_as_drawn_in_the_light() {
    call_window(Theme::Light).snapshot("call-light");
}

#[test]
fn a_lobby_with_found_servers_looks_as_drawn_in_the_light() {
    found_window(Theme::Light).snapshot("found-light");
}

#[test]
fn the_panel_of_the_host_looks_as_drawn_in_the_dark() {
    host_window(Theme::Dark).snapshot("host-dark");
}

#[test]
fn the_panel_of_the_room_looks_as_drawn_in_the_dark() {
    room_window(Theme::Dark).snapshot("room-dark");
}

#[test]
fn a_changed_key_looks_as_drawn_in_the_light() {
    trust_window(Theme::Light).snapshot("trust-light");
}

#[test]
fn a_small_korean_lobby_in_trouble_looks_as_drawn_in_the_light() {
    troubled_window(Theme::Light).snapshot("lobby-korean-light");
}

fn troubled_window(theme: Theme) -> Window {
    let mut view = lobby_with(ServerView::Off);
    view.discovery.settled = true;
    view.discovery.hints = vec![Hint::GuestNetwork];
    view.discovery.interfaces = vec!["wlan0 192.168.1.31".to_owned()];
    let busy = DeviceTrouble::Busy { name: "Logitech BRIO".to_owned() };
    view.studio.camera.status = DeviceStatus::Failed { trouble: busy, message: "busy".to_owned() };
    view.studio.microphone.chosen = AudioSpec::Microphone(Some("mic-2".to_owned()));
    view.studio.missing.microphone = Some("USB headset".to_owned());
    view.studio.sound_test = SoundTest::Speaker { until: now() + Duration::from_secs(1) };
    let mut window = window_of(view, settings(), theme, [960.0, 600.0]);
    words::install(&window.ctx, Language::Korean);
    window.state_mut().levels.me = 0.4;
    window.state_mut().levels.speaker = 0.7;
    window.run();
    window
}

fn found_window(theme: Theme) -> Window {
    let mut view = lobby();
    view.discovery = found();
    view.discovery.servers[0].addresses = vec!["ws://studio.local:7443".parse().unwrap()];
    view.call.rooms.clone_from(&view.discovery.servers[0].rooms);
    let mut window = window_of(view, settings(), theme, SIZE);
    show(&mut window, PictureId::Me, &PEOPLE[0]);
    window.state_mut().levels.me = 0.58;
    window.run();
    window
}

fn host_window(theme: Theme) -> Window {
    let mut view = lobby();
    view.host = hosting(4);
    let mut window = window_of(view, settings(), theme, SIZE);
    show(&mut window, PictureId::Me, &PEOPLE[0]);
    click(&mut window, "Invite");
    window.remove_cursor();
    window.run();
    window
}

fn room_window(theme: Theme) -> Window {
    let mut jonas = participant(3, "Jonas Weber");
    jonas.role = Role::Moderator;
    let mut view = room_with(vec![participant(2, "Ana Souza"), jonas]);
    if let Place::Room(room) = &mut view.call.place {
        room.rules.topic = "Release 2.0: who does what".parse().ok();
        room.rules.locked = true;
    }
    let mut window = window_of(view, settings(), theme, SIZE);
    show(&mut window, PictureId::Me, &PEOPLE[0]);
    show(&mut window, PictureId::Camera(ParticipantId::new(2)), &PEOPLE[1]);
    show(&mut window, PictureId::Camera(ParticipantId::new(3)), &PEOPLE[2]);
    click(&mut window, "Room Standup");
    window.remove_cursor();
    window.run();
    window
}

fn trust_window(theme: Theme) -> Window {
    let mut view = lobby_with(ServerView::Connecting);
    let (known, offered) = (Pin::new(*b"0123456789abcdef"), Pin::new(*b"fedcba9876543210"));
    view.trust = Some(TrustView::Changed { server: "192.168.1.20".parse().unwrap(), known, offered });
    let mut window = window_of(view, settings(), theme, SIZE);
    click(&mut window, "Details");
    window.remove_cursor();
    window.run();
    window
}

fn lobby_window(theme: Theme) -> Window {
    let mut window = window_of(lobby(), settings(), theme, SIZE);
    show(&mut window, PictureId::Me, &PEOPLE[0]);
    window.state_mut().levels.me = 0.58;
    window.run();
    window
}

fn call_window(theme: Theme) -> Window {
    let (ana, jonas) = (participant(2, "Ana Souza"), participant(3, "Jonas Weber"));
    let mut jonas = jonas;
    jonas.media.microphone = TrackState::Muted;
    let mut priya = participant(4, "Priya Nair");
    priya.media.camera = TrackState::Off;
    let mut view = room_with(vec![ana.clone(), jonas.clone(), priya.clone()]);
    view.call.chat = vec![
        line(author(&ana), "Morning! Can everyone see me?", 200),
        line(Author::Me, "네, 잘 보여요.", 190),
        line(author(&jonas), "Yes, crisp. Which branch is this?", 140),
        line(author(&ana), "feature/mesh-reconnect, I pushed it an hour ago.", 130),
        line(author(&ana), "Tests are green.", 120),
        line(Author::Me, "재연결 테스트는 제가 할게요.", 60),
        line(author(&priya), "I can take the Windows build", 20),
    ];
    view.stats = Some(Arc::new(stats(&[(Some(3.2), 1250), (Some(27.6), 1150), (None, 0)])));
    let mut window = window_of(view, settings(), theme, SIZE);
    click(&mut window, "Chat");
    show(&mut window, PictureId::Me, &PEOPLE[0]);
    show(&mut window, PictureId::Camera(ana.id), &PEOPLE[1]);
    show(&mut window, PictureId::Camera(jonas.id), &PEOPLE[2]);
    window.state_mut().levels.others.insert(ParticipantId::new(2), 0.8);
    let notice = parlor_call::Notice::ParticipantJoined { id: priya.id, nickname: priya.nickname };
    window.state_mut().hear(notice);
    window.remove_cursor();
    window.run();
    window.get_by_label("Priya Nair joined the room");
    window
}

fn show(window: &mut Window, id: PictureId, person: &Person) {
    let ctx = window.ctx.clone();
    let frame = portrait(person);
    window.state_mut().screens.show_picture(&ctx, id, &frame);
}

/// Somebody before a camera, in flat colours; each is Y, U, V.
struct Person {
    wall: [u8; 3],
    hair: [u8; 3],
    skin: [u8; 3],
    shirt: [u8; 3],
}

const PEOPLE: [Person; 3] = [
    Person { wall: [62, 140, 118], hair: [42, 126, 132], skin: [180, 104, 150], shirt: [98, 160, 100] },
    Person { wall: [74, 118, 140], hair: [52, 118, 142], skin: [152, 104, 158], shirt: [104, 110, 178] },
    Person { wall: [84, 122, 116], hair: [116, 102, 146], skin: [194, 110, 146], shirt: [70, 136, 124] },
];

/// A picture of 16/9 wide and 1 high, in ellipses from back to front.
fn portrait(person: &Person) -> VideoFrame {
    let size = Size::new(960, 540);
    let (width, height) = (size.width as usize, size.height as usize);
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    for y in 0..height {
        for x in 0..width {
            let color = person.color_at(x as f32 / height as f32, y as f32 / height as f32);
            let chroma = if x % 2 == 0 && y % 2 == 0 { 3 } else { 1 };
            for (plane, value) in planes.iter_mut().zip(color).take(chroma) {
                plane.push(value);
            }
        }
    }
    VideoFrame::new(size, planes.concat(), Instant::now()).unwrap()
}

impl Person {
    fn color_at(&self, x: f32, y: f32) -> [u8; 3] {
        const SOFT: f32 = 0.003;
        // A little off the middle, so that a mirrored picture can be told from one that is not.
        let (x, y) = (x - 0.84, y);
        let inside = |cx: f32, cy: f32, rx: f32, ry: f32| {
            let distance = ((((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2)).sqrt() - 1.0) * rx.min(ry);
            (0.5 - distance / SOFT).clamp(0.0, 1.0)
        };
        let mouth = inside(0.0, 0.56, 0.055, 0.035) * ((y - 0.56) / SOFT).clamp(0.0, 1.0);
        let fringe = inside(-0.04, 0.29, 0.18, 0.1).min(inside(0.0, 0.4, 0.2, 0.24));
        let layers = [
            (self.hair, inside(0.0, 0.4, 0.2, 0.24)),
            (self.shirt, inside(0.0, 1.16, 0.44, 0.42)),
            (self.neck(), inside(0.0, 0.68, 0.08, 0.16)),
            (self.skin, inside(0.0, 0.47, 0.15, 0.2)),
            (self.hair, fringe),
            ([40, 128, 128], inside(-0.06, 0.46, 0.014, 0.018).max(inside(0.06, 0.46, 0.014, 0.018))),
            ([96, 112, 176], mouth),
        ];
        layers.into_iter().fold(self.wall_at(y), |below, (above, share)| mix(below, above, share))
    }

    fn wall_at(&self, y: f32) -> [u8; 3] {
        mix(self.wall, [self.wall[0] / 2, 128, 128], y)
    }

    fn neck(&self) -> [u8; 3] {
        [self.skin[0] - 24, self.skin[1], self.skin[2]]
    }
}

fn mix(from: [u8; 3], to: [u8; 3], share: f32) -> [u8; 3] {
    let blend = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
    [blend(from[0], to[0]), blend(from[1], to[1]), blend(from[2], to[2])]
}
