//! Choosing what to share, and seeing that one does.
use std::{sync::Arc, time::Instant};

use eframe::egui::{self, Modifiers, PointerButton, Rect, Theme, pos2, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use parlor_call::{Command as CallCommand, MyTrack, Notice};
use parlor_media::{
    frame::{Size, VideoFrame},
    spec::{ScreenRegion, VideoSpec},
    video::screens::{Shareable, Shareables},
};
use parlor_protocol::{ParticipantId, TrackState};

use super::fixtures::{Window, click, now, participant, room_with, settings, window, window_of};
use crate::{
    engine::{Command, DeviceStatus, DeviceTrouble, DeviceView, Levels, ShareMode, ShareablesView, View},
    ui::{
        scene::{Now, Scene},
        share::{Marks, marks_ui},
        theme,
        wish::Wish,
        words::{self, Language},
    },
};

#[test]
fn the_dialog_asks_what_there_is_and_says_that_it_looks() {
    let mut window = open(call());

    window.get_by_label_contains("Looking for");
    let asked = window.state_mut().take_asked();
    let looked = asked.iter().filter(|command| **command == Command::ListShareables).count();
    assert_eq!(looked, 1, "{asked:?}");
    assert!(window.get_by_label("Share").accesskit_node().is_disabled(), "nothing is picked yet");
}

#[test]
fn a_screen_is_picked_and_shared_as_text_or_as_motion() {
    let mut window = open(with_shareables(call()));
    window.state_mut().take_asked();

    click(&mut window, "Screen 2, HDMI-1 · 1280 × 1024");
    click(&mut window, "Motion");
    window.get_by_label_contains("30 pictures a second");
    window.get_by_label_contains("part of the picture");
    click(&mut window, "Share");

    let share = Command::Share { source: VideoSpec::Screen(Some(2)), mode: ShareMode::Motion };
    assert_eq!(window.state_mut().take_asked(), [share]);
    assert!(window.query_by_label("Close dialog").is_none(), "the dialog is done");
}

#[test]
fn windows_are_listed_by_title_and_program_without_our_own() {
    let mut window = open(with_shareables(call()));
    window.state_mut().take_asked();

    click(&mut window, "Windows");
    assert!(window.query_by_label_contains("Parlor").is_none());
    click(&mut window, "분기 보고서, LibreOffice");
    click(&mut window, "Share");

    let share = Command::Share { source: VideoSpec::Window(11), mode: ShareMode::Text };
    assert_eq!(window.state_mut().take_asked(), [share]);
}

#[test]
fn no_windows_and_no_screens_are_said_in_words_with_a_way_out() {
    let mut view = call();
    view.studio.shareables = ShareablesView::Listed(Arc::default());
    let mut empty = open(view);
    click(&mut empty, "Windows");
    empty.get_by_label_contains("No window of another program is open");

    let mut view = call();
    let message = "no screen was found: start Parlor in a desktop session".to_owned();
    view.studio.shareables = ShareablesView::Failed { message };
    let mut failed = open(view);
    failed.state_mut().take_asked();
    failed.get_by_label("No screen was found: start Parlor in a desktop session.");
    click(&mut failed, "Try again");

    assert!(failed.state_mut().take_asked().contains(&Command::ListShareables));
}

#[test]
fn a_part_is_drawn_on_the_small_picture() {
    let mut window = open(with_shareables(call()));
    click(&mut window, "Part of a screen");
    window.state_mut().take_asked();

    let place = window.get_by_label("Part of eDP-1").rect();
    let from = place.center();
    drag(&mut window, from, from + vec2(100.0, 50.0));
    click(&mut window, "Share");

    let asked = window.state_mut().take_asked();
    let [Command::Share { source: VideoSpec::Region(part), mode: ShareMode::Text }] = asked[..] else {
        panic!("{asked:?}");
    };
    // The picture is drawn 444 points wide, and the screen has 1920 pixels.
    assert_eq!((part.screen, part.x, part.y), (1, 960, 540));
    assert!(part.width.abs_diff(432) < 9 && part.height.abs_diff(216) < 9, "{part:?}");
}

#[test]
fn another_camera_becomes_a_document_camera_and_our_own_does_not() {
    let mut window = open(call());
    window.state_mut().take_asked();

    click(&mut window, "Cameras");
    assert!(window.get_by_label("FaceTime HD Camera, In use as your camera").accesskit_node().is_disabled());
    click(&mut window, "Logitech BRIO");
    click(&mut window, "Share");

    let share = Command::Share { source: VideoSpec::Camera(Some("cam-2".to_owned())), mode: ShareMode::Text };
    assert_eq!(window.state_mut().take_asked(), [share]);
}

#[test]
fn whoever_shares_is_told_what_and_can_change_or_stop_it() {
    let mut window = window(sharing(VideoSpec::Window(11), "분기 보고서"));
    window.state_mut().take_asked();

    window.get_by_label("You are sharing 분기 보고서 with everybody");
    click(&mut window, "Motion");
    click(&mut window, "Stop");
    let asked = window.state_mut().take_asked();
    click(&mut window, "Change…");

    let motion = Command::Share { source: VideoSpec::Window(11), mode: ShareMode::Motion };
    assert_eq!(asked, [motion, Command::StopSharing]);
    window.get_by_label("Change what you share");
    window.get_by_label("Share this instead");
}

#[test]
fn a_source_that_does_not_open_says_why() {
    let mut view = sharing(VideoSpec::Camera(Some("cam-2".to_owned())), "");
    let message = "the camera \"BRIO\" is in use by another program: close that program".to_owned();
    view.studio.share.status = DeviceStatus::Failed { trouble: DeviceTrouble::Other, message };
    let window = window(view);

    window.get_by_label_contains("Not shared: The camera \"BRIO\" is in use");
}

#[test]
fn the_sharer_learns_that_somebody_points() {
    let mut window = window(sharing(VideoSpec::Screen(Some(1)), "eDP-1"));

    window.state_mut().hear(pointed(2, ParticipantId::new(1)));
    window.step();

    window.get_by_label_contains("Ana Souza points at it");
}

#[test]
fn everything_fits_a_small_window_in_korean_and_with_long_names() {
    let mut view = with_shareables(call());
    if let ShareablesView::Listed(list) = &mut view.studio.shareables {
        let list = Arc::make_mut(list);
        let windows = (20..40).map(|id| shareable(VideoSpec::Window(id), &"긴 제목 ".repeat(40), "프로그램"));
        list.windows.extend(windows);
    }
    let mut window = window_of(view, settings(), Theme::Light, [960.0, 600.0]);
    words::install(&window.ctx, Language::Korean);
    press_share_keys(&mut window);
    for tab in ["화면", "창", "화면 일부", "카메라"] {
        click(&mut window, tab);

        let share = window.get_by_label("공유").rect();
        let inside = Rect::from_min_size(pos2(0.0, 0.0), vec2(960.0, 600.0));
        assert!(inside.contains_rect(share), "{tab}: {share:?}");
    }
}

#[test]
fn with_ctrl_held_a_click_points_and_without_it_does_not() {
    let mut picture = picture();

    picture.state_mut().wishes.clear();
    press(&mut picture, Modifiers::NONE);
    let plain = std::mem::take(&mut picture.state_mut().wishes);
    press(&mut picture, Modifiers::COMMAND);

    assert_eq!(plain, []);
    let of = ParticipantId::new(7);
    let expected = Wish::from(CallCommand::Point { of, x: 32_768, y: 16_384 });
    assert!(picture.state().wishes.contains(&expected), "{:?}", picture.state().wishes);
}

#[test]
fn a_mark_is_named_and_lies_where_it_was_made() {
    let mut picture = picture();
    let of = ParticipantId::new(7);

    picture.state_mut().marks.hear(&pointed(2, of), now());
    picture.step();

    let mark = picture.get_by_label("Ana Souza points here").rect();
    assert!(mark.center().distance(pos2(200.0, 100.0)) < 1.0, "{mark:?}");
}

#[test]
fn the_dialog_looks_as_drawn_in_the_dark() {
    let mut window = open(with_shareables(call()));
    click(&mut window, "Screen 1, eDP-1 · 1920 × 1080");
    window.remove_cursor();
    window.run();

    window.snapshot("share-dark");
}

/// A picture that fills the window, which somebody shares.
struct Picture {
    view: View,
    marks: Marks,
    wishes: Vec<Wish>,
}

impl eframe::App for Picture {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let (levels, wall) = (Levels::default(), "2026-03-02T10:05:30+00:00[+00:00]".parse().unwrap());
        let scene = Scene { view: &self.view, levels: &levels, now: Now { instant: now(), wall } };
        let size = vec2(400.0, 200.0);
        let to_screen = |at: egui::Pos2| Some((at.to_vec2() * size).to_pos2());
        let to_picture = |at: egui::Pos2| Some((at.to_vec2() / size).to_pos2());
        self.wishes.extend(marks_ui(ui, &scene, &self.marks, ParticipantId::new(7), to_screen, to_picture));
    }
}

