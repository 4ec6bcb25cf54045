//! Notices, told as they come.
use parlor_call::{Command as CallCommand, FileCommand, FileNotice, Notice, Place, TrackKind};
use parlor_protocol::{Nickname, ParticipantId, Role};

use super::{Ended, Face, nickname_of};
use crate::cli::{event::Event, files};

const PROCESSOR_BUSY: &str = "this computer is busy: others get fewer or smaller pictures of you";
const PROCESSOR_FREE: &str = "this computer keeps up again: others get your pictures as before";

impl Face {
    /// Tells a notice. Returns whether it is the end.
    pub(super) fn hear(&self, notice: Notice) -> Option<Ended> {
        match notice {
            // Hands are told from the view, in their order; so are recordings.
            Notice::Entered | Notice::HandRaised { .. } | Notice::Recording { .. } => {}
            Notice::File(notice) => self.hear_of_file(&notice),
            Notice::Reacted { who, reaction } => {
                if let Some(nickname) = nickname_of(&self.engine.view(), who) {
                    self.tell(&Event::Reaction { nickname, reaction });
                }
            }
            Notice::ParticipantJoined { id, nickname } => {
                self.tell(&Event::ParticipantJoined { id: id.to_string(), nickname: nickname.to_string() });
            }
            Notice::ParticipantLeft { id, nickname, meant } => {
                let reason = if meant { "left" } else { "dropped" };
                self.tell(&Event::ParticipantLeft { id: id.to_string(), nickname: nickname.to_string(), reason });
            }
            Notice::FirstFrame { nickname, track, after, .. } => {
                let kind = if track == TrackKind::Screen { "screen" } else { "camera" };
                let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                self.tell(&Event::FirstFrame { nickname: nickname.to_string(), kind, ms });
            }
            Notice::Pointed { nickname, of, x, y, .. } => self.tell_pointed(&nickname, of, x, y),
            Notice::ChatReceived { nickname, private, text, .. } => {
                self.tell(&Event::Chat { from: nickname.to_string(), private, text });
            }
            Notice::Refused { reason, message } => {
                self.tell(&Event::error(reason.code(), message));
                return Some(Ended::Refused);
            }
            Notice::ServerUnreachable { reason } => {
                self.tell(&Event::error("server_unreachable", reason));
                return Some(Ended::Unreachable);
            }
            Notice::ServerLost { reason } => {
                self.tell(&Event::Notice { message: format!("{reason}; the call goes on, and we try again") });
            }
            Notice::ServerBack => self.tell(&Event::Notice { message: "the server is back".to_owned() }),
            Notice::Removed { by, remark } => {
                let (by, remark) = (by.map(String::from), remark.map(String::from));
                self.tell(&Event::Removed { by, remark });
                return Some(Ended::Refused);
            }
            Notice::RoomChanged { by, .. } => self.tell_room(by),
            Notice::Appointed { nickname, role } => self.tell_role(nickname, role),
            Notice::Announcement { text } => self.tell(&Event::Announcement { text: text.into() }),
            Notice::ServerStopping { back_in } => {
                self.tell(&Event::Stopping { back_in_seconds: back_in.map(|time| time.as_secs()) });
            }
            Notice::ProcessorBusy { busy } => {
                let message = if busy { PROCESSOR_BUSY } else { PROCESSOR_FREE };
                self.tell(&Event::Notice { message: message.to_owned() });
            }
            Notice::Problem { message } => self.tell(&Event::Notice { message }),
        }
        None
    }

    fn tell_pointed(&self, nickname: &Nickname, of: ParticipantId, x: u16, y: u16) {
        let view = self.engine.view();
        let mine = match &view.call.place {
            Place::Room(room) if room.me == of => Some(room.nickname.clone()),
            Place::Room(_) | Place::Joining { .. } | Place::Lobby => None,
        };
        let theirs = || view.call.others.iter().find(|other| other.id == of).map(|other| other.nickname.clone());
        if let Some(sharer) = mine.or_else(theirs) {
            self.tell(&Event::Pointed { from: nickname.to_string(), of: sharer.to_string(), x, y });
        }
    }

    fn hear_of_file(&self, notice: &FileNotice) {
        if let (FileNotice::Offered { file, .. }, Some(folder)) = (notice, &self.accept_files) {
            let command = FileCommand::Accept { file: *file, folder: folder.clone() };
            self.engine.send(CallCommand::File(command));
        }
        if let Some(message) = files::notice(notice) {
            self.tell(&Event::Notice { message });
        }
    }

    /// Tells how the room is now.
    fn tell_room(&self, by: Option<Nickname>) {
        let Place::Room(room) = self.engine.view().call.place.clone() else { return };
        self.tell(&Event::RoomChanged {
            room: room.name.into(),
            by: by.map(String::from),
            capacity: room.rules.capacity,
            locked: room.rules.locked,
            hidden: room.rules.hidden,
            passcode: room.rules.passcode,
            topic: room.rules.topic.map(String::from),
        });
    }

    fn tell_role(&self, nickname: Option<Nickname>, role: Role) {
        let Place::Room(room) = self.engine.view().call.place.clone() else { return };
        let nickname = nickname.unwrap_or(room.nickname).into();
        self.tell(&Event::Appointed { nickname, role });
    }
}
