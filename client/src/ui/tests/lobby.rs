//! The lobby, state by state.
use std::time::Duration;

use eframe::egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_call::{Command as CallCommand, Entry, Notice, Place, ServerView};
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use parlor_protocol::{RefusedReason, RoomOptions, TrackState};

use super::fixtures::{click, lobby, lobby_with, now, room_info, settings, window, window_of, write};
use crate::{
    engine::{Command, DeviceStatus, DeviceTrouble, HostNumbers, HostView},
    settings::{Settings, ThemeChoice},
    ui::{StartWith, screens::Screens},
};

#[test]
fn the_server_used_last_is_dialled_at_the_start() {
    let mut window = window(lobby_with(ServerView::Connecting));

    let asked = window.state_mut().take_asked();

    assert_eq!(asked, [connect("ws://studio.local:7443"), Command::Discover(true)]);
    window.get_by_label("Connecting to studio.local…");
}

#[test]
fn a_room_of_the_command_line_is_entered_by_way_of_its_server() {
    let start = StartWith::Room {
        server: "10.0.0.2".to_owned(),
        room: "Standup".parse().ok(),
        nickname: "Ada".parse().ok(),
        entry: Entry::JoinOrCreate,
        passcode: None,
        options: RoomOptions::default(),
    };

    let (_, asked) = Screens::start(settings(), start, now());

    let (room, nickname) = ("Standup".parse().ok(), "Ada".parse().ok());
    let enter = CallCommand::Enter {
        room,
        nickname,
        entry: Entry::JoinOrCreate,
        passcode: None,
        options: RoomOptions::default(),
    }
    .into();
    assert_eq!(asked, [connect("wss://10.0.0.2:7443"), enter]);
}

#[test]
fn what_was_chosen_is_there_at_the_next_start() {
    let directory = std::env::temp_dir().join(format!("parlor-lobby-{}", std::process::id()));
    let file = directory.join("settings.toml");
    let mut window = window_of(lobby(), Settings::load(file.clone()), Theme::Dark, [1280.0, 800.0]);

    write(&mut window, "Your name", "Ada");
    window.get_by_label_contains("Design review").click();
    window.run();
    click(&mut window, "Join room");
    window.get_by_role_and_label(Role::ComboBox, "Camera").click();
    window.run();
    click(&mut window, "Test pattern");
    click(&mut window, "Light theme");
    let next = Settings::load(file);
    std::fs::remove_dir_all(directory).unwrap();

    assert_eq!((next.nickname.as_str(), next.room.as_str()), ("Ada", "Design review"));
    assert_eq!(next.server, "ws://127.0.0.1:7443");
    assert_eq!((next.camera, next.theme), (VideoSpec::Pattern(0), ThemeChoice::Light));
}

#[test]
fn the_very_first_start_dials_nobody_and_offers_to_connect() {
    let mut window = window_of(lobby_with(ServerView::Off), Settings::default(), Theme::Dark, [1280.0, 800.0]);
    let first = window.state_mut().take_asked();

    click(&mut window, "Connect");

    assert_eq!(first, [Command::Discover(true)]);
    assert_eq!(window.state_mut().take_asked(), [connect("ws://127.0.0.1:7443")]);
}

#[test]
fn a_room_is_picked_from_the_list_and_joined() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    window.get_by_label_contains("디자인 리뷰").click();
    window.run();
    click(&mut window, "Join room");

    assert_eq!(window.state_mut().take_asked(), [enter("디자인 리뷰", Entry::Join)]);
}

#[test]
fn joining_needs_a_name_and_a_room() {
    let mut window = window(lobby());

    write(&mut window, "Room", "");
    let without_room = is_disabled(&window, "Join room");
    write(&mut window, "Room", "Standup");
    write(&mut window, "Your name", "");
    let without_name = is_disabled(&window, "Join room");
    write(&mut window, "Your name", "Ada");

    assert!(without_room && without_name);
    assert!(!is_disabled(&window, "Join room"));
}

#[test]
fn enter_in_a_field_joins() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    write(&mut window, "Room", "Pairing");
    window.key_press(Key::Enter);
    window.run();

    assert_eq!(window.state_mut().take_asked(), [enter("Pairing", Entry::Join)]);
}

#[test]
fn another_server_is_dialled_when_its_field_is_left() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    write(&mut window, "Server", "10.0.0.2:9000");
    let while_writing = window.state_mut().take_asked();
    window.key_press(Key::Tab);
    window.run();

    assert_eq!(while_writing, []);
    assert_eq!(window.state_mut().take_asked(), [connect("wss://10.0.0.2:9000")]);
    assert_eq!(window.get_by_label("Server").value().as_deref(), Some("wss://10.0.0.2:9000"));
}

