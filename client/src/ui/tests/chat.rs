//! The panel with what was said: every state of it, and what can be done in it.
use std::time::Duration;

use eframe::egui::{Key, Modifiers, Role, Theme};
use egui_kittest::kittest::Queryable;
use parlor_call::{Audience, Author, ChatTo, Command as CallCommand, Delivery, LineId, Notice};
use parlor_protocol::{ParticipantId, Reaction};

use super::fixtures::{Window, author, click, line, participant, room_with, settings, window, window_of};
use crate::{
    engine::{Command, View},
    ui::words::{self, Language},
};

const LONG_NAME: &str = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

#[test]
fn nothing_said_yet_is_said_in_words() {
    let window = chat_of(room_with(vec![participant(2, "Ada")]));

    window.get_by_label("Nothing has been said yet");
    window.get_by_label_contains("Whoever comes later can read");
    assert!(window.query_by_label("More about messages").is_none());
}

#[test]
fn what_was_said_before_we_came_is_marked_and_not_unread() {
    let (ada, bob) = (participant(2, "Ada"), participant(3, "Bob"));
    let mut view = room_with(vec![ada.clone(), bob.clone()]);
    let told = |author, text, ago| {
        let mut line = line(author, text, ago);
        line.told_by = "Ada".parse().ok();
        line
    };
    view.call.chat = vec![
        told(author(&bob), "Shall we begin?", 3000),
        told(author(&ada), "In a minute", 2900),
        line(author(&bob), "Welcome!", 20),
    ];
    let mut window = chat_of(view);

    let before = window.get_by_label("From before you came, told by Ada").rect();
    let first = window.get_by_label("Bob: Shall we begin?").rect();
    let last = window.get_by_label("Ada: In a minute").rect();
    let came = window.get_by_label("You came in").rect();
    assert!(before.bottom() <= first.top() && first.bottom() <= last.top() && last.bottom() <= came.top());

    click(&mut window, "Close chat");
    assert!(window.query_by_label("Messages").is_none());
}

#[test]
fn shift_and_enter_begins_a_new_line_and_enter_sends_all_of_them() {
    let mut window = chat_of(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    window.get_by_label("Message").focus();
    window.run();
    let low = window.get_by_label("Message").rect().height();
    for word in ["one", "two"] {
        window.get_by_label("Message").type_text(word);
        window.run();
        window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
        window.run();
    }
    window.get_by_label("Message").type_text("three");
    window.run();
    let high = window.get_by_label("Message").rect().height();
    window.key_press(Key::Enter);
    window.run();

    assert!(high > low + 20.0, "{low} {high}");
    let text = "one\ntwo\nthree".parse().unwrap();
    assert_eq!(asked(&mut window), [CallCommand::SendChat { to: ChatTo::Everyone, text }]);
    assert_eq!(window.get_by_label("Message").value().as_deref(), Some(""));
}

#[test]
fn a_draft_is_kept_while_the_chat_is_closed_and_its_limit_is_shown() {
    let mut window = chat_of(room_with(vec![participant(2, "Ada")]));
    window.get_by_label("Message").focus();
    window.run();
    window.get_by_label("Message").type_text("half a thought");
    window.run();

    click(&mut window, "Close chat");
    click(&mut window, "Chat");
    let kept = window.get_by_label("Message").value();
    let quiet = window.query_by_label_contains("/ 1024").is_none();
    window.get_by_label("Message").focus();
    window.run();
    window.get_by_label("Message").type_text(&"more ".repeat(300));
    window.run();

    assert_eq!(kept.as_deref(), Some("half a thought"));
    assert!(quiet);
    window.get_by_label("1024 / 1024");
}

#[test]
fn a_line_that_failed_can_be_sent_again() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    let mut failed = line(Author::Me, "are you there?", 30);
    failed.delivery = Delivery::Failed;
    let id = failed.id;
    view.call.chat = vec![failed];
    let mut window = chat_of(view);
    window.state_mut().take_asked();

    window.get_by_label("You, Not delivered: are you there?");
    click(&mut window, "Try again");

    assert_eq!(asked(&mut window), [CallCommand::SendAgain(id)]);
}

