//! A line that unfolds what most people do not need.
use eframe::egui::{Align2, CursorIcon, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::text::{paint_glyph, paint_text};
use crate::ui::{
    icons,
    theme::{self, metric},
};

/// Shows the line, and turns `open` over when it is pressed.
pub(crate) fn expander_ui(ui: &mut Ui, label: &str, open: &mut bool) {
    let palette = theme::palette(ui.ctx());
    let words = ui.painter().layout_no_wrap(label.to_owned(), theme::chip(), palette.text2).size().x;
    let width = (words + metric::GLYPH_XS + metric::SPACE_XS + 2.0 * metric::SPACE_S).min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, metric::SMALL_BUTTON_HEIGHT), Sense::click());
    let expanded = *open;
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, ui.is_enabled(), expanded, label));
    if response.clicked() {
        *open = !*open;
    }
    let ink = if response.hovered() { palette.text } else { palette.text2 };
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, metric::RADIUS_FIELD, ring, StrokeKind::Inside);
    }
    let icon = pos2(rect.left() + metric::GLYPH_XS / 2.0, rect.center().y);
    let glyph = if expanded { icons::CARET_UP } else { icons::CARET_DOWN };
    paint_glyph(ui.painter(), icon, glyph, theme::glyph(metric::GLYPH_XS), ink);
    let at = pos2(rect.left() + metric::GLYPH_XS + metric::SPACE_XS, rect.center().y);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, (label, theme::chip(), ink), rect.right() - at.x);
    response.on_hover_cursor(CursorIcon::PointingHand);
}
