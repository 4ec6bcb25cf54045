//! What the others say about files. Nothing of it is believed: what makes no sense changes nothing.
use std::time::Instant;

use parlor_protocol::{FileMessage, FileName, Nickname, ParticipantId, TransferEnd, TransferId};

use super::{Desk, MOST_OPEN, Output};
use crate::files::{
    FileAction, FileEnd, FileId, FileNotice,
    transfer::{Side, Stage, Transfer},
};

impl Desk {
    /// Takes in what somebody says.
    pub(crate) fn handle_message(&mut self, who: ParticipantId, from: &Nickname, message: FileMessage, now: Instant) {
        match message {
            FileMessage::Offer { transfer, name, size } => self.handle_offer((who, from), transfer, (name, size), now),
            FileMessage::Accept { transfer, offset } => self.handle_accept(who, transfer, offset, now),
            FileMessage::Decline { transfer } => {
                if let Some(file) = self.find(who, transfer, true) {
                    self.stop(file);
                    self.end(file, FileEnd::Declined);
                }
            }
            FileMessage::Sent { transfer, sha256 } => {
                if let Some(file) = self.find(who, transfer, false)
                    && self.transfers.get(&file).is_some_and(Transfer::is_at_work)
                {
                    self.outputs.push_back(Output::Do(FileAction::Check { file, sha256 }));
                }
            }
            FileMessage::Received { transfer } => self.handle_received(who, transfer),
            FileMessage::End { transfer, sender, reason } => {
                // They are the sender where we are not.
                if let Some(file) = self.find(who, transfer, !sender) {
                    self.stop(file);
                    let end = match reason {
                        TransferEnd::Cancelled => FileEnd::Cancelled { by_us: false },
                        TransferEnd::Unknown
                        | TransferEnd::TooMany
                        | TransferEnd::Unreadable
                        | TransferEnd::NoRoom
                        | TransferEnd::Unwritable
                        | TransferEnd::Damaged => FileEnd::Failed { reason, ours: false, detail: String::new() },
                    };
                    self.end(file, end);
                }
            }
        }
    }

    fn handle_offer(
        &mut self,
        (who, from): (ParticipantId, &Nickname),
        transfer: TransferId,
        (name, size): (FileName, u64),
        now: Instant,
    ) {
        if let Some(file) = self.find_any(who, transfer, false) {
            self.answer_again(file, now);
            return;
        }
        let last = self.last_seen.entry(who).or_default();
        let reason = if transfer <= *last { Some(TransferEnd::Unknown) } else { None };
        *last = transfer.max(*last);
        let too_many = self.open_with(who, false) >= MOST_OPEN;
        if let Some(reason) = reason.or(too_many.then_some(TransferEnd::TooMany)) {
            self.say(who, FileMessage::End { transfer, sender: false, reason });
            return;
        }
        let nickname = from.clone();
        let stage = Stage::Offered;
        let file =
            self.add(Transfer { who, nickname, transfer, name: name.clone(), size, side: Side::Receiver, stage });
        self.tell(FileNotice::Offered { file, from: from.clone(), name, size });
    }

    /// They offer again what we know: we have a new connection, and they ask how far we are.
    fn answer_again(&mut self, file: FileId, now: Instant) {
        let Some(transfer) = self.transfers.get_mut(&file) else { return };
        let (who, number) = (transfer.who, transfer.transfer);
        let end = |reason| FileMessage::End { transfer: number, sender: false, reason };
        let answer = match &transfer.stage {
            Stage::Offered | Stage::Opening | Stage::Checking => return,
            Stage::Moving { done, .. } => FileMessage::Accept { transfer: number, offset: *done },
            Stage::Paused { done } => {
                let offset = *done;
                if self.ways.contains_key(&who) {
                    transfer.start(offset, now);
                }
                FileMessage::Accept { transfer: number, offset }
            }
            Stage::Ended(FileEnd::Done { .. }) => FileMessage::Received { transfer: number },
            Stage::Ended(FileEnd::Declined) => FileMessage::Decline { transfer: number },
            Stage::Ended(FileEnd::Cancelled { .. }) => end(TransferEnd::Cancelled),
            Stage::Ended(FileEnd::Failed { reason, .. }) => end(*reason),
            Stage::Ended(FileEnd::Left) => end(TransferEnd::Unknown),
        };
        self.say(who, answer);
    }

    fn handle_accept(&mut self, who: ParticipantId, number: TransferId, offset: u64, now: Instant) {
        let Some(file) = self.find(who, number, true) else {
            let reason = TransferEnd::Unknown;
            self.say(who, FileMessage::End { transfer: number, sender: true, reason });
            return;
        };
        let way = self.ways.get(&who).copied();
        let Some(transfer) = self.transfers.get_mut(&file) else { return };
        let Side::Sender { path } = &transfer.side else { return };
        match transfer.stage {
            Stage::Offered | Stage::Paused { .. } => {}
            // Asking twice makes us read a file twice: once for each connection is enough.
            Stage::Opening | Stage::Moving { .. } | Stage::Checking | Stage::Ended(_) => return,
        }
        if offset > transfer.size {
            let end = FileEnd::Failed { reason: TransferEnd::Damaged, ours: false, detail: String::new() };
            self.end_for_both(file, TransferEnd::Damaged, end);
            return;
        }
        let Some(peer) = way else {
            // It is offered again once there is a way, and they say again how far they are.
            transfer.stage = Stage::Paused { done: offset };
            return;
        };
        let (path, size, transfer_id) = (path.clone(), transfer.size, transfer.transfer);
        transfer.start(offset, now);
        let action = FileAction::Send { file, peer, who, transfer: transfer_id, path, size, offset };
        self.outputs.push_back(Output::Do(action));
    }

    fn handle_received(&mut self, who: ParticipantId, number: TransferId) {
        let Some(file) = self.find(who, number, true) else { return };
        let Some(transfer) = self.transfers.get(&file).filter(|transfer| transfer.is_at_work()) else { return };
        let (to, name) = (transfer.nickname.clone(), transfer.name.clone());
        self.stop(file);
        self.tell(FileNotice::Delivered { to, name });
        self.end(file, FileEnd::Done { path: None });
    }

    /// An open transfer with somebody.
    fn find(&self, who: ParticipantId, number: TransferId, sender: bool) -> Option<FileId> {
        self.find_any(who, number, sender).filter(|file| self.transfers.get(file).is_some_and(Transfer::is_open))
    }

    fn find_any(&self, who: ParticipantId, number: TransferId, sender: bool) -> Option<FileId> {
        let fits =
            |transfer: &Transfer| transfer.who == who && transfer.transfer == number && transfer.is_sender() == sender;
        self.transfers.iter().find(|(_, transfer)| fits(transfer)).map(|(file, _)| *file)
    }
}
