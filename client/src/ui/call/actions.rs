//! What one may do about another participant: hear and see them differently oneself, and, by roles, more than that.
use std::borrow::Cow;

use eframe::egui::{Response, RichText, Sense, Ui, vec2};
use parlor_call::{Command, ParticipantView, RoomView, Watching};
use parlor_protocol::{Role, TrackState};

use super::hearing::{Hearing, LOUDEST};
use crate::ui::{
    dialogs::Dialog,
    icons,
    theme::{self, metric},
    widgets::{ghost_ui, lasting_context_menu_ui, lasting_menu_ui, menu_row_ui, slider_ui},
    wish::Wish,
    words::{Words, say, words},
};

/// Width of the menu.
const WIDTH: f32 = 248.0;
/// A step of the volume, in percent.
const VOLUME_STEP: f64 = 5.0;

/// One thing that may be done about somebody by their role and ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    MakeModerator,
    TakeModeration,
    HandOver,
    Remove,
}

/// A button in a list with the same menu.
pub(super) fn row_button_ui(ui: &mut Ui, room: &RoomView, other: &ParticipantView, hearing: &Hearing) -> Option<Wish> {
    let name = say!(words(ui.ctx()), "people-actions-for", name = other.nickname.as_str());
    let button = ghost_ui(ui, icons::DOTS, &name);
    lasting_menu_ui(&button, &name, WIDTH, |ui| rows_ui(ui, room, other, hearing)).flatten()
}

/// The same menu by the other button of the mouse, anywhere on something that shows somebody.
pub(super) fn context_menu_ui(
    area: &Response,
    room: &RoomView,
    other: &ParticipantView,
    hearing: &Hearing,
) -> Option<Wish> {
    let name = say!(words(&area.ctx), "people-actions-for", name = other.nickname.as_str());
    lasting_context_menu_ui(area, &name, WIDTH, |ui| rows_ui(ui, room, other, hearing)).flatten()
}

/// The lines of a menu about somebody. It is closed with the first choice, but not while the volume is moved.
pub(super) fn rows_ui(ui: &mut Ui, room: &RoomView, other: &ParticipantView, hearing: &Hearing) -> Option<Wish> {
    let mut wish = volume_ui(ui, other, hearing);
    let mut row = |ui: &mut Ui, glyph: &str, label: &str, chosen: Wish| {
        if menu_row_ui(ui, glyph, label).clicked() {
            ui.close();
            wish = Some(chosen);
        }
    };
    let words = words(ui.ctx());
    let silenced = hearing.is_silenced(other.id);
    let (glyph, label) = if silenced {
        (icons::SPEAKER, words.say("people-hear-again"))
    } else {
        (icons::SPEAKER_SLASH, words.say("people-silence"))
    };
    row(ui, glyph, &label, Wish::SetSilenced { who: other.id, silenced: !silenced });
    for (glyph, label, watching) in pictures(words, other) {
        row(ui, glyph, &label, Command::Watch { who: other.id, watching }.into());
    }
    let deeds = deeds(room.role, other.role);
    if !deeds.is_empty() {
        divider_ui(ui);
    }
    for deed in deeds {
        let (glyph, label) = deed.words(words);
        row(ui, glyph, &label, deed.wish(other));
    }
    wish
}

fn volume_ui(ui: &mut Ui, other: &ParticipantView, hearing: &Hearing) -> Option<Wish> {
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let volume = hearing.volume(other.id);
    let mut percent = f64::from(volume * 100.0).round();
    let margin = eframe::egui::Frame::new().inner_margin(eframe::egui::Margin::symmetric(metric::SPACE_S as i8, 6));
    let slider = margin.show(ui, |ui| {
        let label = if hearing.is_silenced(other.id) {
            words.say("people-silenced")
        } else {
            say!(words, "people-volume", percent = percent).into()
        };
        ui.label(RichText::new(label).font(theme::label()).color(palette.text2));
        let name = say!(words, "people-volume-of", name = other.nickname.as_str());
        slider_ui(ui, &name, &mut percent, 0.0..=f64::from(LOUDEST * 100.0), VOLUME_STEP)
    });
    let slider = slider.inner;
    let settled = slider.drag_stopped() || slider.changed() && !slider.dragged();
    let volume = if slider.changed() { percent as f32 / 100.0 } else { volume };
    (slider.changed() || settled).then_some(Wish::SetVolume { who: other.id, volume, settled })
}

