//! A dropdown.
use eframe::egui::{ComboBox, Id, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::text::{paint_glyph, paint_text};
use crate::ui::{
    icons,
    theme::{self, metric},
};

/// A dropdown: what it is called and what is picked.
#[derive(Debug)]
pub(crate) struct Picker<'a> {
    /// Its accessible name.
    pub(crate) name: &'a str,
    /// What is picked, in words.
    pub(crate) picked: &'a str,
    /// How wide it is.
    pub(crate) width: f32,
}

/// One line of a dropdown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice<T> {
    /// What it says.
    pub(crate) label: String,
    /// What it stands for.
    pub(crate) value: T,
}

/// What was just done with a dropdown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Picked<T> {
    /// Nothing.
    Nothing,
    /// It was pressed, to open or close it.
    Opened,
    /// A choice was made.
    Made(T),
}

/// Shows a dropdown and says what was done with it.
pub(crate) fn picker_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    picker: &Picker<'_>,
    choices: &[Choice<T>],
    current: &T,
) -> Picked<T> {
    let mut made = None;
    let combo = ComboBox::from_id_salt(Id::unique(picker.name))
        .width(picker.width)
        .height(320.0)
        .truncate()
        .icon(|ui, rect, _, open| {
            let caret = if open { icons::CARET_UP } else { icons::CARET_DOWN };
            let color = theme::palette(ui.ctx()).text2;
            paint_glyph(ui.painter(), rect.center(), caret, theme::glyph(14.0), color);
        })
        .selected_text(RichText::new(picker.picked).font(theme::body()))
        .show_ui(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for choice in choices {
                if choice_ui(ui, &choice.label, choice.value == *current).clicked() {
                    made = Some(choice.value.clone());
                }
            }
        });
    let enabled = ui.is_enabled();
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, enabled, picker.name);
        info.current_text_value = Some(picker.picked.to_owned());
        info
    });
    match made {
        Some(value) => Picked::Made(value),
        None if combo.response.clicked() => Picked::Opened,
        None => Picked::Nothing,
    }
}

fn choice_ui(ui: &mut Ui, label: &str, picked: bool) -> Response {
    let palette = theme::palette(ui.ctx());
    let words = ui.painter().layout_no_wrap(label.to_owned(), theme::body(), palette.text);
    let width = ui.available_width().max(words.size().x + metric::SPACE_XXXL);
    let (rect, response) = ui.allocate_exact_size(vec2(width, metric::SMALL_BUTTON_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, picked, label));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, metric::RADIUS_SMALL, palette.hover);
    }
    let left = pos2(rect.left() + metric::SPACE_S, rect.center().y);
    let ink = (label, theme::body(), palette.text);
    paint_text(ui.painter(), left, eframe::egui::Align2::LEFT_CENTER, ink, rect.width() - metric::SPACE_XXL);
    if picked {
        let center = pos2(rect.right() - metric::SPACE_L, rect.center().y);
        paint_glyph(ui.painter(), center, icons::CHECK, theme::glyph(metric::GLYPH_XS), palette.accent);
    }
    response
}