#[test]
fn a_line_and_all_lines_can_be_copied() {
    let ada = participant(2, "Ada");
    let mut view = room_with(vec![ada.clone()]);
    let mut private = line(author(&ada), "psst", 30);
    private.audience = Audience::Me;
    view.call.chat = vec![line(author(&ada), "Morning!", 60), private];
    let mut window = chat_of(view);

    window.get_all_by_label("Actions for this message").next().unwrap().click();
    window.run();
    window.get_by_label("Copy message").click();
    window.step();
    let one = copied(&window);
    window.run();
    click(&mut window, "More about messages");
    window.get_by_label("Copy all messages").click();
    window.step();
    let all = copied(&window);

    assert_eq!(one.as_deref(), Some("Morning!"));
    assert_eq!(all.as_deref(), Some("2026-03-02\n[10:04] Ada: Morning!\n[10:05] Ada (to you only): psst\n"));
    window.run();
    window.get_by_label("Copied");
}

#[test]
fn a_link_is_a_link_by_itself() {
    let ada = participant(2, "Ada");
    let mut view = room_with(vec![ada.clone()]);
    let text = "The plan is at https://example.org/a/very/long/path/that/goes/over/more/than/one/line, not file:///x";
    view.call.chat = vec![line(author(&ada), text, 60)];
    let mut window = chat_of(view);

    let link = "https://example.org/a/very/long/path/that/goes/over/more/than/one/line";
    let bubble = window.get_by_label_contains("Ada: The plan").rect();
    assert!(bubble.contains_rect(window.get_by_role_and_label(Role::Link, link).rect()));
    assert!(window.query_by_role_and_label(Role::Link, "file:///x").is_none());
    click(&mut window, "Actions for this message");
    window.get_by_label_contains("Open https://example.org");
    window.get_by_label("Copy link").click();
    window.step();

    assert_eq!(copied(&window).as_deref(), Some(link));
}

#[test]
fn who_scrolls_back_stays_there_and_finds_back_to_what_is_new() {
    let ada = participant(2, "Ada");
    let mut view = room_with(vec![ada.clone()]);
    view.call.chat = (0..60).map(|n| line(author(&ada), &format!("line {n}"), 3600 - 10 * n)).collect();
    let mut window = chat_of(view);
    let panel = window.get_by_label("Ada: line 59").rect();
    window.event(eframe::egui::Event::PointerMoved(panel.center()));
    let wheel = |up: f32| eframe::egui::Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: eframe::egui::vec2(0.0, up),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };

    window.event(wheel(900.0));
    window.run();
    window.get_by_label("Newest message");
    let before = window.get_by_label("Ada: line 30").rect();
    for n in 0..3 {
        let new = line(author(&ada), &format!("new {n}"), 1);
        window.state_mut().view.call.chat.push(new);
    }
    window.run();
    let after = window.get_by_label("Ada: line 30").rect();
    click(&mut window, "3 new messages");
    window.run();

    assert_eq!(before, after);
    assert!(window.query_by_label("3 new messages").is_none());
    assert!(window.query_by_label("Newest message").is_none());
}

#[test]
fn long_words_long_names_and_many_lines_stay_within_the_panel_in_every_language_and_theme() {
    let (ada, long) = (participant(2, "Ada"), participant(3, LONG_NAME));
    for (theme, language) in [(Theme::Dark, Language::Korean), (Theme::Light, Language::English)] {
        for size in [[960.0, 600.0], [1920.0, 1200.0]] {
            let mut view = room_with(vec![ada.clone(), long.clone()]);
            let mut private = line(author(&long), "한국어로 쓴 아주 긴 글이 여러 줄로 나뉘어야 합니다. 잘 되나요?", 50);
            private.audience = Audience::Me;
            let mut sending = line(Author::Me, "a\nb\n\nc", 5);
            sending.delivery = Delivery::Sending;
            let word = "supercalifragilisticexpialidocious".repeat(5);
            view.call.chat = vec![line(author(&long), &word, 100_000), private, line(Author::Me, &word, 40), sending];
            let mut window = window_of(view, settings(), theme, size);
            words::install(&window.ctx, language);
            window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
            window.run();

            let left = size[0] - 336.0;
            let bubbles: Vec<_> = window.get_all_by_label_contains("supercali").map(|bubble| bubble.rect()).collect();
            assert_eq!(bubbles.len(), 2);
            for bubble in bubbles {
                assert!(bubble.left() >= left && bubble.right() <= size[0], "{bubble:?}");
            }
        }
    }
}

