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
    /// It was pressed, to open or close it, or has been open for a while: what it lists may have changed.
    Opened,
    /// A choice was made.
    Made(T),
}

/// How long a dropdown shows what it lists before that is looked at again, in seconds.
const STALE: f64 = 2.0;

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
        None if is_stale(ui, &combo.response, combo.inner.is_some()) => Picked::Opened,
        None => Picked::Nothing,
    }
}

/// Whether the list was just opened, or has been open for long enough that devices may have come or gone.
pub(crate) fn is_stale(ui: &Ui, button: &Response, open: bool) -> bool {
    let (id, time) = (button.id.with("looked-at"), ui.input(|input| input.time));
    let looked_at = ui.data(|data| data.get_temp::<f64>(id)).unwrap_or(time);
    let stale = button.clicked() || (open && time - looked_at >= STALE);
    if stale || !open {
        ui.data_mut(|data| data.insert_temp(id, time));
    }
    if open {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(STALE));
    }
    stale
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
