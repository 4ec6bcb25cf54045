//! Where to go: the address of a server, or an invite link.
use eframe::egui::{Align, Color32, Layout, RichText, Ui, vec2};
use parlor_call::ServerView;
use parlor_protocol::{Invite, ParseAddressError, ServerAddress};

use super::form::Form;
use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, Palette, metric},
    widgets::{Field, field_label_ui, ghost_ui, line_ui, menu_row_ui, menu_ui},
    wish::Wish,
    words::{Words, say, words},
};

/// Longer than any invite link with eight addresses.
const CHARS: usize = 1024;
/// Width of the menu of servers.
const MENU_WIDTH: f32 = 320.0;

/// The field, with the servers used last at its end. Also says whether something was written.
pub(super) fn server_field_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form, recent: &[String]) -> (Vec<Wish>, bool) {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let label = words.say("lobby-server");
    let server = &scene.view.call.server;
    let mut wishes = Vec::new();
    let changed = ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let remark = remark(form, server, palette, words);
        let size = vec2(ui.available_width(), 16.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            field_label_ui(ui, &label);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some((text, color)) = &remark {
                    ui.label(RichText::new(text).font(theme::label()).color(*color));
                }
            });
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
            let beside = if recent.is_empty() { 0.0 } else { metric::GHOST + metric::SPACE_XS };
            let hint = words.say("lobby-server-hint");
            let field = Field { label: &label, hint: &hint, limit: CHARS, remark: None };
            let width = ui.available_width() - beside;
            let line = line_ui(ui, &field, &mut form.server, width);
            if line.lost_focus() {
                let asked = if Invite::is_link(&form.server) {
                    let link = form.server.clone();
                    form.follow(&link)
                } else {
                    form.connect(server)
                };
                wishes.extend(asked.map(Wish::from));
            }
            if !recent.is_empty() {
                wishes.extend(recent_ui(ui, form, server, recent));
            }
            line.changed()
        })
        .inner
    });
    (wishes, changed.inner)
}

fn recent_ui(ui: &mut Ui, form: &mut Form, server: &ServerView, recent: &[String]) -> Option<Wish> {
    let name = words(ui.ctx()).say("lobby-recent-servers");
    let button = ghost_ui(ui, icons::CARET_DOWN, &name);
    let picked = menu_ui(&button, &name, MENU_WIDTH, |ui| {
        let mut picked = None;
        for address in recent.iter().filter_map(|text| text.parse::<ServerAddress>().ok()) {
            if menu_row_ui(ui, icons::SERVER, &address.short()).clicked() {
                ui.close();
                picked = Some(address);
            }
        }
        picked
    });
    form.pick_server(&picked.flatten()?, server).map(Wish::from)
}

fn remark(form: &Form, server: &ServerView, palette: &Palette, words: Words) -> Option<(String, Color32)> {
    if let Some(wrong) = form.address_error() {
        return Some((address_error(words, wrong), palette.danger));
    }
    match server {
        ServerView::Off => None,
        ServerView::Connecting => Some((words.say("server-connecting").into_owned(), palette.text3)),
        ServerView::Up => Some((words.say("server-connected").into_owned(), palette.ok)),
        ServerView::Down { .. } => Some((words.say("server-down").into_owned(), palette.danger)),
    }
}

/// Why what was written is no address.
fn address_error(words: Words, error: &ParseAddressError) -> String {
    match error {
        ParseAddressError::Empty => words.say("address-empty").into_owned(),
        ParseAddressError::Scheme { scheme } => say!(words, "address-scheme", scheme = scheme.as_str()),
        ParseAddressError::Port => words.say("address-port").into_owned(),
        ParseAddressError::Host => words.say("address-host").into_owned(),
    }
}
