//! The ways to offer a file: the system's dialog, a path, and a word about the third one.
use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    time::{Duration, Instant},
};

use eframe::egui::{Context, Key, Ui, vec2};
use parlor_call::ChatTo;

use super::path;
use crate::{
    engine::Command,
    ui::{
        icons,
        theme::metric,
        widgets::{ButtonKind, Field, Message, button_ui, line_ui, message_ui},
        wish::Wish,
        words::words,
    },
};

/// Nobody cancels a dialog so fast: there was none.
const TOO_FAST: Duration = Duration::from_millis(300);
/// The longest path that any system takes.
const PATH_CHARS: usize = 4096;
const OFFER_WIDTH: f32 = 76.0;

/// What is open and half written.
#[derive(Debug, Default)]
pub(super) struct Attach {
    pub(super) open: bool,
    path: String,
    trouble: Option<Trouble>,
    choosing: Option<Receiver<Chosen>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    NoPath,
    NoDialog,
}

/// What came of the system's dialog.
#[derive(Debug)]
enum Chosen {
    Files(Vec<PathBuf>),
    Nothing,
    NoDialog,
}

impl Attach {
    pub(super) fn toggle(&mut self) {
        self.open = !self.open;
        self.trouble = None;
    }

    /// How high it is; nothing while it is closed.
    pub(super) fn height(&self) -> f32 {
        let rows = 2.0 * metric::FIELD_HEIGHT + 2.0 * metric::SPACE_S;
        let trouble = if self.trouble.is_some() { 84.0 } else { 0.0 };
        if self.open { rows + trouble + metric::SPACE_S } else { 0.0 }
    }

    /// Opens the system's dialog, which waits for the person, on a thread of its own.
    fn choose(&mut self, ctx: &Context) {
        let (sender, receiver) = sync_channel(1);
        let ctx = ctx.clone();
        let ask = move || {
            let asked = Instant::now();
            let chosen = match rfd::FileDialog::new().pick_files() {
                Some(paths) => Chosen::Files(paths),
                None if asked.elapsed() < TOO_FAST => Chosen::NoDialog,
                None => Chosen::Nothing,
            };
            // Nobody waits any more where the window is gone.
            let _ = sender.send(chosen);
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("parlor-choose-file".to_owned()).spawn(ask) {
            Ok(_) => self.choosing = Some(receiver),
            Err(error) => {
                tracing::warn!(%error, "a dialog cannot be opened");
                self.trouble = Some(Trouble::NoDialog);
            }
        }
    }

    /// The files that were chosen since the last frame.
    fn take_chosen(&mut self) -> Vec<PathBuf> {
        let Some(choosing) = &self.choosing else { return Vec::new() };
        let chosen = match choosing.try_recv() {
            Ok(chosen) => chosen,
            Err(TryRecvError::Empty) => return Vec::new(),
            Err(TryRecvError::Disconnected) => Chosen::NoDialog,
        };
        self.choosing = None;
        match chosen {
            Chosen::Files(paths) => {
                self.open = false;
                paths
            }
            Chosen::Nothing => Vec::new(),
            Chosen::NoDialog => {
                self.trouble = Some(Trouble::NoDialog);
                Vec::new()
            }
        }
    }

    /// The file whose path was written.
    fn take_path(&mut self) -> Option<PathBuf> {
        let path = path::parse(&self.path);
        self.trouble = if path.is_none() { Some(Trouble::NoPath) } else { None };
        if path.is_some() {
            self.path.clear();
            self.open = false;
        }
        path
    }
}

/// Shows the ways. Without anybody to offer to, none of them can be used.
pub(super) fn attach_ui(ui: &mut Ui, attach: &mut Attach, to: Option<ChatTo>) -> Vec<Wish> {
    let words = words(ui.ctx());
    ui.spacing_mut().item_spacing = vec2(metric::SPACE_S, metric::SPACE_S);
    let mut paths = attach.take_chosen();
    match attach.trouble {
        Some(Trouble::NoPath) => trouble_ui(ui, &words.say("files-no-path")),
        Some(Trouble::NoDialog) => trouble_ui(ui, &words.say("files-no-dialog")),
        None => {}
    }
    ui.add_enabled_ui(to.is_some(), |ui| {
        let choosing = attach.choosing.is_some();
        let label = if choosing { words.say("files-choosing") } else { words.say("files-choose") };
        let size = vec2(ui.available_width(), metric::FIELD_HEIGHT);
        let button = |ui: &mut Ui| button_ui(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &label, size);
        if ui.add_enabled_ui(!choosing, button).inner.clicked() {
            attach.choose(ui.ctx());
        }
        ui.horizontal(|ui| {
            let (name, hint) = (words.say("files-path"), words.say("files-path-hint"));
            let field = Field { label: &name, hint: &hint, limit: PATH_CHARS, remark: None };
            let width = ui.available_width() - OFFER_WIDTH - metric::SPACE_S;
            let written = line_ui(ui, &field, &mut attach.path, width);
            let entered = written.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let size = vec2(OFFER_WIDTH, metric::FIELD_HEIGHT);
            let pressed = button_ui(ui, ButtonKind::Primary, "", &words.say("files-offer"), size).clicked();
            if (entered || pressed) && !attach.path.trim().is_empty() {
                paths.extend(attach.take_path());
            }
        });
    });
    let Some(to) = to else { return Vec::new() };
    paths.into_iter().map(|path| Command::SendFile { path, to }.into()).collect()
}

fn trouble_ui(ui: &mut Ui, text: &str) {
    message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text, action: None });
}
