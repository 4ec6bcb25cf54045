//! One person: the picture, or the initials; the name; what they show; what is wrong, in words.
use eframe::{
    egui::{
        Align2, Color32, Painter, Rect, Response, Role as Part, Sense, Stroke, StrokeKind, TextureHandle, Ui,
        WidgetInfo, vec2,
    },
    epaint::RectShape,
};
use parlor_protocol::Role;

use super::{actions, quality::Quality};
use crate::{
    engine::PictureId,
    ui::{
        icons,
        theme::{self, Palette, metric},
        video_texture::cover,
        widgets::{Plate, paint_avatar, paint_plate},
        words::{Words, say, words},
    },
};

/// How long the ring takes to come and to go, in seconds: a pause between two words does not make it flicker.
const RING_SECONDS: f32 = 0.3;
/// In tiles narrower than this, trouble has a line of its own.
const NARROW: f32 = 320.0;

/// What a tile shows.
#[derive(Clone)]
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
    /// Their place among those whose hand is up, from 1 on.
    pub(super) hand: Option<usize>,
    /// Whether they record the call.
    pub(super) recording: bool,
    /// How good the connection is, where that is worth a word.
    pub(super) signal: Option<Quality>,
    /// Whether it is held in a large place.
    pub(super) pinned: bool,
    /// What is wrong with the connection.
    pub(super) trouble: Option<String>,
}

impl Tile<'_> {
    fn label(&self, words: Words) -> String {
        if self.me { say!(words, "call-tile-me", name = self.name) } else { self.name.to_owned() }
    }

    /// All that the tile shows, for those who cannot see it.
    fn accessible_name(&self, words: Words) -> String {
        let facts = [
            (self.muted, "call-tile-muted"),
            (self.speaking, "call-tile-speaking"),
            (self.texture.is_none(), "call-tile-no-picture"),
            (self.recording, "call-tile-recording"),
            (self.pinned, "call-tile-pinned"),
        ];
        let mut parts = vec![self.label(words)];
        parts.extend(actions::role_name(words, self.role).map(|role| role.into_owned()));
        parts.extend(facts.into_iter().filter(|(holds, _)| *holds).map(|(_, id)| words.say(id).into_owned()));
        parts.extend(self.hand.map(|place| say!(words, "call-tile-hand", place = place)));
        parts.extend(self.signal.map(|signal| signal.brief(words)));
        parts.extend(self.trouble.clone());
        parts.join(", ")
    }
}

