//! What this program is, where its things are, and whose work is in it.
use eframe::egui::{Label, RichText, Ui, vec2};

use super::{
    hint_ui,
    licences::{Licences, licences_ui},
    part_ui,
    report::{Machine, report},
};
use crate::{
    engine::View,
    settings::Settings,
    ui::{
        icons,
        theme::{self, metric},
        widgets::{ButtonKind, button_ui, field_label_ui},
        wish::Wish,
        words::{say, words},
    },
};

/// What the section remembers between two frames.
#[derive(Debug, Default)]
pub(super) struct About {
    licences: Licences,
}

pub(super) fn about_ui(
    ui: &mut Ui,
    view: &View,
    settings: &Settings,
    machine: &Machine,
    about: &mut About,
) -> Vec<Wish> {
    // A licence that is being read takes all the room.
    if about.licences.is_reading() {
        licences_ui(ui, &mut about.licences);
        return Vec::new();
    }
    let words = words(ui.ctx());
    let palette = theme::palette(ui.ctx());
    let name = say!(words, "settings-about-version", version = env!("CARGO_PKG_VERSION"));
    ui.label(RichText::new(name).font(theme::panel_title()).color(palette.text));
    hint_ui(ui, &words.say("settings-about-what"));
    let protocol = parlor_protocol::VERSION.to_string();
    hint_ui(ui, &say!(words, "settings-about-licence", protocol = protocol));
    let nowhere = words.say("settings-about-nowhere");
    let file = settings.file().map_or_else(|| nowhere.into_owned(), |file| file.display().to_string());
    field_label_ui(ui, &words.say("settings-about-file"));
    ui.add(Label::new(RichText::new(file).font(theme::small()).color(palette.text)).wrap().selectable(true));
    hint_ui(ui, &words.say("settings-about-log"));
    let size = vec2(metric::CHOICE_WIDTH + metric::SPACE_XXL, metric::FIELD_HEIGHT);
    let copy = button_ui(ui, ButtonKind::Secondary, icons::COPY, &words.say("settings-report"), size);
    let mut wishes = Vec::new();
    if copy.clicked() {
        let done = words.say("settings-report-copied");
        wishes.push(Wish::Copy { text: report(view, settings, machine), done });
    }
    ui.add_space(metric::SPACE_S);
    part_ui(ui, &words.say("settings-licences"));
    licences_ui(ui, &mut about.licences);
    wishes
}