fn picture() -> Harness<'static, Picture> {
    let mut harness = Harness::builder().with_size(vec2(400.0, 200.0)).build_eframe(|creation| {
        theme::install(&creation.egui_ctx);
        Picture { view: call(), marks: Marks::default(), wishes: Vec::new() }
    });
    harness.step();
    harness
}

fn press(picture: &mut Harness<'static, Picture>, modifiers: Modifiers) {
    let pos = pos2(200.0, 50.0);
    picture.event(egui::Event::PointerMoved(pos));
    for pressed in [true, false] {
        picture.event_modifiers(
            egui::Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        picture.step();
    }
}

fn drag(window: &mut Window, from: egui::Pos2, to: egui::Pos2) {
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for event in [egui::Event::PointerMoved(from), button(from, true), egui::Event::PointerMoved(to), button(to, false)]
    {
        window.event(event);
        window.run();
    }
}

fn open(view: View) -> Window {
    let mut window = window(view);
    window.state_mut().take_asked();
    press_share_keys(&mut window);
    window
}

fn press_share_keys(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, egui::Key::S);
    window.run();
}

fn call() -> View {
    room_with(vec![participant(2, "Ana Souza")])
}

fn sharing(source: VideoSpec, label: &str) -> View {
    let mut view = call();
    view.call.media.screen = MyTrack { wanted: TrackState::On, actual: TrackState::On };
    let status = DeviceStatus::Running { label: label.to_owned(), detail: "1920 × 1080 · 8 fps".to_owned() };
    view.studio.share = DeviceView { chosen: source, status };
    view
}

