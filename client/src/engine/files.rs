//! Moves the bytes of files between the disk and the connections, each on a thread that may block.
mod offer;
mod pace;
mod part;
mod receive;
mod send;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parlor_call::{FileAction, FileEvent, FileId};
use parlor_protocol::{Checksum, ParticipantId, TransferId};
use tokio::sync::{mpsc, watch};

pub(super) use self::offer::{Offered, look_at};
use self::{receive::Receiving, send::Sending};
use crate::peer::{FilePort, Transfers};

/// Checksums that may wait for a file that is being written: it has one.
const WAITING_CHECKSUMS: usize = 4;

/// Everything that is done about files at the moment. Dropping it ends it all; what is not complete goes away.
#[derive(Debug)]
pub(super) struct Files {
    events: mpsc::Sender<FileEvent>,
    with: BTreeMap<ParticipantId, Transfers>,
    incoming: BTreeMap<FileId, Incoming>,
    outgoing: BTreeMap<FileId, Outgoing>,
}

/// A file that is being written.
#[derive(Debug)]
struct Incoming {
    transfers: Transfers,
    transfer: TransferId,
    /// Dropping it ends the thread.
    checksum: mpsc::Sender<Checksum>,
    written: Arc<AtomicU64>,
}

/// A file that is being read.
#[derive(Debug)]
struct Outgoing {
    transfers: Transfers,
    transfer: TransferId,
    written: watch::Receiver<u64>,
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.transfers.end_receiving(self.transfer);
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.transfers.end_sending(self.transfer);
    }
}

impl Files {
    /// Nothing yet. What becomes of actions goes to `events`.
    pub(super) fn new(events: mpsc::Sender<FileEvent>) -> Self {
        Self { events, with: BTreeMap::new(), incoming: BTreeMap::new(), outgoing: BTreeMap::new() }
    }

    /// The transfers with somebody, for a connection to them.
    pub(super) fn with(&mut self, who: ParticipantId) -> Transfers {
        self.with.entry(who).or_default().clone()
    }

    /// Forgets those with whom nothing is open, of whom `here` says no more.
    pub(super) fn keep_only(&mut self, here: impl Fn(&ParticipantId) -> bool) {
        self.with.retain(|who, _| here(who));
    }

    /// Does something. `port` is the way to the peer that the action names.
    pub(super) fn perform(&mut self, action: FileAction, port: Option<FilePort>) {
        match action {
            FileAction::Receive { file, who, transfer, name, size, folder } => {
                let transfers = self.with(who);
                let chunks = transfers.receive(transfer);
                let (checksum, checksums) = mpsc::channel(WAITING_CHECKSUMS);
                let written = Arc::new(AtomicU64::new(0));
                let receiving = Receiving {
                    file,
                    transfer,
                    folder,
                    name,
                    size,
                    chunks,
                    checksums,
                    written: written.clone(),
                    events: self.events.clone(),
                };
                self.incoming.insert(file, Incoming { transfers, transfer, checksum, written });
                receiving.start();
            }
            FileAction::Check { file, sha256 } => {
                if let Some(incoming) = self.incoming.get(&file)
                    && incoming.checksum.try_send(sha256).is_err()
                {
                    tracing::debug!("a checksum too many was ignored");
                }
            }
            FileAction::Send { file, who, transfer, path, size, offset, .. } => {
                // Where the connection has just been closed, the call will ask again.
                let Some(port) = port else { return };
                let transfers = self.with(who);
                self.outgoing.remove(&file);
                let written = transfers.send(transfer, offset);
                let outgoing = Outgoing { transfers, transfer, written: written.clone() };
                self.outgoing.insert(file, outgoing);
                let events = self.events.clone();
                Sending { file, transfer, path, size, offset, port, written, events }.start();
            }
            FileAction::Pause { file } => drop(self.outgoing.remove(&file)),
            FileAction::Stop { file } => {
                self.outgoing.remove(&file);
                self.incoming.remove(&file);
            }
        }
    }

    /// Takes note of what a thread says before the call hears it.
    pub(super) fn note(&mut self, event: &FileEvent) {
        match event {
            FileEvent::Saved { file, .. } | FileEvent::Failed { file, .. } => {
                self.incoming.remove(file);
                self.outgoing.remove(file);
            }
            FileEvent::Opened { .. } | FileEvent::Progress { .. } | FileEvent::Read { .. } => {}
        }
    }

    /// Whether there is any progress to look at.
    pub(super) fn is_busy(&self) -> bool {
        !self.incoming.is_empty() || !self.outgoing.is_empty()
    }

    /// How far everything is.
    pub(super) fn progress(&self) -> Vec<FileEvent> {
        let incoming = self.incoming.iter().map(|(file, one)| (*file, one.written.load(Ordering::Relaxed)));
        let outgoing = self.outgoing.iter().map(|(file, one)| (*file, *one.written.borrow()));
        incoming.chain(outgoing).map(|(file, done)| FileEvent::Progress { file, done }).collect()
    }
}
