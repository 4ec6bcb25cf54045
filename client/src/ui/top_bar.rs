//! What the top bars of all screens share.
use eframe::egui::{Theme, Ui};

use super::{
    dialogs::Dialog,
    icons,
    shortcuts::{self, Deed},
    widgets::{ghost_ui, row_from_right_in},
    wish::Wish,
    words::words,
};
use crate::settings::{Change, ThemeChoice};

/// The buttons at the right end of a bar: to the settings, and between dark and light.
pub(super) fn buttons_ui(ui: &mut Ui) -> Option<Wish> {
    let bar = ui.max_rect();
    row_from_right_in(ui, bar, |ui| {
        let name = words(ui.ctx()).say("settings-title");
        let hint = shortcuts::label(ui.ctx(), Deed::Settings);
        let settings = ghost_ui(ui, icons::GEAR, &name).on_hover_text(hint).clicked();
        let settings = settings.then_some(Wish::Open(Dialog::Settings));
        theme_ui(ui).or(settings)
    })
}

fn theme_ui(ui: &mut Ui) -> Option<Wish> {
    let words = words(ui.ctx());
    let (glyph, name, other) = match ui.ctx().theme() {
        Theme::Dark => (icons::SUN, words.say("theme-light"), ThemeChoice::Light),
        Theme::Light => (icons::MOON, words.say("theme-dark"), ThemeChoice::Dark),
    };
    ghost_ui(ui, glyph, &name).clicked().then_some(Wish::Change(Change::Theme(other)))
}
