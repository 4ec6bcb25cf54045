//! Brings files and the rest of the call together: who is here, and by which connection they are reached.
use std::time::Instant;

use parlor_protocol::{FileMessage, ParticipantId, PeerMessage};

use super::Call;
use crate::{Action, ChatTo, FileCommand, Notice, files::Output};

impl Call {
    pub(super) fn handle_file_command(&mut self, command: FileCommand, now: Instant) {
        match command {
            FileCommand::Offer { to, path, name, size } => {
                let wanted = |who: ParticipantId| match to {
                    ChatTo::Everyone => true,
                    ChatTo::One(one) => who == one,
                };
                let mut here: Vec<_> =
                    self.others.values().filter(|other| other.present && wanted(other.order().1)).collect();
                here.sort_by_key(|other| other.arrived);
                let receivers = here.into_iter().map(|other| (other.order().1, other.nickname.clone())).collect();
                self.files.offer(receivers, (path, name, size), now);
            }
            command @ (FileCommand::Accept { .. }
            | FileCommand::Decline { .. }
            | FileCommand::Cancel { .. }
            | FileCommand::Dismiss { .. }) => self.files.handle_command(command),
        }
    }

    pub(super) fn handle_file_message(&mut self, who: ParticipantId, message: FileMessage, now: Instant) {
        let Some(other) = self.others.get(&who).filter(|other| other.present) else { return };
        self.files.handle_message(who, &other.nickname, message, now);
    }

    /// Tells the files which ways there are, and does what comes of it and of everything else.
    pub(super) fn settle_files(&mut self, now: Instant) {
        for (who, other) in &self.others {
            self.files.set_way(*who, other.files_way(), now);
        }
        while let Some(output) = self.files.poll_output() {
            match output {
                Output::Say(who, file) => {
                    self.with_other(who, now, |participant, around| {
                        participant.say(PeerMessage::File { file }, around);
                    });
                }
                Output::Do(action) => self.actions.push_back(Action::File(action)),
                Output::Tell(notice) => self.notify(Notice::File(notice)),
            }
        }
    }
}
