//! One person: the picture, or the initials; the name; what is wrong, in words.
use eframe::{
    egui::{
        Align2, Color32, Painter, Rect, Response, Role as Part, Sense, Stroke, StrokeKind, TextureHandle, Ui, Vec2,
        WidgetInfo, vec2,
    },
    epaint::RectShape,
};
use parlor_protocol::Role;

use super::actions;
use crate::{
    engine::PictureId,
    ui::{
        icons,
        theme::{self, Palette, metric},
        video_texture::cover,
        widgets::{Plate, paint_avatar, paint_glyph, paint_plate},
    },
};

/// How long the ring takes to come and to go, in seconds: a pause between two words does not make it flicker.
const RING_SECONDS: f32 = 0.3;

/// What a tile shows.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a> {
    /// Whose it is.
    pub(super) id: PictureId,
    /// What they are called.
    pub(super) name: &'a str,
    /// What they may do.
    pub(super) role: Role,
    /// Whether that is us.
    pub(super) me: bool,
    /// Whether nothing is heard of them.
    pub(super) muted: bool,
    /// Whether they are loud at the moment.
    pub(super) speaking: bool,
    /// Their picture, where their camera is on.
    pub(super) texture: Option<&'a TextureHandle>,
    /// Whether to show it as in a mirror.
    pub(super) mirrored: bool,
    /// What is wrong with the connection.
    pub(super) trouble: Option<&'static str>,
}

impl Tile<'_> {
    fn label(&self) -> String {
        if self.me { format!("{} (you)", self.name) } else { self.name.to_owned() }
    }

    /// All that the tile shows, for those who cannot see it.
    fn accessible_name(&self) -> String {
        let mut name = self.label();
        if let Some(role) = actions::role_name(self.role) {
            name += ", ";
            name += role;
        }
        for (holds, words) in
            [(self.muted, "muted"), (self.speaking, "speaking"), (self.texture.is_none(), "no picture")]
        {
            if holds {
                name += ", ";
                name += words;
            }
        }
        if let Some(trouble) = self.trouble {
            name += ", ";
            name += trouble;
        }
        name
    }
}

pub(super) fn tile_ui(ui: &mut Ui, place: Rect, tile: &Tile<'_>) -> Response {
    let response = ui.interact(place, ui.scope_id().with(tile.id), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Part::Image, true, tile.accessible_name()));

    let palette = theme::palette(ui.ctx());
    let ring = ui.ctx().animate_bool_with_time(response.id.with("ring"), tile.speaking, RING_SECONDS);
    let painter = ui.painter();
    paint_picture(painter, palette, place, tile);
    if ring > 0.0 {
        let stroke = Stroke::new(3.0, palette.live.gamma_multiply(ring));
        painter.rect_stroke(place, metric::RADIUS_TILE, stroke, StrokeKind::Inside);
    }
    paint_name(painter, palette, place, tile);
    if let Some(glyph) = actions::role_glyph(tile.role) {
        let rect = Rect::from_min_size(place.min + Vec2::splat(metric::SPACE_S), Vec2::splat(metric::PLATE_HEIGHT));
        painter.rect_filled(rect, metric::RADIUS_FIELD, palette.scrim);
        paint_glyph(painter, rect.center(), glyph, theme::glyph_fill(metric::GLYPH_XS), palette.on_scrim);
    }
    if let Some(trouble) = tile.trouble {
        let plate = Plate { glyph: Some((icons::WIFI_SLASH, palette.on_scrim)), text: trouble };
        let width = place.width() - 2.0 * metric::SPACE_S;
        let top = place.center_top() + vec2(0.0, metric::SPACE_S);
        paint_plate(painter, palette, top, Align2::CENTER_TOP, &plate, width);
    }
    response
}

fn paint_picture(painter: &Painter, palette: &Palette, place: Rect, tile: &Tile<'_>) {
    painter.rect_filled(place, metric::RADIUS_TILE, palette.tile);
    let Some(texture) = tile.texture else {
        let radius = (place.height() * 0.22).clamp(18.0, 64.0);
        return paint_avatar(painter, place.center(), radius, tile.name);
    };
    let uv = cover(place.size(), texture.size_vec2(), tile.mirrored);
    // A picture that has stopped is not to be taken for a live one.
    let tint = if tile.trouble.is_some() { Color32::from_gray(110) } else { Color32::WHITE };
    painter.add(RectShape::filled(place, metric::RADIUS_TILE, tint).with_texture(texture.id(), uv));
}

fn paint_name(painter: &Painter, palette: &Palette, place: Rect, tile: &Tile<'_>) {
    let glyph = if tile.muted {
        (icons::MICROPHONE_SLASH, palette.muted)
    } else if tile.speaking {
        (icons::MICROPHONE, palette.live)
    } else {
        (icons::MICROPHONE, palette.on_scrim)
    };
    let corner = place.left_bottom() + vec2(metric::SPACE_S, -metric::SPACE_S);
    let plate = Plate { glyph: Some(glyph), text: &tile.label() };
    paint_plate(painter, palette, corner, Align2::LEFT_BOTTOM, &plate, place.width() - 2.0 * metric::SPACE_S);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_says_all_that_it_shows() {
        let quiet = Tile {
            id: PictureId::Me,
            name: "Ada",
            me: true,
            muted: true,
            speaking: false,
            texture: None,
            mirrored: true,
            role: Role::Owner,
            trouble: None,
        };
        let lost = Tile { me: false, muted: false, role: Role::Member, trouble: Some("Connecting…"), ..quiet };

        assert_eq!(quiet.accessible_name(), "Ada (you), owner, muted, no picture");
        assert_eq!(lost.accessible_name(), "Ada, no picture, Connecting…");
    }
}
