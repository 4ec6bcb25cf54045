//! What is seen of recordings, ours and others', on every screen.
use std::time::Duration;

use eframe::egui::{Key, Modifiers, Pos2, Rect, Theme, vec2};
use egui_kittest::kittest::Queryable;
use parlor_call::{Command as CallCommand, ParticipantView};

use super::fixtures::{Window, click, lobby, now, participant, room_with, settings, window, window_of};
use crate::{
    engine::{Command, RecordingView, View},
    ui::words::{self, Language},
};

const SMALL: [f32; 2] = [960.0, 600.0];

#[test]
fn the_bar_says_for_how_long_we_record() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.recording = running();
    let window = window(view);

    window.get_by_label("You are recording this call, for 0:42 so far (12.3 MB). Everybody here sees that.");
    window.get_by_label("You are recording. Everybody in the room is told.");
}

#[test]
fn the_bar_says_who_else_records() {
    let mut window = window(room_with(vec![recorder(2, "Ada"), recorder(3, "Bob"), participant(4, "Eve")]));

    window.get_by_label("This call is being recorded by: Ada, Bob");
    window.state_mut().view.call.others[1].signs.recording = false;
    window.run();
    window.get_by_label("This call is being recorded by: Ada");
    window.get_by_label("Bob has stopped recording");
}

#[test]
fn whoever_is_there_when_a_recording_begins_is_told() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    window.state_mut().view.call.others[0].signs.recording = true;
    window.run();

    window.get_by_label("Ada is recording this call from now on");
    assert!(window.query_by_label("This call is being recorded").is_none());
}

#[test]
fn whoever_comes_into_a_recording_is_asked_and_may_leave() {
    let mut window = window(just_entered(vec![recorder(2, "Ada")]));
    window.state_mut().take_asked();

    window.get_by_label("This call is being recorded");
    click(&mut window, "Leave the call");

    assert_eq!(window.state_mut().take_asked(), [CallCommand::Leave.into()]);
}

#[test]
fn whoever_stays_is_not_asked_again() {
    let mut window = window(just_entered(vec![recorder(2, "Ada"), recorder(3, "Bob")]));
    window.state_mut().take_asked();

    click(&mut window, "Stay");
    window.run();

    assert!(window.query_by_label("This call is being recorded").is_none());
    assert_eq!(window.state_mut().take_asked(), []);
}

#[test]
fn the_key_starts_and_stops() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();
    let press = |window: &mut Window| {
        window.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::R);
        window.run();
        window.state_mut().take_asked()
    };

    let started = press(&mut window);
    window.state_mut().view.recording = running();
    let stopped = press(&mut window);

    assert_eq!((started, stopped), (vec![Command::Record(true)], vec![Command::Record(false)]));
}

#[test]
fn the_end_says_where_it_is_also_back_in_the_lobby_until_it_is_put_away() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.recording = running();
    let mut window = window(view);

    let done = RecordingView::Done { folder: "/films/Parlor tea".into(), trouble: None };
    window.state_mut().view = View { recording: done, ..lobby() };
    window.run();

    window.get_by_label("Recording saved");
    window.get_by_label_contains("/films/Parlor tea");
    window.get_by_label("Show in folder");
    click(&mut window, "Close");
    window.run();
    assert!(window.query_by_label("Recording saved").is_none());
}

#[test]
fn a_recording_that_ended_by_itself_says_why() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    let trouble = Some("The recording has ended by itself: only 480 MB are free on the disk.".to_owned());
    window.state_mut().view.recording = RecordingView::Done { folder: "/films/Parlor tea".into(), trouble };
    window.run();

    window.get_by_label("The recording has ended");
    window.get_by_label_contains("only 480 MB are free");
    window.get_by_label_contains("/films/Parlor tea");
}

#[test]
fn a_recording_that_cannot_begin_says_why_and_is_tried_again() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    let message = "the folder /films cannot be made (Permission denied): choose another folder".to_owned();
    window.state_mut().view.recording = RecordingView::Failed { message };
    window.run();
    window.get_by_label_contains("The folder /films cannot be made (Permission denied)");
    click(&mut window, "Try again");

    assert_eq!(window.state_mut().take_asked(), [Command::Record(true)]);
}

#[test]
fn the_card_fits_a_small_window_in_both_languages_with_long_names() {
    for (language, theme) in [(Language::English, Theme::Light), (Language::Korean, Theme::Dark)] {
        let folder = format!("/films/{}", "아주 긴 이름의 방 ".repeat(8));
        let mut view = room_with(vec![recorder(2, "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")]);
        view.recording = RecordingView::Done { folder: folder.clone().into(), trouble: None };
        let mut window = window_of(view, settings(), theme, SMALL);
        words::install(&window.ctx, language);
        window.run();

        let inside = Rect::from_min_size(Pos2::ZERO, vec2(SMALL[0], SMALL[1]));
        let place = window.get_by_label_contains("아주 긴 이름의 방").rect();
        assert!(inside.contains_rect(place), "{place:?}");
    }
}

#[test]
fn a_recorded_call_looks_as_drawn() {
    let mut view = room_with(vec![recorder(2, "Ada"), participant(3, "김민수 디자이너")]);
    view.recording = RecordingView::Done { folder: "/films/Parlor tea 2026-11-21 15.04.05".into(), trouble: None };
    let mut window = window_of(view, settings(), Theme::Dark, SMALL);
    window.run();

    window.snapshot("recording-dark");
}

fn running() -> RecordingView {
    RecordingView::Running {
        since: now() - Duration::from_secs(42),
        folder: "/films/Parlor tea".into(),
        bytes: 12_345_678,
    }
}

fn recorder(number: u64, nickname: &str) -> ParticipantView {
    let mut other = participant(number, nickname);
    other.signs.recording = true;
    other
}

/// A room that we are just coming into.
fn just_entered(others: Vec<ParticipantView>) -> View {
    let mut view = room_with(others);
    if let parlor_call::Place::Room(room) = &mut view.call.place {
        room.since = now();
    }
    view
}
