//! All transfers of a room, and the rules by which they go on.
mod answers;

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    time::{Duration, Instant},
};

use parlor_protocol::{FileMessage, FileName, Nickname, ParticipantId, TransferEnd, TransferId};

use super::{
    FileAction, FileCommand, FileEnd, FileEvent, FileId, FileNotice, FileView,
    transfer::{Side, Stage, Transfer},
};
use crate::PeerKey;

/// Transfers that may be open from one participant to one other. What is offered beyond that is refused.
pub(crate) const MOST_OPEN: usize = 16;
/// Transfers that have ended and are still shown. Older ones make room.
pub(crate) const MOST_ENDED: usize = 40;

/// How long an offer may stay without an answer before it is said again; twice as long each time after.
const PATIENCE: Duration = Duration::from_secs(2);
/// The wait grows to this many doublings of it.
const MOST_DOUBLINGS: u32 = 5;

/// What comes of something.
#[derive(Debug, PartialEq)]
pub(crate) enum Output {
    /// Something to say to somebody.
    Say(ParticipantId, FileMessage),
    /// Something for the engine.
    Do(FileAction),
    /// Something for the person.
    Tell(FileNotice),
}

/// When somebody is to hear our offers again, and how often they have.
#[derive(Debug, Clone, Copy)]
struct Again {
    at: Instant,
    tries: u32,
}

/// The transfers.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    transfers: BTreeMap<FileId, Transfer>,
    last: FileId,
    /// The highest numbers used, from us to them and from them to us.
    last_sent: BTreeMap<ParticipantId, TransferId>,
    last_seen: BTreeMap<ParticipantId, TransferId>,
    /// By which connection bytes go to somebody.
    ways: BTreeMap<ParticipantId, PeerKey>,
    /// When to offer again what somebody has not answered. The first words on a new channel may get lost.
    again: BTreeMap<ParticipantId, Again>,
    outputs: VecDeque<Output>,
}

impl Desk {
    /// Offers a file to some of those in the room.
    pub(crate) fn offer(
        &mut self,
        receivers: Vec<(ParticipantId, Nickname)>,
        (path, name, size): (PathBuf, FileName, u64),
        now: Instant,
    ) {
        if receivers.is_empty() {
            self.tell(FileNotice::Nobody { name: name.clone() });
        }
        for (who, nickname) in receivers {
            if self.open_with(who, true) >= MOST_OPEN {
                self.tell(FileNotice::TooMany { name: name.clone(), to: nickname });
                continue;
            }
            let number = self.last_sent.entry(who).or_default();
            *number = number.next();
            let side = Side::Sender { path: path.clone() };
            let transfer =
                Transfer { who, nickname, transfer: *number, name: name.clone(), size, side, stage: Stage::Offered };
            self.say(who, transfer.offer());
            self.add(transfer);
            self.again.insert(who, Again { at: now + PATIENCE, tries: 0 });
        }
    }

    /// Does what a person asks for. [`FileCommand::Offer`] needs to know who is here: see [`offer`](Self::offer).
    pub(crate) fn handle_command(&mut self, command: FileCommand) {
        match command {
            FileCommand::Offer { .. } => {}
            FileCommand::Accept { file, folder } => self.accept(file, folder),
            FileCommand::Decline { file } => {
                if let Some(transfer) = self.transfers.get(&file)
                    && matches!((&transfer.side, &transfer.stage), (Side::Receiver, Stage::Offered))
                {
                    let (who, transfer) = (transfer.who, transfer.transfer);
                    self.say(who, FileMessage::Decline { transfer });
                    self.end(file, FileEnd::Declined);
                }
            }
            FileCommand::Cancel { file } => {
                self.end_for_both(file, TransferEnd::Cancelled, FileEnd::Cancelled { by_us: true });
            }
            FileCommand::Dismiss { file } => {
                if self.transfers.get(&file).is_some_and(|transfer| !transfer.is_open()) {
                    self.transfers.remove(&file);
                }
            }
        }
    }

