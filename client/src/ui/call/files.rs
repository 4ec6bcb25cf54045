//! Files in the call: a card for each above the line to write in, and the ways to offer one.
mod attach;
mod card;
mod drop;
mod path;
mod said;

pub(in crate::ui) use self::said::toast;

use eframe::egui::{Frame, Margin, Panel, ScrollArea, Ui};
use parlor_call::{ChatTo, FileState, FileView};

use self::attach::Attach;
pub(super) use self::drop::drop_ui;
use crate::ui::{icons, scene::Scene, theme::metric, widgets::ghost_ui, wish::Wish, words::words};

/// Cards beyond this height scroll: there is to be room for what is said.
const MOST_HEIGHT: f32 = 244.0;

/// What is open, and half written.
#[derive(Debug, Default)]
pub(crate) struct Files {
    attach: Attach,
}

/// The button beside the line to write in: shows the ways to offer a file, or hides them.
pub(super) fn attach_button_ui(ui: &mut Ui, files: &mut Files) {
    let words = words(ui.ctx());
    let name = if files.attach.open { words.say("files-attach-close") } else { words.say("files-attach") };
    if ghost_ui(ui, icons::PAPERCLIP, &name).clicked() {
        files.attach.toggle();
    }
}

/// The panel above the line to write in: nothing where there is nothing to show. `to` is who a file is offered to.
pub(super) fn files_ui(ui: &mut Ui, scene: &Scene<'_>, files: &mut Files, to: Option<ChatTo>) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let cards = in_order(&scene.view.call.files);
    if !cards.is_empty() {
        let height: f32 = cards.iter().map(|file| card::height(file) + metric::SPACE_S).sum();
        let frame = Frame::new().inner_margin(Margin { left: 16, right: 8, top: 8, bottom: 0 });
        // Two panels, so that the way to offer a file stays where it is while cards come and go.
        let attach = files.attach.height();
        if attach > 0.0 {
            wishes.extend(attach_panel_ui(ui, files, to, attach));
        }
        Panel::bottom("files")
            .exact_size(height.min(MOST_HEIGHT) + metric::SPACE_S)
            .show_separator_line(false)
            .frame(frame)
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = metric::SPACE_S;
                    let width = ui.available_width() - metric::SPACE_S;
                    wishes.extend(cards.into_iter().filter_map(|file| card::card_ui(ui, file, width)));
                });
            });
    } else if files.attach.height() > 0.0 {
        let attach = files.attach.height();
        wishes.extend(attach_panel_ui(ui, files, to, attach));
    }
    wishes
}

fn attach_panel_ui(ui: &mut Ui, files: &mut Files, to: Option<ChatTo>, height: f32) -> Vec<Wish> {
    let frame = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 0 });
    let panel = Panel::bottom("files-attach").exact_size(height).show_separator_line(false).frame(frame);
    panel.show(ui, |ui| attach::attach_ui(ui, &mut files.attach, to)).inner
}

/// What goes on comes first, and the newest of it before the rest.
fn in_order(files: &[FileView]) -> Vec<&FileView> {
    let mut cards: Vec<_> = files.iter().rev().collect();
    cards.sort_by_key(|file| matches!(file.state, FileState::Ended(_)));
    cards
}
