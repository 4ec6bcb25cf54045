//! One of the sections that a dialog is made of.
use eframe::egui::{Align2, CursorIcon, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::text::{paint_glyph, paint_text};
use crate::ui::theme::{self, metric};

/// A line of a list of sections, of which one is picked.
pub(crate) fn nav_ui(ui: &mut Ui, glyph: &str, label: &str, picked: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::FIELD_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), picked, label));

    let palette = theme::palette(ui.ctx());
    let painter = ui.painter();
    if picked {
        painter.rect_filled(rect, metric::RADIUS_FIELD, palette.accent_soft);
    } else if response.hovered() {
        painter.rect_filled(rect, metric::RADIUS_FIELD, palette.hover);
    }
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect, metric::RADIUS_FIELD, ring, StrokeKind::Inside);
    }
    let ink = if picked { palette.accent } else { palette.text2 };
    let icon = pos2(rect.left() + metric::SPACE_S + metric::GLYPH_S / 2.0, rect.center().y);
    let face = if picked { theme::glyph_fill } else { theme::glyph };
    paint_glyph(painter, icon, glyph, face(metric::GLYPH_S), ink);
    let at = pos2(icon.x + metric::GLYPH_S / 2.0 + metric::SPACE_S, rect.center().y);
    let words = (label, theme::body(), if picked { palette.text } else { palette.text2 });
    paint_text(painter, at, Align2::LEFT_CENTER, words, rect.right() - metric::SPACE_S - at.x);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
