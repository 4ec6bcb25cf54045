//! Pictures come as large as they are shown.
use std::{collections::BTreeMap, time::Duration};

use eframe::egui::{Key, Theme};
use egui_kittest::kittest::Queryable;
use parlor_call::{Command as CallCommand, Wanted};
use parlor_protocol::{Lines, ParticipantId, TrackState};

use super::fixtures::{Window, click, now, participant, room_with, settings, window, window_of};
use crate::engine::{Command, RecordingView, View};

const ADA: ParticipantId = ParticipantId::new(2);
const BOB: ParticipantId = ParticipantId::new(3);
/// Longer than it takes until a smaller picture is asked for.
const A_WHILE: Duration = Duration::from_secs(3);

#[test]
fn the_more_people_are_here_the_smaller_their_pictures_are_asked_for() {
    let camera = |others: u64| {
        let mut window = window(people(others));
        let asked = cameras(&mut window);
        assert_eq!(asked.len() as u64, others);
        let first = asked[&ADA];
        assert!(asked.values().all(|lines| *lines == first), "{asked:?}");
        first
    };

    assert_eq!([1, 4, 7, 11].map(camera), [Lines(360), Lines(360), Lines(180), Lines(180)]);
}

#[test]
fn a_screen_with_more_pixels_shows_larger_pictures() {
    let mut window = window(people(1));
    cameras(&mut window);

    for screen in window.input_mut().viewports.values_mut() {
        screen.native_pixels_per_point = Some(2.0);
    }
    window.run();

    assert_eq!(cameras(&mut window), [(ADA, Lines(720))].into());
}

#[test]
fn what_does_not_change_is_asked_for_once() {
    let mut window = window(people(3));
    let first = asked(&mut window).len();

    pass(&mut window);

    assert_eq!((first, window.state_mut().take_sizes().len()), (3, 0));
}

#[test]
fn who_is_pinned_is_asked_for_larger_at_once_and_the_rest_smaller_after_a_while() {
    let mut window = window(people(2));
    cameras(&mut window);

    click(&mut window, "Pin P3");
    let at_once = cameras(&mut window);
    pass(&mut window);
    let later = cameras(&mut window);

    assert_eq!(at_once, [(BOB, Lines(720))].into());
    assert_eq!(later, [(ADA, Lines(180))].into());
}

#[test]
fn who_is_on_another_page_is_asked_for_nothing_until_it_is_turned() {
    let mut view = people(11);
    view.call.others[0].media.screen = TrackState::On;
    let mut window = window_of(view, settings(), Theme::Dark, [960.0, 600.0]);
    let last = ParticipantId::new(12);

    let first_page = cameras(&mut window);
    while window.query_by_label("More people here").is_some() {
        click(&mut window, "More people here");
    }
    let last_page = cameras(&mut window);

    assert_eq!((first_page[&ADA], first_page[&last]), (Lines(180), Lines::NONE));
    assert_eq!(last_page[&last], Lines(180));
}

#[test]
fn nobody_is_asked_for_pictures_while_the_window_is_minimised() {
    let mut window = window(people(2));
    cameras(&mut window);

    window.state_mut().minimised = true;
    window.run();
    let at_once = cameras(&mut window);
    pass(&mut window);
    let later = cameras(&mut window);
    window.state_mut().minimised = false;
    window.run();
    let back = cameras(&mut window);

    assert_eq!(at_once, BTreeMap::new());
    assert_eq!(later, [(ADA, Lines::NONE), (BOB, Lines::NONE)].into());
    assert_eq!(back, [(ADA, Lines(360)), (BOB, Lines(360))].into());
}

#[test]
fn who_fills_the_screen_alone_is_asked_for_and_nobody_else() {
    let mut window = window(people(2));
    cameras(&mut window);

    click(&mut window, "Actions for P2 on their picture");
    click(&mut window, "Show alone in full screen");
    pass(&mut window);
    let alone = cameras(&mut window);
    window.key_press(Key::Escape);
    window.run();
    let together = cameras(&mut window);

    assert_eq!(alone, [(ADA, Lines(720)), (BOB, Lines::NONE)].into());
    assert_eq!(together, [(BOB, Lines(360))].into());
}

#[test]
fn a_picture_in_a_window_of_its_own_is_asked_for_as_large_as_it_is_there() {
    let mut window = window(people(7));
    let on_the_stage = cameras(&mut window)[&BOB];

    click(&mut window, "Actions for P3 on their picture");
    click(&mut window, "Open in its own window");
    pass(&mut window);

    assert_eq!((on_the_stage, cameras(&mut window)[&BOB]), (Lines(180), Lines(360)));
}

#[test]
fn a_shared_screen_that_can_be_read_is_wanted_whole() {
    let mut view = people(2);
    view.call.others[0].media.screen = TrackState::On;
    let mut window = window(view);

    assert_eq!(asked(&mut window)[&ADA], Wanted { camera: Lines(180), screen: Lines::ALL });
}

#[test]
fn a_recording_has_everything_whole_whatever_is_shown() {
    let mut window = window(people(7));
    cameras(&mut window);

    window.state_mut().view.recording = RecordingView::Running { since: now(), folder: "/".into(), bytes: 0 };
    window.state_mut().minimised = true;
    window.run();
    let recorded = asked(&mut window);
    window.state_mut().view.recording = RecordingView::Off;
    pass(&mut window);

    assert_eq!(recorded.len(), 7);
    assert!(recorded.values().all(|wanted| *wanted == Wanted::default()), "{recorded:?}");
    assert!(asked(&mut window).values().all(|wanted| !wanted.camera.is_some() && !wanted.screen.is_some()));
}

fn people(others: u64) -> View {
    room_with((2..2 + others).map(|number| participant(number, &format!("P{number}"))).collect())
}

/// Lets time pass, with frames in it.
fn pass(window: &mut Window) {
    window.run();
    window.state_mut().now += A_WHILE;
    window.run();
}

/// What was asked of everybody last, since this was looked at before.
fn asked(window: &mut Window) -> BTreeMap<ParticipantId, Wanted> {
    let asked = window.state_mut().take_sizes().into_iter();
    let size = |command| {
        let Command::Call(CallCommand::Show { who, wanted }) = command else { return None };
        Some((who, wanted))
    };
    asked.filter_map(size).collect()
}

fn cameras(window: &mut Window) -> BTreeMap<ParticipantId, Lines> {
    asked(window).into_iter().map(|(who, wanted)| (who, wanted.camera)).collect()
}
