//! What draws attention.
use eframe::egui::{Ui, vec2};

use crate::{
    settings::{Change, Notifications},
    ui::{
        icons,
        theme::metric,
        widgets::{ButtonKind, button_ui, switch_ui},
        wish::Wish,
        words::words,
    },
};

pub(super) fn notifications_ui(ui: &mut Ui, now: Notifications) -> Vec<Wish> {
    let words = words(ui.ctx());
    let mut wishes = Vec::new();
    let (label, hint) = (words.say("settings-sounds"), words.say("settings-sounds-hint"));
    if switch_ui(ui, &label, &hint, now.sounds).clicked() {
        wishes.push(Change::Notifications(Notifications { sounds: !now.sounds, ..now }).into());
    }
    let (label, hint) = (words.say("settings-desktop"), words.say("settings-desktop-hint"));
    if switch_ui(ui, &label, &hint, now.desktop).clicked() {
        wishes.push(Change::Notifications(Notifications { desktop: !now.desktop, ..now }).into());
    }
    let size = vec2(metric::CHOICE_WIDTH, metric::FIELD_HEIGHT);
    if button_ui(ui, ButtonKind::Secondary, icons::BELL, &words.say("settings-desktop-try"), size).clicked() {
        wishes.push(Wish::TryNotification);
    }
    wishes
}
