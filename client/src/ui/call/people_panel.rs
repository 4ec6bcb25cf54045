//! The panel with everybody in the room: how they are, how well they are reached, and what may be done about each.
mod row;

use std::time::Instant;

use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};
use parlor_call::{ParticipantView, RoomView};
use parlor_protocol::{TrackState, limits};

use self::row::{Person, person_ui};
use super::{
    Side,
    hearing::Hearing,
    picture::{am_loud, is_loud},
    quality::quality,
};
use crate::ui::{
    dialogs::Dialog,
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{ButtonKind, Field, button_ui, ghost_ui, line_ui},
    wish::Wish,
    words::{say, words},
};

/// From so many people on there is a field to search them.
const MANY: usize = 9;

/// What is written into the panel.
#[derive(Debug, Default)]
pub(crate) struct PeoplePanel {
    search: String,
}

/// Somebody in the list: we ourselves, or somebody else.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Somebody<'a> {
    Me,
    Other(&'a ParticipantView),
}

/// The panel as a whole.
pub(super) fn people_panel_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    room: &RoomView,
    panel: &mut PeoplePanel,
    hearing: &Hearing,
    side: &mut Option<Side>,
) -> Vec<Wish> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let count = scene.view.call.others.len() + 1;
    let mut wishes = head_ui(ui, room, count, side);
    if count >= MANY {
        let foot = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 8 });
        let height = metric::FIELD_HEIGHT + metric::SPACE_S;
        Panel::top("people-search").exact_size(height).show_separator_line(false).frame(foot).show(ui, |ui| {
            let (label, hint) = (words(ui.ctx()).say("people-search"), words(ui.ctx()).say("people-search-hint"));
            let field = Field { label: &label, hint: &hint, limit: limits::NICKNAME_CHARS, remark: None };
            line_ui(ui, &field, &mut panel.search, ui.available_width());
        });
    } else {
        panel.search.clear();
    }
    let body = Frame::new().inner_margin(Margin { left: 12, right: 6, top: 0, bottom: 8 });
    CentralPanel::default().frame(body).show(ui, |ui| wishes.extend(list_ui(ui, scene, room, panel, hearing)));
    wishes
}

fn head_ui(ui: &mut Ui, room: &RoomView, count: usize, side: &mut Option<Side>) -> Vec<Wish> {
    let head = Frame::new().inner_margin(Margin { left: 20, right: 12, top: 0, bottom: 0 });
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let mut wishes = Vec::new();
    Panel::top("people-head").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false).frame(head).show(
        ui,
        |ui| {
            ui.horizontal_centered(|ui| {
                ui.label(RichText::new(words.say("people-title")).font(theme::panel_title()).color(palette.text));
                let of = say!(words, "people-count", here = count, places = room.rules.capacity);
                ui.label(RichText::new(of).font(theme::small()).color(palette.text3));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ghost_ui(ui, icons::CLOSE, &words.say("people-close")).clicked() {
                        *side = None;
                    }
                    if ghost_ui(ui, icons::USER_PLUS, &words.say("people-invite")).clicked() {
                        wishes.push(Wish::Open(Dialog::Invite));
                    }
                });
            });
        },
    );
    wishes
}

fn list_ui(ui: &mut Ui, scene: &Scene<'_>, room: &RoomView, panel: &PeoplePanel, hearing: &Hearing) -> Vec<Wish> {
    let call = &scene.view.call;
    let wanted = panel.search.trim().to_lowercase();
    let mut list = in_order(call.signs.hand, &call.others);
    list.retain(|(somebody, _)| {
        let name = match somebody {
            Somebody::Me => &room.nickname,
            Somebody::Other(other) => &other.nickname,
        };
        name.as_str().to_lowercase().contains(&wanted)
    });
    let mut wishes = Vec::new();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        for (somebody, hand) in &list {
            let person = match somebody {
                Somebody::Me => me(scene, room, *hand),
                Somebody::Other(other) => somebody_else(scene, other, *hand, hearing),
            };
            let about = match somebody {
                Somebody::Me => None,
                Somebody::Other(other) => Some(*other),
            };
            wishes.extend(person_ui(ui, &person, room, about, hearing));
        }
        if list.is_empty() {
            remark_ui(ui, &words(ui.ctx()).say("people-nobody-found"));
        } else if call.others.is_empty() {
            remark_ui(ui, &words(ui.ctx()).say("people-only-you"));
            let size = vec2(ui.available_width() - metric::SPACE_S, metric::FIELD_HEIGHT);
            let label = words(ui.ctx()).say("people-invite-somebody");
            if button_ui(ui, ButtonKind::Secondary, icons::USER_PLUS, &label, size).clicked() {
                wishes.push(Wish::Open(Dialog::Invite));
            }
        }
    });
    wishes
}