fn with_shareables(mut view: View) -> View {
    let screens = vec![
        Shareable { size: Size::new(1920, 1080), ..shareable(VideoSpec::Screen(Some(1)), "eDP-1", "") },
        Shareable { size: Size::new(1280, 1024), ..shareable(VideoSpec::Screen(Some(2)), "HDMI-1", "") },
    ];
    let own = Shareable { own: true, ..shareable(VideoSpec::Window(12), "Parlor", "parlor") };
    let windows = vec![
        shareable(VideoSpec::Window(10), "notes.md – editor", "Editor"),
        shareable(VideoSpec::Window(11), "분기 보고서", "LibreOffice"),
        own,
    ];
    view.studio.shareables = ShareablesView::Listed(Arc::new(Shareables { screens, windows }));
    view
}

fn shareable(spec: VideoSpec, title: &str, program: &str) -> Shareable {
    let size = Size::new(160, 90);
    let pixels = (0..size.i420_bytes()).map(|index| if index < 160 * 90 { (index % 160) as u8 + 40 } else { 120 });
    let thumbnail = VideoFrame::new(size, pixels.collect(), Instant::now());
    let (title, program) = (title.to_owned(), program.to_owned());
    Shareable { spec, title, program, size: Size::new(800, 600), own: false, thumbnail }
}

fn pointed(by: u64, of: ParticipantId) -> Notice {
    let nickname = "Ana Souza".parse().unwrap();
    Notice::Pointed { by: Some(ParticipantId::new(by)), nickname, of, x: 32_768, y: 32_768 }
}

#[test]
fn a_part_that_is_known_is_named_by_its_screen() {
    let region = ScreenRegion { screen: 1, x: 0, y: 0, width: 640, height: 360 };
    let window = window(sharing(VideoSpec::Region(region), "eDP-1"));

    window.get_by_label("You are sharing Part of eDP-1 with everybody");
}
