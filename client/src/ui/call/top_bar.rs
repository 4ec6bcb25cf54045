//! Which room this is, how many are in it, and for how long.
use eframe::egui::{Align2, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use parlor_call::{RoomView, ServerView};

use super::network::network_ui;
use crate::{
    engine::HostView,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        top_bar::theme_button_ui,
        widgets::{ChipTone, chip_ui, elided, ghost_ui, row_from_right_in},
        wish::Wish,
    },
};

/// Room for everything else in the bar: people, time, a word about the server; the network and two buttons.
const BESIDE_TITLE: f32 = 560.0;

pub(super) fn top_bar_ui(ui: &mut Ui, scene: &Scene<'_>, room: &RoomView) -> Vec<Wish> {
    let mut wishes: Vec<_> = theme_button_ui(ui).into_iter().collect();
    let bar = ui.max_rect();
    wishes.extend(row_from_right_in(ui, bar, |ui| {
        ui.add_space(metric::GHOST + metric::SPACE_XS);
        let invite = ghost_ui(ui, icons::USER_PLUS, "Copy invitation");
        if let Some(stats) = &scene.view.stats {
            network_ui(ui, stats);
        }
        invite.clicked().then(|| Wish::Copy { text: invitation(room, &scene.view.host), done: "Invitation copied" })
    }));
    ui.horizontal_centered(|ui| {
        title_ui(ui, room.name.as_str());
        let count = scene.view.call.others.len() + 1;
        let name = format!("{count} of {} people are here", room.capacity);
        chip_ui(ui, ChipTone::Plain, icons::USERS, &count.to_string(), &name);
        let palette = theme::palette(ui.ctx());
        let time = scene.now.since(room.since);
        ui.label(RichText::new(time).font(theme::small()).color(palette.text3));
        match &scene.view.call.server {
            ServerView::Up => {}
            ServerView::Off | ServerView::Connecting => {
                chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, "Reconnecting…", "Reconnecting to the server");
            }
            ServerView::Down { reason, .. } => {
                let name = format!("The server is out of reach: {reason}. The call goes on, but nobody can join.");
                chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, "Server out of reach", &name);
            }
        }
    });
    wishes
}

fn title_ui(ui: &mut Ui, name: &str) {
    let palette = theme::palette(ui.ctx());
    let room = (ui.available_width() - BESIDE_TITLE).max(160.0);
    let words = elided(ui.painter(), name, theme::panel_title(), palette.text, room);
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x, metric::CHIP_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, name));
    let place = Align2::LEFT_CENTER.anchor_size(rect.left_center(), words.size());
    let cut = words.elided;
    ui.painter().galley(place.min, words, palette.text);
    if cut {
        response.on_hover_text(name);
    }
}

fn invitation(room: &RoomView, host: &HostView) -> String {
    match host {
        HostView::Running { addresses } => {
            let address = addresses.first().map_or("", String::as_str);
            format!("Join me in Parlor: room \"{}\" on server {address}", room.name)
        }
        HostView::Off | HostView::Failed { .. } => format!("Join me in Parlor: room \"{}\"", room.name),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use parlor_protocol::ParticipantId;

    use super::*;

    #[test]
    fn a_host_invites_to_its_own_server() {
        let host = HostView::Running { addresses: vec!["ws://192.168.1.20:7443".to_owned()] };

        let text = invitation(&room(), &host);

        assert_eq!(text, "Join me in Parlor: room \"Standup\" on server ws://192.168.1.20:7443");
    }

    #[test]
    fn a_guest_invites_to_the_room() {
        assert_eq!(invitation(&room(), &HostView::Off), "Join me in Parlor: room \"Standup\"");
    }

    fn room() -> RoomView {
        RoomView {
            name: "Standup".parse().unwrap(),
            capacity: 8,
            me: ParticipantId::new(1),
            nickname: "Ada".parse().unwrap(),
            since: Instant::now(),
        }
    }
}
