//! The thread that writes one file as it arrives.
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parlor_call::{FileEvent, FileId};
use parlor_protocol::{Checksum, FileName, TransferId};
use tokio::{runtime::Handle, sync::mpsc};

use super::part::{Part, PartError};
use crate::peer::Arrived;

/// So much is written between two acknowledgements at most: a quarter of the window.
const ACKNOWLEDGED_EVERY: u64 = 256 * 1024;

/// A file to receive.
pub(super) struct Receiving {
    pub(super) file: FileId,
    pub(super) transfer: TransferId,
    pub(super) folder: PathBuf,
    pub(super) name: FileName,
    pub(super) size: u64,
    pub(super) chunks: mpsc::Receiver<Arrived>,
    pub(super) checksums: mpsc::Receiver<Checksum>,
    pub(super) written: Arc<AtomicU64>,
    pub(super) events: mpsc::Sender<FileEvent>,
}

/// What happens next to a file.
enum Next {
    Chunk(Arrived),
    Checksum(Checksum),
    /// They have sent more than they may.
    Flooded,
    Stopped,
}

impl Receiving {
    /// Goes on by itself until the file is there, something is wrong, or the sender of checksums is dropped.
    pub(super) fn start(self) {
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let (file, events) = (self.file, self.events.clone());
            let event = match self.run(&runtime) {
                Ok(Some(path)) => FileEvent::Saved { file, path },
                Ok(None) => return,
                Err(error) => {
                    tracing::info!(%error, "a file is not received");
                    FileEvent::Failed { file, reason: error.reason(), detail: error.to_string() }
                }
            };
            // Nobody listens any more where the engine has stopped.
            let _ = events.blocking_send(event);
        });
    }

    /// Returns where the file is; nothing where it is not wanted any more.
    fn run(mut self, runtime: &Handle) -> Result<Option<PathBuf>, PartError> {
        let mut part = Part::create(&self.folder, &self.name, self.size)?;
        if self.events.blocking_send(FileEvent::Opened { file: self.file }).is_err() {
            return Ok(None);
        }
        let mut acknowledged = 0;
        let mut checksum = None;
        loop {
            if let Some(checksum) = checksum.filter(|_| part.is_complete()) {
                return part.finish(checksum).map(Some);
            }
            match runtime.block_on(self.next()) {
                Next::Chunk(Arrived { offset, bytes, port }) => {
                    part.write(offset, &bytes)?;
                    self.written.store(part.written(), Ordering::Relaxed);
                    if self.chunks.is_empty() || part.written() >= acknowledged + ACKNOWLEDGED_EVERY {
                        acknowledged = part.written();
                        // Where that connection is closed, the next one begins with how far we are.
                        let _ = runtime.block_on(port.acknowledge(self.transfer, acknowledged));
                    }
                }
                Next::Checksum(newest) => checksum = Some(newest),
                Next::Flooded => return Err(PartError::TooLarge),
                Next::Stopped => return Ok(None),
            }
        }
    }

    async fn next(&mut self) -> Next {
        tokio::select! {
            biased;
            checksum = self.checksums.recv() => checksum.map_or(Next::Stopped, Next::Checksum),
            chunk = self.chunks.recv() => chunk.map_or(Next::Flooded, Next::Chunk),
        }
    }
}
