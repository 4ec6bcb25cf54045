//! Files that are dragged over the window and dropped on it.
use eframe::egui::{Align2, Area, Context, Id, Order, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2};
use parlor_call::ChatTo;

use crate::{
    engine::Command,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{paint_centered, paint_glyph},
        wish::Wish,
        words::{say, words},
    },
};

/// Offers what is dropped, and says beforehand to whom. Nothing is to be under it that takes drops of its own.
pub(in crate::ui::call) fn drop_ui(ctx: &Context, scene: &Scene<'_>, to: Option<ChatTo>) -> Vec<Wish> {
    let (hovering, dropped) = ctx.input(|input| {
        let paths = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
        (!input.raw.hovered_files.is_empty(), paths.collect::<Vec<_>>())
    });
    if hovering {
        hint_ui(ctx, &hint(ctx, scene, to));
    }
    let Some(to) = to else { return Vec::new() };
    dropped.into_iter().map(|path| Command::SendFile { path, to }.into()).collect()
}

fn hint(ctx: &Context, scene: &Scene<'_>, to: Option<ChatTo>) -> String {
    let (words, others) = (words(ctx), &scene.view.call.others);
    match to {
        Some(ChatTo::Everyone) if !others.is_empty() => words.say("files-drop-everyone").into_owned(),
        Some(ChatTo::One(one)) => match others.iter().find(|other| other.id == one) {
            Some(other) => say!(words, "files-drop-one", name = other.nickname.as_str()),
            None => words.say("files-drop-nobody").into_owned(),
        },
        Some(ChatTo::Everyone) | None => words.say("files-drop-nobody").into_owned(),
    }
}

fn hint_ui(ctx: &Context, text: &str) {
    let palette = theme::palette(ctx);
    let window = ctx.content_rect();
    let area = Area::new(Id::unique("files-drop")).order(Order::Foreground).fixed_pos(window.min).interactable(false);
    area.show(ctx, |ui| {
        let response = ui.allocate_rect(window, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
        let painter = ui.painter();
        painter.rect_filled(window, 0, palette.scrim);
        let size = vec2(metric::DIALOG_WIDTH, 148.0).min(window.size() - vec2(metric::SPACE_XXL, metric::SPACE_XXL));
        let card = Align2::CENTER_CENTER.anchor_size(window.center(), size);
        let line = Stroke::new(2.0, palette.accent);
        painter.rect(card, metric::RADIUS_CARD, palette.card, line, StrokeKind::Inside);
        let icon = Rect::from_center_size(pos2(card.center().x, card.top() + 52.0), vec2(52.0, 52.0));
        painter.rect_filled(icon, metric::RADIUS_ROUND, palette.accent_soft);
        paint_glyph(painter, icon.center(), icons::UPLOAD, theme::glyph_fill(metric::GLYPH_L), palette.accent);
        let top = pos2(card.center().x, icon.bottom() + metric::SPACE_M);
        paint_centered(painter, top, (text, theme::button(), palette.text), card.width() - metric::SPACE_XXL);
    });
}
