use super::fixtures::*;
use crate::engine::*;
use eframe::egui::Theme;
use egui_kittest::kittest::Queryable;
use parlor_call::*;
use parlor_protocol::*;
use std::time::Duration;
fn save(window: &mut Window, name: &str) {
    window.render().unwrap().save(format!("/tmp/shots/{name}.png")).unwrap();
}
#[test]
fn zz_small_lobby() {
    let mut w = window_of(lobby(), settings(), Theme::Dark, [960.0, 600.0]);
    save(&mut w, "small-lobby");
}
#[test]
fn zz_fail() {
    let retry_at = Some(now() + Duration::from_secs(4));
    let mut v = lobby_with(ServerView::Down { reason: "connection refused".to_owned(), retry_at });
    v.studio.camera.status = DeviceStatus::Failed {
        message: "FaceTime HD Camera is in use by another program. Close it there, or pick another camera.".into(),
    };
    v.studio.microphone.status =
        DeviceStatus::Failed { message: "No microphone was found. Plug one in, or go on without.".into() };
    v.call.media.microphone.wanted = TrackState::Muted;
    v.host = HostView::Failed {
        message: "Port 7443 is in use by another program: stop that program, or join its rooms.".into(),
    };
    let mut w = window_of(v.clone(), settings(), Theme::Dark, [1280.0, 800.0]);
    save(&mut w, "fail-dark");
    let mut w = window_of(v, settings(), Theme::Light, [960.0, 600.0]);
    save(&mut w, "fail-light");
}
#[test]
fn zz_refused() {
    let mut v = lobby();
    v.host = HostView::Running { addresses: vec!["ws://192.168.1.20:7443".into()] };
    v.call.media.camera.wanted = TrackState::Off;
    let mut w = window_of(v, settings(), Theme::Dark, [1280.0, 800.0]);
    w.state_mut().hear(Notice::Refused {
        reason: RefusedReason::NoSuchRoom,
        message: "There is no room called \"Standup\".".into(),
    });
    w.run();
    save(&mut w, "refused");
}
#[test]
fn zz_combo() {
    let mut w = window_of(lobby(), settings(), Theme::Light, [1280.0, 800.0]);
    w.get_by_role_and_label(eframe::egui::Role::ComboBox, "Microphone").click();
    w.run();
    let r = w.get_by_label("USB headset").rect().center();
    w.hover_at(r);
    w.run();
    save(&mut w, "combo");
}
#[test]
fn zz_empty() {
    let mut w = window_of(lobby_with(ServerView::Up), settings(), Theme::Dark, [1280.0, 800.0]);
    w.get_by_label("Room").focus();
    w.run();
    save(&mut w, "empty");
    let mut v = lobby_with(ServerView::Connecting);
    v.call.place = Place::Joining { room: "Standup".parse().ok() };
    let mut w = window_of(v, settings(), Theme::Light, [1280.0, 800.0]);
    save(&mut w, "joining");
}
#[test]
fn zz_call_small() {
    let mut v = room_with(
        (2..9)
            .map(|n| {
                let mut p = participant(
                    n,
                    [
                        "Ada Lovelace",
                        "김민수",
                        "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
                        "Bob",
                        "지민 Park",
                        "Grace Hopper",
                        "Eve",
                    ][n as usize - 2],
                );
                if n == 3 {
                    p.link = LinkView::Lost
                }
                if n == 4 {
                    p.link = LinkView::Dialing
                }
                if n % 2 == 0 {
                    p.media.microphone = TrackState::Muted
                }
                p
            })
            .collect(),
    );
    v.call.server = ServerView::Down { reason: "connection reset".into(), retry_at: None };
    v.call.chat = vec![line(author(&v.call.others[0]), "hi there", 100), line(author(&v.call.others[0]), "hello?", 10)];
    let mut private = line(Author::Me, "only for you, and rather long so that it wraps around", 5);
    private.audience = Audience::One { id: ParticipantId::new(3), nickname: "김민수".parse().unwrap() };
    private.delivery = Delivery::Failed;
    let mut p2 = line(author(&v.call.others[1]), "psst", 3);
    p2.audience = Audience::Me;
    let mut p3 = line(Author::Me, "soon", 3);
    p3.delivery = Delivery::Sending;
    v.call.media.microphone.wanted = TrackState::Muted;
    let mut w = window_of(v.clone(), settings(), Theme::Dark, [960.0, 600.0]);
    save(&mut w, "call8-small");
    v.call.chat.extend([private, p2, p3]);
    let mut w = window_of(v, settings(), Theme::Light, [1280.0, 800.0]);
    click(&mut w, "Chat");
    w.state_mut().hear(Notice::Problem { message: "The camera could not be opened: it is in use by another program. Close that program and turn the camera on again.".into() });
    w.run();
    save(&mut w, "call8-chat");
}
#[test]
fn zz_alone() {
    let mut w = window_of(room_with(vec![]), settings(), Theme::Light, [1280.0, 800.0]);
    save(&mut w, "alone");
}