    /// Takes in how far the engine is.
    pub(crate) fn handle_event(&mut self, event: FileEvent, now: Instant) {
        match event {
            FileEvent::Opened { file } => self.opened(file, now),
            FileEvent::Progress { file, done } => {
                if let Some(transfer) = self.transfers.get_mut(&file) {
                    let connected = self.ways.contains_key(&transfer.who);
                    transfer.progress(done, connected, now);
                }
            }
            FileEvent::Read { file, sha256 } => {
                if let Some(transfer) = self.transfers.get_mut(&file)
                    && matches!((&transfer.side, &transfer.stage), (Side::Sender { .. }, Stage::Moving { .. }))
                {
                    transfer.stage = Stage::Checking;
                    let (who, transfer) = (transfer.who, transfer.transfer);
                    self.say(who, FileMessage::Sent { transfer, sha256 });
                }
            }
            FileEvent::Saved { file, path } => {
                if let Some(transfer) = self.transfers.get(&file).filter(|transfer| transfer.is_open()) {
                    let (who, from, name) = (transfer.who, transfer.nickname.clone(), transfer.name.clone());
                    let transfer = transfer.transfer;
                    self.say(who, FileMessage::Received { transfer });
                    self.tell(FileNotice::Saved { from, name, path: path.clone() });
                    self.end(file, FileEnd::Done { path: Some(path) });
                }
            }
            FileEvent::Failed { file, reason, detail } => {
                self.end_for_both(file, reason, FileEnd::Failed { reason, ours: true, detail });
            }
        }
    }

    /// By which connection bytes can go to somebody from now on, if by any.
    pub(crate) fn set_way(&mut self, who: ParticipantId, way: Option<PeerKey>, now: Instant) {
        if self.ways.get(&who).copied() == way {
            return;
        }
        match way {
            Some(peer) => {
                self.ways.insert(who, peer);
                self.again.insert(who, Again { at: now + PATIENCE, tries: 0 });
            }
            None => {
                self.ways.remove(&who);
                self.again.remove(&who);
            }
        }
        let theirs: Vec<_> = self.open_ids(who);
        for file in theirs {
            let Some(transfer) = self.transfers.get_mut(&file) else { continue };
            if transfer.is_sender() && matches!(transfer.stage, Stage::Moving { .. }) {
                self.outputs.push_back(Output::Do(FileAction::Pause { file }));
            }
            transfer.pause();
            if transfer.is_sender() && way.is_some() {
                self.outputs.push_back(Output::Say(who, transfer.offer()));
            }
        }
    }

    /// Offers again what waits for an answer.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let due: Vec<_> = self.again.iter().filter(|(_, again)| again.at <= now).map(|(who, _)| *who).collect();
        for who in due {
            let waiting = |transfer: &&Transfer| transfer.who == who && transfer.waits_for_answer();
            let offers: Vec<_> = self.transfers.values().filter(waiting).map(Transfer::offer).collect();
            if offers.is_empty() {
                self.again.remove(&who);
                continue;
            }
            if let Some(again) = self.again.get_mut(&who) {
                again.tries = (again.tries + 1).min(MOST_DOUBLINGS);
                again.at = now + PATIENCE * 2_u32.pow(again.tries);
            }
            self.outputs.extend(offers.into_iter().map(|offer| Output::Say(who, offer)));
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.again.values().map(|again| again.at).min()
    }

    /// Somebody will not come back.
    pub(crate) fn gone(&mut self, who: ParticipantId) {
        for file in self.open_ids(who) {
            self.stop(file);
            self.end(file, FileEnd::Left);
        }
        self.ways.remove(&who);
        self.again.remove(&who);
        self.last_sent.remove(&who);
        self.last_seen.remove(&who);
    }

