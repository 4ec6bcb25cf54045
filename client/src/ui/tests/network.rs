//! Servers on the network, links, keys and passcodes.
use eframe::egui::{Event, Key, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_call::{Command as CallCommand, Entry, Notice, Place};
use parlor_protocol::{Invite, Pin, RefusedReason, RoomInfo, RoomOptions, ServerAddress};

use super::fixtures::{
    Window, click, found, lobby, lobby_with, room_info, scroll_and_click, settings, window, window_of, write,
};
use crate::{
    engine::{Command, DiscoveryView, Hint, TrustView},
    settings::Settings,
};

const LINK: &str = "parlor://192.168.1.20:7443/room/tea?fp=0123456789abcdef0123456789abcdef#p=sesame";

#[test]
fn servers_are_searched_for_in_the_lobby_and_not_in_a_call() {
    let mut window = window(lobby());
    let in_lobby = window.state_mut().take_asked();

    window.state_mut().view = super::fixtures::room_with(Vec::new());
    window.run();
    let in_call = window.state_mut().take_asked();

    assert!(in_lobby.contains(&Command::Discover(true)), "{in_lobby:?}");
    assert_eq!(in_call, [Command::Discover(false)]);
}

#[test]
fn a_search_that_has_just_begun_says_so() {
    let window = window(searching(false));

    window.get_by_label("Looking for servers…");
}

#[test]
fn a_search_that_finds_nothing_says_why_it_may_be_so_and_what_always_works() {
    let mut view = searching(true);
    view.discovery.hints = vec![Hint::VpnAlone, Hint::Firewall { name: "ufw" }];
    view.discovery.interfaces = vec!["tun0 10.8.0.2".to_owned()];

    let window = window(view);

    window.get_by_label_contains("through a VPN alone");
    window.get_by_label_contains("The firewall ufw is on here");
    window.get_by_label_contains("paste an invite link");
    window.get_by_label("Searched on tun0 10.8.0.2.");
}

#[test]
fn a_room_of_a_found_server_is_picked_with_its_server_and_joined() {
    let mut window = window(several());
    window.state_mut().take_asked();

    window.get_by_label_contains("Server studio-mac, 192.168.1.20, 2 rooms");
    window.get_by_label_contains("Server 지민의 노트북, this computer, 192.168.1.31:9000, no rooms yet");
    scroll_and_click(&mut window, "디자인 리뷰, 2 of 8 people, with a passcode");
    let picked = window.state_mut().take_asked();
    window.state_mut().view.discovery.servers.clear();
    click(&mut window, "Join room");

    assert_eq!(picked, [connect("wss://192.168.1.20:7443")]);
    assert_eq!(window.state_mut().take_asked(), [enter("디자인 리뷰", Entry::Join, None)]);
}

#[test]
fn a_server_that_is_looked_at_shows_its_rooms_once() {
    let mut view = several();
    view.discovery.servers[0].addresses = vec!["ws://studio.local:7443".parse().unwrap()];
    view.call.rooms = vec![room_info("Standup", 5)];

    let window = window(view);

    window.get_by_label_contains("Standup, 5 of 8 people");
    assert!(window.query_by_label_contains("Standup, 4 of 8 people").is_none());
}

#[test]
fn recent_servers_are_picked_from_a_menu() {
    let mut settings = settings();
    settings.recent_servers = vec!["ws://studio.local:7443".to_owned(), "wss://10.0.0.2:9000".to_owned()];
    let mut window = window_of(lobby(), settings, Theme::Dark, [1280.0, 800.0]);
    window.state_mut().take_asked();

    click(&mut window, "Recent servers");
    click(&mut window, "10.0.0.2:9000");

    assert_eq!(window.state_mut().take_asked(), [connect("wss://10.0.0.2:9000")]);
}

#[test]
fn a_link_that_is_pasted_anywhere_is_followed_at_once() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    window.get_by_label("Room").focus();
    window.run();
    window.event(Event::Paste(format!(" {LINK}\n")));
    window.run();

    assert_eq!(window.state_mut().take_asked(), [accept("김민수")]);
    assert_eq!(window.get_by_label("Room").value().as_deref(), Some("tea"));
    assert_eq!(window.get_by_label("Server").value().as_deref(), Some("wss://192.168.1.20:7443"));
}

#[test]
fn a_link_that_is_written_is_followed_with_enter() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    write(&mut window, "Server", LINK);
    window.key_press(Key::Enter);
    window.run();

    assert_eq!(window.state_mut().take_asked(), [accept("김민수")]);
}