/// Shows a tile; its plates more or less faintly.
pub(super) fn tile_ui(ui: &mut Ui, place: Rect, tile: &Tile<'_>, plates: f32) -> Response {
    let words = words(ui.ctx());
    let response = ui.interact(place, ui.scope_id().with(tile.id), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Part::Image, true, tile.accessible_name(words)));

    let palette = theme::palette(ui.ctx());
    let ring = ui.ctx().animate_bool_with_time(response.id.with("ring"), tile.speaking, RING_SECONDS);
    let mut painter = ui.painter_at(place);
    paint_picture(&painter, palette, place, tile);
    if ring > 0.0 {
        let stroke = Stroke::new(3.0, palette.live.gamma_multiply(ring));
        painter.rect_stroke(place, metric::RADIUS_TILE, stroke, StrokeKind::Inside);
    }
    painter.multiply_opacity(plates);
    paint_name(&painter, palette, place, tile, words);
    let marks = paint_marks(&painter, palette, place, tile);
    paint_corner(&painter, palette, place, tile);
    // Trouble is said also where the plates are hidden.
    painter.set_opacity(ui.opacity());
    if let Some(trouble) = &tile.trouble {
        let plate = Plate { glyph: Some((icons::WIFI_SLASH, palette.on_scrim)), text: trouble };
        let width = place.width() - 2.0 * metric::SPACE_S;
        let beside = !marks || place.width() >= NARROW;
        let top = if beside { metric::SPACE_S } else { metric::SPACE_M + metric::PLATE_HEIGHT };
        paint_plate(&painter, palette, place.center_top() + vec2(0.0, top), Align2::CENTER_TOP, &plate, width);
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

fn paint_name(painter: &Painter, palette: &Palette, place: Rect, tile: &Tile<'_>, words: Words) {
    let glyph = if tile.muted {
        (icons::MICROPHONE_SLASH, palette.muted)
    } else if tile.speaking {
        (icons::MICROPHONE, palette.live)
    } else {
        (icons::MICROPHONE, palette.on_scrim)
    };
    let corner = place.left_bottom() + vec2(metric::SPACE_S, -metric::SPACE_S);
    let plate = Plate { glyph: Some(glyph), text: &tile.label(words) };
    paint_plate(painter, palette, corner, Align2::LEFT_BOTTOM, &plate, place.width() - 2.0 * metric::SPACE_S);
}

/// What somebody is and shows, in a row from the top left corner. True where there is anything.
fn paint_marks(painter: &Painter, palette: &Palette, place: Rect, tile: &Tile<'_>) -> bool {
    let hand = tile.hand.map(|place| place.to_string()).unwrap_or_default();
    let marks = [
        tile.hand.map(|_| (icons::HAND, palette.raised, hand.as_str())),
        tile.recording.then_some((icons::RECORD, palette.muted, "")),
        actions::role_glyph(tile.role).map(|glyph| (glyph, palette.on_scrim, "")),
    ];
    let mut at = place.min + vec2(metric::SPACE_S, metric::SPACE_S);
    for (glyph, color, text) in marks.into_iter().flatten() {
        let plate = Plate { glyph: Some((glyph, color)), text };
        let painted = paint_plate(painter, palette, at, Align2::LEFT_TOP, &plate, place.right() - at.x);
        at.x = painted.right() + metric::SPACE_XS;
    }
    at.x > place.left() + metric::SPACE_S
}

/// That it is pinned, or how weak its connection is.
fn paint_corner(painter: &Painter, palette: &Palette, place: Rect, tile: &Tile<'_>) {
    let signal = tile.signal.map(|signal| (signal.glyph(), palette.on_scrim));
    let glyph = if tile.pinned { Some((icons::PIN, palette.on_scrim)) } else { signal };
    if glyph.is_some() {
        let corner = place.right_top() + vec2(-metric::SPACE_S, metric::SPACE_S);
        let plate = Plate { glyph, text: "" };
        paint_plate(painter, palette, corner, Align2::RIGHT_TOP, &plate, metric::GHOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn a_tile_says_all_that_it_shows() {
        let quiet = tile();
        let lost = Tile {
            me: false,
            muted: false,
            role: Role::Member,
            trouble: Some("Connecting…".into()),
            hand: Some(2),
            recording: true,
            signal: Some(Quality::Slow { ms: 900, level: 1 }),
            pinned: true,
            ..quiet.clone()
        };

        let words = Words::new(Language::English);

        assert_eq!(quiet.accessible_name(words), "Ada (you), owner, muted, no picture");
        assert_eq!(
            lost.accessible_name(words),
            "Ada, no picture, recording, pinned, hand raised as number 2, Slow: 900 ms, Connecting…"
        );
    }

    #[test]
    fn a_tile_speaks_korean() {
        let tile = Tile { role: Role::Member, ..tile() };

        assert_eq!(tile.accessible_name(Words::new(Language::Korean)), "Ada(나), 음소거됨, 영상 없음");
    }

    fn tile() -> Tile<'static> {
        Tile {
            id: PictureId::Me,
            name: "Ada",
            role: Role::Owner,
            me: true,
            muted: true,
            speaking: false,
            texture: None,
            mirrored: true,
            hand: None,
            recording: false,
            signal: None,
            pinned: false,
            trouble: None,
        }
    }
}
