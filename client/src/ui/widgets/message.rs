//! Something that went wrong or is worth knowing, in words, and what can be done about it.
use eframe::egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{
    button::{ButtonKind, button_ui},
    place::column_in,
    text::{paint_glyph, wrapped},
};
use crate::ui::theme::{self, metric};

/// A message that stays where it is shown.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// Whether something failed.
    pub(crate) failed: bool,
    /// Before the words.
    pub(crate) glyph: &'a str,
    /// What is the matter.
    pub(crate) text: &'a str,
    /// The remedy: an icon and the label of a button.
    pub(crate) action: Option<(&'a str, &'a str)>,
}

/// Shows a message as wide as there is room; true when its button was pressed.
pub(crate) fn message_ui(ui: &mut Ui, message: &Message<'_>) -> bool {
    let palette = theme::palette(ui.ctx());
    let (fill, glyph_color) =
        if message.failed { (palette.danger_soft, palette.danger) } else { (palette.accent_soft, palette.accent) };
    let before = metric::SPACE_M + metric::GLYPH_S + metric::SPACE_S + 2.0;
    let width = ui.available_width();
    let room = width - before - metric::SPACE_M;
    let words = wrapped(ui.painter(), message.text, theme::small(), palette.text, room);
    let button_height = if message.action.is_some() { metric::SMALL_BUTTON_HEIGHT + 10.0 } else { 0.0 };
    let height = words.size().y + 2.0 * metric::SPACE_M + button_height;

    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, message.text));
    let painter = ui.painter();
    painter.rect_filled(rect, metric::RADIUS_TILE, fill);
    let first_line = words.rows.first().map_or(0.0, |row| row.rect().height());
    let center = rect.min + vec2(metric::SPACE_M + metric::GLYPH_S / 2.0, metric::SPACE_M + first_line / 2.0);
    paint_glyph(painter, center, message.glyph, theme::glyph_fill(metric::GLYPH_S), glyph_color);
    painter.galley(rect.min + vec2(before, metric::SPACE_M), words, palette.text);

    let Some((glyph, label)) = message.action else { return false };
    let words_width = ui.painter().layout_no_wrap(label.to_owned(), theme::button(), palette.text).size().x;
    let size = vec2(words_width + metric::GLYPH_S + metric::SPACE_XXL, metric::SMALL_BUTTON_HEIGHT);
    let corner = pos2(rect.left() + before, rect.bottom() - metric::SPACE_M);
    let place = Align2::LEFT_BOTTOM.anchor_size(corner, size);
    column_in(ui, place, |ui| button_ui(ui, ButtonKind::Secondary, glyph, label, size).clicked())
}
