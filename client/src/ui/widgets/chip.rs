//! A small fact in a box.
use eframe::egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::text::{elided, paint_glyph};
use crate::ui::theme::{self, metric};

/// Whether a fact is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChipTone {
    /// Neither.
    Plain,
    /// Something to worry about a little.
    Warning,
    /// Something that everybody is to notice.
    Alarm,
}

/// An icon and a few words; `name` says the same in full to screen readers.
pub(crate) fn chip_ui(ui: &mut Ui, tone: ChipTone, glyph: &str, text: &str, name: &str) {
    let palette = theme::palette(ui.ctx());
    let ink = match tone {
        ChipTone::Plain => palette.text2,
        ChipTone::Warning => palette.warn,
        ChipTone::Alarm => palette.danger,
    };
    let before = metric::SPACE_S + metric::GLYPH_XS + 6.0;
    let room = ui.available_width() - before - metric::SPACE_M;
    let words = elided(ui.painter(), text, theme::plate(), ink, room);
    let size = vec2(before + words.size().x + 10.0, metric::CHIP_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));

    let painter = ui.painter();
    painter.rect_filled(rect, metric::RADIUS_FIELD, palette.input);
    let icon = pos2(rect.left() + metric::SPACE_S + metric::GLYPH_XS / 2.0, rect.center().y);
    paint_glyph(painter, icon, glyph, theme::glyph_fill(metric::GLYPH_XS), ink);
    let place = Align2::LEFT_CENTER.anchor_size(pos2(rect.left() + before, rect.center().y), words.size());
    painter.galley(place.min, words, ink);
    response.on_hover_text(name);
}
