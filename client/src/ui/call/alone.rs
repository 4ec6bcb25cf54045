//! That nobody else is here yet, and how that changes.
use eframe::egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    dialogs::Dialog,
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{ButtonKind, button_ui, elided, paint_glyph, row_from_right_in},
    wish::Wish,
    words::words,
};

/// The card is no wider than this.
const WIDTH: f32 = 720.0;
/// How wide its buttons are.
const BUTTON: f32 = 132.0;

/// A card with the room's link, in the middle of a place.
pub(super) fn alone_ui(ui: &mut Ui, place: Rect, scene: &Scene<'_>) -> Option<Wish> {
    let words = words(ui.ctx());
    let palette = theme::palette(ui.ctx());
    let card = Rect::from_center_size(place.center(), vec2(place.width().min(WIDTH), place.height()));
    let line = Stroke::new(1.0, palette.line);
    ui.painter().rect(card, metric::RADIUS_CARD, palette.card, line, StrokeKind::Inside);
    let inside = card.shrink2(vec2(metric::SPACE_L, 0.0));

    let link = scene.view.invite.as_deref();
    let buttons = if link.is_some() { 2.0 } else { 1.0 } * (BUTTON + metric::SPACE_S);
    let left = inside.left() + metric::GLYPH_L + metric::SPACE_L;
    let width = inside.right() - buttons - left;
    let icon = pos2(inside.left() + metric::GLYPH_L / 2.0, card.center().y);
    paint_glyph(ui.painter(), icon, icons::USERS, theme::glyph_fill(metric::GLYPH_L), palette.text2);
    let title = words.say("call-alone");
    let below = link.map_or_else(|| words.say("call-alone-how"), |link| link.to_owned().into());
    let lines = [(&title, theme::button(), palette.text, -1.0), (&below, theme::small(), palette.text2, 1.0)];
    for (text, font, color, side) in lines {
        let text_line = elided(ui.painter(), text, font, color, width);
        let middle = card.center().y + side * metric::SPACE_M;
        let rect = Rect::from_min_size(pos2(left, middle - text_line.size().y / 2.0), text_line.size());
        let response = ui.interact(rect, ui.scope_id().with(("alone", side as i8)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        ui.painter().galley(rect.min, text_line, color);
    }

    row_from_right_in(ui, inside, |ui| {
        let size = vec2(BUTTON, metric::FIELD_HEIGHT);
        let invite = button_ui(ui, ButtonKind::Primary, icons::USER_PLUS, &words.say("call-alone-invite"), size);
        let copy = link.map(|link| {
            let button = button_ui(ui, ButtonKind::Secondary, icons::COPY, &words.say("call-alone-copy"), size);
            (button.clicked(), link)
        });
        match copy {
            Some((true, link)) => Some(Wish::Copy { text: link.to_owned(), done: words.say("call-alone-copied") }),
            Some((false, _)) | None => invite.clicked().then_some(Wish::Open(Dialog::Invite)),
        }
    })
}