fn divider_ui(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 2.0 * metric::SPACE_XS + 1.0), Sense::hover());
    let line = rect.shrink2(vec2(metric::SPACE_S, metric::SPACE_XS));
    ui.painter().rect_filled(line, 0, theme::palette(ui.ctx()).line);
}

/// The pictures that can be stopped or had again, as lines of the menu.
fn pictures(words: Words, other: &ParticipantView) -> Vec<(&'static str, Cow<'static, str>, Watching)> {
    let Watching { camera, screen } = other.watched;
    let mut rows = Vec::new();
    if other.media.camera != TrackState::Off || !camera {
        let (glyph, label) = if camera {
            (icons::CAMERA_SLASH, words.say("people-stop-video"))
        } else {
            (icons::CAMERA, words.say("people-resume-video"))
        };
        rows.push((glyph, label, Watching { camera: !camera, screen }));
    }
    if other.media.screen != TrackState::Off || !screen {
        let (glyph, label) = if screen {
            (icons::EYE_SLASH, words.say("people-stop-screen"))
        } else {
            (icons::EYE, words.say("people-resume-screen"))
        };
        rows.push((glyph, label, Watching { camera, screen: !screen }));
    }
    rows
}

/// What a role is called; nothing for plain members.
pub(super) fn role_name(words: Words, role: Role) -> Option<Cow<'static, str>> {
    match role {
        Role::Owner => Some(words.say("people-owner")),
        Role::Moderator => Some(words.say("people-moderator")),
        Role::Member => None,
    }
}

/// The mark of a role; none for plain members.
pub(super) fn role_glyph(role: Role) -> Option<&'static str> {
    match role {
        Role::Owner => Some(icons::CROWN),
        Role::Moderator => Some(icons::SHIELD),
        Role::Member => None,
    }
}

fn deeds(ours: Role, theirs: Role) -> Vec<Deed> {
    match (ours, theirs) {
        (Role::Owner, Role::Member) => vec![Deed::MakeModerator, Deed::HandOver, Deed::Remove],
        (Role::Owner, Role::Moderator) => vec![Deed::TakeModeration, Deed::HandOver, Deed::Remove],
        (Role::Owner, Role::Owner) | (Role::Member, _) => Vec::new(),
        (Role::Moderator, Role::Member) => vec![Deed::Remove],
        (Role::Moderator, Role::Moderator | Role::Owner) => Vec::new(),
    }
}

impl Deed {
    fn words(self, words: Words) -> (&'static str, Cow<'static, str>) {
        match self {
            Self::MakeModerator => (icons::SHIELD, words.say("people-make-moderator")),
            Self::TakeModeration => (icons::USER, words.say("people-take-moderation")),
            Self::HandOver => (icons::CROWN, words.say("people-hand-over")),
            Self::Remove => (icons::PROHIBIT, words.say("people-remove")),
        }
    }

    fn wish(self, other: &ParticipantView) -> Wish {
        let (who, nickname) = (other.id, other.nickname.clone());
        match self {
            Self::MakeModerator => Command::Appoint { who, role: Role::Moderator }.into(),
            Self::TakeModeration => Command::Appoint { who, role: Role::Member }.into(),
            Self::HandOver => Wish::Open(Dialog::HandOver { who, nickname }),
            Self::Remove => Wish::Open(Dialog::Remove { who, nickname, remark: String::new() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_may_do_nothing_and_moderators_only_remove_members() {
        for theirs in [Role::Member, Role::Moderator, Role::Owner] {
            assert_eq!(deeds(Role::Member, theirs), []);
        }
        assert_eq!(deeds(Role::Moderator, Role::Member), [Deed::Remove]);
        assert_eq!(deeds(Role::Moderator, Role::Moderator), []);
        assert_eq!(deeds(Role::Moderator, Role::Owner), []);
    }

    #[test]
    fn an_owner_appoints_and_removes_everybody() {
        assert_eq!(deeds(Role::Owner, Role::Member), [Deed::MakeModerator, Deed::HandOver, Deed::Remove]);
        assert_eq!(deeds(Role::Owner, Role::Moderator), [Deed::TakeModeration, Deed::HandOver, Deed::Remove]);
    }
}
