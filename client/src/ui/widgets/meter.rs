//! How loud the microphone is.
use eframe::egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::ui::theme;

const SEGMENTS: usize = 24;
const GAP: f32 = 3.0;
const HEIGHT: f32 = 8.0;

/// A row of lamps; `level` goes from 0 to 1.
pub(crate) fn meter_ui(ui: &mut Ui, name: &str, level: f32, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(level));
        info
    });

    let palette = theme::palette(ui.ctx());
    let lamp = (width - GAP * (SEGMENTS - 1) as f32) / SEGMENTS as f32;
    for index in 0..SEGMENTS {
        let color = match index {
            _ if index >= lit(level) => palette.line,
            0..16 => palette.ok,
            16..20 => palette.warn,
            _ => palette.danger,
        };
        let left = rect.left() + index as f32 * (lamp + GAP);
        let place = Rect::from_min_size(eframe::egui::pos2(left, rect.top()), vec2(lamp, HEIGHT));
        ui.painter().rect_filled(place, 2, color);
    }
}

fn lit(level: f32) -> usize {
    (level.clamp(0.0, 1.0) * SEGMENTS as f32).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_lights_no_lamp_and_full_sound_lights_all() {
        assert_eq!(lit(0.0), 0);
        assert_eq!(lit(0.5), SEGMENTS / 2);
        assert_eq!(lit(1.0), SEGMENTS);
    }

    #[test]
    fn a_level_out_of_range_lights_no_more_lamps_than_there_are() {
        assert_eq!(lit(7.0), SEGMENTS);
        assert_eq!(lit(-1.0), 0);
        assert_eq!(lit(f32::NAN), 0);
    }
}
