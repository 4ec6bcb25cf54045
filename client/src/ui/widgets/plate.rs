//! A plate with a few words that lies on a picture.
use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Vec2, vec2};

use super::text::{elided, paint_glyph};
use crate::ui::theme::{self, Palette, metric};

/// What a plate says.
#[derive(Debug)]
pub(crate) struct Plate<'a> {
    /// A small icon before the words, with its colour.
    pub(crate) glyph: Option<(&'a str, Color32)>,
    /// The words, cut where they do not fit; none where the icon says it all.
    pub(crate) text: &'a str,
}

/// Paints a plate with one corner or side at a point, and says where it came to lie.
pub(crate) fn paint_plate(
    painter: &Painter,
    palette: &Palette,
    at: Pos2,
    anchor: Align2,
    plate: &Plate<'_>,
    width: f32,
) -> Rect {
    let glyph_width = if plate.glyph.is_some() { metric::GLYPH_XS + 6.0 } else { 0.0 };
    let around = 2.0 * metric::SPACE_S + glyph_width;
    let words = elided(painter, plate.text, theme::plate(), palette.on_scrim, width - around);
    // An icon alone stands in a square.
    let length = if plate.text.is_empty() { metric::PLATE_HEIGHT } else { words.size().x + around };
    let rect = anchor.anchor_size(at, vec2(length, metric::PLATE_HEIGHT));
    painter.rect_filled(rect, metric::RADIUS_FIELD, palette.scrim);
    if let Some((glyph, color)) = plate.glyph {
        let beside = rect.left_center() + vec2(metric::SPACE_S + metric::GLYPH_XS / 2.0, 0.0);
        let center = if plate.text.is_empty() { rect.center() } else { beside };
        paint_glyph(painter, center, glyph, theme::glyph_fill(metric::GLYPH_XS), color);
    }
    let left = rect.left_center() + Vec2::new(metric::SPACE_S + glyph_width, 0.0);
    let place = Align2::LEFT_CENTER.anchor_size(left, words.size());
    painter.galley(place.min, words, palette.on_scrim);
    rect
}
