//! One transfer, from the offer to its end.
use std::{path::PathBuf, time::Instant};

use parlor_protocol::{FileMessage, FileName, Nickname, ParticipantId, TransferId};

use super::{FileDirection, FileEnd, FileId, FileState, FileView, speed::Speed};

/// A transfer.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) who: ParticipantId,
    pub(super) nickname: Nickname,
    pub(super) transfer: TransferId,
    pub(super) name: FileName,
    pub(super) size: u64,
    pub(super) side: Side,
    pub(super) stage: Stage,
}

/// Which end of it we are.
#[derive(Debug)]
pub(super) enum Side {
    /// We have the file, here.
    Sender { path: PathBuf },
    /// They have.
    Receiver,
}

/// How far it is.
#[derive(Debug)]
pub(super) enum Stage {
    Offered,
    Opening,
    Moving {
        done: u64,
        speed: Speed,
    },
    Paused {
        done: u64,
    },
    /// Only at the sender: everything is said, the receiver has to confirm it.
    Checking,
    Ended(FileEnd),
}

impl Transfer {
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Ended(_))
    }

    /// Whether the engine does something for it: it has to be told when that is over.
    pub(super) fn is_at_work(&self) -> bool {
        match self.stage {
            Stage::Opening | Stage::Moving { .. } | Stage::Paused { .. } | Stage::Checking => true,
            Stage::Offered | Stage::Ended(_) => false,
        }
    }

    /// Whether the receiver has to say something next.
    pub(super) fn waits_for_answer(&self) -> bool {
        match self.stage {
            Stage::Offered | Stage::Paused { .. } => self.is_sender(),
            Stage::Opening | Stage::Moving { .. } | Stage::Checking | Stage::Ended(_) => false,
        }
    }

    pub(super) fn is_sender(&self) -> bool {
        matches!(self.side, Side::Sender { .. })
    }

    pub(super) fn offer(&self) -> FileMessage {
        FileMessage::Offer { transfer: self.transfer, name: self.name.clone(), size: self.size }
    }

    /// The bytes are on their way, from `done` on.
    pub(super) fn start(&mut self, done: u64, now: Instant) {
        let mut speed = Speed::default();
        speed.look(done, now);
        self.stage = Stage::Moving { done, speed };
    }

    /// So many have arrived. A late word about an earlier try changes nothing.
    pub(super) fn progress(&mut self, so_far: u64, connected: bool, now: Instant) {
        let so_far = so_far.min(self.size);
        match &mut self.stage {
            // They heard that we are back before we did.
            Stage::Paused { done } if connected && so_far > *done => self.start(so_far, now),
            Stage::Moving { done, speed } => {
                *done = so_far.max(*done);
                speed.look(*done, now);
            }
            Stage::Paused { done } => *done = so_far.max(*done),
            Stage::Offered | Stage::Opening | Stage::Checking | Stage::Ended(_) => {}
        }
    }

    /// There is no connection any more.
    pub(super) fn pause(&mut self) {
        let done = match &self.stage {
            Stage::Moving { done, .. } => *done,
            Stage::Checking => self.size,
            Stage::Offered | Stage::Opening | Stage::Paused { .. } | Stage::Ended(_) => return,
        };
        self.stage = Stage::Paused { done };
    }

    pub(super) fn view(&self, id: FileId) -> FileView {
        let state = match &self.stage {
            Stage::Offered => FileState::Offered,
            Stage::Opening => FileState::Opening,
            Stage::Moving { done, .. } if *done == self.size && self.size > 0 => FileState::Checking,
            Stage::Moving { done, speed } => {
                FileState::Moving { done: *done, bytes_per_second: speed.bytes_per_second() }
            }
            Stage::Paused { done } => FileState::Paused { done: *done },
            Stage::Checking => FileState::Checking,
            Stage::Ended(end) => FileState::Ended(end.clone()),
        };
        FileView {
            id,
            who: self.who,
            nickname: self.nickname.clone(),
            direction: if self.is_sender() { FileDirection::Out } else { FileDirection::In },
            name: self.name.clone(),
            size: self.size,
            state,
        }
    }
}
