//! The server in this program: how it is reached, and what goes on there.
use eframe::egui::{Align2, Context, Role, Sense, Ui, WidgetInfo, vec2};
use parlor_protocol::ServerAddress;

use super::{Outcome, guests, invite};
use crate::{
    engine::{Command, HostNumbers, HostView},
    ui::{
        dialogs::Dialog as Open,
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{
            ButtonKind, Dialog, Message, button_ui, dialog_ui, field_label_ui, ghost_ui, message_ui, paint_text,
            paragraph_ui, row_from_right_in,
        },
        wish::Wish,
        words::{say, words},
    },
};

pub(super) fn host_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let HostView::Running { addresses, invite, code, numbers } = &scene.view.host else {
        return Outcome { wishes: Vec::new(), closed: true };
    };
    let words = words(ctx);
    let dialog = Dialog { id: "host", title: &words.say("host-title"), width: metric::DIALOG_WIDE };
    let (wishes, closed) = dialog_ui(ctx, &dialog, |ui| {
        let mut wishes = Vec::new();
        match invite {
            Some(link) => invite::beside_qr_ui(ui, link, |ui| {
                paragraph_ui(ui, &words.say("host-text"));
                wishes.extend(invite::link_ui(ui, link));
                invite::compare_ui(ui, code);
            }),
            None => {
                let text = words.say("host-no-network");
                message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text: &text, action: None });
            }
        }
        wishes.extend(addresses_ui(ui, addresses));
        numbers_ui(ui, *numbers);
        let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
        if button_ui(ui, ButtonKind::Secondary, icons::PROHIBIT, &words.say("host-stop"), size).clicked() {
            wishes.push(stop(&scene.view.host));
        }
        wishes
    });
    // Stopping asks a question of its own, or leaves nothing to show.
    let closed = closed || wishes.iter().any(|wish| *wish == stop(&scene.view.host));
    Outcome { wishes, closed }
}

/// To stop the server, after a question where others use it.
pub(crate) fn stop(host: &HostView) -> Wish {
    if guests(host) > 0 { Wish::Open(Open::StopHosting) } else { Command::StopHosting.into() }
}

fn addresses_ui(ui: &mut Ui, addresses: &[ServerAddress]) -> Option<Wish> {
    if addresses.is_empty() {
        return None;
    }
    let words = words(ui.ctx());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        field_label_ui(ui, &say!(words, "host-addresses", count = addresses.len()));
        let mut copied = None;
        for address in addresses {
            let address = address.to_string();
            if address_ui(ui, &address) {
                copied = Some(Wish::Copy { text: address, done: words.say("host-address-copied") });
            }
        }
        copied
    })
    .inner
}

fn address_ui(ui: &mut Ui, address: &str) -> bool {
    let palette = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GHOST), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, address));
    ui.painter().rect_filled(rect, metric::RADIUS_FIELD, palette.input);
    let at = rect.left_center() + vec2(metric::SPACE_M, 0.0);
    let ink = (address, theme::address(), palette.text);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, ink, rect.width() - metric::GHOST - 2.0 * metric::SPACE_M);
    row_from_right_in(ui, rect, |ui| {
        let copy = say!(words(ui.ctx()), "host-copy", address = address);
        ghost_ui(ui, icons::COPY, &copy).clicked()
    })
}

fn numbers_ui(ui: &mut Ui, numbers: HostNumbers) {
    let HostNumbers { connections, rooms, participants, relay_addresses } = numbers;
    let words = words(ui.ctx());
    let facts = [
        (words.say("host-connected"), connections),
        (words.say("host-rooms"), rooms),
        (words.say("host-in-rooms"), participants),
        (words.say("host-relay-addresses"), relay_addresses),
    ];
    let width = (ui.available_width() - 3.0 * metric::SPACE_M) / 4.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_M;
        for (name, number) in facts {
            let (rect, response) = ui.allocate_exact_size(vec2(width, metric::CONTROL_PILL_HEIGHT), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {number}")));
            let palette = theme::palette(ui.ctx());
            ui.painter().rect_filled(rect, metric::RADIUS_TILE, palette.input);
            let middle = rect.left_center() + vec2(metric::SPACE_M, 0.0);
            let room = rect.width() - 2.0 * metric::SPACE_M;
            let number = number.to_string();
            let large = (number.as_str(), theme::heading(), palette.text);
            paint_text(ui.painter(), middle + vec2(0.0, metric::SPACE_XS), Align2::LEFT_BOTTOM, large, room);
            let small = (&*name, theme::label(), palette.text3);
            paint_text(ui.painter(), middle + vec2(0.0, metric::SPACE_XS), Align2::LEFT_TOP, small, room);
        }
    });
}
