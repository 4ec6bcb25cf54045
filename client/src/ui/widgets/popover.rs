//! What opens beside something that was pressed: a panel, or a menu.
use eframe::egui::{
    Align2, Context, CursorIcon, Frame, Margin, Popup, PopupCloseBehavior, RectAlign, Response, Role, Sense, Stroke,
    Ui, WidgetInfo, pos2, vec2,
};

use super::text::{paint_glyph, paint_text};
use crate::ui::{
    icons,
    theme::{self, metric},
};

/// A panel below a button, which stays until the person presses elsewhere or Escape.
pub(crate) fn popover_ui<R>(button: &Response, name: &str, width: f32, add: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let palette = theme::palette(&button.ctx);
    let frame = frame(&button.ctx).inner_margin(Margin::same(metric::SPACE_L as i8)).fill(palette.card);
    let popup = Popup::from_toggle_button_response(button)
        .align(RectAlign::BOTTOM_START)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(name)
        .gap(metric::SPACE_XS)
        .frame(frame)
        .width(width);
    popup
        .show(|ui| {
            ui.set_width(width);
            add(ui)
        })
        .map(|shown| shown.inner)
}

/// A menu below a button, which goes with the first choice.
pub(crate) fn menu_ui<R>(button: &Response, name: &str, width: f32, add: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    menu(Popup::menu(button), name, width, add)
}

/// The same with more than choices in it: it goes when one of them calls [`Ui::close`], or the person presses elsewhere.
pub(crate) fn lasting_menu_ui<R>(
    button: &Response,
    name: &str,
    width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    menu(Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside), name, width, add)
}

/// That menu where the other button of the mouse was pressed on something.
pub(crate) fn lasting_context_menu_ui<R>(
    area: &Response,
    name: &str,
    width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    menu(Popup::context_menu(area).close_behavior(PopupCloseBehavior::CloseOnClickOutside), name, width, add)
}

fn menu<R>(popup: Popup<'_>, name: &str, width: f32, add: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let frame = frame(popup.ctx()).inner_margin(Margin::same(6));
    let popup = popup
        .align_alternatives(&[RectAlign::BOTTOM_END, RectAlign::TOP_END])
        .accessible_name(name)
        .gap(metric::SPACE_XS)
        .frame(frame)
        .width(width);
    popup
        .show(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            add(ui)
        })
        .map(|shown| shown.inner)
}

/// One line of a menu.
pub(crate) fn menu_row_ui(ui: &mut Ui, glyph: &str, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::FIELD_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, ui.is_enabled(), label));
    let palette = theme::palette(ui.ctx());
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, metric::RADIUS_SMALL, palette.hover);
    }
    let icon = pos2(rect.left() + metric::SPACE_S + metric::GLYPH_S / 2.0, rect.center().y);
    paint_glyph(ui.painter(), icon, glyph, theme::glyph(metric::GLYPH_S), palette.text2);
    let left = icon.x + metric::GLYPH_S / 2.0 + metric::SPACE_S;
    let words = (label, theme::body(), palette.text);
    let room = rect.right() - metric::SPACE_S - left;
    paint_text(ui.painter(), pos2(left, rect.center().y), Align2::LEFT_CENTER, words, room);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// One line of a menu that is a list to choose from, with a check mark at the one in force.
pub(crate) fn menu_choice_ui(ui: &mut Ui, label: &str, picked: bool) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), picked, label));
    let palette = theme::palette(ui.ctx());
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, metric::RADIUS_SMALL, palette.hover);
    }
    let icon = pos2(rect.left() + metric::SPACE_S + metric::GLYPH_XS / 2.0, rect.center().y);
    if picked {
        paint_glyph(ui.painter(), icon, icons::CHECK, theme::glyph(metric::GLYPH_XS), palette.accent);
    }
    let left = icon.x + metric::GLYPH_XS / 2.0 + metric::SPACE_S;
    let words = (label, theme::body(), palette.text);
    let room = rect.right() - metric::SPACE_S - left;
    paint_text(ui.painter(), pos2(left, rect.center().y), Align2::LEFT_CENTER, words, room);
    response.on_hover_text(label).on_hover_cursor(CursorIcon::PointingHand)
}

fn frame(ctx: &Context) -> Frame {
    let palette = theme::palette(ctx);
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_TILE)
        .shadow(theme::shadow(ctx.theme()))
}
