//! The stage of a call: layouts, pins, shared screens, windows, and the bars around it.
use std::time::Duration;

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, OutputCommand, Pos2, Rect, Theme, TouchPhase, vec2,
};
use egui_kittest::kittest::Queryable;
use parlor_call::{Command as CallCommand, MyTrack};
use parlor_media::{
    frame::{Size, VideoFrame},
    spec::VideoSpec,
};
use parlor_protocol::{ParticipantId, Reaction, TrackState};

use super::fixtures::{Window, click, now, participant, room_with, settings, window, window_of};
use crate::{
    engine::{Command, DeviceStatus, DeviceView, PictureId, RecordingView, View},
    settings::Layout,
    ui::words::{self, Language},
};

const ADA: ParticipantId = ParticipantId::new(2);

#[test]
fn a_shared_screen_is_large_and_everybody_stands_beside_it() {
    let window = window(sharing());

    let screen = rect(&window, "Ada is presenting, no picture");
    for tile in ["Ada, no picture", "Bob, no picture", "김민수 (you), owner, no picture"] {
        let tile = rect(&window, tile);
        assert!(tile.width() < screen.width() / 2.0 && !tile.intersects(screen), "{tile:?} {screen:?}");
    }
}

#[test]
fn who_speaks_is_large_where_that_is_wanted() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob"), participant(4, "Eve")]));

    click(&mut window, "Layout");
    click(&mut window, "Speaker");
    let before = rect(&window, "Ada, no picture");
    window.state_mut().levels.others.insert(ParticipantId::new(3), 0.9);
    for _ in 0..20 {
        window.state_mut().now += Duration::from_millis(100);
        window.step();
    }
    window.run();

    let (ada, bob) = (rect(&window, "Ada, no picture"), rect(&window, "Bob, speaking, no picture"));
    assert!(before.width() > 2.0 * ada.width(), "{before:?} {ada:?}");
    assert!(bob.width() > 2.0 * ada.width(), "{bob:?} {ada:?}");
}

#[test]
fn a_layout_of_another_day_is_kept() {
    let mut settings = settings();
    settings.call.layout = Layout::Speaker;

    let people = vec![participant(2, "Ada"), participant(3, "Bob")];
    let window = window_of(room_with(people), settings, Theme::Dark, [1280.0, 800.0]);

    let (ada, bob) = (rect(&window, "Ada, no picture"), rect(&window, "Bob, no picture"));
    assert!(ada.width() > 2.0 * bob.width(), "{ada:?} {bob:?}");
}

#[test]
fn whoever_is_pinned_is_large_until_unpinned() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));
    let alike = rect(&window, "Bob, no picture");

    click(&mut window, "Pin Bob");
    let pinned = rect(&window, "Bob, no picture, pinned");
    double_click(&mut window, "Bob, no picture, pinned");

    assert!(pinned.width() > alike.width(), "{pinned:?} {alike:?}");
    assert_eq!(rect(&window, "Bob, no picture"), alike);
}

#[test]
fn our_own_screen_is_named_and_stopped_but_never_shown() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.media.screen = MyTrack { wanted: TrackState::On, actual: TrackState::On };
    let status = DeviceStatus::Running { label: "Screen 1".to_owned(), detail: "1920 x 1080 · 5 fps".to_owned() };
    view.studio.share = DeviceView { chosen: VideoSpec::Pattern(3), status };
    let mut window = window(view);
    window.state_mut().take_asked();

    let tile = rect(&window, "You are sharing Screen 1");
    window.get_all_by_label("Stop sharing").next().unwrap().click();
    window.run();

    assert!(tile.width() < 640.0, "{tile:?}");
    assert_eq!(window.state_mut().take_asked(), [Command::StopSharing]);
}

#[test]
fn hands_recordings_and_pins_are_said_by_the_tile() {
    let mut ada = participant(2, "Ada");
    ada.signs.hand = Some(now());
    ada.signs.recording = true;
    let mut view = room_with(vec![ada]);
    view.call.signs.hand = Some(now() - Duration::from_secs(5));

    let window = window(view);

    window.get_by_label("Ada, no picture, recording, hand raised as number 2");
    window.get_by_label("김민수 (you), owner, no picture, hand raised as number 1");
}

#[test]
fn the_buttons_of_the_bar_ask_for_what_they_say() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    click(&mut window, "Raise hand");
    click(&mut window, "React");
    click(&mut window, "Heart");
    click(&mut window, "More");
    click(&mut window, "Record");

    let expected =
        [CallCommand::SetHand(true).into(), CallCommand::React(Reaction::Heart).into(), Command::Record(true)];
    assert_eq!(window.state_mut().take_asked(), expected);
}

