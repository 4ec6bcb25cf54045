//! Raised hands, recordings and reactions.
use std::time::Instant;

use parlor_protocol::{ParticipantId, PeerMessage, Presence, Reaction};

use super::{Call, Presence as Whereabouts};
use crate::{CallView, Notice, signs};

impl Call {
    pub(super) fn set_hand(&mut self, up: bool, now: Instant) {
        if !self.in_room() {
            return;
        }
        let others = self.others.values().filter(|other| other.present);
        let turns = others.filter_map(|other| other.signs.hand()).map(|hand| hand.turn);
        if self.signs.set_hand(up, turns, now) {
            self.tell_signs(now);
        }
    }

    pub(super) fn set_recording(&mut self, on: bool, now: Instant) {
        if self.in_room() && self.signs.set_recording(on) {
            self.tell_signs(now);
        }
    }

    pub(super) fn react(&mut self, reaction: Reaction, now: Instant) {
        if !self.in_room() || !self.signs.may_react(now) {
            return;
        }
        self.for_each_other(now, |participant, around| {
            participant.say_by_channel(PeerMessage::Reaction { reaction }, around);
        });
        self.notify(Notice::Reacted { who: None, reaction });
    }

    /// Tells somebody who came, or to whom a way has opened.
    pub(super) fn tell_signs_to(&mut self, who: ParticipantId, now: Instant) {
        let Some(presence) = self.signs.presence(now) else { return };
        self.with_other(who, now, |participant, around| participant.say(PeerMessage::Presence { presence }, around));
    }

    pub(super) fn take_presence(&mut self, who: ParticipantId, presence: Presence, now: Instant) {
        let Whereabouts::Room { view, .. } = &self.place else { return };
        let came = view.since;
        let Some(participant) = self.others.get_mut(&who).filter(|other| other.present) else { return };
        let news = participant.signs.update(presence, now);
        let nickname = participant.nickname.clone();
        // A newcomer sees the hands that are up already, and need not hear of each.
        if news.raised.is_some_and(|since| since >= came) {
            self.notify(Notice::HandRaised { id: who, nickname: nickname.clone() });
        }
        if let Some(on) = news.recording {
            self.notify(Notice::Recording { id: who, nickname, on });
        }
    }

    pub(super) fn take_reaction(&mut self, who: ParticipantId, reaction: Reaction, now: Instant) {
        let Some(participant) = self.others.get_mut(&who).filter(|other| other.present) else { return };
        if participant.signs.may_react(now) {
            self.notify(Notice::Reacted { who: Some(who), reaction });
        }
    }

    /// Gives the hands of a view times that are in the same order at everybody's.
    pub(super) fn order_hands(&self, view: &mut CallView) {
        let Whereabouts::Room { view: room, .. } = &self.place else { return };
        let ours = self.signs.hand().map(|hand| (hand, room.me, &mut view.signs));
        let theirs = view.others.iter_mut().filter_map(|other| {
            let hand = self.others.get(&other.id)?.signs.hand()?;
            Some((hand, other.id, &mut other.signs))
        });
        signs::in_order(ours.into_iter().chain(theirs));
    }

    fn tell_signs(&mut self, now: Instant) {
        let Some(presence) = self.signs.presence(now) else { return };
        self.for_each_other(now, |participant, around| participant.say(PeerMessage::Presence { presence }, around));
    }
}
