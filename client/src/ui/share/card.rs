//! Cards with a small picture, side by side, of which one can be picked.
use std::collections::BTreeMap;

use eframe::{
    egui::{
        Align2, Color32, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2, WidgetInfo, pos2,
        vec2,
    },
    epaint::RectShape,
};
use parlor_media::spec::VideoSpec;

use super::choice::Choice;
use crate::ui::{
    theme::{self, metric},
    widgets::{paint_glyph, paint_text},
};

const COLUMNS: usize = 3;

/// Shows the cards; returns the one that was pressed.
pub(super) fn cards_ui(
    ui: &mut Ui,
    choices: &[Choice],
    picked: Option<&VideoSpec>,
    thumbnails: &BTreeMap<String, TextureHandle>,
) -> Option<VideoSpec> {
    let mut pressed = None;
    let room = ui.available_width() - metric::SPACE_S;
    let width = (room - (COLUMNS - 1) as f32 * metric::SPACE_M) / COLUMNS as f32;
    for row in choices.chunks(COLUMNS) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = metric::SPACE_M;
            for choice in row {
                let texture = thumbnails.get(&choice.spec.to_string());
                if card_ui(ui, choice, picked == Some(&choice.spec), texture, width) {
                    pressed = Some(choice.spec.clone());
                }
            }
        });
    }
    pressed
}

fn card_ui(ui: &mut Ui, choice: &Choice, picked: bool, texture: Option<&TextureHandle>, width: f32) -> bool {
    let picture = vec2(width, width / metric::ASPECT);
    let size = picture + vec2(0.0, metric::SHARE_CAPTION);
    let sense = if choice.enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let name =
        if choice.detail.is_empty() { choice.title.clone() } else { format!("{}, {}", choice.title, choice.detail) };
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, choice.enabled, picked, &name));

    let palette = theme::palette(ui.ctx());
    let fill = if response.hovered() && choice.enabled { palette.hover } else { palette.input };
    ui.painter().rect_filled(rect, metric::RADIUS_TILE, fill);
    let above = Rect::from_min_size(rect.min, picture).shrink(metric::SPACE_S);
    thumbnail_ui(ui, above, choice.glyph, texture);
    let left = rect.left() + metric::SPACE_M;
    let room = rect.width() - 2.0 * metric::SPACE_M;
    let ink = if choice.enabled { palette.text } else { palette.text3 };
    let top = above.bottom() + metric::SPACE_XS;
    let title = (choice.title.as_str(), theme::button(), ink);
    paint_text(ui.painter(), pos2(left, top), Align2::LEFT_TOP, title, room);
    let detail = (choice.detail.as_str(), theme::stamp(), palette.text3);
    paint_text(ui.painter(), pos2(left, top + metric::SPACE_L + 2.0), Align2::LEFT_TOP, detail, room);
    if picked || response.has_focus() {
        let line = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, metric::RADIUS_TILE, line, StrokeKind::Inside);
    }
    if choice.enabled {
        return response.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand).clicked();
    }
    false
}

/// A small picture, whole, on black; an icon where there is none. Says where the picture itself lies.
pub(super) fn thumbnail_ui(ui: &Ui, place: Rect, glyph: &str, texture: Option<&TextureHandle>) -> Rect {
    let palette = theme::palette(ui.ctx());
    let painter = ui.painter();
    let Some(texture) = texture else {
        painter.rect_filled(place, metric::RADIUS_FIELD, palette.tile);
        paint_glyph(painter, place.center(), glyph, theme::glyph(metric::SPACE_XXL), palette.text3);
        return place;
    };
    painter.rect_filled(place, metric::RADIUS_FIELD, Color32::BLACK);
    let picture = texture.size_vec2().max(Vec2::splat(1.0));
    let scale = (place.width() / picture.x).min(place.height() / picture.y);
    let inner = Rect::from_center_size(place.center(), picture * scale);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let shape = RectShape::filled(inner, metric::RADIUS_SMALL, Color32::WHITE);
    painter.add(shape.with_texture(texture.id(), whole));
    inner
}
