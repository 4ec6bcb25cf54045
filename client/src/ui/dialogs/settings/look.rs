//! Language and colours.
use eframe::egui::Ui;

use crate::{
    settings::{Change, LanguageChoice, Settings, ThemeChoice},
    ui::{
        widgets::{Choice, choice_row_ui},
        wish::Wish,
        words::{Words, words},
    },
};

/// Each language is called what those who speak it call it.
const ENGLISH: &str = "English";
const KOREAN: &str = "한국어";

pub(super) fn look_ui(ui: &mut Ui, settings: &Settings) -> Vec<Wish> {
    let words = words(ui.ctx());
    let label = words.say("settings-language");
    let language = choice_row_ui(ui, (&label, ""), &languages(words), &settings.language);
    let label = words.say("settings-theme");
    let theme = choice_row_ui(ui, (&label, ""), &themes(words), &settings.theme);
    language.map(Change::Language).into_iter().chain(theme.map(Change::Theme)).map(Wish::from).collect()
}

fn languages(words: Words) -> Vec<Choice<LanguageChoice>> {
    [LanguageChoice::System, LanguageChoice::English, LanguageChoice::Korean]
        .map(|language| {
            let label = match language {
                LanguageChoice::System => words.say("settings-as-system").into_owned(),
                LanguageChoice::English => ENGLISH.to_owned(),
                LanguageChoice::Korean => KOREAN.to_owned(),
            };
            Choice { label, value: language }
        })
        .into()
}

fn themes(words: Words) -> Vec<Choice<ThemeChoice>> {
    [ThemeChoice::System, ThemeChoice::Dark, ThemeChoice::Light]
        .map(|theme| {
            let label = match theme {
                ThemeChoice::System => words.say("settings-as-system"),
                ThemeChoice::Dark => words.say("settings-dark"),
                ThemeChoice::Light => words.say("settings-light"),
            };
            Choice { label: label.into_owned(), value: theme }
        })
        .into()
}
