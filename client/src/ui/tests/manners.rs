//! Inviting, hosting, and what the people in a room may do to it and to each other.
use std::time::Duration;

use eframe::egui::{OutputCommand, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable;
use parlor_call::{Command as CallCommand, Notice, Place};
use parlor_protocol::{ParticipantId, Role, RoomChange};

use super::fixtures::{
    Window, click, hosting, lobby, participant, room_with, scroll_and_click, settings, window, window_of, write,
};
use crate::engine::{Command, View};

const LINK: &str = "parlor://192.168.1.20:7443/room/Standup?fp=0123456789abcdef0123456789abcdef";

#[test]
fn everybody_in_a_call_can_invite_with_a_link_and_a_code_to_scan() {
    let mut view = room_with(Vec::new());
    view.invite = Some(LINK.to_owned());
    let mut window = window(view);

    click(&mut window, "Invite others");
    window.get_by_label("QR code of the invite link");
    window.get_by_label("Copy link").click();
    window.step();
    let copied = window.output().platform_output.commands.clone();
    window.run();

    assert!(copied.contains(&OutputCommand::CopyText(LINK.to_owned())), "{copied:?}");
    window.get_by_label("Invite link copied");
    assert!(window.query_by_label_contains("Code to compare").is_none(), "only the host's screen shows the code");
}

#[test]
fn without_a_server_there_is_no_link_and_that_is_said() {
    let mut window = window(room_with(Vec::new()));

    click(&mut window, "Invite others");

    window.get_by_label_contains("There is no link at the moment");
}

#[test]
fn the_panel_of_the_host_shows_addresses_code_and_numbers() {
    let mut view = lobby();
    view.host = hosting(4);
    let mut window = window(view);

    click(&mut window, "Invite");

    for label in [
        "This computer is the server",
        "QR code of the invite link",
        "wss://192.168.1.20:7443",
        "Code to compare: 7QX9-M2PA-4T8R",
        "Connected: 4",
        "Rooms: 2",
        "In rooms: 3",
        "Relay addresses: 1",
    ] {
        window.get_by_label(label);
    }
}

#[test]
fn a_server_without_guests_is_stopped_at_once_and_one_with_guests_after_a_question() {
    let mut view = lobby();
    view.host = hosting(1);
    let mut window = window(view);
    window.state_mut().take_asked();

    click(&mut window, "Stop");
    let alone = window.state_mut().take_asked();
    window.state_mut().view.host = hosting(3);
    window.run();
    click(&mut window, "Stop");
    let unanswered = window.state_mut().take_asked();
    window.get_by_label_contains("2 other people are connected");
    click(&mut window, "Stop the server");

    assert_eq!(alone, [Command::StopHosting]);
    assert_eq!(unanswered, []);
    assert_eq!(window.state_mut().take_asked(), [Command::StopHosting]);
    assert!(window.query_by_label("Stop the server?").is_none());
}

#[test]
fn a_host_with_guests_is_told_what_leaving_and_closing_mean() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.host = hosting(2);
    let mut window = window(view.clone());
    window.state_mut().take_asked();

    click(&mut window, "Leave call");
    let unanswered = window.state_mut().take_asked();
    click(&mut window, "Leave, keep hosting");
    let left = window.state_mut().take_asked();
    let may_close = window.state_mut().screens.may_close(&view);
    window.run();
    window.get_by_label_contains("Closing the window stops it");
    click(&mut window, "Close and stop");
    let may_close_now = window.state_mut().screens.may_close(&view);

    assert_eq!(unanswered, []);
    assert_eq!(left, [CallCommand::Leave.into()]);
    assert!(!may_close && may_close_now);
}

#[test]
fn an_owner_changes_the_room_from_its_panel() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    click(&mut window, "Room Standup");
    click(&mut window, "Lock the room");
    click(&mut window, "Hide the room");
    click(&mut window, "More people");
    write(&mut window, "Passcode", "sesame");
    scroll_and_click(&mut window, "Set passcode");
    write(&mut window, "Topic", "Release 2.0");
    window.key_press(eframe::egui::Key::Enter);
    window.run();
    write(&mut window, "Room name", "Retro");
    window.key_press(eframe::egui::Key::Enter);
    window.run();

    let expected = [
        RoomChange::Lock { locked: true },
        RoomChange::Hide { hidden: true },
        RoomChange::SetCapacity { capacity: 9 },
        RoomChange::SetPasscode { passcode: "sesame".parse().ok() },
        RoomChange::SetTopic { topic: "Release 2.0".parse().ok() },
        RoomChange::Rename { name: "Retro".parse().unwrap() },
    ];
    assert_eq!(changes(&mut window), expected);
}

#[test]
fn a_passcode_can_be_taken_away() {
    let mut view = room_with(Vec::new());
    room(&mut view).rules.passcode = true;
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label("One has to know a passcode to come in");
    click(&mut window, "Room Standup");
    scroll_and_click(&mut window, "Remove it");

    assert_eq!(changes(&mut window), [RoomChange::SetPasscode { passcode: None }]);
}

#[test]
fn a_member_sees_how_the_room_is_and_changes_nothing() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    room(&mut view).role = Role::Member;
    room(&mut view).rules.locked = true;
    room(&mut view).rules.topic = "Release 2.0".parse().ok();
    view.call.others[0].role = Role::Owner;
    let mut window = window(view);

    click(&mut window, "Room Standup");

    window.get_by_label("The room is locked: nobody else can come in.");
    window.get_by_label("Release 2.0");
    for label in ["Lock the room", "Room name", "Set passcode"] {
        assert!(window.query_by_label(label).is_none(), "{label}");
    }
    click(&mut window, "Show everybody");
    window.get_by_label_contains("In the room: Ada, owner");
    click(&mut window, "Actions for Ada");
    window.get_by_label("Mute for me");
    for label in ["Make moderator", "Remove…"] {
        assert!(window.query_by_label(label).is_none(), "{label}");
    }
}