#[test]
fn the_panel_speaks_korean() {
    let ada = participant(2, "Ada");
    let mut view = room_with(vec![ada.clone()]);
    let mut failed = line(Author::Me, "들리나요?", 30);
    failed.delivery = Delivery::Failed;
    view.call.chat = vec![line(author(&ada), "안녕하세요", 60), failed];
    let mut window = chat_of(view);

    words::install(&window.ctx, Language::Korean);
    window.run();

    window.get_by_label("나, 전송되지 않음: 들리나요?");
    window.get_by_label("다시 보내기");
    window.get_by_label("메시지 입력");
}

#[test]
fn a_raised_hand_is_told_once_in_a_toast() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    window.state_mut().hear(Notice::HandRaised { id: ParticipantId::new(2), nickname: "Ada".parse().unwrap() });
    window.run();

    window.get_by_label("Ada raised their hand");
}

#[test]
fn reactions_float_over_the_tile_of_whoever_sent_them_and_go() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));

    let who = Some(ParticipantId::new(2));
    window.state_mut().hear(Notice::Reacted { who, reaction: Reaction::Clap });
    window.state_mut().hear(Notice::Reacted { who: None, reaction: Reaction::Heart });
    window.run_steps(2);
    let start = window.get_by_label("Ada: Applause").rect();
    window.state_mut().now += Duration::from_millis(1500);
    window.run_steps(2);
    let later = window.get_by_label("Ada: Applause").rect();
    let tile = window.get_by_label("Ada, no picture").rect();
    let ours = window.get_by_label("김민수: Heart").rect();
    let my_tile = window.get_by_label("김민수 (you), owner, no picture").rect();
    window.state_mut().now += Duration::from_millis(1600);
    window.run_steps(2);

    assert!(later.center().y < start.center().y);
    assert!(tile.contains(later.center()) && tile.contains(start.center()));
    assert!(my_tile.contains(ours.center()));
    assert!(window.query_by_label("Ada: Applause").is_none());
}

#[test]
fn the_chat_looks_as_drawn_in_the_dark() {
    full_window(Theme::Dark).snapshot("chat-dark");
}

#[test]
fn the_chat_looks_as_drawn_in_the_light() {
    full_window(Theme::Light).snapshot("chat-light");
}

/// Every kind of line, and reactions on their way.
fn full_window(theme: Theme) -> Window {
    let (ana, jonas) = (participant(2, "Ana Souza"), participant(3, "Jonas Weber"));
    let mut view = room_with(vec![ana.clone(), jonas.clone()]);
    let mut told = line(author(&jonas), "Morning! The agenda is at https://example.org/agenda", 3600);
    told.told_by = "Ana Souza".parse().ok();
    let mut private = line(author(&ana), "Can you take the notes?", 90);
    private.audience = Audience::Me;
    let mut answer = line(Author::Me, "네, 제가 할게요.", 80);
    answer.audience = Audience::One { id: ana.id, nickname: ana.nickname.clone() };
    let mut failed = line(Author::Me, "Who has the key?", 30);
    failed.delivery = Delivery::Failed;
    let mut sending = line(Author::Me, "And the remote?", 5);
    sending.delivery = Delivery::Sending;
    view.call.chat = vec![
        told,
        line(author(&jonas), "Which branch is this?", 240),
        line(Author::Me, "feature/mesh-reconnect\n두 번째 줄", 200),
        private,
        answer,
        failed,
        sending,
    ];
    for (number, line) in (1..).zip(&mut view.call.chat) {
        line.id = LineId::new(number);
    }
    let mut window = window_of(view, settings(), theme, [1280.0, 800.0]);
    click(&mut window, "Chat");
    for reaction in Reaction::ALL {
        window.state_mut().hear(Notice::Reacted { who: Some(ana.id), reaction });
        window.state_mut().now += Duration::from_millis(180);
    }
    window.get_by_label("Message").focus();
    window.run_steps(2);
    window.get_by_label("Message").type_text("Two lines\nof a draft");
    window.remove_cursor();
    window.run_steps(4);
    window
}

fn chat_of(view: View) -> Window {
    let mut window = window(view);
    click(&mut window, "Chat");
    window
}

fn copied(window: &Window) -> Option<String> {
    let commands = window.output().platform_output.commands.iter();
    commands
        .filter_map(|command| match command {
            eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
        .next_back()
}

fn asked(window: &mut Window) -> Vec<CallCommand> {
    let asked = window.state_mut().take_asked();
    asked
        .into_iter()
        .filter_map(|command| match command {
            Command::Call(command) => Some(command),
            _ => None,
        })
        .collect()
}
