//! What a person wants, as the screens say it.
use parlor_call::Command as CallCommand;

use super::dialogs::Dialog;
use crate::{engine::Command, settings::ThemeChoice};

/// One wish. The screens only return them; [`Screens`](super::screens::Screens) grants them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// One for the engine.
    Ask(Command),
    /// Another theme, from now on.
    SetTheme(ThemeChoice),
    /// Something to be put on the clipboard, and what to say then.
    Copy {
        /// For the clipboard.
        text: String,
        /// For a toast.
        done: &'static str,
    },
    /// A dialog in front of the screen.
    Open(Dialog),
    /// The end of the program, whatever it takes with it.
    CloseWindow,
}

impl From<Command> for Wish {
    fn from(command: Command) -> Self {
        Self::Ask(command)
    }
}

impl From<CallCommand> for Wish {
    fn from(command: CallCommand) -> Self {
        Self::Ask(command.into())
    }
}