    /// We have left the room: nothing of it goes on.
    pub(crate) fn clear(&mut self) {
        let at_work = self.transfers.iter().filter(|(_, transfer)| transfer.is_at_work());
        let stops = at_work.map(|(file, _)| Output::Do(FileAction::Stop { file: *file }));
        self.outputs = stops.collect();
        self.transfers.clear();
        self.ways.clear();
        self.again.clear();
        self.last_sent.clear();
        self.last_seen.clear();
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// All transfers, oldest first.
    pub(crate) fn view(&self) -> Vec<FileView> {
        self.transfers.iter().map(|(file, transfer)| transfer.view(*file)).collect()
    }

    fn accept(&mut self, file: FileId, folder: PathBuf) {
        let Some(transfer) = self.transfers.get_mut(&file) else { return };
        if !matches!((&transfer.side, &transfer.stage), (Side::Receiver, Stage::Offered)) {
            return;
        }
        transfer.stage = Stage::Opening;
        let action = FileAction::Receive {
            file,
            who: transfer.who,
            transfer: transfer.transfer,
            name: transfer.name.clone(),
            size: transfer.size,
            folder,
        };
        self.outputs.push_back(Output::Do(action));
    }

    fn opened(&mut self, file: FileId, now: Instant) {
        let Some(transfer) = self.transfers.get_mut(&file) else { return };
        if !matches!(transfer.stage, Stage::Opening) {
            return;
        }
        if self.ways.contains_key(&transfer.who) {
            transfer.start(0, now);
        } else {
            transfer.stage = Stage::Paused { done: 0 };
        }
        let (who, transfer) = (transfer.who, transfer.transfer);
        self.say(who, FileMessage::Accept { transfer, offset: 0 });
    }

    /// Ends a transfer here, and tells the other side why.
    fn end_for_both(&mut self, file: FileId, reason: TransferEnd, end: FileEnd) {
        let Some(transfer) = self.transfers.get(&file).filter(|transfer| transfer.is_open()) else { return };
        let (who, sender, transfer) = (transfer.who, transfer.is_sender(), transfer.transfer);
        self.say(who, FileMessage::End { transfer, sender, reason });
        self.stop(file);
        self.end(file, end);
    }

    fn stop(&mut self, file: FileId) {
        if self.transfers.get(&file).is_some_and(Transfer::is_at_work) {
            self.outputs.push_back(Output::Do(FileAction::Stop { file }));
        }
    }

    fn end(&mut self, file: FileId, end: FileEnd) {
        let Some(transfer) = self.transfers.get_mut(&file) else { return };
        let name = transfer.name.clone();
        match &end {
            FileEnd::Left | FileEnd::Failed { .. } => {
                self.outputs.push_back(Output::Tell(FileNotice::Failed { name, end: end.clone() }));
            }
            FileEnd::Done { .. } | FileEnd::Declined | FileEnd::Cancelled { .. } => {}
        }
        transfer.stage = Stage::Ended(end);
        let ended: Vec<_> =
            self.transfers.iter().filter(|(_, transfer)| !transfer.is_open()).map(|(file, _)| *file).collect();
        for file in ended.iter().take(ended.len().saturating_sub(MOST_ENDED)) {
            self.transfers.remove(file);
        }
    }

    fn add(&mut self, transfer: Transfer) -> FileId {
        self.last = FileId(self.last.0 + 1);
        self.transfers.insert(self.last, transfer);
        self.last
    }

    fn open_ids(&self, who: ParticipantId) -> Vec<FileId> {
        let theirs = self.transfers.iter().filter(|(_, transfer)| transfer.who == who && transfer.is_open());
        theirs.map(|(file, _)| *file).collect()
    }

    fn open_with(&self, who: ParticipantId, sender: bool) -> usize {
        let open = |transfer: &&Transfer| transfer.who == who && transfer.is_sender() == sender && transfer.is_open();
        self.transfers.values().filter(open).count()
    }

    fn say(&mut self, who: ParticipantId, message: FileMessage) {
        self.outputs.push_back(Output::Say(who, message));
    }

    fn tell(&mut self, notice: FileNotice) {
        self.outputs.push_back(Output::Tell(notice));
    }
}
