//! The panel with the numbers of the call: plots of the last minutes, the last second in words, and a text to send on.
mod history;
mod plots;
mod report;

use std::borrow::Cow;

use eframe::egui::{Align, CentralPanel, Frame, Grid, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};
use parlor_protocol::ParticipantId;

pub(crate) use self::history::History;
use self::{
    plots::{legend_ui, name_ui, plots_ui},
    report::Section,
};
use super::Side;
use crate::{
    engine::stats::Stats,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{ButtonKind, Choice, Picked, Picker, button_ui, ghost_ui, picker_ui},
        wish::Wish,
        words::words,
    },
};

/// What is looked at.
#[derive(Debug, Default)]
pub(crate) struct StatisticsPanel {
    pub(crate) history: History,
    /// Whom it is about; none for everybody.
    about: Option<ParticipantId>,
}

/// The panel as a whole.
pub(super) fn statistics_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    panel: &mut StatisticsPanel,
    side: &mut Option<Side>,
) -> Option<Wish> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let stats = scene.view.stats.as_deref();
    let wish = head_ui(ui, stats, side);
    let body = Frame::new().inner_margin(Margin { left: 20, right: 8, top: 0, bottom: 8 });
    CentralPanel::default().frame(body).show(ui, |ui| match stats {
        Some(stats) if !stats.participants.is_empty() || panel.history.lines(None).next().is_some() => {
            content_ui(ui, scene, stats, panel);
        }
        Some(stats) => {
            remark_ui(ui, &words(ui.ctx()).say("statistics-nobody"));
            section_ui(ui, &report::about_me(words(ui.ctx()), &stats.me), false);
        }
        None => remark_ui(ui, &words(ui.ctx()).say("statistics-none-yet")),
    });
    wish
}

fn head_ui(ui: &mut Ui, stats: Option<&Stats>, side: &mut Option<Side>) -> Option<Wish> {
    let head = Frame::new().inner_margin(Margin { left: 20, right: 12, top: 0, bottom: 0 });
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let mut wish = None;
    let panel = Panel::top("statistics-head").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false);
    panel.frame(head).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.label(RichText::new(words.say("statistics-title")).font(theme::panel_title()).color(palette.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ghost_ui(ui, icons::CLOSE, &words.say("statistics-close")).clicked() {
                    *side = None;
                }
                let Some(stats) = stats else { return };
                let size = vec2(metric::COPY_WIDTH, metric::SMALL_BUTTON_HEIGHT);
                let label = words.say("statistics-copy");
                if button_ui(ui, ButtonKind::Secondary, icons::COPY, &label, size).clicked() {
                    let done: Cow<'static, str> = words.say("statistics-copied");
                    wish = Some(Wish::Copy { text: report::text(words, stats), done });
                }
            });
        });
    });
    wish
}

fn content_ui(ui: &mut Ui, scene: &Scene<'_>, stats: &Stats, panel: &mut StatisticsPanel) {
    let words = words(ui.ctx());
    let others = &scene.view.call.others;
    if panel.about.is_some_and(|about| panel.history.lines(Some(about)).next().is_none()) {
        panel.about = None; // they have left
    }
    let everybody = words.say("statistics-everybody");
    let mut choices = vec![Choice { label: everybody.clone().into_owned(), value: None }];
    let other =
        |other: &parlor_call::ParticipantView| Choice { label: other.nickname.to_string(), value: Some(other.id) };
    choices.extend(others.iter().map(other));
    let picked = choices.iter().find(|choice| choice.value == panel.about).map_or(&*everybody, |choice| &choice.label);
    let name = words.say("statistics-about");
    let picker = Picker { name: &name, picked, width: ui.available_width() - metric::SPACE_M };
    if let Picked::Made(about) = picker_ui(ui, &picker, &choices, &panel.about) {
        panel.about = about;
    }
    ui.add_space(metric::SPACE_M);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - metric::SPACE_M);
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        legend_ui(ui, &panel.history, panel.about);
        ui.add_space(metric::SPACE_S);
        plots_ui(ui, &panel.history, panel.about);
        let shown = stats.participants.iter().filter(|other| panel.about.is_none_or(|about| about == other.id));
        for section in report::about_others(words, shown) {
            section_ui(ui, &section, true);
        }
        section_ui(ui, &report::about_me(words, &stats.me), false);
    });
}

fn section_ui(ui: &mut Ui, section: &Section, coloured: bool) {
    let palette = theme::palette(ui.ctx());
    ui.add_space(metric::SPACE_M);
    if coloured {
        name_ui(ui, &section.title);
    } else {
        ui.label(RichText::new(&section.title).font(theme::label()).color(palette.text2));
    }
    Grid::new(("statistics", &section.title)).num_columns(2).spacing([metric::SPACE_M, 2.0]).min_row_height(0.0).show(
        ui,
        |ui| {
            for (name, value) in &section.rows {
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.set_width(metric::STATISTICS_NAME_WIDTH);
                    ui.label(RichText::new(name).font(theme::stamp()).color(palette.text3));
                });
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.set_width(ui.available_width());
                    ui.label(RichText::new(value).font(theme::stamp()).color(palette.text));
                });
                ui.end_row();
            }
        },
    );
}

fn remark_ui(ui: &mut Ui, text: &str) {
    let palette = theme::palette(ui.ctx());
    ui.add_space(metric::SPACE_XXL);
    ui.vertical_centered(|ui| ui.label(RichText::new(text).font(theme::body()).color(palette.text3)));
    ui.add_space(metric::SPACE_XL);
}
