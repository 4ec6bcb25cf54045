//! Somebody's initials, where there is no picture.
use eframe::egui::{Align2, Color32, Painter, Pos2};

use crate::ui::{
    initials::initials,
    theme::{self, Weight},
};

/// A coloured disc with the initials of a name.
pub(crate) fn paint_avatar(painter: &Painter, center: Pos2, radius: f32, name: &str) {
    painter.circle_filled(center, radius, theme::avatar_color(name));
    let font = theme::sans(radius * 0.72, Weight::Semibold);
    painter.text(center, Align2::CENTER_CENTER, initials(name), font, Color32::WHITE);
}
