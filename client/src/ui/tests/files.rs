//! Files in the call: offered, on their way, and over.
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use eframe::egui::{DroppedFile, HoveredFile, Rect, Theme};
use egui_kittest::kittest::Queryable;
use parlor_call::{
    Author, ChatTo, Command as CallCommand, FileCommand, FileDirection, FileEnd, FileId, FileNotice, FileState,
    FileView, Notice,
};
use parlor_protocol::{FileName, ParticipantId, TransferEnd};

use super::fixtures::{Window, author, click, line, participant, room_with, settings, window, window_of, write};
use crate::{
    engine::{Command, View},
    ui::words::{self, Language},
};

const MB: u64 = 1_000_000;
const LONG: &str =
    "미국 서부 여행 사진과 동영상 모음 – the whole collection, sorted by day and place (final) (2).tar.gz";

#[test]
fn an_offered_file_is_taken_or_not() {
    let mut window = chat(vec![file(1, "plan.pdf", FileDirection::In, FileState::Offered)]);

    window.get_by_label("plan.pdf, 210 MB · Ada offers it to you");
    click(&mut window, "Accept plan.pdf");
    click(&mut window, "Decline plan.pdf");

    let (file, folder) = (FileId::new(1), PathBuf::from("/home/ada/downloads"));
    assert_eq!(asked(&mut window), [FileCommand::Accept { file, folder }, FileCommand::Decline { file }]);
}

#[test]
fn a_file_on_its_way_tells_how_far_it_is_and_can_be_cancelled() {
    let moving = FileState::Moving { done: 52 * MB, bytes_per_second: Some(12 * MB) };
    let mut window = chat(vec![file(1, "plan.pdf", FileDirection::Out, moving)]);

    window.get_by_label("plan.pdf, 52 MB of 210 MB · 12 MB/s · 13 s left");
    window.get_by_label("25 percent");
    click(&mut window, "Cancel plan.pdf");

    assert_eq!(asked(&mut window), [FileCommand::Cancel { file: FileId::new(1) }]);
}

#[test]
fn every_state_is_said() {
    let states = [
        (FileDirection::Out, FileState::Offered, "210 MB · waiting for Ada"),
        (FileDirection::In, FileState::Opening, "210 MB · getting ready"),
        (FileDirection::In, FileState::Moving { done: 0, bytes_per_second: None }, "0 bytes of 210 MB · from Ada"),
        (FileDirection::In, FileState::Paused { done: 52 * MB }, "52 MB of 210 MB · no connection, goes on by itself"),
        (FileDirection::In, FileState::Checking, "210 MB · checking"),
        (FileDirection::In, done(), "210 MB · received from Ada"),
        (FileDirection::Out, FileState::Ended(FileEnd::Done { path: None }), "210 MB · delivered to Ada"),
        (FileDirection::Out, FileState::Ended(FileEnd::Declined), "Ada does not want it"),
        (FileDirection::In, FileState::Ended(FileEnd::Cancelled { by_us: false }), "Cancelled by Ada"),
        (FileDirection::In, FileState::Ended(FileEnd::Left), "Ada has left"),
        (FileDirection::In, failed(), "Your disk has no room for it: free some, and ask for it again (3 bytes free)"),
    ];

    for (direction, state, said) in states {
        let window = chat(vec![file(1, "plan.pdf", direction, state)]);

        window.get_by_label(&format!("plan.pdf, {said}"));
    }
}

#[test]
fn what_is_over_can_be_found_and_put_away() {
    let mut window = chat(vec![file(1, "plan.pdf", FileDirection::In, done())]);

    window.get_by_label("Show plan.pdf in its folder");
    click(&mut window, "Put away plan.pdf");

    assert_eq!(asked(&mut window), [FileCommand::Dismiss { file: FileId::new(1) }]);
}

#[test]
fn a_path_that_is_pasted_is_offered_to_whom_the_line_goes() {
    let mut window = chat(Vec::new());
    window.state_mut().take_asked();

    click(&mut window, "Send a file");
    write(&mut window, "Path of a file", "file:///home/ada/two%20words.txt");
    click(&mut window, "Offer");

    let (path, to) = (PathBuf::from("/home/ada/two words.txt"), ChatTo::Everyone);
    assert_eq!(window.state_mut().take_asked(), [Command::SendFile { path, to }]);
    assert!(window.query_by_label("Path of a file").is_none());
}

#[test]
fn what_is_no_path_says_so_and_stays() {
    let mut window = chat(Vec::new());

    click(&mut window, "Send a file");
    write(&mut window, "Path of a file", "two words.txt");
    click(&mut window, "Offer");

    window.get_by_label_contains("That is not a full path.");
    assert_eq!(window.get_by_label("Path of a file").value().as_deref(), Some("two words.txt"));
    click(&mut window, "Close sending a file");
    assert!(window.query_by_label("Path of a file").is_none());
}

