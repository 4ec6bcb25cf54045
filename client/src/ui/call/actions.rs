//! What one participant may do about another, by their roles.
use eframe::egui::{Ui, Vec2};
use parlor_call::{Command, ParticipantView, RoomView};
use parlor_protocol::Role;

use crate::ui::{
    dialogs::Dialog,
    icons,
    theme::metric,
    widgets::{ControlTone, control_ui, menu_row_ui, menu_ui},
    wish::Wish,
};

/// Width of the menu.
const WIDTH: f32 = 232.0;

/// One thing that may be done about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    MakeModerator,
    TakeModeration,
    HandOver,
    Remove,
}

/// A button on a picture with a menu of all that we may do about somebody.
pub(super) fn plate_button_ui(ui: &mut Ui, room: &RoomView, other: &ParticipantView) -> Option<Wish> {
    let name = format!("Actions for {} on their picture", other.nickname);
    let button = control_ui(ui, ControlTone::Glass, icons::DOTS, &name, "Actions", Vec2::splat(metric::GHOST));
    menu_ui(&button, &name, WIDTH, |ui| menu_rows_ui(ui, room, other)).flatten()
}

/// The lines of that menu. It is closed with the first choice.
pub(super) fn menu_rows_ui(ui: &mut Ui, room: &RoomView, other: &ParticipantView) -> Option<Wish> {
    let mut wish = None;
    for deed in deeds(room.role, other.role) {
        let (glyph, label) = deed.words();
        if menu_row_ui(ui, glyph, label).clicked() {
            ui.close();
            wish = Some(deed.wish(other));
        }
    }
    wish
}

/// Whether there is anything that we may do about somebody.
pub(super) fn any(room: &RoomView, other: &ParticipantView) -> bool {
    !deeds(room.role, other.role).is_empty()
}

/// What a role is called; nothing for plain members.
pub(super) fn role_name(role: Role) -> Option<&'static str> {
    match role {
        Role::Owner => Some("owner"),
        Role::Moderator => Some("moderator"),
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
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::MakeModerator => (icons::SHIELD, "Make moderator"),
            Self::TakeModeration => (icons::USER, "No longer a moderator"),
            Self::HandOver => (icons::CROWN, "Hand over the room…"),
            Self::Remove => (icons::PROHIBIT, "Remove…"),
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
