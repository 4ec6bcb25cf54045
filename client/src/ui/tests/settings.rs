//! The settings: every section in both languages, and what becomes of what is changed there.
use std::{fs, time::Duration};

use eframe::egui::{Key, Modifiers, OutputCommand, Pos2, Rect, Role, Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use parlor_protocol::{TrackState, VERSION};

use super::fixtures::{
    Window, click, found, hosting, lobby, participant, room_with, settings, window, window_of, write,
};
use crate::{
    engine::{Command, View},
    settings::{LanguageChoice, NoiseChoice, Settings, SoundChoice, VideoChoice},
    ui::{StartWith, screens::Screens},
};

/// The sections in English and Korean, and something that stands in each.
const SECTIONS: [([&str; 2], [&str; 2]); 8] = [
    (["Devices", "장치"], ["What you choose counts at once, in a call too.", "선택하면 통화 중에도 바로 바뀝니다."]),
    (["Video", "영상"], ["Picture size", "영상 크기"]),
    (["Calls", "통화"], ["Join with the microphone muted", "음소거 상태로 참가"]),
    (["Notifications", "알림"], ["Desktop notifications", "데스크톱 알림"]),
    (["Shortcuts", "단축키"], ["Chat: Ctrl+Shift+C", "채팅: Ctrl+Shift+C"]),
    (["Language and look", "언어와 모양"], ["Language", "언어"]),
    (["Folders", "폴더"], ["Files from others", "받은 파일"]),
    (["About Parlor", "Parlor 정보"], ["Copy for a bug report", "버그 신고용 정보 복사"]),
];
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn every_section_fits_every_window_in_both_languages_and_both_themes() {
    for (size, theme) in [([960.0, 600.0], Theme::Dark), ([1280.0, 800.0], Theme::Light)] {
        for (language, choice) in [(0, LanguageChoice::English), (1, LanguageChoice::Korean)] {
            let screen = Rect::from_min_size(Pos2::ZERO, vec2(size[0], size[1]));
            let mut window = window_of(busy_lobby(), speaking(choice), theme, size);
            window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
            window.run();
            for (titles, inside) in SECTIONS {
                open_section(&mut window, titles[language]);

                let places: Vec<_> = window.get_all_by_label(inside[language]).map(|node| node.rect()).collect();
                assert!(places.iter().all(|place| screen.contains_rect(*place)), "{titles:?}: {places:?}");
                let section = window.get_by_role_and_label(Role::Tab, titles[language]).rect();
                assert!(screen.contains_rect(section), "{titles:?}: {section:?}");
            }
        }
    }
}

#[test]
fn the_gear_opens_the_settings_and_escape_closes_them() {
    let mut window = window(lobby());

    click(&mut window, "Settings");
    window.get_by_role_and_label(Role::Heading, "Settings");
    window.key_press(Key::Escape);
    window.run();

    assert!(window.query_by_role_and_label(Role::Heading, "Settings").is_none());
}

#[test]
fn the_name_of_the_program_tells_about_it() {
    let mut window = window(lobby());

    click(&mut window, "About this program");

    window.get_by_label("Copy for a bug report");
}

#[test]
fn the_settings_open_in_a_call_too() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.run();

    window.get_by_role_and_label(Role::Heading, "Settings");
}

#[test]
fn another_picture_size_and_rate_are_asked_of_the_engine_at_once() {
    let mut window = opened("Video");
    window.state_mut().take_asked();

    choose(&mut window, "Picture size", "1280 × 720 · 2.2 Mbit/s");
    choose(&mut window, "Pictures per second", "15");
    choose(&mut window, "Upload limit", "4 Mbit/s");

    let larger = VideoChoice { width: 1280, height: 720, kbps: 2200, ..VideoChoice::default() };
    let slower = VideoChoice { fps: 15, ..larger };
    let limited = VideoChoice { upload_kbps: Some(4000), ..slower };
    let expected = [larger, slower, limited].map(Command::SetVideo);
    assert_eq!(window.state_mut().take_asked(), expected);
}