#[test]
fn a_file_that_is_dropped_is_offered_and_while_it_hovers_one_sees_to_whom() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    window.state_mut().take_asked();

    window.input_mut().hovered_files.push(HoveredFile::default());
    // egui repaints for as long as files hover.
    window.run_steps(3);
    window.get_by_label("Drop to offer to everyone");
    window.input_mut().hovered_files.clear();
    let path = PathBuf::from("/home/ada/plan.pdf");
    window.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    window.run();

    assert_eq!(window.state_mut().take_asked(), [Command::SendFile { path, to: ChatTo::Everyone }]);
    assert!(window.query_by_label("Drop to offer to everyone").is_none());
    window.get_by_label("Close chat");
}

#[test]
fn over_an_empty_room_a_file_is_for_nobody() {
    let mut window = window(room_with(Vec::new()));

    window.input_mut().hovered_files.push(HoveredFile::default());
    // egui repaints for as long as files hover.
    window.run_steps(3);

    window.get_by_label("Nobody is here to take a file");
}

#[test]
fn an_offer_is_said_while_the_chat_is_closed() {
    let mut window = window(room_with(vec![participant(2, "Ada")]));
    let offered = FileNotice::Offered {
        file: FileId::new(1),
        from: "Ada".parse().unwrap(),
        name: FileName::clean("plan.pdf"),
        size: 210 * MB,
    };

    window.state_mut().hear(Notice::File(offered));
    window.run();

    window.get_by_label("Ada offers you plan.pdf (210 MB)");
}

#[test]
fn many_files_with_long_names_fit_the_smallest_window_in_korean() {
    for theme in [Theme::Dark, Theme::Light] {
        let mut window = window_of(view(everything()), settings(), theme, [960.0, 600.0]);
        words::install(&window.ctx, Language::Korean);
        window.run();
        click(&mut window, "채팅");
        click(&mut window, "파일 보내기");

        let panel = Rect::from_min_max([624.0, 0.0].into(), [960.0, 600.0].into());
        let cards: Vec<_> = window.get_all_by_label_contains("여행 사진").map(|node| node.rect()).collect();
        assert!(cards.len() > 6);
        let beside: Vec<_> = cards.iter().filter(|card| card.left() < panel.left() || card.right() > 960.0).collect();
        assert!(beside.is_empty(), "{beside:?}");
        assert!(panel.contains_rect(window.get_by_label("파일 경로").rect()));
    }
}

#[test]
fn files_look_as_they_should_in_the_dark() {
    let ada = participant(2, "Ada");
    let mut view = view(vec![
        file(1, "logo.svg", FileDirection::Out, FileState::Ended(FileEnd::Done { path: None })),
        file(2, "minutes of the review, March.pdf", FileDirection::In, FileState::Offered),
        file(
            3,
            "user-interviews.zip",
            FileDirection::Out,
            FileState::Moving { done: 52 * MB, bytes_per_second: Some(12 * MB) },
        ),
    ]);
    view.call.chat = vec![line(author(&ada), "Here are the minutes.", 60), line(Author::Me, "고마워요!", 20)];
    let mut window = window_of(view, settings(), Theme::Dark, [1280.0, 800.0]);
    click(&mut window, "Chat");
    window.remove_cursor();
    window.run();

    window.snapshot("files-dark");
}

/// A file that was dropped. Nobody here reads it.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window does not read it".to_owned())
    }
}

fn chat(files: Vec<FileView>) -> Window {
    let mut settings = settings();
    settings.downloads = Some("/home/ada/downloads".into());
    let mut window = window_of(view(files), settings, Theme::Dark, [1280.0, 800.0]);
    click(&mut window, "Chat");
    window
}

fn view(files: Vec<FileView>) -> View {
    let mut view = room_with(vec![participant(2, "Ada")]);
    view.call.files = files;
    view
}

fn file(number: u64, name: &str, direction: FileDirection, state: FileState) -> FileView {
    FileView {
        id: FileId::new(number),
        who: ParticipantId::new(2),
        nickname: "Ada".parse().unwrap(),
        direction,
        name: FileName::clean(name),
        size: 210 * MB,
        state,
    }
}

fn everything() -> Vec<FileView> {
    let states = [
        FileState::Offered,
        FileState::Opening,
        FileState::Moving { done: 52 * MB, bytes_per_second: Some(1) },
        FileState::Paused { done: 52 * MB },
        FileState::Checking,
        done(),
        FileState::Ended(FileEnd::Declined),
        FileState::Ended(FileEnd::Cancelled { by_us: true }),
        FileState::Ended(FileEnd::Left),
        failed(),
    ];
    let numbered = (1..).zip(states);
    numbered.map(|(number, state)| file(number, LONG, FileDirection::In, state)).collect()
}

fn done() -> FileState {
    FileState::Ended(FileEnd::Done { path: Some("/home/ada/downloads/plan.pdf".into()) })
}

fn failed() -> FileState {
    let (reason, detail) = (TransferEnd::NoRoom, "3 bytes free".to_owned());
    FileState::Ended(FileEnd::Failed { reason, ours: true, detail })
}

fn asked(window: &mut Window) -> Vec<FileCommand> {
    let asked = window.state_mut().take_asked().into_iter();
    let about_files = asked.filter_map(|command| match command {
        Command::Call(CallCommand::File(command)) => Some(command),
        _ => None,
    });
    about_files.collect()
}