#[test]
fn a_link_waits_for_a_name_and_for_nothing_else() {
    let mut window = window_of(lobby(), Settings::default(), Theme::Dark, [1280.0, 800.0]);
    window.state_mut().take_asked();

    window.event(Event::Paste(LINK.to_owned()));
    window.run();
    let without_name = window.state_mut().take_asked();
    window.get_by_label_contains("Write your name above");
    write(&mut window, "Your name", "Ada");
    click(&mut window, "Follow the link");

    assert_eq!(without_name, []);
    assert_eq!(window.state_mut().take_asked(), [accept("Ada")]);
}

#[test]
fn a_damaged_link_is_answered_in_words() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    window.event(Event::Paste("parlor://192.168.1.20?fp=0123".to_owned()));
    window.run();

    assert_eq!(window.state_mut().take_asked(), []);
    window.get_by_label_contains("copy the whole link again");
}

#[test]
fn an_unknown_key_is_compared_and_trusted() {
    let mut window = window(asked_about(unknown()));
    window.state_mut().take_asked();

    window.get_by_label("First time at 192.168.1.20");
    window.get_by_label(&format!("Code: {}", pin(7).code()));
    click(&mut window, "It is the same: connect");

    assert_eq!(window.state_mut().take_asked(), [Command::Trust { server: server(), pin: pin(7) }]);
}

#[test]
fn whoever_closes_the_question_has_not_trusted_anybody() {
    let mut window = window(asked_about(unknown()));
    window.state_mut().take_asked();

    window.key_press(Key::Escape);
    window.run();

    assert_eq!(window.state_mut().take_asked(), [Command::Distrust]);
}

#[test]
fn a_changed_key_stops_and_enter_means_not_to_connect() {
    let mut window = window(asked_about(changed()));
    window.state_mut().take_asked();

    window.get_by_label_contains("has another key than the last time");
    assert!(window.query_by_label("The host confirmed the new code").is_none());
    window.key_press(Key::Enter);
    window.run();

    assert_eq!(window.state_mut().take_asked(), [Command::Distrust]);
}

#[test]
fn a_changed_key_is_trusted_only_after_a_look_at_both() {
    let mut window = window(asked_about(changed()));
    window.state_mut().take_asked();

    click(&mut window, "Details");
    window.get_by_label(&format!("The code you know: {}", pin(3).code()));
    window.get_by_label(&format!("Its code now: {}", pin(7).code()));
    click(&mut window, "The host confirmed the new code");

    assert_eq!(window.state_mut().take_asked(), [Command::Trust { server: server(), pin: pin(7) }]);
}

#[test]
fn a_passcode_is_asked_for_and_a_wrong_one_can_be_corrected() {
    let mut window = window(lobby());
    click(&mut window, "Join room");
    window.state_mut().take_asked();

    refuse(&mut window, RefusedReason::PasscodeNeeded);
    window.get_by_label("Passcode for Standup");
    window.get_by_label("Passcode").type_text("sesam");
    window.run();
    let hidden = window.get_by_label("Passcode").value();
    click(&mut window, "Show passcode");
    let shown = window.get_by_label("Passcode").value();
    click(&mut window, "Enter room");
    let first = window.state_mut().take_asked();
    refuse(&mut window, RefusedReason::WrongPasscode);
    window.get_by_label_contains("That is not the passcode");
    // What was written is selected: writing replaces it.
    window.get_by_label("Passcode").type_text("sesame");
    window.run();
    window.key_press(Key::Enter);
    window.run();

    assert_eq!((hidden.as_deref(), shown.as_deref()), (Some("•••••"), Some("sesam")));
    assert_eq!(first, [enter("Standup", Entry::Join, Some("sesam"))]);
    assert_eq!(window.state_mut().take_asked(), [enter("Standup", Entry::Join, Some("sesame"))]);
}

#[test]
fn the_question_for_a_passcode_goes_once_we_are_in_or_give_up() {
    let mut window = window(lobby());
    click(&mut window, "Join room");
    window.state_mut().take_asked();
    refuse(&mut window, RefusedReason::PasscodeNeeded);

    click(&mut window, "Cancel");
    let given_up = window.query_by_label("Passcode for Standup").is_none();
    refuse(&mut window, RefusedReason::PasscodeNeeded);
    window.state_mut().hear(Notice::Entered);
    window.run();

    assert!(given_up);
    assert!(window.query_by_label("Passcode for Standup").is_none());
    assert_eq!(window.state_mut().take_asked(), []);
}

#[test]
fn a_locked_room_can_be_asked_again_and_an_existing_one_joined() {
    let mut window = window(lobby());
    click(&mut window, "Join room");
    window.state_mut().take_asked();

    refuse(&mut window, RefusedReason::Locked);
    click(&mut window, "Ask again");
    let again = window.state_mut().take_asked();
    refuse(&mut window, RefusedReason::RoomExists);
    click(&mut window, "Join it");

    assert_eq!(again, [enter("Standup", Entry::Join, None)]);
    assert_eq!(window.state_mut().take_asked(), [enter("Standup", Entry::Join, None)]);
}

