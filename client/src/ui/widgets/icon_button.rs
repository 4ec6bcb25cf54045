//! Buttons that are an icon: the name is said by the tooltip and by screen readers.
use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::text::paint_glyph;
use crate::ui::theme::{self, Weight, metric};

/// What a control says by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ControlTone {
    /// Nothing special.
    Plain,
    /// A panel is open.
    Active,
    /// A device is muted or off; or: this ends the call.
    Alarm,
    /// Lies on a picture.
    Glass,
}

/// A filled button of the control bar or on the preview.
pub(crate) fn control_ui(ui: &mut Ui, tone: ControlTone, glyph: &str, name: &str, hint: &str, size: Vec2) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));

    let palette = theme::palette(ui.ctx());
    let hovered = response.hovered();
    let (fill, ink) = match tone {
        ControlTone::Plain if hovered => (palette.hover, palette.text),
        ControlTone::Plain => (palette.input, palette.text),
        ControlTone::Active => (palette.accent_soft, palette.accent),
        ControlTone::Alarm if hovered => (palette.danger_hover, palette.on_accent),
        ControlTone::Alarm => (palette.danger, palette.on_accent),
        ControlTone::Glass if hovered => (palette.scrim_hover, palette.on_scrim),
        ControlTone::Glass => (palette.scrim, palette.on_scrim),
    };
    let round = size.x == size.y;
    let radius = if round { size.y / 2.0 } else { f32::from(metric::RADIUS_ROUND) };
    ui.painter().rect_filled(rect, radius, fill);
    paint_focus(ui, &response, rect, radius);
    let font = if tone == ControlTone::Active { theme::glyph_fill } else { theme::glyph };
    paint_glyph(ui.painter(), rect.center(), glyph, font(metric::GLYPH_L), ink);
    response.on_hover_text(hint).on_hover_cursor(CursorIcon::PointingHand)
}

/// A button without a ground until the pointer is over it, for bars and heads of panels.
pub(crate) fn ghost_ui(ui: &mut Ui, glyph: &str, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(metric::GHOST), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));

    let palette = theme::palette(ui.ctx());
    if response.hovered() {
        ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, palette.hover);
    }
    paint_focus(ui, &response, rect, f32::from(metric::RADIUS_BUTTON));
    paint_glyph(ui.painter(), rect.center(), glyph, theme::glyph(metric::GLYPH_M), palette.text2);
    response.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand)
}

/// A number on the corner of a button.
pub(crate) fn paint_badge(ui: &Ui, button: Rect, count: usize) {
    let palette = theme::palette(ui.ctx());
    let center = button.right_top() + vec2(-5.0, 5.0);
    let text = if count > 9 { "9+".to_owned() } else { count.to_string() };
    let font: FontId = theme::sans(10.0, Weight::Semibold);
    ui.painter().circle_filled(center, 9.5, palette.panel);
    ui.painter().circle_filled(center, 8.0, palette.danger);
    ui.painter().text(center, Align2::CENTER_CENTER, text, font, Color32::WHITE);
}

fn paint_focus(ui: &Ui, response: &Response, rect: Rect, radius: f32) {
    if response.has_focus() {
        let ring = Stroke::new(2.0, theme::palette(ui.ctx()).accent);
        ui.painter().rect_stroke(rect.expand(2.0), radius + 2.0, ring, StrokeKind::Outside);
    }
}
