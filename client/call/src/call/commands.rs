//! What a person asks for.
use std::{collections::BTreeSet, time::Instant};

use parlor_protocol::{ChatText, ClientMessage, ParticipantId, TrackState};

use super::{Call, Presence, Request};
use crate::{Action, Audience, ChatTo, Command, LineId, Notice, TrackKind};

impl Call {
    pub(super) fn handle_command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Connect { server } => self.connect(server, now),
            Command::Disconnect => {
                self.leave(now);
                self.rooms.clear();
                let action = self.server.hang_up();
                self.actions.push_back(action);
            }
            Command::Enter { room, nickname, entry, passcode, options } => {
                let token = self.next_seat.clone();
                self.enter(Request { room, nickname, entry, token, passcode, options, seal: None }, now);
            }
            Command::Leave => self.leave(now),
            Command::SetMuted(muted) => {
                if self.tracks.wanted(TrackKind::Microphone) != TrackState::Off {
                    let state = if muted { TrackState::Muted } else { TrackState::On };
                    self.set_wanted(TrackKind::Microphone, state, now);
                }
            }
            Command::SetMicrophone(open) => self.set_wanted(TrackKind::Microphone, on_or_off(open), now),
            Command::SetCamera(open) => self.set_wanted(TrackKind::Camera, on_or_off(open), now),
            Command::SetScreen(open) => self.set_wanted(TrackKind::Screen, on_or_off(open), now),
            Command::SetHand(up) => self.set_hand(up, now),
            Command::SetRecording(on) => self.set_recording(on, now),
            Command::React(reaction) => self.react(reaction, now),
            Command::Watch { who, watching } => {
                self.with_other(who, now, |participant, around| participant.watch(watching, around));
            }
            Command::Show { who, wanted } => {
                self.with_other(who, now, |participant, around| participant.want(wanted, around));
            }
            Command::Ease { who, camera } => {
                self.with_other(who, now, |participant, around| participant.ease(camera, around));
            }
            Command::Point { of, x, y } => self.point(of, x, y, now),
            Command::SendChat { to, text } => self.send_chat(to, text, now),
            Command::SendAgain(line) => self.send_again(line, now),
            Command::File(command) => self.handle_file_command(command, now),
            Command::ChangeRoom(change) => {
                self.ask_for_change(&change);
                self.tell_server(ClientMessage::ChangeRoom { change });
            }
            Command::Appoint { who, role } => {
                self.tell_server(ClientMessage::Appoint { participant: who, role });
            }
            Command::Remove { who, remark } => {
                self.tell_server(ClientMessage::Remove { participant: who, remark });
            }
        }
    }

    /// Asks the server for something that only it can do, if it can be asked.
    fn tell_server(&mut self, message: ClientMessage) {
        if self.in_room() && self.server.is_up() {
            self.actions.push_back(Action::Send(message));
        } else {
            let message = "That takes the server, and a room: try again once you are in one and connected.".to_owned();
            self.notify(Notice::Problem { message });
        }
    }

    fn connect(&mut self, server: String, now: Instant) {
        if self.server.is(&server) && self.server.is_up() {
            return;
        }
        if !self.server.is(&server) {
            self.leave(now);
        }
        self.rooms.clear();
        let action = self.server.dial(server);
        self.actions.push_back(action);
    }

    fn enter(&mut self, request: Request, now: Instant) {
        if !self.server.is_wanted() {
            let message = "Choose a server first, or host one.".to_owned();
            self.notify(Notice::Problem { message });
            return;
        }
        self.leave(now);
        if self.server.is_up() {
            self.ask_to_enter(request.clone());
        }
        self.actions.extend(self.server.dial_if_given_up());
        self.place = Presence::Joining(request);
    }

    fn send_chat(&mut self, to: ChatTo, text: ChatText, now: Instant) {
        if !self.in_room() {
            let message = "You are in no room to say that in.".to_owned();
            self.notify(Notice::Problem { message });
            return;
        }
        let Some((audience, receivers)) = self.audience(to) else {
            let message = "They have left: the message was not sent.".to_owned();
            self.notify(Notice::Problem { message });
            return;
        };
        let private = matches!(to, ChatTo::One(_));
        let line = self.chat.write(audience, text.clone(), receivers.clone(), now);
        for who in receivers {
            let sent = self.with_other(who, now, |participant, around| {
                let message = participant.chat.send(line, private, text.clone(), now)?;
                participant.say(message, around);
                Some(())
            });
            if sent.flatten().is_none() {
                self.chat.refuse(who, line);
                let message = "Somebody confirms nothing any more: the message was not sent to them.".to_owned();
                self.notify(Notice::Problem { message });
            }
        }
    }

    fn send_again(&mut self, line: LineId, now: Instant) {
        let to = match self.chat.view().into_iter().find(|shown| shown.id == line).map(|line| line.audience) {
            None | Some(Audience::Me) => return,
            Some(Audience::Everyone) => ChatTo::Everyone,
            Some(Audience::One { id, .. }) => ChatTo::One(id),
        };
        if self.audience(to).is_none() {
            // The line stays where it is, so that it can still be read and copied.
            let message = "They have left: the message was not sent.".to_owned();
            self.notify(Notice::Problem { message });
        } else if let Some(failed) = self.chat.take_failed(line) {
            self.send_chat(to, failed.text, now);
        }
    }

    fn audience(&self, to: ChatTo) -> Option<(Audience, BTreeSet<ParticipantId>)> {
        let present = self.others.iter().filter(|(_, participant)| participant.present);
        match to {
            ChatTo::Everyone => Some((Audience::Everyone, present.map(|(who, _)| *who).collect())),
            ChatTo::One(one) => {
                let (id, participant) = present.into_iter().find(|(who, _)| **who == one)?;
                let nickname = participant.nickname.clone();
                Some((Audience::One { id: *id, nickname }, BTreeSet::from([one])))
            }
        }
    }
}

fn on_or_off(on: bool) -> TrackState {
    if on { TrackState::On } else { TrackState::Off }
}
