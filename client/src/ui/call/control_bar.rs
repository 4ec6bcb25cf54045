//! The row of buttons below the stage. What does not fit into a narrow window is in the menu at its end.
mod more;
mod reactions;

use std::borrow::Cow;

use eframe::egui::{Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};
use parlor_call::Command as CallCommand;
use parlor_protocol::TrackState;

use super::{CallScreen, Side, devices::device_menu_ui};
use crate::{
    engine::{Command, RecordingView, View},
    ui::{
        devices::Kind,
        dialogs::{Dialog, guests},
        icons, my_tracks,
        shortcuts::{self, Deed},
        theme::{self, metric},
        widgets::{ControlTone, control_ui, paint_badge, row_in},
        wish::Wish,
        words::{say, words},
    },
};

/// A button that a narrow window may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Button {
    Share,
    Chat,
    People,
    Hand,
    React,
    Settings,
}

impl Button {
    /// All of them, as they stand.
    const ALL: [Self; 6] = [Self::Share, Self::Chat, Self::People, Self::Hand, Self::React, Self::Settings];
    /// The order in which they go into the menu. The chat stays: it has a badge to be seen.
    const SPARED: [Self; 5] = [Self::Settings, Self::React, Self::Hand, Self::People, Self::Share];

    /// What it is called at the moment, and its keys.
    fn face(self, ui: &Ui, view: &View) -> Face {
        let words = words(ui.ctx());
        let (id, glyph, deed) = match self {
            Self::Share if shares(view) => ("call-share-stop", icons::SHARE, Some(Deed::Share)),
            Self::Share => ("call-share", icons::SHARE, Some(Deed::Share)),
            Self::Chat => ("call-chat", icons::CHAT, Some(Deed::Chat)),
            Self::People => ("call-people", icons::USERS, Some(Deed::People)),
            Self::Hand if hand_is_up(view) => ("call-hand-down", icons::HAND, Some(Deed::Hand)),
            Self::Hand => ("call-hand-up", icons::HAND, Some(Deed::Hand)),
            Self::React => ("call-react", icons::SMILEY, None),
            Self::Settings => ("call-settings", icons::GEAR, Some(Deed::Settings)),
        };
        let name = words.say(id);
        let hint = deed.map_or_else(|| name.to_string(), |deed| with_keys(ui, &name, deed));
        Face { name, glyph, hint }
    }

    /// Whether what it stands for is going on.
    fn is_active(self, view: &View, side: Option<Side>) -> bool {
        match self {
            Self::Share => shares(view),
            Self::Chat => side == Some(Side::Chat),
            Self::People => side == Some(Side::People),
            Self::Hand => hand_is_up(view),
            Self::React | Self::Settings => false,
        }
    }
}

/// What a button says.
struct Face {
    name: Cow<'static, str>,
    glyph: &'static str,
    hint: String,
}

/// Shows the buttons in the middle of `ui`.
pub(super) fn control_bar_ui(ui: &mut Ui, view: &View, screen: &mut CallScreen) -> Vec<Wish> {
    let palette = theme::palette(ui.ctx());
    let size = vec2(metric::CONTROL_WIDTH, metric::CONTROL_HEIGHT);
    let shown = fitting(ui.max_rect().width());
    let pill = vec2(width_of(shown.len()), metric::CONTROL_PILL_HEIGHT);
    let pill = Rect::from_center_size(ui.max_rect().center() - vec2(0.0, 3.0), pill);
    let line = Stroke::new(1.0, palette.line);
    ui.painter().rect(pill, metric::RADIUS_BAR, palette.panel, line, StrokeKind::Inside);

    row_in(ui, pill.shrink(metric::SPACE_S), |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_S;
        let mut wishes = tracks_ui(ui, view, size);
        for button in &shown {
            wishes.extend(button_ui(ui, *button, view, screen, size));
        }
        wishes.extend(more::more_ui(ui, &hidden(&shown), view, screen, size));
        let (divider, _) = ui.allocate_exact_size(vec2(1.0, metric::SPACE_XL), Sense::hover());
        ui.painter().rect_filled(divider, 0, palette.line);
        let leave = vec2(metric::LEAVE_WIDTH, size.y);
        let name = words(ui.ctx()).say("call-leave");
        if control_ui(ui, ControlTone::Alarm, icons::PHONE_X, &name, &name, leave).clicked() {
            // Whoever is the server may think that leaving ends it for everybody.
            let hosts_others = guests(&view.host) > 0;
            wishes.push(if hosts_others { Wish::Open(Dialog::Leave) } else { CallCommand::Leave.into() });
        }
        wishes
    })
}

/// What the keyboard asks for, whether a button is shown for it or not.
pub(super) fn keyboard(ui: &Ui, view: &View, screen: &mut CallScreen) -> Vec<Wish> {
    let pressed = |deed| shortcuts::pressed(ui.ctx(), deed);
    for (deed, panel) in [(Deed::Chat, Side::Chat), (Deed::People, Side::People), (Deed::Statistics, Side::Statistics)]
    {
        if pressed(deed) {
            Side::toggle(&mut screen.side, panel);
        }
    }
    let wishes = [
        pressed(Deed::Share).then(|| share(view)),
        pressed(Deed::Hand).then(|| raise_hand(view)),
        pressed(Deed::Record).then(|| record(view)),
        pressed(Deed::Settings).then_some(Wish::Open(Dialog::Settings)),
    ];
    wishes.into_iter().flatten().collect()
}

