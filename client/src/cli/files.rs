//! Files, as the headless face tells of them and is told about them.
use std::path::PathBuf;

use parlor_call::{
    ChatTo, Command as CallCommand, FileCommand, FileDirection, FileEnd, FileId, FileNotice, FileState, FileView,
    Unusable,
};
use parlor_protocol::TransferEnd;

use super::event::Event;
use crate::engine::{Command, View};

/// How far a transfer is, in one word.
pub(super) fn word(state: &FileState) -> &'static str {
    match state {
        FileState::Offered => "offered",
        FileState::Opening => "opening",
        FileState::Moving { .. } => "moving",
        FileState::Paused { .. } => "paused",
        FileState::Checking => "checking",
        FileState::Ended(FileEnd::Done { .. }) => "done",
        FileState::Ended(FileEnd::Declined) => "declined",
        FileState::Ended(FileEnd::Cancelled { .. }) => "cancelled",
        FileState::Ended(FileEnd::Left) => "left",
        FileState::Ended(FileEnd::Failed { .. }) => "failed",
    }
}

/// How far a transfer is.
pub(super) fn event(file: &FileView) -> Event {
    let (mut bytes, mut speed, mut path, mut why, mut message) = (0, None, None, None, None);
    match &file.state {
        FileState::Moving { done, bytes_per_second } => (bytes, speed) = (*done, *bytes_per_second),
        FileState::Paused { done } => bytes = *done,
        FileState::Checking => bytes = file.size,
        FileState::Ended(FileEnd::Done { path: saved }) => {
            (bytes, path) = (file.size, saved.as_ref().map(|path| path.display().to_string()));
        }
        FileState::Ended(FileEnd::Failed { reason, ours, detail }) => {
            why = Some(*reason);
            message = Some(failed(*reason, *ours, detail));
        }
        FileState::Offered
        | FileState::Opening
        | FileState::Ended(FileEnd::Declined | FileEnd::Cancelled { .. } | FileEnd::Left) => {}
    }
    Event::File {
        file: file.id.number(),
        direction: match file.direction {
            FileDirection::Out => "out",
            FileDirection::In => "in",
        },
        nickname: file.nickname.to_string(),
        name: file.name.to_string(),
        size: file.size,
        state: word(&file.state),
        bytes,
        bytes_per_second: speed,
        path,
        reason: why,
        message,
    }
}

/// What to say about a notice, where no other event says it.
pub(super) fn notice(notice: &FileNotice) -> Option<String> {
    match notice {
        FileNotice::Offered { .. }
        | FileNotice::Saved { .. }
        | FileNotice::Delivered { .. }
        | FileNotice::Failed { .. } => None,
        FileNotice::Nobody { name } => Some(format!("nobody is here to take {name}")),
        FileNotice::TooMany { name, to } => {
            Some(format!("{name} was not offered to {to}: too many files are on their way to them, wait for some"))
        }
        FileNotice::Unusable { name, why } => Some(format!("{name} was not offered: {}", unusable(why))),
    }
}

/// Asks for a file to be offered.
pub(super) fn send(path: PathBuf, to: ChatTo) -> Command {
    Command::SendFile { path, to }
}

/// Asks for something about a transfer, by the number that events give it.
pub(super) fn about(view: &View, number: u64, ask: impl FnOnce(FileId) -> FileCommand) -> Result<Command, String> {
    let found = view.call.files.iter().find(|file| file.id.number() == number);
    let file = found.ok_or_else(|| format!("there is no file {number}"))?;
    Ok(CallCommand::File(ask(file.id)).into())
}

fn unusable(why: &Unusable) -> String {
    match why {
        Unusable::Missing => "there is no such file".to_owned(),
        Unusable::Folder => "it is a folder: pack it into one file first".to_owned(),
        Unusable::NoFile => "it is no file".to_owned(),
        Unusable::NotAllowed => "you may not read it".to_owned(),
        Unusable::Other(reason) => reason.clone(),
    }
}

fn failed(reason: TransferEnd, ours: bool, detail: &str) -> String {
    let what = match (reason, ours) {
        (TransferEnd::Cancelled, _) => "it was cancelled",
        (TransferEnd::Unknown, _) => "the other side knows nothing of it any more",
        (TransferEnd::TooMany, _) => "too many files wait for an answer already",
        (TransferEnd::Unreadable, true) => "the file cannot be read any more, or has changed",
        (TransferEnd::Unreadable, false) => "the sender cannot read the file any more, or it has changed",
        (TransferEnd::NoRoom, true) => "there is no room for it on this disk",
        (TransferEnd::NoRoom, false) => "there is no room for it on the receiver's disk",
        (TransferEnd::Unwritable, true) => "it cannot be written here",
        (TransferEnd::Unwritable, false) => "the receiver cannot write it",
        (TransferEnd::Damaged, _) => "what arrived is not what was sent",
    };
    if detail.is_empty() { what.to_owned() } else { format!("{what} ({detail})") }
}
