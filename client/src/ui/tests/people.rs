//! The panels of people and of statistics, what one may do about somebody, and the hint for those who talk muted.
use std::{sync::Arc, time::Duration};

use eframe::egui::{Key, Modifiers, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable;
use parlor_call::{Command as CallCommand, LinkView, Notice, Watching};
use parlor_media::audio::chime::Chime;
use parlor_protocol::{ParticipantId, TrackState};

use super::fixtures::{
    Window, click, now, participant, participant_stats, room_with, settings, stats, window, window_of, write,
};
use crate::{
    engine::{
        Command, View,
        stats::{ParticipantStats, Reached, RouteStats, SoundStats, Stats, TrackStats},
    },
    ui::words::{self, Language},
};

#[test]
fn the_list_says_how_everybody_is_and_raised_hands_come_first() {
    let mut view = four_people();
    view.call.others[2].signs.hand = Some(now());
    let mut window = window(view);

    open(&mut window, Key::P);

    for label in [
        "In the room: 김민수 (you), owner",
        "In the room: Ada, speaking, Good connection",
        "In the room: Bob, muted, no camera, Reconnecting…",
        "In the room: Eve, raised hand number 1, Slow: 380 ms",
    ] {
        window.get_by_label(label);
    }
    let top = |name: &str| window.get_by_label_contains(&format!("In the room: {name}")).rect().top();
    assert!(top("Eve") < top("김민수") && top("김민수") < top("Ada") && top("Ada") < top("Bob"));
    window.get_by_label("4 of 8");
}

#[test]
fn somebody_is_silenced_and_heard_again_for_us_alone() {
    let mut window = with_people();

    click(&mut window, "Actions for Ada");
    click(&mut window, "Mute for me");
    let silenced = window.state_mut().take_asked();
    window.get_by_label("In the room: Ada, speaking, Muted for you, Good connection");
    click(&mut window, "Actions for Ada");
    window.get_by_label("Muted for you");
    click(&mut window, "Unmute for me");

    let who = ParticipantId::new(2);
    assert_eq!(silenced, [Command::SetVolume { who, gain: 0.0 }]);
    assert_eq!(window.state_mut().take_asked(), [Command::SetVolume { who, gain: 1.0 }]);
}

#[test]
fn a_volume_is_set_by_the_slider_and_the_menu_stays() {
    let mut window = with_people();

    click(&mut window, "Actions for Ada on their picture");
    window.get_by_label("Volume: 100 %");
    let slider = window.get_by_label("Volume of Ada");
    slider.focus();
    window.run();
    window.key_press(Key::ArrowRight);
    window.run();

    let asked = window.state_mut().take_asked();
    let [Command::SetVolume { who, gain }] = asked[..] else { panic!("{asked:?}") };
    assert_eq!(who, ParticipantId::new(2));
    assert!((1.0..1.2).contains(&gain) && gain > 1.0, "{gain}");
    window.get_by_label_contains("Volume: 10");
    click(&mut window, "Mute for me");
    assert!(window.query_by_label("Volume of Ada").is_none(), "a choice closes the menu");
}

#[test]
fn who_was_muted_for_us_on_another_day_still_is_until_we_want_to_hear_them() {
    let mut settings = settings();
    settings.silenced.insert("Ada@studio.local".to_owned());
    let mut view = room_with(vec![participant(2, "Ada"), participant(3, "Bob")]);
    view.server_host = "studio.local".to_owned();
    let mut window = window_of(view, settings, Theme::Dark, [1280.0, 800.0]);
    let who = ParticipantId::new(2);
    let first = window.state_mut().take_asked();

    click(&mut window, "Actions for Ada on their picture");
    click(&mut window, "Unmute for me");

    assert!(first.contains(&Command::SetVolume { who, gain: 0.0 }), "{first:?}");
    assert_eq!(window.state_mut().take_asked(), [Command::SetVolume { who, gain: 1.0 }]);
}

#[test]
fn a_volume_of_another_day_is_asked_for_when_they_come() {
    let mut settings = settings();
    settings.volumes.insert("Ada@studio.local".to_owned(), 0.25);
    let mut view = room_with(Vec::new());
    view.server_host = "studio.local".to_owned();
    let mut window = window_of(view, settings, Theme::Dark, [1280.0, 800.0]);
    window.state_mut().take_asked();

    window.state_mut().view.call.others = vec![participant(2, "Ada"), participant(3, "Bob")];
    window.run();

    assert_eq!(window.state_mut().take_asked(), [Command::SetVolume { who: ParticipantId::new(2), gain: 0.25 }]);
}

#[test]
fn the_video_of_one_person_is_stopped_and_had_again() {
    let mut window = with_people();
    let who = ParticipantId::new(2);

    click(&mut window, "Actions for Ada");
    click(&mut window, "Stop receiving their video");
    let stopped = window.state_mut().take_asked();
    window.state_mut().view.call.others[0].watched.camera = false;
    window.run();
    window.get_by_label("In the room: Ada, speaking, Video stopped, Good connection");
    click(&mut window, "Actions for Ada");
    click(&mut window, "Receive their video");

    let watch = |camera| CallCommand::Watch { who, watching: Watching { camera, screen: true } }.into();
    assert_eq!(stopped, [watch(false)]);
    assert_eq!(window.state_mut().take_asked(), [watch(true)]);
}

#[test]
fn many_people_can_be_searched_and_few_need_not_be() {
    let names = ["Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "한지민"];
    let people: Vec<_> = (2..).zip(names).map(|(number, name)| participant(number, name)).collect();
    let mut window = window(room_with(people));

    open(&mut window, Key::P);
    write(&mut window, "Search people", "지");
    let found = window.get_all_by_label_contains("In the room: ").count();
    write(&mut window, "Search people", "nobody at all");
    window.get_by_label("Nobody here is called that");
    window.state_mut().view.call.others.truncate(3);
    window.run();

    assert_eq!(found, 1);
    assert!(window.query_by_label("Search people").is_none());
    assert_eq!(window.get_all_by_label_contains("In the room: ").count(), 4);
}

#[test]
fn whoever_is_alone_is_offered_to_invite() {
    let mut window = window(room_with(Vec::new()));

    open(&mut window, Key::P);
    window.get_by_label("It is only you so far");
    click(&mut window, "Invite somebody");

    window.get_by_label_contains("There is no link at the moment");
}

#[test]
fn long_names_and_korean_fit_every_panel_in_both_themes_and_the_smallest_window() {
    for (theme, language) in [(Theme::Light, Language::Korean), (Theme::Dark, Language::English)] {
        let mut view = four_people();
        view.call.others[0].nickname = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww".parse().unwrap();
        view.call.others[0].signs.hand = Some(now());
        view.call.others[0].signs.recording = true;
        view.call.others[1].nickname = "아주아주긴이름을가진사람의닉네임".parse().unwrap();
        let mut window = window_of(view, settings(), theme, [960.0, 600.0]);
        words::install(&window.ctx, language);

        for key in [Key::P, Key::I] {
            open(&mut window, key);

            let screen = Rect::from_min_size(Pos2::ZERO, vec2(960.0, 600.0));
            let tiles: Vec<_> = window.get_all_by_role(eframe::egui::Role::Image).map(|tile| tile.rect()).collect();
            assert!(tiles.len() >= 4, "{tiles:?}");
            assert!(tiles.iter().all(|tile| screen.contains_rect(*tile) && tile.right() < 640.0), "{tiles:?}");
        }
    }
}

#[test]
fn the_statistics_tell_the_newest_values_and_who_they_are_about() {
    let mut window = window(measured());

    open(&mut window, Key::I);

    for label in ["Received: 1284 kbit/s", "Sent: 842 kbit/s", "Packets lost: 1.2 %", "Round trip: 380 ms"] {
        window.get_by_label(label);
    }
    window.get_by_label("Jitter: 9 ms");
    window.get_by_label("Frame rate: 30 fps");
    window.get_by_role_and_label(eframe::egui::Role::ComboBox, "Whose statistics").click();
    window.run();
    window.get_by_role_and_label(eframe::egui::Role::ListBoxOption, "Ada").click();
    window.run();
    window.get_by_label("Round trip: 28 ms");
    window.get_by_label("direct (host – host)");
}

#[test]
fn the_statistics_are_copied_as_a_text() {
    let mut window = window(measured());

    open(&mut window, Key::I);
    click(&mut window, "Copy as text");

    window.get_by_label("Statistics copied");
}

#[test]
fn statistics_that_are_not_there_yet_are_said_to_come() {
    let mut view = four_people();
    view.stats = None;
    let mut window = window(view);

    open(&mut window, Key::I);

    window.get_by_label("The first numbers come in a second");
    assert!(window.query_by_label("Copy as text").is_none());
    click(&mut window, "Close statistics");
    assert!(window.query_by_label("Statistics").is_none());
}

#[test]
fn whoever_talks_while_muted_is_told_and_can_unmute() {
    let mut view = four_people();
    view.call.media.microphone.wanted = TrackState::Muted;
    view.call.media.microphone.actual = TrackState::Muted;
    let mut window = window(view);
    window.state_mut().take_asked();
    assert!(window.query_by_label("You are muted: nobody hears you").is_none());

    talk(&mut window);
    window.get_by_label("You are muted: nobody hears you");
    click(&mut window, "Unmute");

    assert_eq!(window.state_mut().take_asked(), [CallCommand::SetMuted(false).into()]);
}

#[test]
fn whoever_wants_to_stay_muted_is_left_alone() {
    let mut view = four_people();
    view.call.media.microphone.wanted = TrackState::Muted;
    view.call.media.microphone.actual = TrackState::Muted;
    let mut window = window(view);
    talk(&mut window);

    click(&mut window, "Stay muted");
    talk(&mut window);

    assert!(window.query_by_label("You are muted: nobody hears you").is_none());
}

#[test]
fn comings_are_heard_unless_sounds_are_off() {
    let (id, nickname) = (ParticipantId::new(9), "Zoe".parse().unwrap());
    let joined = Notice::ParticipantJoined { id, nickname };
    let mut quiet = settings();
    quiet.notifications.sounds = false;
    let mut silent = window_of(four_people(), quiet, Theme::Dark, [1280.0, 800.0]);
    let mut window = window(four_people());
    window.state_mut().take_asked();
    silent.state_mut().take_asked();

    window.state_mut().hear(joined.clone());
    silent.state_mut().hear(joined);
    window.run();
    silent.run();

    assert_eq!(window.state_mut().take_asked(), [Command::Chime(Chime::Joined)]);
    assert_eq!(silent.state_mut().take_asked(), []);
}

#[test]
fn the_panel_of_people_looks_as_it_should() {
    let mut view = four_people();
    view.call.others[2].signs.hand = Some(now());
    let mut window = window(view);
    open(&mut window, Key::P);
    click(&mut window, "Actions for Ada");

    window.snapshot("people");
}

#[test]
fn the_panel_of_statistics_looks_as_it_should() {
    let mut window = window(measured());
    for second in 1..120_u32 {
        let wave = f64::from(second % 20);
        let mut stats = Stats::clone(window.state().view.stats.as_ref().unwrap());
        stats.at_ms += 1000;
        stats.participants[0].rtt_ms = Some(20.0 + wave);
        stats.participants[2].lost_ratio = wave / 400.0;
        stats.participants[1].sent_kbps = 400 + u64::from(second % 20) * 10;
        window.state_mut().view.stats = Some(Arc::new(stats));
        window.run();
    }

    open(&mut window, Key::I);

    window.snapshot("statistics");
}

/// Ada talks, Bob is being reached anew, Eve is far away.
fn four_people() -> View {
    let mut bob = participant(3, "Bob");
    bob.media.microphone = TrackState::Muted;
    bob.media.camera = TrackState::Off;
    bob.link = LinkView::Lost;
    let mut view = room_with(vec![participant(2, "Ada"), bob, participant(4, "Eve")]);
    let eve = ParticipantStats { rtt_ms: Some(380.0), ..participant_stats(4, "Eve") };
    view.stats = Some(Arc::new(Stats { participants: vec![eve], ..stats(&[]) }));
    view
}

/// The same with all that can be measured.
fn measured() -> View {
    let mut view = four_people();
    let tracks = |kbps| {
        let mut tracks = stats(&[(None, kbps)]).participants.remove(0).tracks;
        tracks.push(TrackStats::Microphone(SoundStats {
            level: 0.5,
            jitter_ms: 8.6,
            delay_ms: 40.0,
            concealed_ratio: 0.001,
            kbps: 42,
            packets_lost: 3,
        }));
        tracks
    };
    let direct = Some(RouteStats { local: Reached::Host, remote: Reached::Host });
    let ada = ParticipantStats {
        rtt_ms: Some(28.0),
        route: direct,
        sent_kbps: 421,
        tracks: tracks(800),
        ..participant_stats(2, "Ada")
    };
    let bob = ParticipantStats { sent_kbps: 0, ..participant_stats(3, "Bob") };
    let relayed = Some(RouteStats { local: Reached::Host, remote: Reached::Relay });
    let eve = ParticipantStats {
        rtt_ms: Some(380.0),
        route: relayed,
        lost_ratio: 0.012,
        sent_kbps: 421,
        tracks: tracks(400),
        ..participant_stats(4, "Eve")
    };
    view.stats = Some(Arc::new(Stats { participants: vec![ada, bob, eve], ..stats(&[]) }));
    view
}

fn with_people() -> Window {
    let mut window = window(four_people());
    open(&mut window, Key::P);
    window.state_mut().take_asked();
    window
}

/// Opens a panel by its keys, with Ada speaking.
fn open(window: &mut Window, key: Key) {
    window.state_mut().levels.others.insert(ParticipantId::new(2), 0.8);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, key);
    window.run();
}

/// Speaks into the microphone for two seconds.
fn talk(window: &mut Window) {
    window.state_mut().levels.me = 0.7;
    for _ in 0..20 {
        window.state_mut().now += Duration::from_millis(100);
        window.run();
    }
}
