//! Something that is on or off.
use eframe::egui::{
    Align2, Color32, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, lerp, pos2, vec2,
};

use super::text::paint_text;
use crate::ui::theme::{self, metric};

/// A line that says what it switches, with the switch at its right end; the whole line can be pressed.
pub(crate) fn switch_ui(ui: &mut Ui, label: &str, hint: &str, on: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::BUTTON_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, label));

    let palette = theme::palette(ui.ctx());
    let size = vec2(metric::SWITCH_WIDTH, metric::SWITCH_HEIGHT);
    let track = Rect::from_min_size(rect.right_center() - vec2(size.x, size.y / 2.0), size);
    let painter = ui.painter();
    let room = track.left() - metric::SPACE_M - rect.left();
    let middle = rect.left_center();
    paint_text(painter, middle, Align2::LEFT_BOTTOM, (label, theme::body(), palette.text), room);
    let below = middle + vec2(0.0, 2.0);
    paint_text(painter, below, Align2::LEFT_TOP, (hint, theme::stamp(), palette.text3), room);

    let share = ui.ctx().animate_bool(response.id, on);
    let fill = if on { palette.accent } else { palette.input };
    let line = Stroke::new(1.0, if on { palette.accent } else { palette.text3 });
    painter.rect(track, size.y / 2.0, fill, line, StrokeKind::Inside);
    let radius = size.y / 2.0 - 4.0;
    let knob = lerp(track.left() + size.y / 2.0..=track.right() - size.y / 2.0, share);
    let ink: Color32 = if on { palette.on_accent } else { palette.text2 };
    painter.circle_filled(pos2(knob, track.center().y), radius, ink);
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(track.expand(2.0), size.y / 2.0 + 2.0, ring, StrokeKind::Outside);
    }
    response.on_hover_text(hint).on_hover_cursor(CursorIcon::PointingHand)
}
