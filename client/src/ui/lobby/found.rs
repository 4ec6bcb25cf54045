//! The servers on this network with their rooms, or why there are none.
use eframe::egui::{
    Align2, CursorIcon, Label, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use parlor_call::ServerView;
use parlor_protocol::{RoomInfo, ServerAddress};

use super::{form::Form, rooms::list_ui};
use crate::{
    engine::{DiscoveryView, FoundServer, Hint},
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{Message, message_ui, paint_glyph, paint_text},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// The whole section.
pub(super) fn found_ui(ui: &mut Ui, scene: &Scene<'_>, form: &mut Form) -> Vec<Wish> {
    let discovery = &scene.view.discovery;
    header_ui(ui, discovery);
    if discovery.servers.is_empty() {
        nothing_ui(ui, discovery);
        return Vec::new();
    }
    let mut wishes = Vec::new();
    for server in &discovery.servers {
        let Some(address) = server.addresses.first() else { continue };
        let looked_at = is_looked_at(server, form.dialled());
        // Who is connected to it sees every change at once.
        let live = looked_at && scene.view.call.server == ServerView::Up;
        let rooms = if live { &scene.view.call.rooms } else { &server.rooms };
        if server_row_ui(ui, server, rooms.len(), looked_at).clicked() {
            wishes.extend(form.pick_server(address, &scene.view.call.server).map(Wish::from));
        }
        let at = (!looked_at).then_some(address);
        wishes.extend(list_ui(ui, scene, form, rooms, at));
    }
    wishes
}

/// Whether the server that is looked at is one of those that were found.
pub(super) fn is_found(discovery: &DiscoveryView, dialled: Option<&ServerAddress>) -> bool {
    discovery.servers.iter().any(|server| is_looked_at(server, dialled))
}

fn is_looked_at(server: &FoundServer, dialled: Option<&ServerAddress>) -> bool {
    let Some(dialled) = dialled else { return false };
    let same = |address: &ServerAddress| address.authority() == dialled.authority();
    server.addresses.iter().any(same) || (server.own && dialled.is_loopback())
}

fn header_ui(ui: &mut Ui, discovery: &DiscoveryView) {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let title = words.say("found-title");
    let count = match discovery.servers.len() {
        0 => String::new(),
        count => say!(words, "found-count", count = count),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::SPACE_XL), Sense::hover());
    let name = if count.is_empty() { title.to_string() } else { format!("{title}, {count}") };
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &name));
    let title = (&*title, theme::button(), palette.text);
    let title = paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, title, rect.width());
    // The smaller letters stand on the same line as the larger ones.
    let at = title.right_center() + vec2(metric::SPACE_S, 1.0);
    let count = (count.as_str(), theme::label(), palette.text3);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, count, rect.right() - at.x);
    if !discovery.interfaces.is_empty() {
        response.on_hover_text(searched(discovery, words));
    }
}

fn nothing_ui(ui: &mut Ui, discovery: &DiscoveryView) {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    if !discovery.settled {
        let text = words.say("found-looking");
        message_ui(ui, &Message { failed: false, glyph: icons::SEARCH, text: &text, action: None });
        return;
    }
    let mut text = words.say("found-nothing").into_owned();
    for hint in &discovery.hints {
        text += "\n• ";
        text += &said(hint, words);
    }
    text += "\n";
    text += &words.say("found-always-works");
    message_ui(ui, &Message { failed: false, glyph: icons::INFO, text: &text, action: None });
    let searched = RichText::new(searched(discovery, words)).font(theme::label()).color(palette.text3);
    ui.add(Label::new(searched).wrap());
}

fn said(hint: &Hint, words: Words) -> String {
    match hint {
        Hint::NoSearch(reason) => reason.clone(),
        Hint::VpnAlone => words.say("hint-vpn-alone").into_owned(),
        Hint::NoMulticast => words.say("hint-no-multicast").into_owned(),
        Hint::NoNetwork => words.say("hint-no-network").into_owned(),
        Hint::Vpn => words.say("hint-vpn").into_owned(),
        Hint::Firewall { name } => say!(words, "hint-firewall", name = *name),
        Hint::GuestNetwork => words.say("hint-guest-network").into_owned(),
    }
}