#[test]
fn what_is_done_to_sound_is_asked_of_the_engine_at_once() {
    let mut window = opened("Sound");
    window.state_mut().take_asked();

    choose(&mut window, "Noise suppression", "Strong");
    click(&mut window, "Echo cancellation");
    click(&mut window, "Music mode");
    click(&mut window, "Same loudness for everybody");

    let strong = SoundChoice { noise: NoiseChoice::Strong, ..SoundChoice::default() };
    let without_echo = SoundChoice { echo_cancellation: false, ..strong };
    let music = SoundChoice { music: true, ..without_echo };
    let uneven = SoundChoice { level_voices: false, ..music };
    let expected = [strong, without_echo, music, uneven].map(Command::SetSound);
    assert_eq!(window.state_mut().take_asked(), expected);
}

#[test]
fn in_music_mode_the_rest_cannot_be_changed_and_headphones_are_advised() {
    let mut window = opened("Sound");
    click(&mut window, "Music mode");
    window.state_mut().take_asked();

    click(&mut window, "Automatic gain");

    window.get_by_label_contains("headphones");
    assert!(window.state_mut().take_asked().is_empty());
}

#[test]
fn another_language_is_spoken_in_the_next_frame() {
    let mut window = opened("Language and look");

    choose(&mut window, "Language", "한국어");

    window.get_by_role_and_label(Role::Heading, "설정");
    choose(&mut window, "언어", "English");
    window.get_by_role_and_label(Role::Heading, "Settings");
}

#[test]
fn another_theme_is_shown_in_the_next_frame() {
    let mut window = opened("Language and look");

    choose(&mut window, "Theme", "Light");

    assert_eq!(window.ctx.theme(), Theme::Light);
}

#[test]
fn new_keys_do_what_the_old_ones_did_and_nothing_else_while_they_are_recorded() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    open_settings(&mut window, "Shortcuts");
    window.state_mut().take_asked();

    click(&mut window, "Mute or unmute: Ctrl+D");
    window.get_by_label("Mute or unmute: Press keys…");
    window.key_press_modifiers(Modifiers::ALT, Key::M);
    window.run();
    let while_recorded = window.state_mut().take_asked();
    window.get_by_label("Mute or unmute: Alt+M");
    click(&mut window, "Close dialog");
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run();
    let by_the_old_ones = window.state_mut().take_asked();
    window.key_press_modifiers(Modifiers::ALT, Key::M);
    window.run();

    assert_eq!((while_recorded, by_the_old_ones), (vec![], vec![]));
    assert_eq!(window.state_mut().take_asked(), [parlor_call::Command::SetMuted(true).into()]);
}

#[test]
fn keys_that_are_taken_are_refused_in_words_and_changed_ones_can_be_brought_back() {
    let mut window = opened("Shortcuts");

    click(&mut window, "Chat: Ctrl+Shift+C");
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.run();
    window.get_by_label_contains("Ctrl+D is already used for “Mute or unmute”");
    click(&mut window, "Chat: Ctrl+Shift+C");
    window.key_press(Key::F9);
    window.run();
    window.get_by_label("Chat: F9");
    click(&mut window, "Usual keys for Chat");
    window.get_by_label("Chat: Ctrl+Shift+C");
}

#[test]
fn escape_leaves_the_keys_and_the_settings_as_they_are() {
    let mut window = opened("Shortcuts");

    click(&mut window, "Chat: Ctrl+Shift+C");
    window.key_press(Key::Escape);
    window.run();

    window.get_by_label("Chat: Ctrl+Shift+C");
    window.get_by_role_and_label(Role::Heading, "Settings");
}

#[test]
fn a_folder_is_typed_checked_and_taken_and_a_missing_one_is_made() {
    let place = tempfile::tempdir().unwrap();
    let missing = place.path().join("calls");
    let mut window = opened("Folders");

    write(&mut window, "Recordings", missing.to_str().unwrap());
    window.key_press(Key::Enter);
    wait_for(&mut window, "There is no such folder");
    click(&mut window, "Create it");
    // Only a folder that was chosen can be given up again.
    wait_for(&mut window, "Usual one");

    assert!(missing.is_dir());
}

