//! A disk that is played: what the engine does about files, without the bytes.
use std::{collections::BTreeMap, path::PathBuf};

use parlor_call::{FileAction, FileEvent, FileId, PeerKey};
use parlor_protocol::{Checksum, ParticipantId, TransferEnd, TransferId};

/// How many bytes move at once.
pub(crate) const BLOCK: u64 = 1000;

/// One client's disk.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    parts: BTreeMap<FileId, Part>,
    flows: BTreeMap<FileId, Flow>,
    runs: u64,
    /// How large those files were that are complete.
    pub(crate) saved: Vec<u64>,
    /// What was read of all files.
    pub(crate) read: u64,
    /// There is no room on it.
    pub(crate) full: bool,
    /// What is read is not what is in the file.
    pub(crate) damaged: bool,
}

/// A file that arrives.
#[derive(Debug)]
struct Part {
    from: ParticipantId,
    transfer: TransferId,
    size: u64,
    written: u64,
    expected: Option<Checksum>,
}

/// A file that is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    run: u64,
    pub(crate) peer: PeerKey,
    pub(crate) transfer: TransferId,
    pub(crate) at: u64,
    size: u64,
}

impl Disk {
    /// Does it. Returns the run of a flow that starts, and what becomes of the action at once.
    pub(crate) fn perform(&mut self, action: FileAction) -> (Option<u64>, Vec<FileEvent>) {
        match action {
            FileAction::Receive { file, .. } if self.full => {
                let (reason, detail) = (TransferEnd::NoRoom, "12 bytes free".to_owned());
                (None, vec![FileEvent::Failed { file, reason, detail }])
            }
            FileAction::Receive { file, who, transfer, size, .. } => {
                let part = Part { from: who, transfer, size, written: 0, expected: None };
                assert!(self.parts.insert(file, part).is_none(), "opened twice");
                (None, vec![FileEvent::Opened { file }])
            }
            FileAction::Check { file, sha256 } => {
                let part = self.parts.get_mut(&file).expect("a file that is being received");
                part.expected = Some(sha256);
                (None, self.finish(file))
            }
            FileAction::Send { file, peer, transfer, size, offset, .. } => {
                self.runs += 1;
                let flow = Flow { run: self.runs, peer, transfer, at: offset, size };
                assert!(self.flows.insert(file, flow).is_none(), "sent twice at the same time");
                (Some(self.runs), Vec::new())
            }
            FileAction::Pause { file } => {
                assert!(self.flows.remove(&file).is_some() || self.read > 0, "nothing to pause");
                (None, Vec::new())
            }
            FileAction::Stop { file } => {
                self.flows.remove(&file);
                self.parts.remove(&file);
                (None, Vec::new())
            }
        }
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.parts.is_empty() && self.flows.is_empty()
    }

    pub(crate) fn flow(&self, run: u64) -> Option<(FileId, Flow)> {
        self.flows.iter().find(|(_, flow)| flow.run == run).map(|(file, flow)| (*file, *flow))
    }

    /// Reads on. Returns how many bytes.
    pub(crate) fn read(&mut self, file: FileId) -> u64 {
        let flow = self.flows.get_mut(&file).expect("a flow");
        let bytes = BLOCK.min(flow.size - flow.at);
        flow.at += bytes;
        self.read += bytes;
        bytes
    }

    /// How far the sender is, as it hears it from the receiver.
    pub(crate) fn sent(&mut self, file: FileId) -> Vec<FileEvent> {
        let flow = self.flows[&file];
        let mut events = vec![FileEvent::Progress { file, done: flow.at }];
        if flow.at == flow.size {
            self.flows.remove(&file);
            let sha256 = Checksum::new([if self.damaged { 1 } else { 0 }; 32]);
            events.push(FileEvent::Read { file, sha256 });
        }
        events
    }

    /// Writes what arrives. Bytes of a file that is not wanted any more are nobody's.
    pub(crate) fn write(&mut self, from: ParticipantId, transfer: TransferId, at: u64, bytes: u64) -> Vec<FileEvent> {
        let part = self.parts.iter_mut().find(|(_, part)| part.from == from && part.transfer == transfer);
        let Some((file, part)) = part else { return Vec::new() };
        assert!(at <= part.written, "a gap between {} and {at}", part.written);
        part.written = part.written.max(at + bytes);
        let file = *file;
        let mut events = vec![FileEvent::Progress { file, done: part.written }];
        events.extend(self.finish(file));
        events
    }

    fn finish(&mut self, file: FileId) -> Vec<FileEvent> {
        let part = &self.parts[&file];
        let Some(expected) = part.expected.filter(|_| part.written == part.size) else { return Vec::new() };
        let size = part.size;
        self.parts.remove(&file);
        if expected != Checksum::new([0; 32]) {
            let (reason, detail) = (TransferEnd::Damaged, String::new());
            return vec![FileEvent::Failed { file, reason, detail }];
        }
        self.saved.push(size);
        vec![FileEvent::Saved { file, path: PathBuf::from(format!("downloads/{}", file.number())) }]
    }
}
