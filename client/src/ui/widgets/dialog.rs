//! A question or a piece of news in front of everything else.
use eframe::egui::{
    Color32, Context, Frame, Id, Label, Margin, Modal, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke, Ui,
    Vec2, WidgetInfo, vec2,
};

use super::{
    button::{ButtonKind, button_ui},
    icon_button::ghost_ui,
    place::row_from_right_in,
};
use crate::ui::{
    icons,
    theme::{self, metric},
    words::words,
};

/// Room for the ring around a button that has the focus.
const RING: i8 = 3;

/// A dialog: what it is about, and how wide it is.
#[derive(Debug)]
pub(crate) struct Dialog<'a> {
    /// Tells it from other dialogs.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) title: &'a str,
    /// Its width without the margin.
    pub(crate) width: f32,
}

/// Shows a dialog in the middle of the window; what does not fit scrolls. True with what was added where it was closed
/// by its cross, by Escape or by a click beside it.
pub(crate) fn dialog_ui<R>(ctx: &Context, dialog: &Dialog<'_>, add: impl FnOnce(&mut Ui) -> R) -> (R, bool) {
    let palette = theme::palette(ctx);
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_CARD)
        .shadow(theme::shadow(ctx.theme()))
        .inner_margin(Margin::same(metric::SPACE_XL as i8));
    let screen = ctx.content_rect().size();
    let width = dialog.width.min(screen.x - 2.0 * metric::DIALOG_MARGIN);
    let height = screen.y - 2.0 * metric::DIALOG_MARGIN - 2.0 * metric::SPACE_XL - metric::GHOST;
    let modal = Modal::new(Id::unique(dialog.id)).frame(frame).backdrop_color(palette.scrim);
    let shown = modal.show(ctx, |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = Vec2::splat(metric::SPACE_M);
        let closed = head_ui(ui, dialog.title);
        // As high as what is in it: without the minimum it stays as high as it was first.
        let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
        let added = scroll.show(ui, |ui| {
            let inside = Frame::new().inner_margin(Margin::same(RING));
            inside.show(ui, add).inner
        });
        (added.inner, closed)
    });
    let closed = shown.inner.1 || shown.should_close();
    (shown.inner.0, closed)
}

fn head_ui(ui: &mut Ui, title: &str) -> bool {
    let palette = theme::palette(ui.ctx());
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GHOST), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
    let place = Rect::from_min_max(row.min, row.max - vec2(metric::GHOST + metric::SPACE_S, 0.0));
    let title = super::text::elided(ui.painter(), title, theme::heading(), palette.text, place.width());
    let at = place.left_center() + vec2(f32::from(RING), -title.size().y / 2.0);
    ui.painter().galley(at, title, palette.text);
    row_from_right_in(ui, row, |ui| ghost_ui(ui, icons::CLOSE, &words(ui.ctx()).say("dialog-close")).clicked())
}

/// A few sentences, as wide as there is room.
pub(crate) fn paragraph_ui(ui: &mut Ui, text: &str) -> Response {
    let color = theme::palette(ui.ctx()).text2;
    ui.add(Label::new(RichText::new(text).font(theme::body()).color(color)).wrap())
}

/// A code that two people compare, large and apart.
pub(crate) fn code_ui(ui: &mut Ui, name: &str, code: &str, color: Color32) {
    let palette = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {code}")));
    ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, palette.input);
    let words = super::text::elided(ui.painter(), code, theme::code(), color, rect.width() - 2.0 * metric::SPACE_M);
    let at = rect.center() - words.size() / 2.0;
    ui.painter().galley(at, words, color);
}

/// Two buttons of the same width side by side: the harmless one, and the one that does something.
pub(crate) fn row_of_two(ui: &mut Ui, harmless: &str, kind: ButtonKind, deed: (&str, bool)) -> (Response, Response) {
    let size = vec2((ui.available_width() - metric::SPACE_M) / 2.0, metric::BUTTON_HEIGHT);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_M;
        let harmless = button_ui(ui, ButtonKind::Secondary, "", harmless, size);
        let (label, enabled) = deed;
        let deed = ui.add_enabled_ui(enabled, |ui| button_ui(ui, kind, "", label, size)).inner;
        (harmless, deed)
    })
    .inner
}