#[test]
fn a_wrong_address_is_answered_in_words() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    write(&mut window, "Server", "ftp://parlor.example");
    window.key_press(Key::Tab);
    window.run();

    assert_eq!(window.state_mut().take_asked(), []);
    window.get_by_label("Use wss:// or ws://, not ftp://");
    assert!(is_disabled(&window, "Join room"));
}

#[test]
fn a_server_out_of_reach_is_tried_again_on_demand() {
    let retry_at = Some(now() + Duration::from_secs(4));
    let mut window = window(lobby_with(ServerView::Down { reason: "connection refused".to_owned(), retry_at }));
    window.state_mut().take_asked();

    window.get_by_label("studio.local is out of reach: connection refused. Next try in 4 s.");
    click(&mut window, "Try again");

    assert_eq!(window.state_mut().take_asked(), [connect("ws://studio.local:7443")]);
}

#[test]
fn an_empty_server_offers_to_create_the_room() {
    let mut window = window(lobby_with(ServerView::Up));
    window.state_mut().take_asked();

    window.get_by_label_contains("There are no rooms here yet");
    click(&mut window, "Create room");

    assert_eq!(window.state_mut().take_asked(), [enter("Standup", Entry::Create)]);
}

#[test]
fn a_missing_room_is_created_with_one_click() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    let message = "no such room".to_owned();
    window.state_mut().hear(Notice::Refused { reason: RefusedReason::NoSuchRoom, message });
    window.run();
    window.get_by_label("There is no room called “Standup”.");
    click(&mut window, "Create room");

    assert_eq!(window.state_mut().take_asked(), [enter("Standup", Entry::Create)]);
    assert!(window.query_by_label_contains("There is no room called").is_none());
}

#[test]
fn a_full_room_is_explained_until_something_else_is_written() {
    let mut window = window(lobby());

    let message = "\"Standup\" is full: 8 people are in it.".to_owned();
    window.state_mut().hear(Notice::Refused { reason: RefusedReason::RoomFull { capacity: 8 }, message });
    window.run();
    window.get_by_label_contains("is full");
    let offer = window.query_by_label("Create room").is_some();
    write(&mut window, "Room", "Pairing");

    assert!(!offer);
    assert!(window.query_by_label_contains("is full").is_none());
}

#[test]
fn joining_can_be_cancelled() {
    let mut view = lobby();
    view.call.place = Place::Joining { room: "Standup".parse().ok() };
    let mut window = window(view);
    window.state_mut().take_asked();

    let joining = is_disabled(&window, "Joining…");
    click(&mut window, "Cancel");

    assert!(joining);
    assert_eq!(window.state_mut().take_asked(), [CallCommand::Leave.into()]);
}

#[test]
fn hosting_asks_for_the_written_room() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    click(&mut window, "Host a room");

    let (room, nickname) = ("Standup".parse().ok(), "김민수".parse().ok());
    assert_eq!(
        window.state_mut().take_asked(),
        [Command::Host { port: 7443, room, nickname, passcode: None, options: RoomOptions::default() }]
    );
}

#[test]
fn a_port_in_use_is_said_in_words() {
    let mut view = lobby();
    view.host = HostView::Failed { message: "Port 7443 is in use by another program.".to_owned() };

    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label("Port 7443 is in use by another program.");
    click(&mut window, "Host again");

    assert!(matches!(window.state_mut().take_asked().as_slice(), [Command::Host { port: 7443, .. }]));
}

#[test]
fn our_own_server_is_shown_and_can_be_stopped() {
    let mut view = lobby();
    view.host = HostView::Running {
        addresses: vec!["wss://192.168.1.20:7443".parse().unwrap()],
        invite: None,
        code: "7QX9-M2PA-4T8R".to_owned(),
        numbers: HostNumbers::default(),
    };
    let mut window = window(view);
    window.state_mut().take_asked();

    let address = window.get_by_label("Server").value();
    click(&mut window, "Stop");

    assert_eq!(address.as_deref(), Some("wss://192.168.1.20:7443"));
    assert_eq!(window.state_mut().take_asked(), [Command::StopHosting]);
}

#[test]
fn the_second_camera_is_chosen_from_the_dropdown() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    let current = window.get_by_role_and_label(Role::ComboBox, "Camera").value();
    window.get_by_role_and_label(Role::ComboBox, "Camera").click();
    window.run();
    click(&mut window, "Logitech BRIO");

    assert_eq!(current.as_deref(), Some("FaceTime HD Camera"));
    let chosen = Command::ChooseCamera(VideoSpec::Camera(Some("cam-2".to_owned())));
    assert_eq!(window.state_mut().take_asked(), [Command::RefreshDevices, chosen]);
}

