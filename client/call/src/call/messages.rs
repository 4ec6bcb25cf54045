//! What the server and the other participants say.
use std::time::{Duration, Instant};

use parlor_protocol::{
    ByeReason, ChatNumber, ChatText, ParticipantId, ParticipantInfo, PeerMessage, RefusedReason, RoomOptions, RoomSeal,
    ServerMessage,
};

use super::{Call, Presence, Request};
use crate::{Action, Audience, Author, Entry, Notice, RoomView, participant::Participant, recall::Recall};

impl Call {
    pub(super) fn handle_message(&mut self, message: ServerMessage, now: Instant) {
        match message {
            ServerMessage::Hello { .. } => self.handle_hello(),
            ServerMessage::Rooms { rooms } => {
                if matches!(self.place, Presence::Lobby) {
                    self.server.settled();
                }
                self.rooms = rooms.into_iter().map(|room| (room.name.clone(), room)).collect();
            }
            ServerMessage::RoomsChanged { changed, closed } => {
                self.rooms.retain(|name, _| !closed.contains(name));
                self.rooms.extend(changed.into_iter().map(|room| (room.name.clone(), room)));
            }
            ServerMessage::Joined { room, rules, me, nickname, role, participants, relay, seal } => {
                self.actions.push_back(Action::UseRelay(relay));
                let view = RoomView { name: room, rules, me, nickname, role, since: now };
                self.handle_joined(view, seal, participants, now);
            }
            ServerMessage::RoomChanged { room, rules, by, seal } => self.handle_room_changed(room, rules, by, seal),
            ServerMessage::Appointed { participant, role } => self.handle_appointed(participant, role),
            ServerMessage::Removed { by, remark } => self.handle_removed(by, remark, now),
            ServerMessage::Announcement { text } => self.notify(Notice::Announcement { text }),
            ServerMessage::Stopping { back_in_seconds } => {
                let back_in = back_in_seconds.map(|seconds| Duration::from_secs(seconds.into()));
                self.server.stopping(back_in, now);
                self.notify(Notice::ServerStopping { back_in });
            }
            ServerMessage::Relay { access } => self.actions.push_back(Action::UseRelay(Some(access))),
            ServerMessage::Refused { reason, message } => self.handle_refused(reason, message, now),
            ServerMessage::Welcome { participant } => {
                if self.in_room() {
                    self.seat(participant, now);
                }
            }
            ServerMessage::Bye { participant, reason } => self.handle_bye(participant, reason, now),
            ServerMessage::State { participant, media } => {
                if let Some(participant) = self.others.get_mut(&participant) {
                    participant.update_media(media);
                }
            }
            ServerMessage::Relayed { from, message } => {
                let said = self.with_other(from, now, |participant, around| {
                    participant.present.then(|| participant.handle_relayed(message, around)).flatten()
                });
                if let Some(said) = said.flatten() {
                    self.handle_peer_message(from, said, now);
                }
            }
            ServerMessage::Error { code, message } => self.handle_objection(code, message),
        }
    }

    pub(super) fn handle_peer_message(&mut self, who: ParticipantId, message: PeerMessage, now: Instant) {
        match message {
            PeerMessage::State { media } => {
                if let Some(participant) = self.others.get_mut(&who) {
                    participant.update_media(media);
                }
            }
            PeerMessage::Chat { number, private, text } => self.handle_chat(who, number, private, text, now),
            PeerMessage::ChatReceived { number } => {
                let lines = self.with_other(who, now, |participant, _| participant.chat.confirmed(number, now));
                self.chat.confirm(who, &lines.unwrap_or_default());
            }
            PeerMessage::HistoryWanted { skip } => self.tell_history(who, skip, now),
            PeerMessage::History { skip, lines, more } => {
                let answer = self.recall.answered(who, skip, lines, more, now);
                self.take_history(who, answer, now);
            }
            PeerMessage::Presence { presence } => self.take_presence(who, presence, now),
            PeerMessage::Reaction { reaction } => self.take_reaction(who, reaction, now),
            PeerMessage::Watch { watch } => {
                self.with_other(who, now, |participant, around| participant.show(watch, around));
            }
            PeerMessage::Speaking { speaking } => {
                if let Some(participant) = self.others.get_mut(&who) {
                    participant.speaking = Some(speaking);
                }
            }
            PeerMessage::Point { of, x, y } => self.handle_point(who, of, (x, y), now),
            PeerMessage::File { file } => self.handle_file_message(who, file, now),
            PeerMessage::Leaving => self.forget(who, now),
        }
    }

