//! How a call starts, and how one talks in it.
use eframe::egui::Ui;

use crate::{
    settings::{CallChoice, Change, Push, Settings},
    ui::{
        shortcuts::{self, Deed},
        widgets::{Choice, choice_row_ui, switch_ui},
        wish::Wish,
        words::{Words, say, words},
    },
};

pub(super) fn calls_ui(ui: &mut Ui, settings: &Settings) -> Vec<Wish> {
    let words = words(ui.ctx());
    let call = settings.call;
    let mut wishes = Vec::new();
    let (label, hint) = (words.say("settings-join-muted"), words.say("settings-join-muted-hint"));
    if switch_ui(ui, &label, &hint, call.join_muted).clicked() {
        wishes.push(Change::Call(CallChoice { join_muted: !call.join_muted, ..call }).into());
    }
    let (label, hint) = (words.say("settings-join-unseen"), words.say("settings-join-unseen-hint"));
    if switch_ui(ui, &label, &hint, call.join_without_camera).clicked() {
        let join_without_camera = !call.join_without_camera;
        wishes.push(Change::Call(CallChoice { join_without_camera, ..call }).into());
    }
    let key = shortcuts::label(ui.ctx(), Deed::Talk);
    let label = words.say("settings-push");
    let hint = say!(words, "settings-push-hint", key = key);
    if let Some(push) = choice_row_ui(ui, (&label, &hint), &pushes(words), &call.push) {
        wishes.push(Change::Call(CallChoice { push, ..call }).into());
    }
    let (label, hint) = (words.say("settings-connect"), words.say("settings-connect-hint"));
    if switch_ui(ui, &label, &hint, settings.connect_at_start).clicked() {
        wishes.push(Change::ConnectAtStart(!settings.connect_at_start).into());
    }
    wishes
}

fn pushes(words: Words) -> Vec<Choice<Push>> {
    [Push::Off, Push::ToTalk, Push::ToMute]
        .map(|push| {
            let label = match push {
                Push::Off => words.say("settings-push-off"),
                Push::ToTalk => words.say("settings-push-talk"),
                Push::ToMute => words.say("settings-push-mute"),
            };
            Choice { label: label.into_owned(), value: push }
        })
        .into()
}
