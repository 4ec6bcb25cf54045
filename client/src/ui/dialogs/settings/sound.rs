//! What is done to our sound, and to that of the others.
use eframe::egui::Ui;

use super::{hint_ui, part_ui};
use crate::{
    settings::{Change, NoiseChoice, SoundChoice},
    ui::{
        widgets::{Choice, choice_row_ui, switch_ui},
        wish::Wish,
        words::{Words, words},
    },
};

pub(super) fn sound_ui(ui: &mut Ui, sound: SoundChoice) -> Vec<Wish> {
    let words = words(ui.ctx());
    let mut changed = None;
    part_ui(ui, &words.say("settings-sound-own"));
    let (label, hint) = (words.say("settings-music"), words.say("settings-music-hint"));
    if switch_ui(ui, &label, &hint, sound.music).clicked() {
        changed = Some(SoundChoice { music: !sound.music, ..sound });
    }
    if sound.music {
        hint_ui(ui, &words.say("settings-music-on"));
    }
    ui.add_enabled_ui(!sound.music, |ui| {
        let (label, hint) = (words.say("settings-echo"), words.say("settings-echo-hint"));
        if switch_ui(ui, &label, &hint, sound.echo_cancellation).clicked() {
            changed = Some(SoundChoice { echo_cancellation: !sound.echo_cancellation, ..sound });
        }
        let (label, hint) = (words.say("settings-noise"), words.say("settings-noise-hint"));
        if let Some(noise) = choice_row_ui(ui, (&label, &hint), &strengths(words), &sound.noise) {
            changed = Some(SoundChoice { noise, ..sound });
        }
        let (label, hint) = (words.say("settings-gain"), words.say("settings-gain-hint"));
        if switch_ui(ui, &label, &hint, sound.gain).clicked() {
            changed = Some(SoundChoice { gain: !sound.gain, ..sound });
        }
    });
    part_ui(ui, &words.say("settings-sound-others"));
    let (label, hint) = (words.say("settings-level"), words.say("settings-level-hint"));
    if switch_ui(ui, &label, &hint, sound.level_voices).clicked() {
        changed = Some(SoundChoice { level_voices: !sound.level_voices, ..sound });
    }
    changed.map(|sound| Change::Sound(sound).into()).into_iter().collect()
}

fn strengths(words: Words) -> Vec<Choice<NoiseChoice>> {
    [NoiseChoice::Off, NoiseChoice::Standard, NoiseChoice::Strong]
        .map(|noise| {
            let label = match noise {
                NoiseChoice::Off => words.say("settings-noise-off"),
                NoiseChoice::Standard => words.say("settings-noise-standard"),
                NoiseChoice::Strong => words.say("settings-noise-strong"),
            };
            Choice { label: label.into_owned(), value: noise }
        })
        .into()
}
