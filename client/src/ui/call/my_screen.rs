//! The tile that says what we share. It does not show it: a screen that shows itself shows itself in itself.
use std::borrow::Cow;

use eframe::egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    engine::{Command, DeviceStatus, View},
    ui::{
        icons,
        theme::{self, metric},
        widgets::{ButtonKind, button_ui, clipped, column_in, paint_glyph, sentence},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// Below this height there is no room for an icon.
const LOW: f32 = 150.0;

/// Shows the tile.
pub(super) fn my_screen_ui(ui: &mut Ui, place: Rect, view: &View) -> Option<Wish> {
    let words = words(ui.ctx());
    let palette = theme::palette(ui.ctx());
    let text = said(&view.studio.share.status, words);
    let response = ui.interact(place, ui.scope_id().with("my-screen"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &*text));

    let painter = ui.painter_at(place);
    painter.rect_filled(place, metric::RADIUS_TILE, palette.accent_soft);
    let width = (place.width() - 2.0 * metric::SPACE_M).max(0.0);
    let galley = clipped(&painter, (&text, theme::button(), palette.text), width, 2);
    let button = vec2(width.min(metric::SWITCH_WIDTH * 4.0), metric::SMALL_BUTTON_HEIGHT);
    let icon = if place.height() < LOW { 0.0 } else { metric::GLASS_BUTTON };
    let height = icon + galley.size().y + metric::SPACE_S + button.y;
    let mut top = place.center().y - height / 2.0;
    if icon > 0.0 {
        let center = pos2(place.center().x, top + icon / 2.0 - metric::SPACE_XS);
        paint_glyph(&painter, center, icons::SHARE, theme::glyph(metric::SPACE_XXXL), palette.accent);
        top += icon;
    }
    let lines = galley.size();
    painter.galley(pos2(place.center().x - lines.x / 2.0, top), galley, palette.text);
    top += lines.y + metric::SPACE_S;
    let place = Rect::from_min_size(pos2(place.center().x - button.x / 2.0, top), button);
    let stop = |ui: &mut Ui| button_ui(ui, ButtonKind::Danger, "", &words.say("call-share-stop"), button);
    column_in(ui, place, stop).clicked().then(|| Command::StopSharing.into())
}

/// What we share, or why we do not yet.
fn said(status: &DeviceStatus, words: Words) -> Cow<'static, str> {
    match status {
        DeviceStatus::Off | DeviceStatus::Opening => words.say("call-share-starting"),
        DeviceStatus::Running { label, .. } if label.is_empty() => words.say("call-sharing"),
        DeviceStatus::Running { label, .. } => say!(words, "call-sharing-what", what = label.as_str()).into(),
        DeviceStatus::Failed { message, .. } => sentence(message).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::DeviceTrouble;
    use crate::ui::words::Language;

    #[test]
    fn what_is_shared_is_named_and_trouble_told() {
        let words = Words::new(Language::English);
        let running = |label: &str| DeviceStatus::Running { label: label.to_owned(), detail: String::new() };
        let failed = DeviceStatus::Failed {
            trouble: DeviceTrouble::Other,
            message: "the window is gone: share another one".to_owned(),
        };

        assert_eq!(said(&running("Screen 1"), words), "You are sharing Screen 1");
        assert_eq!(said(&running(""), words), "You are sharing");
        assert_eq!(said(&DeviceStatus::Opening, words), "Starting to share…");
        assert_eq!(said(&failed, words), "The window is gone: share another one.");
    }
}
