//! What a person wants, as the screens say it.
use std::{borrow::Cow, path::PathBuf};

use parlor_call::{Command as CallCommand, FileId};
use parlor_protocol::ParticipantId;

use super::{call::Side, dialogs::Dialog, outside::TextFile};
use crate::{engine::Command, settings::Change};

/// One wish. The screens only return them; [`Screens`](super::screens::Screens) grants them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// One for the engine.
    Ask(Command),
    /// Something set otherwise, from now on.
    Change(Change),
    /// A notification of the desktop, to see what they look like.
    TryNotification,
    /// Something to be put on the clipboard, and what to say then.
    Copy {
        /// For the clipboard.
        text: String,
        /// For a toast.
        done: Cow<'static, str>,
    },
    /// Somebody louder or quieter than they come.
    SetVolume {
        /// Who.
        who: ParticipantId,
        /// How loud: 1 as they come.
        volume: f32,
        /// Whether the slider has come to rest: only then is it written down.
        settled: bool,
    },
    /// Somebody not to be heard at all, or to be heard again.
    SetSilenced {
        /// Who.
        who: ParticipantId,
        /// Whether not to be heard.
        silenced: bool,
    },
    /// A panel at the right edge of the call.
    Show(Side),
    /// A text as a file, wherever the person wants it.
    SaveText(TextFile),
    /// A link, in whatever program the system has for it.
    OpenLink(String),
    /// A dialog in front of the screen.
    Open(Dialog),
    /// A file that somebody offers, to be put where files from others go.
    AcceptFile(FileId),
    /// A folder, in the system's file manager.
    OpenFolder(PathBuf),
    /// The end of the program, whatever it takes with it.
    CloseWindow,
}

impl From<Command> for Wish {
    fn from(command: Command) -> Self {
        Self::Ask(command)
    }
}

impl From<Change> for Wish {
    fn from(change: Change) -> Self {
        Self::Change(change)
    }
}

impl From<CallCommand> for Wish {
    fn from(command: CallCommand) -> Self {
        Self::Ask(command.into())
    }
}
