//! Whoever talks while muted is told so.
mod detector;

use eframe::egui::{Align2, Area, Frame, Id, Margin, Order, Pos2, RichText, Stroke, Ui, vec2};
use parlor_call::Command;
use parlor_protocol::TrackState;

pub(crate) use self::detector::MutedTalk;
use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{ButtonKind, button_ui, ghost_ui},
    wish::Wish,
    words::words,
};

const BUTTON_WIDTH: f32 = 112.0;

/// A plate above the control bar with a button to unmute, while there is reason for it. `bottom` is where it stands.
pub(super) fn muted_hint_ui(ui: &Ui, scene: &Scene<'_>, bottom: Pos2, talk: &mut MutedTalk) -> Option<Wish> {
    let microphone = scene.view.call.media.microphone;
    let muted = microphone.wanted == TrackState::Muted && microphone.actual == TrackState::Muted;
    if !talk.watch(muted, scene.levels.me, scene.now.instant) {
        return None;
    }
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_TILE)
        .shadow(theme::shadow(ui.ctx().theme()))
        .inner_margin(Margin { left: 16, right: 6, top: 6, bottom: 6 });
    let area = Area::new(Id::unique("muted-hint")).order(Order::Foreground).pivot(Align2::CENTER_BOTTOM);
    let shown = area.fixed_pos(bottom).show(ui.ctx(), |ui| {
        frame
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    let icon = RichText::new(icons::MICROPHONE_SLASH).font(theme::glyph(metric::GLYPH_S));
                    ui.label(icon.color(palette.danger));
                    ui.label(RichText::new(words.say("people-talking-muted")).font(theme::body()).color(palette.text));
                    let size = vec2(BUTTON_WIDTH, metric::SMALL_BUTTON_HEIGHT);
                    let unmute = button_ui(ui, ButtonKind::Primary, "", &words.say("people-unmute"), size).clicked();
                    if ghost_ui(ui, icons::CLOSE, &words.say("people-stay-muted")).clicked() {
                        talk.dismiss();
                    }
                    unmute.then(|| Command::SetMuted(false).into())
                })
                .inner
            })
            .inner
    });
    shown.inner
}
