//! Text painted at a place, cut with an ellipsis where it does not fit.
use std::sync::Arc;

use eframe::{
    egui::{Align, Align2, Color32, FontId, Galley, Painter, Pos2, Rect},
    epaint::text::{LayoutJob, TextWrapping},
};

/// One line, no wider than `width`.
pub(crate) fn elided(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping { break_anywhere: true, ..TextWrapping::truncate_at_width(width.max(0.0)) };
    painter.layout_job(job)
}

/// As many lines as it takes, none wider than `width`.
pub(crate) fn wrapped(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    painter.layout(text.to_owned(), font, color, width.max(1.0))
}

/// The same, cut with an ellipsis at the end of line `rows`.
pub(crate) fn clipped(
    painter: &Painter,
    (text, font, color): (&str, FontId, Color32),
    width: f32,
    rows: usize,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), font, color, width.max(1.0));
    job.wrap.max_rows = rows;
    painter.layout_job(job)
}

/// Paints as many lines as it takes, each around `top.x`, none wider than `width`, and says where they came to lie.
pub(crate) fn paint_centered(
    painter: &Painter,
    top: Pos2,
    (text, font, color): (&str, FontId, Color32),
    width: f32,
) -> Rect {
    let mut job = LayoutJob::simple(text.to_owned(), font, color, width.max(1.0));
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    let place = Align2::CENTER_TOP.anchor_size(top, galley.size());
    painter.galley(top, galley, color);
    place
}

/// Paints one line, no wider than `width`, and says where it came to lie.
pub(crate) fn paint_text(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    (text, font, color): (&str, FontId, Color32),
    width: f32,
) -> Rect {
    let galley = elided(painter, text, font, color, width);
    let place = anchor.anchor_size(at, galley.size());
    painter.galley(place.min, galley, color);
    place
}

/// A message as a sentence of its own: the engine writes them so that they can stand behind a colon too.
pub(crate) fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let end = if message.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    first.chain(chars).chain(end.chars()).collect()
}

/// Paints one icon around a point.
pub(crate) fn paint_glyph(painter: &Painter, center: Pos2, glyph: &str, font: FontId, color: Color32) {
    painter.text(center, Align2::CENTER_CENTER, glyph, font, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence_once() {
        let sentence_once = sentence("no camera was found: plug one in");

        assert_eq!(sentence_once, "No camera was found: plug one in.");
        assert_eq!(sentence(&sentence_once), sentence_once);
    }

    #[test]
    fn a_message_that_starts_with_a_name_in_quotes_keeps_it() {
        assert_eq!(sentence("\"cam\" is busy"), "\"cam\" is busy.");
        assert_eq!(sentence("카메라가 없습니다."), "카메라가 없습니다.");
    }
}