#[test]
fn a_new_room_is_made_as_the_options_say() {
    let mut window = window(lobby());
    window.state_mut().take_asked();

    click(&mut window, "Options for a new room");
    write(&mut window, "Topic", "Release 2.0");
    write(&mut window, "Passcode", "sesame");
    click(&mut window, "Fewer people");
    scroll_and_click(&mut window, "Hide the room");
    click(&mut window, "Host a room");

    let options = RoomOptions { hidden: true, capacity: Some(7), topic: "Release 2.0".parse().ok() };
    let (room, nickname, passcode) = ("Standup".parse().ok(), "김민수".parse().ok(), "sesame".parse().ok());
    assert_eq!(window.state_mut().take_asked(), [Command::Host { port: 7443, room, nickname, passcode, options }]);
}

#[test]
fn long_and_korean_names_fit_the_smallest_and_the_largest_window() {
    let mut view = several();
    view.discovery.servers[0].name = "아주 긴 서버 이름 ".repeat(6);
    let people = vec!["W".repeat(32).parse().unwrap(); 8];
    let topic = "가".repeat(120).parse().ok();
    view.discovery.servers[0].rooms =
        vec![RoomInfo { people, topic, locked: true, passcode: true, ..room_info(&"W".repeat(64), 8) }];
    for (theme, size) in [(Theme::Light, [960.0, 600.0]), (Theme::Dark, [2560.0, 1400.0])] {
        let window = window_of(view.clone(), settings(), theme, size);

        let screen = Rect::from_min_size(Pos2::ZERO, vec2(size[0], size[1]));
        for label in ["Your name", "Server", "Room", "Join room", "Host a room", "Options for a new room"] {
            let place = window.get_by_label(label).rect();
            assert!(screen.contains_rect(place), "{label}: {place:?}");
        }
        let row = window.get_by_label_contains("of 8 people, locked, with a passcode").rect();
        assert!(row.left() >= 0.0 && row.right() <= size[0], "{row:?}");
    }
}

#[test]
fn the_questions_fit_the_smallest_window() {
    for question in [unknown(), changed()] {
        let mut window = window_of(asked_about(question), settings(), Theme::Light, [960.0, 600.0]);
        if window.query_by_label("Details").is_some() {
            click(&mut window, "Details");
        }

        let screen = Rect::from_min_size(Pos2::ZERO, vec2(960.0, 600.0));
        for label in ["Cancel", "It is the same: connect", "Do not connect", "The host confirmed the new code"] {
            for node in window.query_all_by_label(label) {
                assert!(screen.contains_rect(node.rect()), "{label}: {:?}", node.rect());
                assert!(!node.accesskit_node().is_disabled());
            }
        }
    }
}

fn refuse(window: &mut Window, reason: RefusedReason) {
    window.state_mut().view.call.place = Place::Lobby;
    window.state_mut().hear(Notice::Refused { reason, message: "no".to_owned() });
    window.run();
}

fn searching(settled: bool) -> crate::engine::View {
    let mut view = lobby_with(parlor_call::ServerView::Off);
    view.discovery = DiscoveryView { settled, ..DiscoveryView::default() };
    view
}

fn several() -> crate::engine::View {
    let mut view = lobby();
    view.call.rooms.clear();
    view.discovery = found();
    view
}

fn asked_about(question: TrustView) -> crate::engine::View {
    let mut view = lobby_with(parlor_call::ServerView::Connecting);
    view.trust = Some(question);
    view
}

fn unknown() -> TrustView {
    TrustView::Unknown { server: server(), pin: pin(7) }
}

fn changed() -> TrustView {
    TrustView::Changed { server: server(), known: pin(3), offered: pin(7) }
}

fn server() -> ServerAddress {
    "192.168.1.20".parse().unwrap()
}

fn pin(byte: u8) -> Pin {
    Pin::new([byte; 16])
}

fn connect(server: &str) -> Command {
    CallCommand::Connect { server: server.to_owned() }.into()
}

fn accept(nickname: &str) -> Command {
    let invite: Invite = LINK.parse().unwrap();
    Command::Accept { invite: Box::new(invite), nickname: nickname.parse().ok() }
}

fn enter(room: &str, entry: Entry, passcode: Option<&str>) -> Command {
    CallCommand::Enter {
        room: room.parse().ok(),
        nickname: "김민수".parse().ok(),
        entry,
        passcode: passcode.and_then(|passcode| passcode.parse().ok()),
        options: RoomOptions::default(),
    }
    .into()
}
