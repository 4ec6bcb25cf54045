//! A button with words.
use eframe::egui::{Color32, CursorIcon, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

use super::text::{elided, paint_glyph};
use crate::ui::theme::{self, metric};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The one main action of a screen.
    Primary,
    /// Everything else.
    Secondary,
    /// Takes something away from people.
    Danger,
    /// Is there, but not meant to be pressed without thinking: no ground until the pointer is over it.
    Quiet,
}

/// A button with an icon before its label; the label is also its accessible name.
pub(crate) fn button_ui(ui: &mut Ui, kind: ButtonKind, glyph: &str, label: &str, size: Vec2) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), label));

    let palette = theme::palette(ui.ctx());
    let hovered = response.hovered();
    let (fill, line, ink) = match kind {
        ButtonKind::Primary if hovered => (palette.accent_hover, palette.accent_hover, palette.on_accent),
        ButtonKind::Primary => (palette.accent, palette.accent, palette.on_accent),
        ButtonKind::Secondary if hovered => (palette.field_hover, palette.field_line, palette.text),
        ButtonKind::Secondary => (palette.field, palette.field_line, palette.text),
        ButtonKind::Danger if hovered => (palette.danger_hover, palette.danger_hover, palette.on_accent),
        ButtonKind::Danger => (palette.danger, palette.danger, palette.on_accent),
        ButtonKind::Quiet if hovered => (palette.hover, Color32::TRANSPARENT, palette.text),
        ButtonKind::Quiet => (Color32::TRANSPARENT, Color32::TRANSPARENT, palette.text2),
    };
    let painter = ui.painter();
    painter.rect(rect, metric::RADIUS_BUTTON, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect.expand(2.0), metric::RADIUS_BUTTON + 2, ring, StrokeKind::Outside);
    }

    let glyph_width = if glyph.is_empty() { 0.0 } else { metric::GLYPH_S + metric::SPACE_S };
    let room = rect.width() - 2.0 * metric::SPACE_M - glyph_width;
    let words = elided(painter, label, theme::button(), ink, room);
    let left = rect.center().x - (words.size().x + glyph_width) / 2.0;
    if !glyph.is_empty() {
        let center = pos2(left + metric::GLYPH_S / 2.0, rect.center().y);
        paint_glyph(painter, center, glyph, theme::glyph(metric::GLYPH_S), ink);
    }
    painter.galley(pos2(left + glyph_width, rect.center().y - words.size().y / 2.0), words, ink);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
