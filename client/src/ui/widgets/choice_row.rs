//! One of several, chosen in a line of settings.
use eframe::egui::{Align2, Rect, Sense, Ui, vec2};

use super::{
    picker::{Choice, Picked, Picker, picker_ui},
    place::row_in,
    text::paint_text,
};
use crate::ui::theme::{self, metric};

/// A line that says what is chosen, with a dropdown at its right end. The new choice, once it was made.
pub(crate) fn choice_row_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    (label, hint): (&str, &str),
    choices: &[Choice<T>],
    current: &T,
) -> Option<T> {
    let palette = theme::palette(ui.ctx());
    let (rect, row) = ui.allocate_exact_size(vec2(ui.available_width(), metric::BUTTON_HEIGHT), Sense::hover());
    let size = vec2(metric::CHOICE_WIDTH, metric::FIELD_HEIGHT);
    let place = Rect::from_min_size(rect.right_center() - vec2(size.x, size.y / 2.0), size);
    let painter = ui.painter();
    let room = place.left() - metric::SPACE_M - rect.left();
    let middle = rect.left_center();
    if hint.is_empty() {
        paint_text(painter, middle, Align2::LEFT_CENTER, (label, theme::body(), palette.text), room);
    } else {
        paint_text(painter, middle, Align2::LEFT_BOTTOM, (label, theme::body(), palette.text), room);
        let below = middle + vec2(0.0, 2.0);
        paint_text(painter, below, Align2::LEFT_TOP, (hint, theme::stamp(), palette.text3), room);
        row.on_hover_text(hint);
    }
    let picked = choices.iter().find(|choice| choice.value == *current).map_or("", |choice| &choice.label);
    let picker = Picker { name: label, picked, width: size.x };
    match row_in(ui, place, |ui| picker_ui(ui, &picker, choices, current)) {
        Picked::Made(value) => Some(value),
        Picked::Nothing | Picked::Opened => None,
    }
}
