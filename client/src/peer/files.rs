//! The data channel for files: pieces of files and how far they were written, with their places.
//!
//! What arrives goes to whoever has opened the transfer; nobody ever waits for them here. The two sides agree on a
//! [`WINDOW`] instead, so that a slow disk holds up neither what is said nor what else is sent.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::{Bytes, BytesMut};
use parlor_call::{PeerEvent, PeerKey};
use parlor_protocol::TransferId;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// Largest message. Every WebRTC implementation takes it.
const MESSAGE_BYTES: usize = 16 * 1024;
/// What comes before the bytes of a chunk: its kind, its transfer, its place.
const HEADER_BYTES: usize = 13;
/// Most bytes of a file in one message.
pub(crate) const CHUNK_BYTES: usize = MESSAGE_BYTES - HEADER_BYTES;
/// How far a sender may be ahead of what is written at the receiver.
pub(crate) const WINDOW: u64 = 1024 * 1024;
/// Chunks that may wait for a disk: all that fit into a window, and those of a try before that ended on the way.
const WAITING_CHUNKS: usize = 2 * WINDOW as usize / CHUNK_BYTES + 2;

const CHUNK: u8 = 1;
const ACKNOWLEDGED: u8 = 2;

/// The connection that files go by is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the connection is closed")]
pub(crate) struct PortClosed;

/// The way by which files go to one peer. Clones share it.
#[derive(Clone)]
pub(crate) struct FilePort(Arc<dyn DataChannel>);

impl std::fmt::Debug for FilePort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FilePort").finish_non_exhaustive()
    }
}

impl FilePort {
    pub(super) fn new(channel: Arc<dyn DataChannel>) -> Self {
        Self(channel)
    }

    /// Sends a piece of a file, once there is room for it on the way.
    pub(crate) async fn send(&self, transfer: TransferId, offset: u64, bytes: &[u8]) -> Result<(), PortClosed> {
        self.0.send(write(CHUNK, transfer, offset, bytes)).await.map_err(|_| PortClosed)
    }

    /// Says that everything before this place is written.
    pub(crate) async fn acknowledge(&self, transfer: TransferId, offset: u64) -> Result<(), PortClosed> {
        self.0.send(write(ACKNOWLEDGED, transfer, offset, &[])).await.map_err(|_| PortClosed)
    }
}

/// A piece of a file that has arrived.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// Its place in the file.
    pub(crate) offset: u64,
    /// It.
    pub(crate) bytes: Bytes,
    /// By which way it came, and how far it was written is to be told.
    pub(crate) port: FilePort,
}

/// The transfers that are open with one participant, whichever connection there is. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transfers(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    incoming: BTreeMap<TransferId, mpsc::Sender<Arrived>>,
    outgoing: BTreeMap<TransferId, watch::Sender<u64>>,
}

impl Transfers {
    /// Opens one from them to us. Its chunks end where they send more than the window allows.
    pub(crate) fn receive(&self, transfer: TransferId) -> mpsc::Receiver<Arrived> {
        let (sender, receiver) = mpsc::channel(WAITING_CHUNKS);
        self.lock().incoming.insert(transfer, sender);
        receiver
    }

    /// Opens one from us to them, from this place on, in place of the one before. What they have written is told here.
    pub(crate) fn send(&self, transfer: TransferId, offset: u64) -> watch::Receiver<u64> {
        let (sender, receiver) = watch::channel(offset);
        self.lock().outgoing.insert(transfer, sender);
        receiver
    }

    /// Takes no more chunks of it.
    pub(crate) fn end_receiving(&self, transfer: TransferId) {
        self.lock().incoming.remove(&transfer);
    }

    /// Takes no more news of it.
    pub(crate) fn end_sending(&self, transfer: TransferId) {
        self.lock().outgoing.remove(&transfer);
    }