fn searched(discovery: &DiscoveryView, words: Words) -> String {
    if discovery.interfaces.is_empty() {
        return words.say("found-searched-nowhere").into_owned();
    }
    say!(words, "found-searched", interfaces = discovery.interfaces.join(", "))
}

fn server_row_ui(ui: &mut Ui, server: &FoundServer, rooms: usize, looked_at: bool) -> Response {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let address = server.addresses.first().map(ServerAddress::short).unwrap_or_default();
    let here = words.say("found-this-computer");
    let count = match rooms {
        0 => words.say("found-no-rooms").into_owned(),
        count => say!(words, "found-rooms", count = count),
    };
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT), Sense::click());
    let place = if server.own { format!("{here}, {address}") } else { address.clone() };
    let name = say!(words, "found-server", name = server.name.as_str(), place = place, rooms = count.as_str());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, looked_at, &name));

    let painter = ui.painter();
    if response.hovered() {
        painter.rect_filled(rect, metric::RADIUS_FIELD, palette.hover);
    }
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(rect, metric::RADIUS_FIELD, ring, StrokeKind::Inside);
    }
    let color = if looked_at { palette.accent } else { palette.text3 };
    let icon = pos2(rect.left() + metric::SPACE_S + metric::GLYPH_S / 2.0, rect.center().y);
    let glyph = if server.own { icons::BROADCAST } else { icons::SERVER };
    paint_glyph(painter, icon, glyph, theme::glyph_fill(metric::GLYPH_S), color);
    let right = rect.right_center() - vec2(metric::SPACE_S, 0.0);
    let count = (count.as_str(), theme::label(), palette.text3);
    let count = paint_text(painter, right, Align2::RIGHT_CENTER, count, rect.width());

    let left = icon.x + metric::GLYPH_S / 2.0 + metric::SPACE_S;
    let room = count.left() - metric::SPACE_M - left;
    let title = (server.name.as_str(), theme::chip(), palette.text);
    let title = paint_text(painter, pos2(left, rect.center().y), Align2::LEFT_CENTER, title, room);
    let small = if server.own { format!("{here} · {address}") } else { address };
    let at = title.right_center() + vec2(metric::SPACE_S, 0.0);
    let line = (small.as_str(), theme::label(), palette.text3);
    paint_text(painter, at, Align2::LEFT_CENTER, line, (count.left() - metric::SPACE_M - at.x).max(0.0));
    let addresses: Vec<_> = server.addresses.iter().map(ServerAddress::to_string).collect();
    response.on_hover_text(addresses.join("\n")).on_hover_cursor(CursorIcon::PointingHand)
}

/// Whether a room is the one that is written above.
pub(super) fn is_selected(form: &Form, room: &RoomInfo, at: Option<&ServerAddress>) -> bool {
    let here = at.is_none_or(|at| form.dialled().is_some_and(|dialled| dialled.authority() == at.authority()));
    here && form.room.trim() == room.name.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_again_by_any_of_its_addresses() {
        let server = found(&["192.168.1.20", "10.0.0.2:9000"], false);

        assert!(is_looked_at(&server, Some(&at("ws://10.0.0.2:9000"))));
        assert!(!is_looked_at(&server, Some(&at("10.0.0.2"))));
        assert!(!is_looked_at(&server, None));
    }

    #[test]
    fn our_own_server_is_known_again_by_the_address_of_this_computer() {
        assert!(is_looked_at(&found(&["192.168.1.20"], true), Some(&at("127.0.0.1"))));
        assert!(!is_looked_at(&found(&["192.168.1.20"], false), Some(&at("127.0.0.1"))));
    }

    fn found(addresses: &[&str], own: bool) -> FoundServer {
        let addresses = addresses.iter().map(|address| at(address)).collect();
        FoundServer { name: "studio".to_owned(), addresses, pin: None, rooms: Vec::new(), own }
    }

    fn at(text: &str) -> ServerAddress {
        text.parse().unwrap()
    }
}
