//! A QR code (ISO/IEC 18004), for the camera of somebody's phone or laptop.
use std::sync::Arc;

use eframe::egui::{Color32, Id, Mesh, Rect, Role, Sense, Shape, Ui, Vec2, WidgetInfo, pos2, vec2};
use qrcode::{Color, EcLevel, QrCode};

use crate::ui::theme::metric;

/// What has to stay white around a code, in modules (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// The dark and light squares of one text.
#[derive(Debug)]
struct Modules {
    text: String,
    width: usize,
    dark: Vec<bool>,
}

/// Shows a text as a QR code of at most this side, black on white in every theme. False where it does not fit into one.
pub(crate) fn qr_ui(ui: &mut Ui, name: &str, text: &str, side: f32) -> bool {
    let Some(modules) = modules(ui, text) else { return false };
    // Whole pixels: a scanner likes sharp edges.
    let scale = ui.ctx().pixels_per_point();
    let cells = (modules.width + 2 * QUIET) as f32;
    let cell = (side * scale / cells).floor().max(1.0) / scale;
    let (ground, response) = ui.allocate_exact_size(Vec2::splat(cell * cells), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let corner = ground.min + Vec2::splat(cell * QUIET as f32);
    let corner = pos2((corner.x * scale).round() / scale, (corner.y * scale).round() / scale);
    let mut squares = Mesh::default();
    for (row, line) in modules.dark.chunks(modules.width).enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, dark)| **dark) {
            let at = corner + vec2(column as f32, row as f32) * cell;
            squares.add_colored_rect(Rect::from_min_size(at, Vec2::splat(cell)), Color32::BLACK);
        }
    }
    ui.painter().rect_filled(ground, metric::RADIUS_FIELD, Color32::WHITE);
    ui.painter().add(Shape::mesh(squares));
    true
}

/// A code is computed once, not in every frame.
fn modules(ui: &Ui, text: &str) -> Option<Arc<Modules>> {
    let id = Id::unique("qr-modules");
    let kept = ui.data(|data| data.get_temp::<Arc<Modules>>(id));
    if let Some(kept) = kept.filter(|kept| kept.text == text) {
        return Some(kept);
    }
    let modules = Arc::new(encode(text)?);
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&modules)));
    Some(modules)
}

/// Screens are clean and bright, so the level that repairs least is enough and keeps the squares large.
fn encode(text: &str) -> Option<Modules> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    Some(Modules { text: text.to_owned(), width: code.width(), dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_makes_a_small_code_with_its_three_corners() {
        let link = "parlor://192.168.1.20:7443/room/standup?fp=0123456789abcdef0123456789abcdef#p=sesame";

        let code = encode(link).unwrap();

        assert!(code.width <= 41, "version 6 or less: {}", code.width);
        let at = |x: usize, y: usize| code.dark[y * code.width + x];
        for (x, y) in [(0, 0), (code.width - 7, 0), (0, code.width - 7)] {
            assert!(at(x, y) && at(x + 6, y + 6) && !at(x + 1, y + 1) && at(x + 3, y + 3), "corner at {x}, {y}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_for_any_code_makes_none() {
        assert!(encode(&"x".repeat(3000)).is_none());
    }
}