    fn arrived(&self, transfer: TransferId, arrived: Arrived) {
        let mut open = self.lock();
        let Some(queue) = open.incoming.get(&transfer) else { return }; // cancelled while it was on its way
        if queue.try_send(arrived).is_err() {
            tracing::debug!("somebody sends more of a file than they may");
            open.incoming.remove(&transfer);
        }
    }

    fn acknowledged(&self, transfer: TransferId, offset: u64) {
        if let Some(told) = self.lock().outgoing.get(&transfer) {
            told.send_if_modified(|before| {
                let more = offset > *before;
                *before = offset.max(*before);
                more
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that takes what comes by the channel.
pub(super) struct Files {
    pub(super) key: PeerKey,
    pub(super) channel: Arc<dyn DataChannel>,
    pub(super) transfers: Transfers,
    pub(super) events: mpsc::Sender<(PeerKey, PeerEvent)>,
}

impl Files {
    pub(super) async fn run(self) {
        let port = FilePort::new(self.channel.clone());
        while let Some(event) = self.channel.poll().await {
            let told = match event {
                DataChannelEvent::OnOpen => self.events.send((self.key, PeerEvent::FilesOpen)).await,
                DataChannelEvent::OnClose => self.events.send((self.key, PeerEvent::FilesClosed)).await,
                DataChannelEvent::OnMessage(message) => {
                    self.take(&message.data.freeze(), &port);
                    Ok(())
                }
                _ => Ok(()),
            };
            if told.is_err() {
                return; // the engine has stopped
            }
        }
    }

    fn take(&self, message: &Bytes, port: &FilePort) {
        match read(message) {
            Some((CHUNK, transfer, offset)) if message.len() > HEADER_BYTES => {
                let bytes = message.slice(HEADER_BYTES..);
                self.transfers.arrived(transfer, Arrived { offset, bytes, port: port.clone() });
            }
            Some((ACKNOWLEDGED, transfer, offset)) => self.transfers.acknowledged(transfer, offset),
            Some(_) | None => tracing::debug!("not a piece of a file"),
        }
    }
}

fn write(kind: u8, transfer: TransferId, offset: u64, bytes: &[u8]) -> BytesMut {
    let mut message = BytesMut::with_capacity(HEADER_BYTES + bytes.len());
    message.extend_from_slice(&[kind]);
    message.extend_from_slice(&transfer.number().to_be_bytes());
    message.extend_from_slice(&offset.to_be_bytes());
    message.extend_from_slice(bytes);
    message
}

fn read(message: &[u8]) -> Option<(u8, TransferId, u64)> {
    if message.len() > MESSAGE_BYTES {
        return None;
    }
    let (kind, rest) = message.split_first()?;
    let (transfer, rest) = rest.split_first_chunk()?;
    let (offset, _) = rest.split_first_chunk()?;
    Some((*kind, TransferId::new(u32::from_be_bytes(*transfer)), u64::from_be_bytes(*offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFER: TransferId = TransferId::new(7);

    #[test]
    fn a_chunk_is_read_as_it_is_written() {
        let message = write(CHUNK, TRANSFER, 1 << 40, b"bytes");

        assert_eq!(read(&message), Some((CHUNK, TRANSFER, 1 << 40)));
        assert_eq!(&message[HEADER_BYTES..], b"bytes");
    }

    #[test]
    fn what_is_too_short_or_too_long_is_nothing() {
        for length in [0, 1, HEADER_BYTES - 1, MESSAGE_BYTES + 1] {
            assert_eq!(read(&vec![1; length]), None, "{length}");
        }
    }

    #[test]
    fn what_is_written_there_never_goes_back_and_ends_with_the_transfer() {
        let transfers = Transfers::default();
        let mut told = transfers.send(TRANSFER, 100);

        transfers.acknowledged(TRANSFER, 500);
        transfers.acknowledged(TRANSFER, 200);
        transfers.acknowledged(TransferId::new(8), 900);
        let written = *told.borrow_and_update();
        transfers.end_sending(TRANSFER);

        assert_eq!(written, 500);
        assert!(told.has_changed().is_err());
    }
}