fn tracks_ui(ui: &mut Ui, view: &View, size: Vec2) -> Vec<Wish> {
    let media = &view.call.media;
    let mut wishes = Vec::new();
    for (switch, kind) in [(my_tracks::microphone(media), Kind::Microphone), (my_tracks::camera(media), Kind::Camera)] {
        let tone = if switch.on { ControlTone::Plain } else { ControlTone::Alarm };
        let (name, hint) = (switch.name(words(ui.ctx())), switch.hint(ui.ctx()));
        let button = control_ui(ui, tone, switch.glyph, &name, &hint, size);
        wishes.extend(device_menu_ui(ui, &button, kind, &view.studio));
        if button.clicked() {
            wishes.push(switch.command.into());
        }
    }
    wishes
}

fn button_ui(ui: &mut Ui, button: Button, view: &View, screen: &mut CallScreen, size: Vec2) -> Option<Wish> {
    let face = button.face(ui, view);
    let tone = if button.is_active(view, screen.side) { ControlTone::Active } else { ControlTone::Plain };
    let response = control_ui(ui, tone, face.glyph, &face.name, &face.hint, size);
    if button == Button::Chat {
        chat_badge_ui(ui, &response, screen);
    }
    if button == Button::React {
        return reactions::reactions_ui(&response, &face.name).map(Wish::from);
    }
    response.clicked().then(|| press(button, view, screen)).flatten()
}

/// Does what a button is for, as far as it can be done here.
fn press(button: Button, view: &View, screen: &mut CallScreen) -> Option<Wish> {
    match button {
        Button::Share => Some(share(view)),
        Button::Hand => Some(raise_hand(view)),
        Button::Settings => Some(Wish::Open(Dialog::Settings)),
        Button::Chat => {
            Side::toggle(&mut screen.side, Side::Chat);
            None
        }
        Button::People => {
            Side::toggle(&mut screen.side, Side::People);
            None
        }
        Button::React => None,
    }
}

fn chat_badge_ui(ui: &Ui, button: &Response, screen: &CallScreen) {
    if screen.chat.unread() > 0 {
        paint_badge(ui, button.rect, screen.chat.unread());
    }
}

fn share(view: &View) -> Wish {
    if shares(view) { Command::StopSharing.into() } else { Wish::Open(Dialog::Share) }
}

fn raise_hand(view: &View) -> Wish {
    CallCommand::SetHand(!hand_is_up(view)).into()
}

fn record(view: &View) -> Wish {
    Command::Record(!records(view)).into()
}

fn shares(view: &View) -> bool {
    view.call.media.screen.wanted == TrackState::On
}

fn hand_is_up(view: &View) -> bool {
    view.call.signs.hand.is_some()
}

fn records(view: &View) -> bool {
    match view.recording {
        RecordingView::Running { .. } => true,
        RecordingView::Off | RecordingView::Done { .. } | RecordingView::Failed { .. } => false,
    }
}

fn with_keys(ui: &Ui, name: &str, deed: Deed) -> String {
    say!(words(ui.ctx()), "call-with-keys", name = name, keys = shortcuts::label(ui.ctx(), deed))
}

/// The buttons that fit beside microphone, camera, menu and leaving.
fn fitting(width: f32) -> Vec<Button> {
    let mut shown = Button::ALL.to_vec();
    for spared in Button::SPARED {
        if width_of(shown.len()) <= width {
            break;
        }
        shown.retain(|button| *button != spared);
    }
    shown
}

fn hidden(shown: &[Button]) -> Vec<Button> {
    Button::ALL.into_iter().filter(|button| !shown.contains(button)).collect()
}

/// How wide the bar is with so many of these buttons.
fn width_of(buttons: usize) -> f32 {
    // Microphone, camera and the menu are always there.
    let usual = (buttons + 3) as f32 * (metric::CONTROL_WIDTH + metric::SPACE_S);
    usual + 1.0 + metric::SPACE_S + metric::LEAVE_WIDTH + 2.0 * metric::SPACE_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_bar_has_all_buttons_and_a_narrow_one_the_most_needed() {
        assert_eq!(fitting(1280.0), Button::ALL);
        assert_eq!(fitting(624.0), [Button::Share, Button::Chat, Button::People, Button::Hand, Button::React]);
        assert_eq!(fitting(100.0), [Button::Chat]);
    }

    #[test]
    fn no_bar_is_wider_than_its_place_and_every_button_is_somewhere() {
        for width in 360..1000 {
            let shown = fitting(width as f32);

            assert!(width_of(shown.len()) <= width as f32, "{width}");
            assert_eq!(shown.len() + hidden(&shown).len(), Button::ALL.len());
        }
    }
}