#[test]
fn an_owner_appoints_moderators_and_hands_the_room_over() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();
    let who = ParticipantId::new(2);

    click(&mut window, "Actions for Ada on their picture");
    click(&mut window, "Make moderator");
    let appointed = window.state_mut().take_asked();
    click(&mut window, "Actions for Ada on their picture");
    click(&mut window, "Hand over the room…");
    click(&mut window, "Hand over");

    assert_eq!(appointed, [CallCommand::Appoint { who, role: Role::Moderator }.into()]);
    let owner = CallCommand::Appoint { who, role: Role::Owner };
    assert_eq!(window.state_mut().take_asked(), [owner.into()]);
}

#[test]
fn somebody_is_removed_with_a_reason_after_a_question() {
    let mut view = room_with(vec![participant(2, "Ada"), participant(3, "Bob")]);
    room(&mut view).role = Role::Moderator;
    view.call.others[1].role = Role::Owner;
    let mut window = window(view);
    window.state_mut().take_asked();

    click(&mut window, "Actions for Bob on their picture");
    assert!(window.query_by_label("Remove…").is_none());
    window.key_press(eframe::egui::Key::Escape);
    window.run();
    click(&mut window, "Room Standup");
    click(&mut window, "Show everybody");
    click(&mut window, "Actions for Ada");
    assert!(window.query_by_label("Make moderator").is_none());
    click(&mut window, "Remove…");
    write(&mut window, "Reason", "wrong room");
    click(&mut window, "Remove");

    let removed = CallCommand::Remove { who: ParticipantId::new(2), remark: "wrong room".parse().ok() };
    assert_eq!(window.state_mut().take_asked(), [removed.into()]);
}

#[test]
fn a_question_about_somebody_who_has_left_goes_away() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    click(&mut window, "Actions for Ada on their picture");
    click(&mut window, "Remove…");
    window.state_mut().take_asked();

    window.state_mut().view.call.others.clear();
    window.run();

    assert!(window.query_by_label("Remove Ada?").is_none());
    assert_eq!(window.state_mut().take_asked(), []);
}

#[test]
fn whoever_was_removed_reads_in_the_lobby_by_whom_and_why() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    let (by, remark) = ("Ada".parse().ok(), "wrong room".parse().ok());
    window.state_mut().hear(Notice::Removed { by, remark });
    window.state_mut().view = lobby();
    window.run();
    window.get_by_label_contains("Ada removed you from the room “Standup”.");
    window.get_by_label("wrong room");
    click(&mut window, "Back to the lobby");

    assert!(window.query_by_label("You were removed").is_none());
}

#[test]
fn an_announcement_stays_longer_than_other_news() {
    let mut window = window(room_with(Vec::new()));

    window.state_mut().hear(Notice::Announcement { text: "Cake at four".parse().unwrap() });
    window.state_mut().hear(Notice::RoomChanged { by: "Ada".parse().ok(), change: RoomChange::Lock { locked: true } });
    window.run();
    window.get_by_label("Ada locked the room");
    window.state_mut().now += Duration::from_secs(10);
    window.run();

    assert!(window.query_by_label("Ada locked the room").is_none());
    window.get_by_label("From the server: Cake at four");
}

#[test]
fn dialogs_and_panels_fit_the_smallest_window_in_both_themes() {
    let mut view = room_with(vec![participant(2, &"W".repeat(32)), participant(3, "김민수 디자이너")]);
    view.invite = Some(format!("{LINK}&{}", "at=192.168.100.200:7443&".repeat(7)));
    view.host = hosting(12);
    room(&mut view).name = "W".repeat(64).parse().unwrap();
    room(&mut view).rules.topic = "가".repeat(120).parse().ok();
    let screen = Rect::from_min_size(Pos2::ZERO, vec2(960.0, 600.0));
    for theme in [Theme::Dark, Theme::Light] {
        for (opener, inside) in [
            ("Invite others", "Copy link"),
            ("The server on this computer", "Copy link"),
            ("Leave call", "Leave, keep hosting"),
        ] {
            let mut window = window_of(view.clone(), settings(), theme, [960.0, 600.0]);
            click(&mut window, opener);

            for label in [inside, "Close dialog"] {
                let place = window.get_by_label(label).rect();
                assert!(screen.contains_rect(place), "{opener}, {label}: {place:?}");
            }
        }
        let mut window = window_of(view.clone(), settings(), theme, [960.0, 600.0]);
        window.get_by_label_contains("Room WWW").click();
        window.run();
        let place = window.get_by_label("Lock the room").rect();
        assert!(screen.contains_rect(place), "{place:?}");
    }
}

fn room(view: &mut View) -> &mut parlor_call::RoomView {
    match &mut view.call.place {
        Place::Room(room) => room,
        Place::Lobby | Place::Joining { .. } => panic!("the fixture is in a room"),
    }
}

fn changes(window: &mut Window) -> Vec<RoomChange> {
    let asked = window.state_mut().take_asked();
    asked
        .into_iter()
        .map(|command| match command {
            Command::Call(CallCommand::ChangeRoom(change)) => change,
            other => panic!("not a change of the room: {other:?}"),
        })
        .collect()
}
