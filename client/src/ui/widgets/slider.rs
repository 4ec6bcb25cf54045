//! A number between two others, by moving a knob.
use std::ops::RangeInclusive;

use eframe::egui::{Response, Slider, Ui, WidgetInfo};

/// Shows the knob on a rail as wide as there is room; the name is for screen readers.
pub(crate) fn slider_ui(ui: &mut Ui, name: &str, value: &mut f64, range: RangeInclusive<f64>, step: f64) -> Response {
    ui.spacing_mut().slider_width = ui.available_width();
    let response = ui.add(Slider::new(value, range).step_by(step).show_value(false).trailing_fill(true));
    let (enabled, value) = (ui.is_enabled(), *value);
    response.widget_info(|| WidgetInfo::slider(enabled, value, name));
    response
}
