//! Pointing at something in a picture that somebody shares.
use std::time::{Duration, Instant};

use parlor_protocol::{ParticipantId, PeerMessage, TrackState};

use super::{Call, Presence};
use crate::{Notice, TrackKind};

/// How often we say where we point while the pointer moves.
pub(crate) const PACE: Duration = Duration::from_millis(100);
/// What comes sooner after the one before is ignored. Half of what we keep to, because the network bunches.
pub(crate) const SHORTEST: Duration = Duration::from_millis(50);

impl Call {
    pub(super) fn point(&mut self, of: ParticipantId, x: u16, y: u16, now: Instant) {
        let Presence::Room { view, .. } = &self.place else { return };
        let nickname = view.nickname.clone();
        if !self.shares(of) || is_too_soon(self.pointed, now, PACE) {
            return;
        }
        self.pointed = Some(now);
        self.for_each_other(now, |participant, around| participant.say(PeerMessage::Point { of, x, y }, around));
        self.notify(Notice::Pointed { by: None, nickname, of, x, y });
    }

    pub(super) fn handle_point(&mut self, who: ParticipantId, of: ParticipantId, (x, y): (u16, u16), now: Instant) {
        if !self.shares(of) {
            return;
        }
        let Some(participant) = self.others.get_mut(&who) else { return };
        if is_too_soon(participant.pointed, now, SHORTEST) {
            return;
        }
        participant.pointed = Some(now);
        let nickname = participant.nickname.clone();
        self.notify(Notice::Pointed { by: Some(who), nickname, of, x, y });
    }

    fn shares(&self, who: ParticipantId) -> bool {
        let Presence::Room { view, .. } = &self.place else { return false };
        let screen = if who == view.me {
            self.tracks.wanted(TrackKind::Screen)
        } else {
            self.others.get(&who).map_or(TrackState::Off, |other| other.media.screen)
        };
        screen == TrackState::On
    }
}

fn is_too_soon(before: Option<Instant>, now: Instant, pace: Duration) -> bool {
    before.is_some_and(|before| now.saturating_duration_since(before) < pace)
}
