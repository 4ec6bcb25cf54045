//! One thing that a person sets.
use std::path::PathBuf;

use super::{CallChoice, LanguageChoice, Notifications, Settings, SoundChoice, ThemeChoice, VideoChoice};

/// A change, as the window asks for it. It counts at once, and is saved.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another theme.
    Theme(ThemeChoice),
    /// Another language.
    Language(LanguageChoice),
    /// Other pictures.
    Video(VideoChoice),
    /// Something else done to sound.
    Sound(SoundChoice),
    /// Another way of coming into calls, or of talking there.
    Call(CallChoice),
    /// Whether to connect to the server used last when the window opens.
    ConnectAtStart(bool),
    /// Something else that draws attention.
    Notifications(Notifications),
    /// Other keys.
    Shortcut {
        /// What they do, as the settings file has it.
        deed: &'static str,
        /// The keys, as the settings file has them; none for the usual ones.
        keys: Option<String>,
    },
    /// The usual keys for everything.
    UsualShortcuts,
    /// Another place for files from others; none for the usual one.
    Downloads(Option<PathBuf>),
    /// Another place for recordings; none for the usual one.
    Recordings(Option<PathBuf>),
}

impl Settings {
    /// Makes a change. What nobody has changed is not written down, so that better defaults reach people later.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Theme(theme) => self.theme = theme,
            Change::Language(language) => self.language = language,
            Change::Video(video) => self.video = video,
            Change::Sound(sound) => self.sound = sound,
            Change::Call(call) => self.call = call,
            Change::ConnectAtStart(connect) => self.connect_at_start = connect,
            Change::Notifications(notifications) => self.notifications = notifications,
            Change::Shortcut { deed, keys: Some(keys) } => {
                self.shortcuts.insert(deed.to_owned(), keys);
            }
            Change::Shortcut { deed, keys: None } => {
                self.shortcuts.remove(deed);
            }
            Change::UsualShortcuts => self.shortcuts.clear(),
            Change::Downloads(folder) => self.downloads = folder,
            Change::Recordings(folder) => self.recordings = folder,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_changed_one_by_one_and_brought_back_one_by_one_or_all_at_once() {
        let mut settings = Settings::default();
        let change = |deed, keys: Option<&str>| Change::Shortcut { deed, keys: keys.map(str::to_owned) };

        settings.apply(change("chat", Some("Alt+M")));
        settings.apply(change("hand", Some("Alt+H")));
        settings.apply(change("chat", None));
        let after_one = settings.shortcuts.clone();
        settings.apply(Change::UsualShortcuts);

        assert_eq!(after_one, [("hand".to_owned(), "Alt+H".to_owned())].into());
        assert!(settings.shortcuts.is_empty());
    }
}