#[test]
fn a_report_says_what_runs_where_and_nothing_about_anybody() {
    let mut view = room_with(vec![participant(2, "Ana Souza")]);
    view.host = hosting(3);
    view.discovery = found();
    let mut window = window(view);
    open_settings(&mut window, "About Parlor");

    window.get_by_label("Copy for a bug report").click();
    window.step();
    let commands = window.output().platform_output.commands.clone();

    let copied = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let report = copied.expect("something was copied");
    for fact in [env!("CARGO_PKG_VERSION"), &format!("protocol {VERSION}"), "runs, 1280 x 720 · 30 fps", "2 listed"] {
        assert!(report.contains(fact), "{fact:?} is missing:\n{report}");
    }
    for secret in ["Ana", "김민수", "studio", "Standup", "192.168", "parlor://", "FaceTime", "headset", "mic-1"] {
        assert!(!report.contains(secret), "{secret:?} is in it:\n{report}");
    }
}

#[test]
fn a_licence_is_found_and_read() {
    let mut window = opened("About Parlor");

    write(&mut window, "Search licences", "pretendard");
    click(&mut window, "Pretendard (font), OFL-1.1");
    window.get_by_label_contains("SIL OPEN FONT LICENSE");
    click(&mut window, "Back to the list");
    write(&mut window, "Search licences", "no such thing");

    window.get_by_label("Nothing like that is in it.");
}

#[test]
fn who_does_not_want_to_connect_at_the_start_is_not_connected() {
    let asked = |connect_at_start| {
        let mut settings = settings();
        settings.connect_at_start = connect_at_start;
        Screens::start(settings, StartWith::Lobby, super::fixtures::now()).1
    };

    assert_eq!(asked(false), []);
    assert_eq!(asked(true).len(), 1);
}

#[test]
fn changes_are_on_disk_once_the_window_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    fs::write(&file, "nickname = \"Ada\"\nlanguage = \"english\"\n").unwrap();
    let mut window = window_of(lobby(), Settings::load(file.clone()), Theme::Dark, [1280.0, 800.0]);

    open_settings(&mut window, "Calls");
    click(&mut window, "Join with the microphone muted");
    choose(&mut window, "Talk key", "Push to talk");
    drop(window);

    let saved = fs::read_to_string(file).unwrap();
    for line in ["join_muted = true", "push = \"to_talk\"", "nickname = \"Ada\""] {
        assert!(saved.contains(line), "{line} is not in: {saved}");
    }
}

#[test]
fn the_settings_look_as_drawn_in_the_dark() {
    let mut window = opened("Video");
    window.remove_cursor();
    window.run();

    window.snapshot("settings-dark");
}

#[test]
fn the_shortcuts_look_as_drawn_in_korean_in_the_light() {
    let mut window = window_of(busy_lobby(), speaking(LanguageChoice::Korean), Theme::Light, [960.0, 600.0]);
    open_settings(&mut window, "단축키");
    window.remove_cursor();
    window.run();

    window.snapshot("settings-light-korean");
}

fn speaking(language: LanguageChoice) -> Settings {
    let mut settings = settings();
    settings.language = language;
    settings
}

/// A lobby with a camera that is on.
fn busy_lobby() -> View {
    let mut view = lobby();
    view.call.media.camera.wanted = TrackState::On;
    view
}

fn opened(section: &str) -> Window {
    let mut window = window(lobby());
    open_settings(&mut window, section);
    window
}

fn open_settings(window: &mut Window, section: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.run();
    open_section(window, section);
}

fn open_section(window: &mut Window, section: &str) {
    window.get_by_role_and_label(Role::Tab, section).click();
    window.run();
}

fn choose(window: &mut Window, picker: &str, choice: &str) {
    window.get_by_role_and_label(Role::ComboBox, picker).click();
    window.run();
    window.get_by_role_and_label(Role::ListBoxOption, choice).click();
    window.run();
}

/// Waits for what comes from a thread.
fn wait_for(window: &mut Window, label: &str) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while window.query_by_label(label).is_none() {
        assert!(std::time::Instant::now() < deadline, "the window does not show {label:?}");
        std::thread::sleep(Duration::from_millis(10));
        window.run();
    }
}
