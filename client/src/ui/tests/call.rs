//! The screen of a call, state by state.
use std::time::Duration;

use eframe::egui::{Event, ImeEvent, Key, Modifiers, Pos2, Rect, Role, Theme, vec2};
use egui_kittest::kittest::Queryable;
use parlor_call::{Audience, Author, ChatTo, Command as CallCommand, Delivery, LinkView, Notice, ServerView};
use parlor_protocol::{ParticipantId, TrackState};

use super::fixtures::{Window, author, click, line, participant, room_with, settings, window, window_of, write};

#[test]
fn everybody_has_a_tile_that_says_how_they_are() {
    let mut bob = participant(3, "Bob");
    bob.media.microphone = TrackState::Muted;
    let mut eve = participant(4, "Eve");
    eve.link = LinkView::Lost;
    let mut window = window(room_with(vec![participant(2, "Ada"), bob, eve]));
    window.state_mut().levels.others.insert(ParticipantId::new(2), 0.8);
    window.run();

    window.get_by_label("Ada, speaking, no picture");
    window.get_by_label("Bob, muted, no picture");
    window.get_by_label("Eve, no picture, The connection to Eve is lost, reconnecting");
    window.get_by_label("김민수 (you), owner, no picture");
    window.get_by_label("4 of 8 people are here");
    window.get_by_label("24:18");
}

#[test]
fn one_to_eight_people_fit_every_window_with_and_without_the_chat() {
    let names = ["Ada", "김민수 디자이너", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", "D", "E", "F", "G"];
    for count in 0..=names.len() {
        let people: Vec<_> = (2..).zip(&names[..count]).map(|(number, name)| participant(number, name)).collect();
        let mut window = window_of(room_with(people), settings(), Theme::Light, [960.0, 600.0]);
        for chat in [false, true] {
            if chat {
                click(&mut window, "Chat");
            }

            let stage = Rect::from_min_size(Pos2::ZERO, vec2(if chat { 624.0 } else { 960.0 }, 600.0));
            let tiles: Vec<_> = window.get_all_by_label_contains("no picture").map(|tile| tile.rect()).collect();
            assert_eq!(tiles.len(), count + 1);
            assert!(tiles.iter().all(|tile| stage.contains_rect(*tile)), "{count}, chat {chat}: {tiles:?}");
        }
    }
}

#[test]
fn nobody_else_is_said_in_words() {
    let window = window(room_with(Vec::new()));

    window.get_by_label("Nobody else is here yet");
    window.get_by_label("1 of 8 people are here");
}

#[test]
fn the_controls_ask_for_what_they_say() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    click(&mut window, "Mute microphone");
    click(&mut window, "Turn camera off");
    click(&mut window, "Leave call");

    let expected = [CallCommand::SetMuted(true), CallCommand::SetCamera(false), CallCommand::Leave];
    assert_eq!(asked(&mut window), expected);
}

#[test]
fn what_is_muted_or_off_can_be_turned_on_again() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.media.microphone.wanted = TrackState::Muted;
    view.call.media.camera.wanted = TrackState::Off;
    let mut window = window(view);
    window.state_mut().take_asked();

    window.get_by_label("김민수 (you), owner, muted, no picture");
    click(&mut window, "Unmute microphone");
    click(&mut window, "Turn camera on");

    assert_eq!(asked(&mut window), [CallCommand::SetMuted(false), CallCommand::SetCamera(true)]);
}

#[test]
fn the_keyboard_does_the_same_while_somebody_writes() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    window.run();
    window.get_by_label("Message").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run();

    assert_eq!(asked(&mut window), [CallCommand::SetMuted(true), CallCommand::SetCamera(false)]);
    assert_eq!(window.get_by_label("Message").value().as_deref(), Some(""));
}

