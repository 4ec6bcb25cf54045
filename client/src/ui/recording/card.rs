//! The card that says what became of our recording, in the corner, until it is put away.
use std::path::Path;

use eframe::egui::{Align2, Area, Context, Frame, Id, Margin, Order, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::short;
use crate::{
    engine::Command,
    ui::{
        icons,
        theme::{self, metric},
        widgets::{ButtonKind, button_ui, elided, ghost_ui, paint_glyph, paragraph_ui, row_from_right_in, sentence},
        wish::Wish,
        words::{say, words},
    },
};

/// Shows where it is, and why it has ended, if nobody asked it to. True once it is put away.
pub(super) fn done_ui(ctx: &Context, folder: &Path, trouble: Option<&str>) -> (Option<Wish>, bool) {
    let words = words(ctx);
    let place = short(folder);
    let place = place.as_str();
    card_ui(ctx, |ui| {
        let (title, glyph, color) = match trouble {
            Some(_) => (words.say("recording-ended-title"), icons::WARNING, theme::palette(ui.ctx()).warn),
            None => (words.say("recording-done-title"), icons::RECORD, theme::palette(ui.ctx()).danger),
        };
        let closed = head_ui(ui, &title, (glyph, color));
        match trouble {
            Some(trouble) => {
                paragraph_ui(ui, trouble);
                paragraph_ui(ui, &say!(words, "recording-kept-in", folder = place));
            }
            None => drop(paragraph_ui(ui, &say!(words, "recording-done", folder = place))),
        }
        let size = vec2(ui.available_width(), metric::FIELD_HEIGHT);
        let shown = button_ui(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &words.say("recording-show"), size);
        (shown.clicked().then(|| Wish::OpenFolder(folder.to_owned())), closed)
    })
}

/// Shows why there is none. True once it is put away.
pub(super) fn failed_ui(ctx: &Context, message: &str) -> (Option<Wish>, bool) {
    let words = words(ctx);
    card_ui(ctx, |ui| {
        let title = words.say("recording-failed-title");
        let closed = head_ui(ui, &title, (icons::WARNING, theme::palette(ui.ctx()).warn));
        paragraph_ui(ui, &sentence(message));
        let size = vec2(ui.available_width(), metric::FIELD_HEIGHT);
        let again =
            button_ui(ui, ButtonKind::Secondary, icons::ARROW_CLOCKWISE, &words.say("recording-retry"), size).clicked();
        (again.then(|| Command::Record(true).into()), closed || again)
    })
}

fn card_ui<R>(ctx: &Context, add: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = theme::palette(ctx);
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_TILE)
        .shadow(theme::shadow(ctx.theme()))
        .inner_margin(Margin::same(metric::SPACE_L as i8));
    let above_controls = vec2(metric::SPACE_L, -metric::CONTROLS_HEIGHT - metric::SPACE_S);
    let area = Area::new(Id::unique("recording-card")).order(Order::Foreground);
    area.anchor(Align2::LEFT_BOTTOM, above_controls)
        .show(ctx, |ui| {
            frame
                .show(ui, |ui| {
                    ui.set_width(metric::POPOVER_WIDTH);
                    ui.spacing_mut().item_spacing.y = metric::SPACE_S;
                    add(ui)
                })
                .inner
        })
        .inner
}

/// What it is about, and a cross. True where that was pressed.
fn head_ui(ui: &mut Ui, title: &str, (glyph, color): (&str, eframe::egui::Color32)) -> bool {
    let palette = theme::palette(ui.ctx());
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GHOST), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
    let icon = row.left_center() + vec2(metric::GLYPH_S / 2.0, 0.0);
    paint_glyph(ui.painter(), icon, glyph, theme::glyph_fill(metric::GLYPH_S), color);
    let left = metric::GLYPH_S + metric::SPACE_S;
    let room = Rect::from_min_max(row.min + vec2(left, 0.0), row.max - vec2(metric::GHOST, 0.0));
    let words = elided(ui.painter(), title, theme::panel_title(), palette.text, room.width());
    ui.painter().galley(room.left_center() - vec2(0.0, words.size().y / 2.0), words, palette.text);
    let name = crate::ui::words::words(ui.ctx()).say("recording-close");
    row_from_right_in(ui, row, |ui| ghost_ui(ui, icons::CLOSE, &name).clicked())
}
