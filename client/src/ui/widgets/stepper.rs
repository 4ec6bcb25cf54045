//! A small number that goes up and down.
use std::ops::RangeInclusive;

use eframe::egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{icon_button::ghost_ui, place::row_from_right_in, text::paint_text};
use crate::ui::{
    icons,
    theme::{self, metric},
    words::words,
};

/// A line that says what is counted, with a button for fewer and one for more. The new number, once it was changed.
pub(crate) fn stepper_ui(ui: &mut Ui, label: &str, number: usize, range: RangeInclusive<usize>) -> Option<usize> {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let (more_people, fewer_people) = (words.say("stepper-more"), words.say("stepper-fewer"));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GHOST), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {number}")));
    let ink = (label, theme::body(), palette.text);
    paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, ink, rect.width() / 2.0);
    let right = rect.right() + metric::SPACE_S;
    let buttons = Rect::from_min_max(pos2(rect.center().x, rect.top()), pos2(right, rect.bottom()));
    row_from_right_in(ui, buttons, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let more = ui.add_enabled_ui(number < *range.end(), |ui| ghost_ui(ui, icons::PLUS, &more_people).clicked());
        let (middle, _) = ui.allocate_exact_size(vec2(metric::SPACE_XXL, metric::GHOST), Sense::hover());
        let text = number.to_string();
        let text = (text.as_str(), theme::button(), palette.text);
        paint_text(ui.painter(), middle.center(), Align2::CENTER_CENTER, text, middle.width());
        let fewer = ui.add_enabled_ui(number > *range.start(), |ui| ghost_ui(ui, MINUS, &fewer_people).clicked());
        match (fewer.inner, more.inner) {
            (true, _) => Some(number.saturating_sub(1).max(*range.start())),
            (_, true) => Some((number + 1).min(*range.end())),
            (false, false) => None,
        }
    })
}

/// The icons have none; the letters do.
const MINUS: &str = "\u{2212}";
