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
    },
};

pub(super) fn host_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let HostView::Running { addresses, invite, code, numbers } = &scene.view.host else {
        return Outcome { wishes: Vec::new(), closed: true };
    };
    let dialog = Dialog { id: "host", title: "This computer is the server", width: metric::DIALOG_WIDE };
    let (wishes, closed) = dialog_ui(ctx, &dialog, |ui| {
        let mut wishes = Vec::new();
        match invite {
            Some(link) => invite::beside_qr_ui(ui, link, |ui| {
                paragraph_ui(ui, "Everybody on your network finds it in their lobby. Others follow this link.");
                wishes.extend(invite::link_ui(ui, link));
                invite::compare_ui(ui, code);
            }),
            None => {
                let text = "This computer is on no network, so nobody else can reach the server. Connect it to one, by \
                            cable or Wi-Fi: the server goes on by itself.";
                message_ui(ui, &Message { failed: true, glyph: icons::WIFI_SLASH, text, action: None });
            }
        }
        wishes.extend(addresses_ui(ui, addresses));
        numbers_ui(ui, *numbers);
        let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
        if button_ui(ui, ButtonKind::Secondary, icons::PROHIBIT, "Stop hosting", size).clicked() {
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
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        field_label_ui(ui, if addresses.len() == 1 { "Address" } else { "Addresses" });
        let mut copied = None;
        for address in addresses {
            let address = address.to_string();
            if address_ui(ui, &address) {
                copied = Some(Wish::Copy { text: address, done: "Address copied" });
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
    let words = (address, theme::address(), palette.text);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, words, rect.width() - metric::GHOST - 2.0 * metric::SPACE_M);
    row_from_right_in(ui, rect, |ui| ghost_ui(ui, icons::COPY, &format!("Copy {address}")).clicked())
}

fn numbers_ui(ui: &mut Ui, numbers: HostNumbers) {
    let HostNumbers { connections, rooms, participants, relay_addresses } = numbers;
    let facts = [
        ("Connected", connections),
        ("Rooms", rooms),
        ("In rooms", participants),
        ("Relay addresses", relay_addresses),
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
            let small = (name, theme::label(), palette.text3);
            paint_text(ui.painter(), middle + vec2(0.0, metric::SPACE_XS), Align2::LEFT_TOP, small, room);
        }
    });
}
