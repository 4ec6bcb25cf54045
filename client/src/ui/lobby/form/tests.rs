//! What the form asks for, and when.
use super::*;
use crate::engine::HostNumbers;
use crate::ui::words::Language;

#[test]
fn a_server_is_dialled_once_and_again_only_when_asked() {
    let mut form = filled();

    let first = form.connect(&ServerView::Off);
    let second = form.connect(&ServerView::Connecting);
    let asked = form.reconnect();

    assert_eq!(first, Some(connect("wss://studio:7443")));
    assert_eq!(form.server, "wss://studio:7443");
    assert_eq!(second, None);
    assert_eq!(asked, first);
}

#[test]
fn joining_dials_the_server_first_where_it_is_not_dialled() {
    let mut form = filled();

    let asked = form.enter(Entry::Join, &ServerView::Off);

    assert_eq!(asked, [connect("wss://studio:7443"), enter(Entry::Join)]);
}

#[test]
fn joining_on_the_server_that_is_up_only_enters() {
    let mut form = filled();
    form.connect(&ServerView::Off);

    let asked = form.enter(Entry::Create, &ServerView::Up);

    assert_eq!(asked, [enter(Entry::Create)]);
}

#[test]
fn joining_does_not_wait_for_the_next_try_of_a_server_that_is_down() {
    let mut form = filled();
    form.connect(&ServerView::Off);

    let down = ServerView::Down { reason: "refused".to_owned(), retry_at: None };
    let asked = form.enter(Entry::Join, &down);

    assert_eq!(asked, [connect("wss://studio:7443"), enter(Entry::Join)]);
}

#[test]
fn a_wrong_address_asks_for_nothing_and_says_why() {
    let mut form = Form { server: "my studio".to_owned(), ..filled() };

    assert!(!form.is_complete());
    assert_eq!(form.enter(Entry::Join, &ServerView::Off), []);
    assert_eq!(form.address_error(), Some(&ParseAddressError::Host));
    form.edited();
    assert_eq!(form.address_error(), None);
}

#[test]
fn a_form_without_a_room_is_not_complete_but_can_host() {
    let mut form = Form { room: "  ".to_owned(), ..filled() };

    assert!(!form.is_complete());
    let nickname = "Ada".parse().ok();
    assert_eq!(
        form.host(),
        Command::Host { port: 7443, room: None, nickname, passcode: None, options: RoomOptions::default() }
    );
}

#[test]
fn hosting_takes_the_port_of_an_address_on_this_computer() {
    let mut here = Form { server: "localhost:9000".to_owned(), ..filled() };
    let mut elsewhere = Form { server: "studio:9000".to_owned(), ..filled() };

    assert!(matches!(here.host(), Command::Host { port: 9000, .. }));
    assert!(matches!(elsewhere.host(), Command::Host { port: DEFAULT_PORT, .. }));
}

#[test]
fn our_own_server_becomes_the_one_that_is_looked_at_once() {
    let mut form = filled();
    let host = HostView::Running {
        addresses: vec!["wss://192.168.1.20:7443".parse().unwrap()],
        invite: None,
        code: "7QX9-M2PA-4T8R".to_owned(),
        numbers: HostNumbers::default(),
    };

    form.watch_host(&host);
    let shown = form.server.clone();
    form.server = "elsewhere".to_owned();
    form.watch_host(&host);

    assert_eq!(shown, "wss://192.168.1.20:7443");
    assert_eq!(form.server, "elsewhere");
}

#[test]
fn what_may_help_depends_on_the_reason() {
    let mut form = filled();

    let remedy = |form: &mut Form, reason| {
        form.refused(&reason);
        form.refusal().and_then(Refusal::remedy)
    };

    assert_eq!(remedy(&mut form, RefusedReason::NoSuchRoom), Some(Remedy::Create));
    assert_eq!(remedy(&mut form, RefusedReason::RoomExists), Some(Remedy::Join));
    assert_eq!(remedy(&mut form, RefusedReason::RoomFull { capacity: 8 }), Some(Remedy::TryAgain));
    assert_eq!(remedy(&mut form, RefusedReason::Removed), None);
}

#[test]
fn every_refusal_is_said_in_words_that_name_the_room() {
    let mut form = filled();
    let english = Words::new(Language::English);

    for (reason, expected) in [
        (RefusedReason::NoSuchRoom, "There is no room called “Standup”."),
        (RefusedReason::RoomExists, "There is a room called “Standup” already."),
        (
            RefusedReason::RoomFull { capacity: 8 },
            "“Standup” is full: it takes 8 people. Ask again when somebody has left.",
        ),
        (RefusedReason::Locked, "“Standup” is locked. Ask again when somebody in it has unlocked it."),
        (
            RefusedReason::VersionMismatch { server: 4, client: 3 },
            "The server is newer than this Parlor: install the new version.",
        ),
    ] {
        form.refused(&reason);

        assert_eq!(form.refusal().unwrap().said(english), expected);
    }
}

fn filled() -> Form {
    let form = Form::new(&Settings::default());
    Form { nickname: "Ada".to_owned(), server: "studio".to_owned(), room: "Standup".to_owned(), ..form }
}

fn connect(server: &str) -> Command {
    CallCommand::Connect { server: server.to_owned() }.into()
}

fn enter(entry: Entry) -> Command {
    CallCommand::Enter {
        room: "Standup".parse().ok(),
        nickname: "Ada".parse().ok(),
        entry,
        passcode: None,
        options: RoomOptions::default(),
    }
    .into()
}