#[test]
fn every_dropdown_has_a_way_to_go_without_the_device() {
    let expected = [
        ("Camera", "No camera", Command::ChooseCamera(VideoSpec::None)),
        ("Camera", "Test pattern", Command::ChooseCamera(VideoSpec::Pattern(0))),
        ("Microphone", "No microphone", Command::ChooseMicrophone(AudioSpec::None)),
        ("Microphone", "Test tone", Command::ChooseMicrophone(AudioSpec::Tone(440))),
        ("Speaker", "No sound", Command::ChooseSpeaker(SpeakerSpec::Null)),
    ];
    let mut window = window(lobby());

    for (picker, choice, command) in expected {
        window.get_by_role_and_label(Role::ComboBox, picker).click();
        window.run();
        click(&mut window, choice);

        assert_eq!(window.state_mut().take_asked().last(), Some(&command));
    }
}

#[test]
fn a_camera_in_use_is_said_on_the_preview_with_a_way_out() {
    let mut view = lobby();
    let trouble = DeviceTrouble::Busy { name: "FaceTime HD Camera".to_owned() };
    view.studio.camera.status = DeviceStatus::Failed { trouble, message: "busy".to_owned() };
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label_contains("Your camera: FaceTime HD Camera is in use by another program");
    click(&mut window, "Try again");

    assert_eq!(window.state_mut().take_asked(), [Command::ChooseCamera(VideoSpec::Camera(None))]);
}

#[test]
fn without_any_camera_one_goes_without() {
    let mut view = lobby();
    view.studio.camera.status =
        DeviceStatus::Failed { trouble: DeviceTrouble::NoneFound, message: "no camera".to_owned() };
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label_contains("Your camera: No camera was found");
    click(&mut window, "Go without a camera");

    assert_eq!(window.state_mut().take_asked(), [Command::ChooseCamera(VideoSpec::None)]);
}

#[test]
fn a_microphone_that_fails_is_said_in_place_of_its_level() {
    let mut view = lobby();
    view.studio.microphone.status =
        DeviceStatus::Failed { trouble: DeviceTrouble::NoneFound, message: "no microphone".to_owned() };
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label_contains("No microphone was found");
    assert!(window.query_by_label("Microphone level").is_none());
    click(&mut window, "Try again");

    let again = AudioSpec::Microphone(Some("mic-1".to_owned()));
    assert_eq!(window.state_mut().take_asked(), [Command::ChooseMicrophone(again)]);
}

#[test]
fn microphone_and_camera_are_switched_before_the_call_too() {
    let mut view = lobby();
    view.call.media.camera.wanted = TrackState::Off;
    let mut window = window(view);
    window.state_mut().take_asked();

    click(&mut window, "Mute microphone");
    click(&mut window, "Turn camera on");
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run();

    let mute = Command::from(CallCommand::SetMuted(true));
    let camera = Command::from(CallCommand::SetCamera(true));
    assert_eq!(window.state_mut().take_asked(), [mute.clone(), camera.clone(), mute, camera]);
    window.get_by_label("Your camera: Your camera is off");
}

#[test]
fn the_theme_is_changed_and_remembered() {
    let mut window = window(lobby());

    click(&mut window, "Light theme");

    assert_eq!(window.ctx.theme(), Theme::Light);
    window.get_by_label("Dark theme");
}

#[test]
fn names_of_any_length_fit_the_smallest_window() {
    let mut view = lobby();
    view.call.rooms = vec![room_info(&"아주 긴 방 이름 ".repeat(6), 3), room_info(&"W".repeat(64), 8)];
    let mut settings = settings();
    settings.nickname = "W".repeat(32);
    settings.room = "W".repeat(64);

    let window = window_of(view, settings, Theme::Dark, [960.0, 600.0]);

    let screen = eframe::egui::Rect::from_min_size(eframe::egui::Pos2::ZERO, eframe::egui::vec2(960.0, 600.0));
    for label in ["Your name", "Server", "Room", "Join room", "Host a room", "Mute microphone", "Microphone level"] {
        let place = window.get_by_label(label).rect();
        assert!(screen.contains_rect(place), "{label}: {place:?}");
    }
}

fn is_disabled(window: &super::fixtures::Window, label: &str) -> bool {
    window.get_by_label(label).accesskit_node().is_disabled()
}

fn connect(server: &str) -> Command {
    CallCommand::Connect { server: server.to_owned() }.into()
}

fn enter(room: &str, entry: Entry) -> Command {
    CallCommand::Enter {
        room: room.parse().ok(),
        nickname: "김민수".parse().ok(),
        entry,
        passcode: None,
        options: RoomOptions::default(),
    }
    .into()
}
