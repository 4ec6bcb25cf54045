//! The thread that reads one file and sends it, no faster than it is written at the other side.
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::PathBuf,
    time::Instant,
};

use parlor_call::{FileEvent, FileId};
use parlor_protocol::{Checksum, TransferEnd, TransferId};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use super::pace::Pace;
use crate::peer::{CHUNK_BYTES, FilePort};

/// What is read from the disk at once.
const BLOCK_BYTES: usize = 256 * 1024;

/// A file to send.
pub(super) struct Sending {
    pub(super) file: FileId,
    pub(super) transfer: TransferId,
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) offset: u64,
    pub(super) port: FilePort,
    /// How far it is written at the other side. Closed once it is not wanted any more.
    pub(super) written: watch::Receiver<u64>,
    pub(super) events: mpsc::Sender<FileEvent>,
}

/// Why a file cannot be sent on.
#[derive(Debug, Error)]
enum SendError {
    /// The operating system says no.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// It is not the one that was offered any more.
    #[error("it has changed since it was offered")]
    Changed,
}

impl Sending {
    /// Goes on by itself until the file is sent, something is wrong, or it is not wanted any more.
    pub(super) fn start(self) {
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let (file, events) = (self.file, self.events.clone());
            let event = match self.run(&runtime) {
                Ok(Some(sha256)) => FileEvent::Read { file, sha256 },
                Ok(None) => return,
                Err(error) => {
                    tracing::info!(%error, "a file is not sent on");
                    FileEvent::Failed { file, reason: TransferEnd::Unreadable, detail: error.to_string() }
                }
            };
            // Nobody listens any more where the engine has stopped.
            let _ = events.blocking_send(event);
        });
    }

    /// Returns what the file adds up to; nothing where it is not wanted any more, or the connection is closed.
    fn run(mut self, runtime: &Handle) -> Result<Option<Checksum>, SendError> {
        let file = File::open(&self.path)?;
        self.check_size(&file)?;
        let mut reader = BufReader::with_capacity(BLOCK_BYTES, file);
        let mut hash = Sha256::new();
        let mut block = vec![0; CHUNK_BYTES];
        let mut at = 0;
        let mut pace = Pace::new(self.offset, Instant::now());
        while at < self.size {
            // What they have already only counts for the checksum.
            let resumed = at >= self.offset;
            let left = if resumed { self.size - at } else { self.offset - at };
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES);
            if !self.is_wanted(at, &mut pace, runtime) {
                return Ok(None);
            }
            let chunk = &mut block[..length];
            reader.read_exact(chunk).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => SendError::Changed,
                _ => error.into(),
            })?;
            hash.update(&*chunk);
            if resumed && runtime.block_on(self.port.send(self.transfer, at, chunk)).is_err() {
                return Ok(None);
            }
            at += u64::try_from(length).unwrap_or_default();
            if resumed {
                pace.sent(at, Instant::now());
            }
        }
        self.check_size(reader.get_ref())?;
        let wanted = self.written.has_changed().is_ok();
        Ok(wanted.then(|| Checksum::new(hash.finalize().into())))
    }

    /// Waits until the other side has written enough for more to be sent. Returns whether any is wanted.
    fn is_wanted(&mut self, at: u64, pace: &mut Pace, runtime: &Handle) -> bool {
        loop {
            let written = *self.written.borrow_and_update();
            pace.written(written, Instant::now());
            if at < written.saturating_add(pace.window()) {
                return self.written.has_changed().is_ok();
            }
            if runtime.block_on(self.written.changed()).is_err() {
                return false;
            }
        }
    }

    fn check_size(&self, file: &File) -> Result<(), SendError> {
        if file.metadata()?.len() == self.size { Ok(()) } else { Err(SendError::Changed) }
    }
}
