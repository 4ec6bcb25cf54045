//! Trying devices before a call, and what is said about those that are missing.
use std::time::Duration;

use eframe::egui::{Event, Key, Modifiers, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_call::Command as CallCommand;
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use parlor_protocol::TrackState;

use super::fixtures::{Window, click, lobby, now, participant, room_with, settings, window, window_of};
use crate::{
    engine::{Command, DeviceStatus, DeviceTrouble, SoundTest, View},
    settings::{LanguageChoice, Push, Settings},
    ui::words::{self, Language},
};

#[test]
fn the_speaker_is_tested_with_a_melody_that_can_be_stopped() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    click(&mut window, "Test speaker");
    window.state_mut().view.studio.sound_test = SoundTest::Speaker { until: now() + Duration::from_secs(2) };
    window.state_mut().levels.speaker = 0.7;
    window.run();
    let level = window.get_by_label("Speaker level").accesskit_node().numeric_value();
    click(&mut window, "Stop the test");

    assert_eq!(level.map(|level| (level * 10.0).round()), Some(7.0));
    assert_eq!(window.state_mut().take_asked(), [Command::TestSpeaker, Command::StopSoundTest]);
}

#[test]
fn the_microphone_is_recorded_and_played_back_with_the_seconds_counted_down() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    click(&mut window, "Record a test");
    window.state_mut().view.studio.sound_test = SoundTest::Recording { until: now() + Duration::from_secs(5) };
    window.run();
    window.get_by_label("Say something… 5 s");
    window.state_mut().now += Duration::from_millis(3500);
    window.run();
    window.get_by_label("Say something… 2 s");
    window.state_mut().view.studio.sound_test = SoundTest::Playing { until: now() + Duration::from_secs(7) };
    window.run();
    click(&mut window, "This is you… 4 s");

    assert_eq!(window.state_mut().take_asked(), [Command::TestMicrophone, Command::StopSoundTest]);
}

#[test]
fn a_microphone_that_is_not_open_cannot_be_tested() {
    let mut view = lobby();
    view.studio.microphone.status = DeviceStatus::Off;

    let window = window(view);

    assert!(window.get_by_label("Record a test").accesskit_node().is_disabled());
}

#[test]
fn a_missing_headset_is_named_with_what_stands_in_for_it() {
    let window = window(without_headset());

    window.get_by_label("USB headset is not plugged in: using Built-in Microphone until it is back.");
    window.get_by_label("Logitech BRIO is not plugged in: using FaceTime HD Camera until it is back.");
    window.get_by_label("Microphone level");
}

#[test]
fn a_list_that_stays_open_is_made_anew_every_two_seconds() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    window.get_by_role_and_label(eframe::egui::Role::ComboBox, "Microphone").click();
    window.run();
    let opened = window.state_mut().take_asked();
    for _ in 0..20 {
        window.step();
    }

    assert_eq!(opened, [Command::RefreshDevices]);
    let refreshed = window.state_mut().take_asked();
    assert!((1..=3).contains(&refreshed.len()), "{refreshed:?}");
    assert!(refreshed.iter().all(|command| *command == Command::RefreshDevices));
}

#[test]
fn the_lobby_speaks_korean_and_fits_the_smallest_window_with_every_trouble() {
    let mut view = without_headset();
    view.studio.camera.status = DeviceStatus::Failed {
        trouble: DeviceTrouble::Busy { name: "아주 긴 이름을 가진 회의실 카메라 ".repeat(3) },
        message: "busy".to_owned(),
    };
    let mut settings = settings();
    settings.language = LanguageChoice::Korean;
    for theme in [Theme::Dark, Theme::Light] {
        let mut window = window_of(view.clone(), settings.clone(), theme, [960.0, 600.0]);
        words::install(&window.ctx, Language::Korean);
        window.run();

        window.get_by_label_contains("장치를 다른 프로그램이 쓰고 있습니다");
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(960.0, 600.0));
        for label in [
            "이름",
            "서버",
            "방",
            "들어가기",
            "방 열기",
            "마이크 음량",
            "녹음해 보기",
            "스피커 시험",
            "다시 시도",
            "설정",
        ] {
            let place = window.get_by_label(label).rect();
            assert!(screen.contains_rect(place), "{label}: {place:?}");
        }
    }
}

#[test]
fn another_camera_is_chosen_in_a_call_from_the_menu_at_its_button() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    click(&mut window, "Choose camera");
    let opened = window.state_mut().take_asked();
    click(&mut window, "Logitech BRIO");

    let chosen = Command::ChooseCamera(VideoSpec::Camera(Some("cam-2".to_owned())));
    assert_eq!(opened, [Command::RefreshDevices]);
    assert_eq!(window.state_mut().take_asked(), [chosen]);
    assert!(window.query_by_label("Logitech BRIO").is_none(), "the menu goes with the choice");
}

