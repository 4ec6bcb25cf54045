//! The six reactions: one press, and everybody sees it.
use eframe::egui::{
    Color32, CursorIcon, Frame, Margin, Painter, Popup, Pos2, Rect, RectAlign, Response, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, vec2,
};
use parlor_call::Command;
use parlor_protocol::Reaction;

use crate::ui::{
    icons,
    theme::{self, Palette, metric},
    widgets::paint_glyph,
    words::{Words, words},
};

/// A row of reactions above a button.
pub(super) fn reactions_ui(button: &Response, name: &str) -> Option<Command> {
    let palette = theme::palette(&button.ctx);
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_BAR)
        .shadow(theme::shadow(button.ctx.theme()))
        .inner_margin(Margin::same(metric::SPACE_S as i8));
    let popup = Popup::from_toggle_button_response(button)
        .align(RectAlign::TOP)
        .accessible_name(name)
        .gap(metric::SPACE_M)
        .frame(frame);
    popup.show(reaction_row_ui)?.inner
}

/// All six side by side.
pub(super) fn reaction_row_ui(ui: &mut Ui) -> Option<Command> {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
        let mut chosen = None;
        for reaction in Reaction::ALL {
            if reaction_ui(ui, reaction).clicked() {
                ui.close();
                chosen = Some(Command::React(reaction));
            }
        }
        chosen
    })
    .inner
}

fn reaction_ui(ui: &mut Ui, reaction: Reaction) -> Response {
    let name = said(reaction, words(ui.ctx()));
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(metric::GHOST), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &*name));
    let palette = theme::palette(ui.ctx());
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, palette.hover);
    }
    paint_reaction(ui.painter(), palette, rect.center(), metric::GLYPH_L, reaction);
    response.on_hover_text(&*name).on_hover_cursor(CursorIcon::PointingHand)
}

/// What a reaction is called.
fn said(reaction: Reaction, words: Words) -> std::borrow::Cow<'static, str> {
    words.say(match reaction {
        Reaction::ThumbsUp => "call-react-thumbs-up",
        Reaction::Clap => "call-react-clap",
        Reaction::Heart => "call-react-heart",
        Reaction::Laugh => "call-react-laugh",
        Reaction::Surprise => "call-react-surprise",
        Reaction::Celebrate => "call-react-celebrate",
    })
}

/// Painted from the bundled icons: not every system has a font with emoji.
fn paint_reaction(painter: &Painter, palette: &Palette, center: Pos2, size: f32, reaction: Reaction) {
    let (glyph, color) = match reaction {
        Reaction::ThumbsUp => (icons::THUMBS_UP, palette.accent),
        Reaction::Clap => (icons::CLAP, palette.warn),
        Reaction::Heart => (icons::HEART, palette.danger),
        Reaction::Laugh => (icons::SMILEY, palette.warn),
        Reaction::Surprise => return paint_surprise(painter, center, size, palette.warn, palette.card),
        Reaction::Celebrate => (icons::CONFETTI, palette.ok),
    };
    paint_glyph(painter, center, glyph, theme::glyph_fill(size), color);
}

/// A face with an open mouth, which the icons lack.
fn paint_surprise(painter: &Painter, center: Pos2, size: f32, face: Color32, holes: Color32) {
    let unit = size / 22.0;
    painter.circle_filled(center, 9.0 * unit, face);
    for side in [-1.0, 1.0] {
        painter.circle_filled(center + vec2(side * 3.2, -2.4) * unit, 1.3 * unit, holes);
    }
    let mouth = Rect::from_center_size(center + vec2(0.0, 3.6) * unit, vec2(4.0, 5.0) * unit);
    painter.rect_filled(mouth, 2.0 * unit, holes);
}