#[test]
fn keys_do_the_same_and_take_it_back() {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.signs.hand = Some(now());
    view.call.media.screen.wanted = TrackState::On;
    view.recording = RecordingView::Running { since: now(), folder: "/".into(), bytes: 0 };
    let mut window = window(view);
    window.state_mut().take_asked();

    for key in [Key::H, Key::S, Key::R] {
        window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, key);
        window.run();
    }

    let mut expected = [CallCommand::SetHand(false).into(), Command::StopSharing, Command::Record(false)].to_vec();
    for command in window.state_mut().take_asked() {
        expected.retain(|wanted| *wanted != command);
    }
    assert_eq!(expected, []);
}

#[test]
fn what_does_not_fit_into_a_narrow_bar_is_in_the_menu() {
    let view = room_with(vec![participant(2, "Ada")]);
    let mut window = window_of(view, settings(), Theme::Dark, [960.0, 600.0]);

    click(&mut window, "Chat");
    assert!(window.query_by_label("Settings").is_none());
    click(&mut window, "More");

    window.get_by_label("Settings");
    window.get_by_label("Statistics");
}

#[test]
fn a_picture_has_a_window_of_its_own_until_it_is_brought_back() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));
    let before = rect(&window, "Bob, no picture");

    click(&mut window, "Actions for Ada on their picture");
    click(&mut window, "Open in its own window");
    let alone = rect(&window, "Bob, no picture");
    window.get_by_label("Ada, no picture");
    click(&mut window, "Back to the main window");

    assert!(alone.width() > before.width(), "{alone:?} {before:?}");
    assert_eq!(rect(&window, "Bob, no picture"), before);
}

#[test]
fn the_small_window_shows_who_matters_and_lets_one_leave() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));
    window.state_mut().take_asked();

    click(&mut window, "More");
    click(&mut window, "Small window on top");
    let pictures = window.get_all_by_label("Ada, no picture").count();
    let leave = window.get_all_by_label("Leave call").map(|button| button.rect()).collect::<Vec<_>>();
    click(&mut window, "Back to the main window");

    assert_eq!((pictures, leave.len()), (2, 2));
    assert_eq!(window.get_all_by_label("Leave call").count(), 1);
}

#[test]
fn in_full_screen_the_bars_go_when_nothing_moves_and_escape_ends_it() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    window.key_press(Key::F11);
    window.run();
    window.get_by_label("Leave call");
    let floating = rect(&window, "Ada, no picture");
    window.state_mut().now += Duration::from_secs(4);
    window.run();
    let hidden = window.query_by_label("Leave call").is_none();
    window.event(Event::PointerMoved(Pos2::new(300.0, 300.0)));
    window.run();
    window.get_by_label("Leave call");
    window.key_press(Key::Escape);
    window.run();

    assert!(hidden);
    assert!(floating.width() > rect(&window, "Ada, no picture").width());
}

#[test]
fn one_picture_alone_fills_the_screen() {
    let mut window = window(room_with(vec![participant(2, "Ada"), participant(3, "Bob")]));

    click(&mut window, "Actions for Bob on their picture");
    click(&mut window, "Show alone in full screen");
    let filled = rect(&window, "Bob, no picture");
    let others = window.query_by_label("Ada, no picture").is_some();
    click(&mut window, "Leave full screen");

    assert_eq!((filled.width(), others), (1280.0, false));
    window.get_by_label("Ada, no picture");
}

#[test]
fn we_can_be_hidden_from_ourselves_and_shown_again() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));

    click(&mut window, "Actions for 김민수 (you) on their picture");
    click(&mut window, "Hide yourself from yourself");
    let hidden = window.query_by_label_contains("(you), owner").is_none();
    click(&mut window, "More");
    click(&mut window, "Show yourself to yourself");

    assert!(hidden);
    window.get_by_label("김민수 (you), owner, no picture");
}

#[test]
fn whoever_is_alone_copies_the_link_or_invites() {
    let mut view = room_with(Vec::new());
    view.invite = Some("parlor://192.168.1.20:7443/room/Standup".to_owned());
    let mut window = window(view);

    window.get_by_label("Nobody else is here yet");
    window.get_by_label("parlor://192.168.1.20:7443/room/Standup");
    window.get_by_label("Copy the link").click();
    window.step();
    let copied = window.output().platform_output.commands.clone();
    window.run();
    click(&mut window, "Invite");

    assert!(matches!(&copied[..], [OutputCommand::CopyText(link)] if link.ends_with("/Standup")), "{copied:?}");
    window.get_by_label("QR code of the invite link");
}

