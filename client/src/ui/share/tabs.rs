//! A few words side by side, of which one holds.
use eframe::egui::{Align2, CursorIcon, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::{
    engine::ShareMode,
    ui::{
        theme::{self, metric},
        widgets::{elided, paint_text},
        words::Words,
    },
};

/// Shows the words as wide as there is room, all of one width; returns the one that was pressed.
pub(super) fn tabs_ui<T: Copy + PartialEq, N: AsRef<str>>(ui: &mut Ui, names: &[(T, N)], now: T) -> Option<T> {
    row_ui(ui, names, now, (ui.available_width(), metric::FIELD_HEIGHT), theme::button())
}

/// What matters in a picture: a short form, for the bar.
pub(super) fn mode_switch_ui(ui: &mut Ui, mode: ShareMode, words: Words) -> Option<ShareMode> {
    let names = [(ShareMode::Text, words.say("share-text")), (ShareMode::Motion, words.say("share-motion"))];
    row_ui(ui, &names, mode, (metric::SHARE_SWITCH_WIDTH, metric::SMALL_BUTTON_HEIGHT), theme::plate())
}

/// What matters in a picture, with what that means.
pub(super) fn mode_ui(ui: &mut Ui, mode: ShareMode, words: Words) -> Option<ShareMode> {
    let hint = match mode {
        ShareMode::Text => words.say("share-text-hint"),
        ShareMode::Motion => words.say("share-motion-hint"),
    };
    let row = vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(row, Sense::hover());
    let name = words.say("share-mode");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {hint}")));
    let switch = Rect::from_min_size(rect.min, vec2(metric::SHARE_SWITCH_WIDTH, rect.height()));
    let left = switch.right_center() + vec2(metric::SPACE_M, 0.0);
    let palette = theme::palette(ui.ctx());
    let room = rect.right() - left.x;
    paint_text(ui.painter(), left, Align2::LEFT_CENTER, (&hint, theme::small(), palette.text2), room);
    crate::ui::widgets::column_in(ui, switch, |ui| mode_switch_ui(ui, mode, words))
}

fn row_ui<T: Copy + PartialEq, N: AsRef<str>>(
    ui: &mut Ui,
    names: &[(T, N)],
    now: T,
    (width, height): (f32, f32),
    font: FontId,
) -> Option<T> {
    let (row, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let palette = theme::palette(ui.ctx());
    ui.painter().rect_filled(row, metric::RADIUS_BUTTON, palette.input);
    let one = vec2(width / names.len().max(1) as f32, height);
    let mut pressed = None;
    for (index, (value, name)) in names.iter().enumerate() {
        let (name, holds) = (name.as_ref(), *value == now);
        let place = Rect::from_min_size(row.min + vec2(index as f32 * one.x, 0.0), one).shrink(2.0);
        let response = ui.interact(place, ui.scope_id().with(("tab", name)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), holds, name));
        if holds {
            ui.painter().rect_filled(place, metric::RADIUS_FIELD, palette.accent);
        } else if response.hovered() {
            ui.painter().rect_filled(place, metric::RADIUS_FIELD, palette.hover);
        }
        if response.has_focus() {
            let ring = Stroke::new(2.0, palette.accent);
            ui.painter().rect_stroke(place.expand(2.0), metric::RADIUS_BUTTON, ring, StrokeKind::Outside);
        }
        let ink = if holds { palette.on_accent } else { palette.text2 };
        let words = elided(ui.painter(), name, font.clone(), ink, place.width() - metric::SPACE_S);
        ui.painter().galley(place.center() - words.size() / 2.0, words, ink);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            pressed = Some(*value);
        }
    }
    pressed
}
