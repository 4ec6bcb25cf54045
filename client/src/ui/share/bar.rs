//! Above the stage, for as long as we share something: what, how, and how to stop.
use eframe::egui::{Align2, Role, Sense, Ui, WidgetInfo, vec2};
use parlor_media::spec::VideoSpec;
use parlor_protocol::TrackState;

use super::{Marks, tabs::mode_switch_ui};
use crate::{
    engine::{Command, DeviceStatus, View},
    ui::{
        dialogs::Dialog,
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{ButtonKind, button_ui, elided, paint_glyph, paint_text, row_from_right_in, sentence},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// Whether there is anything to show.
pub(crate) fn is_sharing(view: &View) -> bool {
    view.call.media.screen.wanted == TrackState::On
}

/// Shows the bar, as wide and as high as there is room. Somebody who points at it is named in it, because the sharer
/// does not see the picture.
pub(crate) fn sharing_bar_ui(ui: &mut Ui, scene: &Scene<'_>, marks: &Marks) -> Vec<Wish> {
    let words = words(ui.ctx());
    let studio = &scene.view.studio;
    let palette = theme::palette(ui.ctx());
    let area = ui.max_rect();
    let text = said(scene.view, words);
    let text = match marks.pointing_at_me(scene) {
        Some(name) => format!("{text} · {}", say!(words, "share-pointed", name = name)),
        None => text,
    };
    let mut wishes = Vec::new();
    let rest = row_from_right_in(ui, area, |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_S;
        let stop = words.say("share-stop");
        if small_button_ui(ui, ButtonKind::Danger, &stop) {
            wishes.push(Command::StopSharing.into());
        }
        if small_button_ui(ui, ButtonKind::Secondary, &words.say("share-change")) {
            wishes.push(Wish::Open(Dialog::Share));
        }
        if let Some(mode) = mode_switch_ui(ui, studio.share_mode, words) {
            wishes.push(Command::Share { source: studio.share.chosen.clone(), mode }.into());
        }
        ui.available_rect_before_wrap()
    });
    let icon = area.left_center() + vec2(metric::GLYPH_S / 2.0, 0.0);
    paint_glyph(ui.painter(), icon, icons::SHARE, theme::glyph_fill(metric::GLYPH_S), palette.accent);
    let left = area.left_center() + vec2(metric::GLYPH_S + metric::SPACE_S, 0.0);
    let room = rest.right() - left.x - metric::SPACE_S;
    let place = paint_text(ui.painter(), left, Align2::LEFT_CENTER, (&text, theme::button(), palette.text), room);
    let response = ui.interact(place, ui.scope_id().with("sharing"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    response.on_hover_text(&text);
    wishes
}

fn said(view: &View, words: Words) -> String {
    match &view.studio.share.status {
        DeviceStatus::Off | DeviceStatus::Opening => words.say("share-bar-opening").into_owned(),
        DeviceStatus::Running { label, .. } => say!(words, "share-bar", what = name(view, label, words)),
        DeviceStatus::Failed { message, .. } => say!(words, "share-bar-failed", reason = sentence(message)),
    }
}

/// What is shared, in the words of the dialog.
fn name(view: &View, label: &str, words: Words) -> String {
    match &view.studio.share.chosen {
        VideoSpec::Region(_) => say!(words, "share-part-of", screen = label),
        VideoSpec::Pattern(_) => words.say("share-test-picture").into_owned(),
        VideoSpec::Screen(_) if label.is_empty() => words.say("share-screen-asked").into_owned(),
        VideoSpec::Screen(_) | VideoSpec::Window(_) | VideoSpec::Camera(_) | VideoSpec::File(_) | VideoSpec::None => {
            label.to_owned()
        }
    }
}

fn small_button_ui(ui: &mut Ui, kind: ButtonKind, label: &str) -> bool {
    let ink = theme::palette(ui.ctx()).text;
    let words = elided(ui.painter(), label, theme::button(), ink, f32::INFINITY);
    let size = vec2(words.size().x + 2.0 * metric::SPACE_L, metric::SMALL_BUTTON_HEIGHT);
    button_ui(ui, kind, "", label, size).clicked()
}
