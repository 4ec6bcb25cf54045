//! The keys that do something, on whichever screen they make sense.
//!
//! They are kept by egui's context, as the theme and the words are: `shortcuts::pressed(ui.ctx(), Deed::Chat)`.
use std::{collections::BTreeMap, sync::Arc};

use eframe::egui::{Context, Id, Key, KeyboardShortcut, ModifierNames, Modifiers};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Deed {
    /// Mutes the microphone, or unmutes it.
    Microphone,
    /// Turns the camera on or off.
    Camera,
    /// Shares the screen, or stops.
    Share,
    /// Opens the chat, or closes it.
    Chat,
    /// Opens the list of people, or closes it.
    People,
    /// Raises the hand, or lowers it.
    Hand,
    /// Opens the statistics, or closes them.
    Statistics,
    /// Starts recording, or stops.
    Record,
    /// Fills the screen, or goes back to a window.
    FullScreen,
    /// Opens the settings.
    Settings,
    /// Talks, or is silent, for as long as it is held.
    Talk,
}

impl Deed {
    /// All of them, as they are listed.
    pub(crate) const ALL: [Self; 11] = [
        Self::Microphone,
        Self::Camera,
        Self::Share,
        Self::Chat,
        Self::People,
        Self::Hand,
        Self::Statistics,
        Self::Record,
        Self::FullScreen,
        Self::Settings,
        Self::Talk,
    ];

    /// Its word in the settings file.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Share => "share",
            Self::Chat => "chat",
            Self::People => "people",
            Self::Hand => "hand",
            Self::Statistics => "statistics",
            Self::Record => "record",
            Self::FullScreen => "full_screen",
            Self::Settings => "settings",
            Self::Talk => "talk",
        }
    }

    fn default_keys(self) -> KeyboardShortcut {
        const COMMAND: Modifiers = Modifiers::COMMAND;
        const BOTH: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
        let (modifiers, key) = match self {
            Self::Microphone => (COMMAND, Key::D),
            Self::Camera => (COMMAND, Key::E),
            Self::Share => (BOTH, Key::S),
            Self::Chat => (BOTH, Key::C),
            Self::People => (BOTH, Key::P),
            Self::Hand => (BOTH, Key::H),
            Self::Statistics => (BOTH, Key::I),
            Self::Record => (BOTH, Key::R),
            Self::FullScreen => (Modifiers::NONE, Key::F11),
            Self::Settings => (COMMAND, Key::Comma),
            Self::Talk => (Modifiers::NONE, Key::Space),
        };
        KeyboardShortcut::new(modifiers, key)
    }
}

/// The keys in use: the defaults, and what was changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shortcuts(BTreeMap<Deed, KeyboardShortcut>);

impl Shortcuts {
    /// With these changes, by [`Deed::word`], as `Ctrl+Shift+D`. What makes no sense leaves the default.
    pub(crate) fn with(changed: &BTreeMap<String, String>) -> Self {
        let of = |deed: &Deed| changed.get(deed.word()).and_then(|keys| parse(keys)).map(|keys| (*deed, keys));
        Self(Deed::ALL.iter().filter_map(of).collect())
    }

    /// The keys of a deed.
    pub(crate) fn keys(&self, deed: Deed) -> KeyboardShortcut {
        self.0.get(&deed).copied().unwrap_or_else(|| deed.default_keys())
    }
}

/// Has a window heed these keys.
pub(crate) fn install(ctx: &Context, shortcuts: Shortcuts) {
    ctx.data_mut(|data| data.insert_temp(id(), Arc::new(shortcuts)));
}

/// Whether the keys of a deed were pressed just now. Asked once a frame: the press is taken.
pub(crate) fn pressed(ctx: &Context, deed: Deed) -> bool {
    let keys = current(ctx).keys(deed);
    ctx.input_mut(|input| input.consume_shortcut(&keys))
}

/// The keys of a deed that is done for as long as they are held.
pub(crate) fn keys(ctx: &Context, deed: Deed) -> KeyboardShortcut {
    current(ctx).keys(deed)
}

/// The keys of a deed, for tooltips and lists.
pub(crate) fn label(ctx: &Context, deed: Deed) -> String {
    ctx.format_shortcut(&current(ctx).keys(deed))
}

/// Keys as they stand in the settings file.
pub(crate) fn written(keys: &KeyboardShortcut) -> String {
    keys.format(&ModifierNames::NAMES, false)
}

/// Reads what [`written`] wrote.
pub(crate) fn parse(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut pieces: Vec<_> = text.split('+').collect();
    let key = Key::from_name(pieces.pop()?)?;
    for piece in pieces {
        match piece {
            "Ctrl" | "Cmd" => modifiers |= Modifiers::COMMAND,
            "Shift" => modifiers |= Modifiers::SHIFT,
            "Alt" => modifiers |= Modifiers::ALT,
            _ => return None,
        }
    }
    Some(KeyboardShortcut::new(modifiers, key))
}

/// The keys that a window heeds.
pub(crate) fn current(ctx: &Context) -> Arc<Shortcuts> {
    ctx.data(|data| data.get_temp(id())).unwrap_or_default()
}

fn id() -> Id {
    Id::unique("shortcuts")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for deed in Deed::ALL {
            let keys = Shortcuts::default().keys(deed);

            assert_eq!(parse(&written(&keys)), Some(keys), "{deed:?}: {}", written(&keys));
        }
    }

    #[test]
    fn no_two_deeds_have_the_same_keys() {
        let keys: BTreeSet<_> = Deed::ALL.map(|deed| written(&Shortcuts::default().keys(deed))).into();

        assert_eq!(keys.len(), Deed::ALL.len());
    }

    #[test]
    fn what_was_changed_counts_and_nonsense_does_not() {
        let changed = [("chat", "Alt+M"), ("camera", "Ctrl+Nonsense")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let shortcuts = Shortcuts::with(&changed.into());

        assert_eq!(written(&shortcuts.keys(Deed::Chat)), "Alt+M");
        assert_eq!(written(&shortcuts.keys(Deed::Camera)), "Ctrl+E");
    }
}