fn remark_ui(ui: &mut Ui, text: &str) {
    let palette = theme::palette(ui.ctx());
    ui.add_space(metric::SPACE_XL);
    ui.vertical_centered(|ui| ui.label(RichText::new(text).font(theme::body()).color(palette.text3)));
    ui.add_space(metric::SPACE_M);
}

/// Raised hands first, in the order in which they were raised, with their number; then we, then the others as they came.
fn in_order(my_hand: Option<Instant>, others: &[ParticipantView]) -> Vec<(Somebody<'_>, Option<usize>)> {
    let everybody = std::iter::once((Somebody::Me, my_hand));
    let everybody = everybody.chain(others.iter().map(|other| (Somebody::Other(other), other.signs.hand)));
    let (mut raised, rest): (Vec<_>, Vec<_>) = everybody.partition(|(_, hand)| hand.is_some());
    raised.sort_by_key(|(_, hand)| *hand);
    let raised = (1..).zip(raised).map(|(number, (somebody, _))| (somebody, Some(number)));
    raised.chain(rest.into_iter().map(|(somebody, _)| (somebody, None))).collect()
}

fn me<'a>(scene: &Scene<'_>, room: &'a RoomView, hand: Option<usize>) -> Person<'a> {
    let media = &scene.view.call.media;
    let muted = media.microphone.wanted != TrackState::On || media.microphone.actual == TrackState::Off;
    Person {
        name: room.nickname.as_str(),
        role: room.role,
        me: true,
        hand,
        recording: scene.view.call.signs.recording,
        muted,
        camera: media.camera.wanted == TrackState::On,
        speaking: !muted && am_loud(scene),
        quality: None,
        silenced: false,
        unwatched: false,
    }
}

fn somebody_else<'a>(
    scene: &Scene<'_>,
    other: &'a ParticipantView,
    hand: Option<usize>,
    hearing: &Hearing,
) -> Person<'a> {
    let muted = other.media.microphone != TrackState::On;
    Person {
        name: other.nickname.as_str(),
        role: other.role,
        me: false,
        hand,
        recording: other.signs.recording,
        muted,
        camera: other.media.camera == TrackState::On,
        speaking: is_loud(scene, other),
        quality: Some(quality(scene.view, other)),
        silenced: hearing.is_silenced(other.id),
        unwatched: !other.watched.camera,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ui::tests::fixtures::participant;

    #[test]
    fn raised_hands_come_first_in_the_order_in_which_they_were_raised() {
        let now = Instant::now();
        let mut others = vec![participant(2, "Ada"), participant(3, "Bob"), participant(4, "Cyd")];
        others[1].signs.hand = Some(now + Duration::from_secs(2));
        others[2].signs.hand = Some(now);

        let list = in_order(Some(now + Duration::from_secs(1)), &others);

        let expected = [
            (Somebody::Other(&others[2]), Some(1)),
            (Somebody::Me, Some(2)),
            (Somebody::Other(&others[1]), Some(3)),
            (Somebody::Other(&others[0]), None),
        ];
        assert_eq!(list, expected);
    }

    #[test]
    fn without_raised_hands_we_are_first_and_the_others_follow_as_they_came() {
        let others = vec![participant(2, "Zoe"), participant(3, "Ada")];

        let list = in_order(None, &others);

        assert_eq!(list[0], (Somebody::Me, None));
        assert_eq!(list[1], (Somebody::Other(&others[0]), None));
    }
}