    fn handle_hello(&mut self) {
        if !self.server.greeted() {
            return;
        }
        let request = match &self.place {
            Presence::Lobby => return,
            Presence::Joining(request) => request.clone(),
            Presence::Room { view, token, passcode, seal, .. } => Request {
                room: Some(view.name.clone()),
                nickname: Some(view.nickname.clone()),
                entry: Entry::JoinOrCreate,
                token: token.clone(),
                passcode: passcode.clone(),
                options: RoomOptions::default(),
                seal: Some(seal.clone()),
            },
        };
        self.ask_to_enter(request);
    }

    fn handle_joined(
        &mut self,
        mut joined: RoomView,
        seal: RoomSeal,
        participants: Vec<ParticipantInfo>,
        now: Instant,
    ) {
        if !self.is_answered() {
            return; // we have left since, and asked for another room
        }
        let (token, passcode, notice) = match &self.place {
            Presence::Lobby => return, // left before the answer came
            Presence::Joining(request) => (request.token.clone(), request.passcode.clone(), Notice::Entered),
            Presence::Room { view, token, passcode, .. } => {
                joined.since = view.since;
                (token.clone(), passcode.clone(), Notice::ServerBack)
            }
        };
        if notice == Notice::Entered {
            self.recall = Recall::from(participants.iter().map(|info| info.id), now);
        }
        self.place = Presence::Room { view: joined, token, passcode, seal, asked_passcode: None };
        self.rooms.clear();
        self.server.settled();
        self.refusal_told = false;
        self.notify(notice);
        self.send_state(self.tracks.told());
        for (who, other) in &mut self.others {
            if !participants.iter().any(|info| info.id == *who) {
                other.vacated(now);
            }
        }
        for info in participants {
            let who = info.id;
            self.seat(info, now);
            self.with_other(who, now, |participant, around| {
                if !participant.is_connected() {
                    participant.dial(around);
                }
            });
        }
    }

    /// The server has somebody in our room.
    fn seat(&mut self, info: ParticipantInfo, now: Instant) {
        let Presence::Room { view, .. } = &self.place else { return };
        let (who, nickname) = (info.id, info.nickname.clone());
        if who == view.me {
            return;
        }
        let was_here = self.others.get(&who).is_some_and(|participant| participant.present);
        if let Some(participant) = self.others.get_mut(&who) {
            participant.seated(info, now);
        } else {
            self.others.insert(who, Participant::new(info, view.me, self.arrivals, now));
        }
        if !was_here {
            self.arrivals += 1;
            if let Some(participant) = self.others.get_mut(&who) {
                participant.arrived = self.arrivals;
            }
            let waiting = self.others.get(&who).map(|participant| participant.chat.unconfirmed());
            self.chat.resume(who, &waiting.unwrap_or_default());
            self.notify(Notice::ParticipantJoined { id: who, nickname });
            self.tell_signs_to(who, now);
        }
    }

    fn handle_bye(&mut self, who: ParticipantId, reason: ByeReason, now: Instant) {
        match reason {
            ByeReason::Left | ByeReason::Removed => {
                if self.others.contains_key(&who) {
                    self.forget(who, now);
                }
            }
            ByeReason::Dropped => {
                if let Some(participant) = self.others.get_mut(&who) {
                    participant.vacated(now);
                }
            }
        }
    }

    fn handle_refused(&mut self, reason: RefusedReason, message: String, now: Instant) {
        if matches!(reason, RefusedReason::VersionMismatch { .. }) {
            let action = self.server.give_up(message.clone());
            self.actions.push_back(action);
        }
        if !self.is_answered() {
            return;
        }
        match &self.place {
            Presence::Lobby => {}
            Presence::Joining(_) => {
                self.place = Presence::Lobby;
                self.notify(Notice::Refused { reason, message });
            }
            // We were removed while the server could not tell us.
            Presence::Room { .. } if reason == RefusedReason::Removed => self.handle_removed(None, None, now),
            Presence::Room { .. } => {
                let action = self.server.refused(message.clone(), now);
                self.actions.push_back(action);
                if !std::mem::replace(&mut self.refusal_told, true) {
                    let message = format!("The server does not take us back yet: {message}. The call goes on.");
                    self.notify(Notice::Problem { message });
                }
            }
        }
    }

    fn handle_chat(&mut self, who: ParticipantId, number: ChatNumber, private: bool, text: ChatText, now: Instant) {
        let taken = self.with_other(who, now, |participant, around| {
            let (new, confirmation) = participant.chat.received(number);
            participant.say(confirmation, around);
            (new, participant.nickname.clone())
        });
        let Some((true, nickname)) = taken else { return };
        let audience = if private { Audience::Me } else { Audience::Everyone };
        let author = Author::Other { id: who, nickname: nickname.clone() };
        self.chat.read(author, audience, text.clone(), now);
        self.notify(Notice::ChatReceived { from: who, nickname, private, text: text.into() });
    }
}
