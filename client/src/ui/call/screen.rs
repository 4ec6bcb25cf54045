//! A shared screen: the whole of it on black, or the part that somebody looks at more closely.
use eframe::{
    egui::{
        Align2, Color32, CursorIcon, Key, KeyboardShortcut, Modifiers, PointerButton, Rect, Response, Role, Sense,
        TextureHandle, Ui, Vec2, WidgetInfo, vec2,
    },
    epaint::RectShape,
};

use super::zoom::{self, Placed, Zoom};
use crate::{
    engine::PictureId,
    ui::{
        icons,
        theme::{self, metric},
        widgets::{ControlTone, Plate, control_ui, paint_glyph, paint_plate, row_from_right_in},
        words::{say, words},
    },
};

const CLOSER: [KeyboardShortcut; 2] =
    [KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus), KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals)];
const AWAY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);
const WHOLE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num0);
/// So many points of the wheel make it closer by a factor of e.
const WHEEL: f32 = 300.0;

/// What the tile of a shared screen shows.
pub(super) struct ScreenTile<'a> {
    /// Whose it is.
    pub(super) id: PictureId,
    /// What they are called.
    pub(super) name: &'a str,
    /// The newest picture; none before the first.
    pub(super) texture: Option<&'a TextureHandle>,
    /// Whether it is held in a large place.
    pub(super) pinned: bool,
    /// Whether it is large, so that the keyboard and the wheel mean it.
    pub(super) large: bool,
}

/// Shows it, and says where the picture lies. The response senses drags; it is for further questions.
pub(super) fn screen_ui(
    ui: &mut Ui,
    place: Rect,
    tile: &ScreenTile<'_>,
    zoom: &mut Zoom,
    plates: f32,
) -> (Response, Placed) {
    let words = words(ui.ctx());
    let name = say!(words, "call-screen", name = tile.name);
    let sense = if tile.large { Sense::CLICK | Sense::DRAG } else { Sense::CLICK };
    let response = ui.interact(place, ui.scope_id().with(tile.id), sense);
    response.widget_info(|| {
        let fact = if tile.texture.is_some() { "" } else { &*words.say("call-tile-no-picture") };
        let parts: Vec<_> = [name.as_str(), fact].into_iter().filter(|part| !part.is_empty()).collect();
        WidgetInfo::labeled(Role::Image, true, parts.join(", "))
    });

    let size = tile.texture.map_or(place.size(), TextureHandle::size_vec2);
    if tile.large {
        heed(ui, &response, place, size, zoom);
    }
    let placed = zoom.place(place, size);
    let palette = theme::palette(ui.ctx());
    let mut painter = ui.painter_at(place);
    painter.rect_filled(place, metric::RADIUS_TILE, Color32::BLACK);
    match tile.texture {
        Some(texture) => {
            let seen = RectShape::filled(placed.seen(), radius(placed.seen(), place), Color32::WHITE);
            painter.add(seen.with_texture(texture.id(), placed.uv()));
        }
        None => {
            let font = theme::glyph(metric::GLASS_BUTTON);
            paint_glyph(&painter, place.center(), icons::PRESENTING, font, palette.text3);
        }
    }
    painter.multiply_opacity(plates);
    let corner = place.left_bottom() + vec2(metric::SPACE_S, -metric::SPACE_S);
    let plate = Plate { glyph: Some((icons::PRESENTING, palette.on_scrim)), text: &name };
    paint_plate(&painter, palette, corner, Align2::LEFT_BOTTOM, &plate, place.width() - 2.0 * metric::SPACE_S);
    if tile.pinned {
        let plate = Plate { glyph: Some((icons::PIN, palette.on_scrim)), text: "" };
        let corner = place.right_top() + vec2(-metric::SPACE_S, metric::SPACE_S);
        paint_plate(&painter, palette, corner, Align2::RIGHT_TOP, &plate, metric::GHOST);
    }
    (response, placed)
}

/// The buttons to go closer and away, in the lower right corner. Added after what lies on the picture.
pub(super) fn zoom_buttons_ui(ui: &mut Ui, place: Rect, size: Vec2, zoom: &mut Zoom) {
    let words = words(ui.ctx());
    let corner = place.right_bottom() - Vec2::splat(metric::SPACE_S);
    let row = vec2(3.0 * (metric::GHOST + metric::SPACE_XS), metric::GHOST);
    row_from_right_in(ui, Align2::RIGHT_BOTTOM.anchor_size(corner, row), |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
        let button = Vec2::splat(metric::GHOST);
        for (glyph, id, step) in
            [(icons::ZOOM_IN, "call-zoom-in", zoom::STEP), (icons::ZOOM_OUT, "call-zoom-out", 1.0 / zoom::STEP)]
        {
            let name = words.say(id);
            let hint = say!(words, "call-zoom-hint", name = &*name, percent = zoom.percent());
            if control_ui(ui, ControlTone::Glass, glyph, &name, &hint, button).clicked() {
                zoom.by(step, place.center(), place, size);
            }
        }
        let name = words.say("call-zoom-whole");
        if !zoom.is_whole() && control_ui(ui, ControlTone::Glass, icons::ARROWS_IN, &name, &name, button).clicked() {
            *zoom = Zoom::default();
        }
    });
}

/// What the wheel, two fingers, the keyboard and a drag do.
fn heed(ui: &Ui, response: &Response, place: Rect, size: Vec2, zoom: &mut Zoom) {
    if let Some(at) = response.hover_pos() {
        let (pinch, wheel) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta().y));
        let factor = if pinch == 1.0 { (wheel / WHEEL).exp() } else { pinch };
        if factor != 1.0 {
            zoom.by(factor, at, place, size);
        }
    }
    let pressed = |keys: &KeyboardShortcut| ui.input_mut(|input| input.consume_shortcut(keys));
    if CLOSER.iter().any(pressed) {
        zoom.by(zoom::STEP, place.center(), place, size);
    }
    if pressed(&AWAY) {
        zoom.by(1.0 / zoom::STEP, place.center(), place, size);
    }
    if pressed(&WHOLE) || response.double_clicked() && !zoom.is_whole() {
        *zoom = Zoom::default();
    }
    if !zoom.is_whole() {
        if response.dragged_by(PointerButton::Primary) {
            zoom.pan(response.drag_delta(), place, size);
        }
        let grabbing = response.dragged_by(PointerButton::Primary);
        response.clone().on_hover_cursor(if grabbing { CursorIcon::Grabbing } else { CursorIcon::Grab });
    }
}

/// Only the corners of the tile are round, not those of a picture in the middle of it.
fn radius(seen: Rect, place: Rect) -> u8 {
    if seen.expand(1.0).contains_rect(place) { metric::RADIUS_TILE } else { 0 }
}
