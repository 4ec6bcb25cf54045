//! What becomes of the room we are in, and of our place in it.
use std::time::Instant;

use parlor_protocol::{
    ErrorCode, Nickname, ParticipantId, Passcode, Remark, Role, RoomChange, RoomName, RoomRules, RoomSeal,
};

use super::{Call, Presence};
use crate::Notice;

impl Call {
    /// The room is another than before: what differs is told, the seal is kept.
    pub(super) fn handle_room_changed(
        &mut self,
        name: RoomName,
        rules: RoomRules,
        by: Option<ParticipantId>,
        new_seal: RoomSeal,
    ) {
        let Presence::Room { view, passcode, seal, asked_passcode, .. } = &mut self.place else { return };
        let ours = by == Some(view.me);
        *seal = new_seal;
        if ours && let Some(asked) = asked_passcode.take_if(|asked| asked.is_some() == rules.passcode) {
            *passcode = asked;
        } else if !rules.passcode {
            *passcode = None;
        }
        let changes = differences((&view.name, &view.rules), (&name, &rules));
        view.name = name;
        view.rules = rules;
        let by = by.filter(|_| !ours).and_then(|who| self.others.get(&who)).map(|other| other.nickname.clone());
        for change in changes {
            self.notify(Notice::RoomChanged { by: by.clone(), change });
        }
    }

    pub(super) fn handle_appointed(&mut self, who: ParticipantId, role: Role) {
        let Presence::Room { view, .. } = &mut self.place else { return };
        let nickname = if who == view.me {
            view.role = role;
            None
        } else {
            let Some(other) = self.others.get_mut(&who) else { return };
            other.role = role;
            Some(other.nickname.clone())
        };
        self.notify(Notice::Appointed { nickname, role });
    }

    /// We are out. Nothing brings us back in but the person.
    pub(super) fn handle_removed(&mut self, by: Option<Nickname>, remark: Option<Remark>, now: Instant) {
        if !self.in_room() {
            return;
        }
        self.leave_behind(now);
        self.notify(Notice::Removed { by, remark });
    }

    /// The server did not do what a person asked for. What nobody asked for is told to nobody.
    pub(super) fn handle_objection(&mut self, code: ErrorCode, message: String) {
        match code {
            ErrorCode::NotAllowed | ErrorCode::NameTaken => self.notify(Notice::Problem { message }),
            ErrorCode::OutOfPlace | ErrorCode::NotInRoom | ErrorCode::TooMuch => {
                tracing::debug!(?code, message, "the server objects");
            }
        }
    }

    /// Remembers the passcode that we have asked for: it is ours to show once the room has it.
    pub(super) fn ask_for_change(&mut self, change: &RoomChange) {
        if let (Presence::Room { asked_passcode, .. }, RoomChange::SetPasscode { passcode }) = (&mut self.place, change)
        {
            *asked_passcode = Some(passcode.clone());
        }
    }
}

/// A passcode that was asked for; none where it was asked to be taken away.
pub(super) type AskedPasscode = Option<Option<Passcode>>;

/// What has changed, as a person would say it. A passcode is only told to be there or not.
fn differences(before: (&RoomName, &RoomRules), after: (&RoomName, &RoomRules)) -> Vec<RoomChange> {
    let ((old_name, old), (name, new)) = (before, after);
    let mut changes = Vec::new();
    let mut add = |changed: bool, change: RoomChange| changes.extend(changed.then_some(change));
    add(old_name != name, RoomChange::Rename { name: name.clone() });
    add(old.locked != new.locked, RoomChange::Lock { locked: new.locked });
    add(old.hidden != new.hidden, RoomChange::Hide { hidden: new.hidden });
    add(old.topic != new.topic, RoomChange::SetTopic { topic: new.topic.clone() });
    add(old.capacity != new.capacity, RoomChange::SetCapacity { capacity: new.capacity });
    let passcode = new.passcode.then(Passcode::withheld);
    add(old.passcode != new.passcode, RoomChange::SetPasscode { passcode });
    changes
}
