//! All deeds with their keys, which can be changed.
use eframe::egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{
    hint_ui,
    keys::{Keys, Refusal},
};
use crate::{
    settings::{Change, Settings},
    ui::{
        icons,
        shortcuts::{self, Deed},
        theme::{self, metric},
        widgets::{ButtonKind, Message, button_ui, ghost_ui, message_ui, paint_text, row_from_right_in},
        wish::Wish,
        words::{Words, say, words},
    },
};

const KEYS_WIDTH: f32 = 168.0;

pub(super) fn shortcuts_ui(ui: &mut Ui, settings: &Settings, keys: &mut Keys) -> Vec<Wish> {
    let words = words(ui.ctx());
    hint_ui(ui, &words.say("settings-shortcuts-hint"));
    ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
    let mut wishes: Vec<_> = Deed::ALL
        .into_iter()
        .filter_map(|deed| row_ui(ui, deed, settings.shortcuts.contains_key(deed.word()), keys))
        .collect();
    ui.add_space(metric::SPACE_S);
    let size = vec2(metric::CHOICE_WIDTH, metric::FIELD_HEIGHT);
    ui.add_enabled_ui(!settings.shortcuts.is_empty(), |ui| {
        let label = words.say("settings-keys-all-usual");
        if button_ui(ui, ButtonKind::Secondary, icons::ARROW_CLOCKWISE, &label, size).clicked() {
            keys.stop();
            wishes.push(Change::UsualShortcuts.into());
        }
    });
    wishes
}

fn row_ui(ui: &mut Ui, deed: Deed, changed: bool, keys: &mut Keys) -> Option<Wish> {
    let words = words(ui.ctx());
    let name = name(words, deed);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), metric::FIELD_HEIGHT), Sense::hover());
    let color = theme::palette(ui.ctx()).text;
    let room = rect.width() - KEYS_WIDTH - metric::GHOST - 2.0 * metric::SPACE_S;
    paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, (&name, theme::body(), color), room);
    let wish = row_from_right_in(ui, rect, |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
        keys_ui(ui, deed, &name, keys);
        if changed && ghost_ui(ui, icons::ARROW_CLOCKWISE, &say!(words, "settings-keys-usual", deed = name)).clicked() {
            keys.stop();
            return Some(Change::Shortcut { deed: deed.word(), keys: None }.into());
        }
        None
    });
    if let Some((pressed, refusal)) = keys.refused(deed) {
        let text = against(words, &ui.ctx().format_shortcut(pressed), refusal);
        message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action: None });
    }
    wish
}

/// The keys, which are recorded anew once they are pressed with the pointer.
fn keys_ui(ui: &mut Ui, deed: Deed, name: &str, keys: &mut Keys) {
    let words = words(ui.ctx());
    let recording = keys.recording() == Some(deed);
    let shown =
        if recording { words.say("settings-keys-press").into_owned() } else { shortcuts::label(ui.ctx(), deed) };
    let (rect, response) = ui.allocate_exact_size(vec2(KEYS_WIDTH, metric::SMALL_BUTTON_HEIGHT), Sense::click());
    let said = say!(words, "settings-keys-of", deed = name, keys = shown.as_str());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &said));
    if response.clicked() {
        keys.record(deed);
    }
    let palette = theme::palette(ui.ctx());
    let fill = if response.hovered() { palette.hover } else { palette.input };
    ui.painter().rect_filled(rect, metric::RADIUS_FIELD, fill);
    if recording || response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, metric::RADIUS_FIELD, ring, StrokeKind::Inside);
    }
    let ink = if recording { palette.accent } else { palette.text };
    let inside = Rect::from_center_size(rect.center(), rect.size() - vec2(2.0 * metric::SPACE_S, 0.0));
    let words = (shown.as_str(), theme::chip(), ink);
    paint_text(ui.painter(), inside.center(), Align2::CENTER_CENTER, words, inside.width());
}

fn against(words: Words, keys: &str, refusal: Refusal) -> String {
    match refusal {
        Refusal::Taken(other) => say!(words, "settings-keys-taken", keys = keys, deed = name(words, other)),
        Refusal::Writes => say!(words, "settings-keys-write", keys = keys),
        Refusal::Reserved => say!(words, "settings-keys-reserved", keys = keys),
    }
}

/// What a deed is called.
fn name(words: Words, deed: Deed) -> String {
    let name = match deed {
        Deed::Microphone => words.say("settings-deed-microphone"),
        Deed::Camera => words.say("settings-deed-camera"),
        Deed::Share => words.say("settings-deed-share"),
        Deed::Chat => words.say("settings-deed-chat"),
        Deed::People => words.say("settings-deed-people"),
        Deed::Hand => words.say("settings-deed-hand"),
        Deed::Statistics => words.say("settings-deed-statistics"),
        Deed::Record => words.say("settings-deed-record"),
        Deed::FullScreen => words.say("settings-deed-full-screen"),
        Deed::Settings => words.say("settings-deed-settings"),
        Deed::Talk => words.say("settings-deed-talk"),
    };
    name.into_owned()
}