#[test]
fn a_shared_screen_is_looked_at_more_closely_with_the_wheel_and_whole_again_by_a_button() {
    let mut window = window(sharing());
    show_screen(&mut window);
    let pixel = rect(&window, "Ada is presenting").center();

    window.event(Event::PointerMoved(pixel));
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 200.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(30);
    window.get_by_label("Show the whole screen");
    click(&mut window, "Show the whole screen");
    let whole = window.query_by_label("Show the whole screen").is_none();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    window.run();

    assert!(whole);
    window.get_by_label("Show the whole screen");
    assert_eq!(window.ctx.zoom_factor(), 1.0, "the keys are for the picture, not for the window");
}

#[test]
fn twelve_people_fit_the_smallest_window_in_both_languages() {
    let name =
        |number: u64| if number == 5 { "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww".to_owned() } else { format!("P{number}") };
    for language in [Language::English, Language::Korean] {
        let people = (2..13).map(|number| participant(number, &name(number))).collect();
        let mut window = window_of(room_with(people), settings(), Theme::Light, [960.0, 600.0]);
        words::install(&window.ctx, language);
        window.run();
        let chat = words::Words::new(language).say("call-chat");
        click(&mut window, &chat);

        let no_picture = words::Words::new(language).say("call-tile-no-picture");
        let stage = Rect::from_min_size(Pos2::ZERO, vec2(624.0, 600.0));
        let tiles: Vec<_> = window.get_all_by_label_contains(&no_picture).map(|tile| tile.rect()).collect();
        assert_eq!(tiles.len(), 12);
        assert!(tiles.iter().all(|tile| stage.contains_rect(*tile)), "{tiles:?}");
    }
}

#[test]
fn who_does_not_fit_beside_a_screen_is_on_the_next_page() {
    let mut people: Vec<_> = (2..13).map(|number| participant(number, &format!("P{number}"))).collect();
    people[0].media.screen = TrackState::On;
    let mut window = window_of(room_with(people), settings(), Theme::Dark, [960.0, 600.0]);

    let first = window.query_by_label("P2, no picture").is_some();
    let last = window.query_by_label("P12, no picture").is_some();
    while window.query_by_label("More people here").is_some() {
        click(&mut window, "More people here");
    }

    assert_eq!((first, last), (true, false));
    window.get_by_label("P12, no picture");
    let taken = |id| window.state().screens.shows(&window.state().view, PictureId::Camera(ParticipantId::new(id)));
    assert_eq!([taken(12), taken(2)], [true, false], "pictures that nobody sees are not worth the work");
    assert!(window.query_by_label("P2, no picture").is_none());
}

#[test]
fn nothing_is_larger_than_a_huge_window_or_lost_in_it() {
    for others in [1, 4, 7, 11] {
        let people = (2..2 + others).map(|number| participant(number, &format!("P{number}"))).collect();
        let window = window_of(room_with(people), settings(), Theme::Dark, [3000.0, 1600.0]);

        let whole = Rect::from_min_size(Pos2::ZERO, vec2(3000.0, 1600.0));
        let tiles: Vec<_> = window.get_all_by_label_contains("no picture").map(|tile| tile.rect()).collect();
        assert_eq!(tiles.len() as u64, others + 1);
        assert!(tiles.iter().all(|tile| whole.contains_rect(*tile) && tile.width() > 500.0), "{tiles:?}");
    }
}

fn sharing() -> View {
    let mut ada = participant(2, "Ada");
    ada.media.screen = TrackState::On;
    room_with(vec![ada, participant(3, "Bob")])
}

fn show_screen(window: &mut Window) {
    let size = Size::new(640, 360);
    let frame = VideoFrame::new(size, vec![128; 640 * 360 * 3 / 2], std::time::Instant::now()).unwrap();
    let ctx = window.ctx.clone();
    window.state_mut().screens.show_picture(&ctx, PictureId::Screen(ADA), &frame);
    window.run();
}

fn double_click(window: &mut Window, label: &str) {
    let at = rect(window, label).center();
    window.event(Event::PointerMoved(at));
    window.run();
    // All in one frame: between two of a test a quarter of a second passes.
    for pressed in [true, false, true, false] {
        let button = eframe::egui::PointerButton::Primary;
        let event = Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE };
        window.input_mut().events.push(event);
    }
    window.run();
}

fn rect(window: &Window, label: &str) -> Rect {
    window.get_by_label(label).rect()
}