#[test]
fn a_korean_line_is_composed_and_sent_with_enter() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    click(&mut window, "Chat");
    window.get_by_label("Message").focus();
    window.run();
    for composed in ["ㅎ", "하", "한"] {
        window.event(Event::Ime(ImeEvent::Preedit { text: composed.to_owned(), active_range_chars: None }));
        window.run();
    }
    window.event(Event::Ime(ImeEvent::Commit("한".to_owned())));
    window.run();
    window.get_by_label("Message").type_text("글");
    window.run();
    window.key_press(Key::Enter);
    window.run();

    let text = "한글".parse().unwrap();
    assert_eq!(asked(&mut window), [CallCommand::SendChat { to: ChatTo::Everyone, text }]);
    assert_eq!(window.get_by_label("Message").value().as_deref(), Some(""));
    assert!(window.get_by_label("Message").is_focused());
}

#[test]
fn a_line_can_go_to_one_alone() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));
    window.state_mut().take_asked();

    click(&mut window, "Chat");
    window.get_by_role_and_label(Role::ComboBox, "Recipient").click();
    window.run();
    click(&mut window, "To Bob only");
    write(&mut window, "Message", "just you");
    click(&mut window, "Send message");

    let (to, text) = (ChatTo::One(ParticipantId::new(3)), "just you".parse().unwrap());
    assert_eq!(asked(&mut window), [CallCommand::SendChat { to, text }]);
}

#[test]
fn a_line_for_somebody_who_has_left_is_not_sent_to_anybody() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));
    click(&mut window, "Chat");
    window.get_by_role_and_label(Role::ComboBox, "Recipient").click();
    window.run();
    click(&mut window, "To Bob only");
    write(&mut window, "Message", "just you");
    window.state_mut().take_asked();

    window.state_mut().view.call.others.pop();
    window.run();
    window.get_by_label("Message").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();

    assert_eq!(asked(&mut window), []);
    assert_eq!(window.get_by_label("Message").value().as_deref(), Some("just you"));
}

#[test]
fn lines_are_shown_with_whom_they_are_for_and_how_far_they_came() {
    let ada = participant(2, "Ada");
    let mut private = line(author(&ada), "psst", 40);
    private.audience = Audience::Me;
    let mut sending = line(Author::Me, "there in a minute", 5);
    sending.delivery = Delivery::Sending;
    let mut view = room_with(vec![ada.clone()]);
    view.call.chat = vec![line(author(&ada), "Morning!", 60), private, sending];
    let mut window = window(view);

    click(&mut window, "Chat");

    window.get_by_label("Ada: Morning!");
    window.get_by_label("Ada, to you only: psst");
    window.get_by_label("You, Sending…: there in a minute");
}

#[test]
fn comings_and_goings_are_said_and_forgotten() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    let (id, nickname) = (ParticipantId::new(2), "Ada".parse().unwrap());
    window.state_mut().hear(Notice::ParticipantJoined { id, nickname });
    let (id, nickname) = (ParticipantId::new(3), "Bob".parse().unwrap());
    window.state_mut().hear(Notice::ParticipantLeft { id, nickname, meant: false });
    window.run();
    window.get_by_label("Ada joined the room");
    window.get_by_label("Bob lost the connection");
    window.state_mut().now += Duration::from_secs(5);
    window.run();

    assert!(window.query_by_label("Ada joined the room").is_none());
    assert!(window.query_by_label("Bob lost the connection").is_none());
}

#[test]
fn a_server_that_is_gone_is_said_while_the_call_goes_on() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.server = ServerView::Down { reason: "connection reset".to_owned(), retry_at: None };

    let window = window(view);

    window.get_by_label_contains("The server is out of reach: connection reset. The call goes on");
    window.get_by_label("Ada, no picture");
}

fn asked(window: &mut Window) -> Vec<CallCommand> {
    let asked = window.state_mut().take_asked();
    asked
        .into_iter()
        .filter_map(|command| match command {
            crate::engine::Command::Call(command) => Some(command),
            _ => None,
        })
        .collect()
}
