//! A line to write in, with its label above.
use eframe::egui::{
    Align, Color32, Frame, Layout, Margin, Response, RichText, Role, Stroke, TextEdit, Ui, Widget, WidgetInfo, vec2,
};

use super::icon_button::ghost_ui;
use crate::ui::{
    icons,
    theme::{self, metric},
    words::{say, words},
};

/// What a field shows beside the text itself.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    /// Above it, and its accessible name.
    pub(crate) label: &'a str,
    /// In it while it is empty.
    pub(crate) hint: &'a str,
    /// How many characters it takes.
    pub(crate) limit: usize,
    /// At the right end of the label's line: a word about what was written.
    pub(crate) remark: Option<(&'a str, Color32)>,
}

/// A label and a line to write in, as wide as there is room.
pub(crate) fn field_ui(ui: &mut Ui, field: &Field<'_>, text: &mut String) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let size = vec2(ui.available_width(), 16.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            field_label_ui(ui, field.label);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some((remark, color)) = field.remark {
                    ui.label(RichText::new(remark).font(theme::label()).color(color));
                }
            });
        });
        line_ui(ui, field, text, ui.available_width())
    })
    .inner
}

/// The line alone, for places where its hint says enough.
pub(crate) fn line_ui(ui: &mut Ui, field: &Field<'_>, text: &mut String, width: f32) -> Response {
    text_edit_ui(ui, field, text, width, false)
}

fn text_edit_ui(ui: &mut Ui, field: &Field<'_>, text: &mut String, width: f32, masked: bool) -> Response {
    let id = ui.make_persistent_id(field.label);
    let palette = theme::palette(ui.ctx());
    let line = if ui.memory(|memory| memory.has_focus(id)) { palette.accent } else { palette.field_line };
    let row = ui.fonts_mut(|fonts| fonts.row_height(&theme::body()));
    let margin = Margin::symmetric(11, ((metric::FIELD_HEIGHT - row) / 2.0 - 1.0).round() as i8);
    let frame = Frame::new()
        .fill(palette.field)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(metric::RADIUS_FIELD)
        .inner_margin(margin);
    let response = TextEdit::singleline(text)
        .id(id)
        .hint_text(RichText::new(field.hint).color(palette.text3))
        .font(theme::body())
        .text_color(palette.text)
        .char_limit(field.limit)
        .password(masked)
        .desired_width(width)
        .frame(frame)
        .ui(ui);
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, enabled, field.label);
        // A screen reader does not say a secret aloud.
        info.current_text_value = Some(if masked { "•".repeat(text.chars().count()) } else { text.clone() });
        info.hint_text = Some(field.hint.to_owned());
        info
    });
    response
}

/// A label and a line for a secret, shown as dots unless `shown`; the eye at its end shows and hides it.
pub(crate) fn secret_ui(ui: &mut Ui, field: &Field<'_>, text: &mut String, shown: &mut bool) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let size = vec2(ui.available_width(), 16.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| field_label_ui(ui, field.label));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = metric::SPACE_S;
            let width = ui.available_width() - metric::GHOST - metric::SPACE_S;
            let response = text_edit_ui(ui, field, text, width, !*shown);
            let (words, secret) = (words(ui.ctx()), field.label.to_lowercase());
            let (glyph, name) = if *shown {
                (icons::EYE_SLASH, say!(words, "secret-hide", secret = secret))
            } else {
                (icons::EYE, say!(words, "secret-show", secret = secret))
            };
            if ghost_ui(ui, glyph, &name).clicked() {
                *shown = !*shown;
            }
            response
        })
        .inner
    })
    .inner
}

/// The small label above a control. Screen readers get the name from the control itself.
pub(crate) fn field_label_ui(ui: &mut Ui, label: &str) {
    let palette = theme::palette(ui.ctx());
    let galley = ui.painter().layout_no_wrap(label.to_owned(), theme::label(), palette.text2);
    let (rect, _) = ui.allocate_exact_size(galley.size(), eframe::egui::Sense::hover());
    ui.painter().galley(rect.min, galley, palette.text2);
}