#[test]
fn microphone_and_speaker_are_chosen_and_tried_in_a_call_from_one_menu() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.studio.microphone.status = DeviceStatus::Failed {
        trouble: DeviceTrouble::Busy { name: "Built-in Microphone".to_owned() },
        message: "busy".to_owned(),
    };
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label_contains("Built-in Microphone is in use by another program");
    for choice in ["No sound", "Test speaker", "Try again"] {
        click(&mut window, "Choose microphone and speaker");
        click(&mut window, choice);
    }

    let asked = window.state_mut().take_asked();
    let asked: Vec<_> = asked.into_iter().filter(|command| *command != Command::RefreshDevices).collect();
    let again = Command::ChooseMicrophone(AudioSpec::Microphone(Some("mic-1".to_owned())));
    assert_eq!(asked, [Command::ChooseSpeaker(SpeakerSpec::Null), Command::TestSpeaker, again]);
}

#[test]
fn a_server_is_remembered_once_it_has_answered() {
    let directory = std::env::temp_dir().join(format!("parlor-reached-{}", std::process::id()));
    let file = directory.join("settings.toml");
    let view = super::fixtures::lobby_with(parlor_call::ServerView::Connecting);
    let mut window = window_of(view, Settings::load(file.clone()), Theme::Dark, [1280.0, 800.0]);

    super::fixtures::write(&mut window, "Server", "10.0.0.2");
    window.key_press(Key::Tab);
    window.run();
    let while_dialling = Settings::load(file.clone()).recent_servers;
    window.state_mut().view.call.server = parlor_call::ServerView::Up;
    window.run();
    // It is saved on a thread of its own.
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while !file.exists() && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    let answered = Settings::load(file).recent_servers;
    std::fs::remove_dir_all(directory).unwrap();

    assert_eq!(while_dialling, Vec::<String>::new());
    assert_eq!(answered, ["wss://10.0.0.2:7443"]);
}

#[test]
fn the_key_to_talk_unmutes_for_as_long_as_it_is_held() {
    let mut window = muted_call(Push::ToTalk);

    window.get_by_label("Hold Space to talk");
    hold(&mut window, Key::Space, true);
    let pressed = window.state_mut().take_asked();
    window.state_mut().view.call.media.microphone.wanted = TrackState::On;
    window.run();
    window.get_by_label("You are heard");
    hold(&mut window, Key::Space, false);

    assert_eq!(pressed, [CallCommand::SetMuted(false).into()]);
    assert_eq!(window.state_mut().take_asked(), [CallCommand::SetMuted(true).into()]);
}

#[test]
fn the_key_to_talk_writes_a_space_where_somebody_writes() {
    let mut window = muted_call(Push::ToTalk);
    click(&mut window, "Chat");
    window.get_by_role(eframe::egui::Role::TextInput).focus();
    window.run();
    window.state_mut().take_asked();

    hold(&mut window, Key::Space, true);
    let pressed = window.state_mut().take_asked();
    hold(&mut window, Key::Space, false);

    assert_eq!((pressed, window.state_mut().take_asked()), (Vec::new(), Vec::new()));
}

#[test]
fn a_window_that_loses_the_focus_lets_go_of_the_key_to_talk() {
    let mut window = muted_call(Push::ToTalk);
    hold(&mut window, Key::Space, true);
    window.state_mut().take_asked();

    window.input_mut().focused = false;
    window.event(Event::WindowFocused(false));
    window.run();

    assert_eq!(window.state_mut().take_asked(), [CallCommand::SetMuted(true).into()]);
}

#[test]
fn without_push_to_talk_the_key_does_nothing() {
    let mut window = muted_call(Push::Off);

    hold(&mut window, Key::Space, true);
    hold(&mut window, Key::Space, false);

    assert_eq!(window.state_mut().take_asked(), []);
    assert!(window.query_by_label_contains("Hold Space").is_none());
}

#[test]
fn whoever_chose_to_come_in_muted_is_muted_before_every_call() {
    let mut settings = settings();
    settings.call.join_muted = true;
    settings.call.join_without_camera = true;
    let prepared = [CallCommand::SetMuted(true), CallCommand::SetCamera(false)].map(Command::from);
    let mut window = window_of(lobby(), settings, Theme::Dark, [1280.0, 800.0]);

    let at_the_start = window.state_mut().take_asked();
    window.state_mut().view = room_with(Vec::new());
    window.run();
    let in_the_call = window.state_mut().take_asked();
    window.state_mut().view = lobby();
    window.run();
    let after_the_call = window.state_mut().take_asked();

    assert_eq!(at_the_start[..2], prepared);
    assert_eq!(in_the_call, [Command::Discover(false)]);
    assert_eq!(after_the_call[1..], prepared);
}

fn without_headset() -> View {
    let mut view = lobby();
    view.studio.microphone.chosen = AudioSpec::Microphone(Some("mic-2".to_owned()));
    view.studio.camera.chosen = VideoSpec::Camera(Some("cam-2".to_owned()));
    view.studio.missing.microphone = Some("USB headset".to_owned());
    view.studio.missing.camera = Some("Logitech BRIO".to_owned());
    view
}

fn muted_call(push: Push) -> Window {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.media.microphone.wanted = TrackState::Muted;
    let mut settings: Settings = settings();
    settings.call.push = push;
    let mut window = window_of(view, settings, Theme::Dark, [1280.0, 800.0]);
    window.state_mut().take_asked();
    window
}

fn hold(window: &mut Window, key: Key, pressed: bool) {
    window.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE });
    window.run();
}
