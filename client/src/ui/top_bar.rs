//! What the top bars of all screens share.
use eframe::egui::{Theme, Ui};

use super::{
    icons,
    widgets::{ghost_ui, row_from_right_in},
    wish::Wish,
};
use crate::settings::ThemeChoice;

/// The button that changes between dark and light, at the right end of a bar.
pub(super) fn theme_button_ui(ui: &mut Ui) -> Option<Wish> {
    let (glyph, name, other) = match ui.ctx().theme() {
        Theme::Dark => (icons::SUN, "Light theme", ThemeChoice::Light),
        Theme::Light => (icons::MOON, "Dark theme", ThemeChoice::Dark),
    };
    let bar = ui.max_rect();
    row_from_right_in(ui, bar, |ui| ghost_ui(ui, glyph, name).clicked().then_some(Wish::SetTheme(other)))
}
