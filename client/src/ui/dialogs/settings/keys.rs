//! Recording new keys for a deed: the next keys that are pressed, unless something speaks against them.
use eframe::egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use crate::{
    settings::Change,
    ui::{
        shortcuts::{self, Deed, Shortcuts},
        wish::Wish,
    },
};

/// What is being recorded, and what became of the last try.
#[derive(Debug, Default)]
pub(super) struct Keys {
    recording: Option<Deed>,
    refused: Option<(Deed, KeyboardShortcut, Refusal)>,
}

/// Why keys cannot do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// They do something else already.
    Taken(Deed),
    /// They write or move the cursor, which would do both.
    Writes,
    /// Every program uses them for copying and the like.
    Reserved,
}

impl Keys {
    /// Whose keys are being recorded.
    pub(super) fn recording(&self) -> Option<Deed> {
        self.recording
    }

    /// What speaks against the keys that were pressed last for this deed.
    pub(super) fn refused(&self, deed: Deed) -> Option<(&KeyboardShortcut, Refusal)> {
        self.refused.as_ref().filter(|(of, _, _)| *of == deed).map(|(_, keys, refusal)| (keys, *refusal))
    }

    /// Records the keys of this deed from now on.
    pub(super) fn record(&mut self, deed: Deed) {
        self.recording = Some(deed);
        self.refused = None;
    }

    /// Records nothing any more.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Takes the keys that were pressed while recording, so that they do nothing else.
    pub(super) fn listen(&mut self, ctx: &Context) -> Option<Wish> {
        let deed = self.recording?;
        let pressed = ctx.input_mut(|input| {
            let pressed = input.events.iter().find_map(shortcut);
            input.events.retain(|event| !matches!(event, Event::Key { .. } | Event::Text(_)));
            pressed
        })?;
        self.recording = None;
        if pressed == KeyboardShortcut::new(Modifiers::NONE, Key::Escape) {
            return None;
        }
        match refusal(deed, &pressed, &shortcuts::current(ctx)) {
            Some(refusal) => {
                self.refused = Some((deed, pressed, refusal));
                None
            }
            None => Some(Change::Shortcut { deed: deed.word(), keys: Some(shortcuts::written(&pressed)) }.into()),
        }
    }
}

/// The keys of an event, with none of the modifiers that only some systems have.
fn shortcut(event: &Event) -> Option<KeyboardShortcut> {
    let Event::Key { key, pressed: true, repeat: false, modifiers, .. } = event else { return None };
    let mut kept = Modifiers::NONE;
    for (held, modifier) in [
        (modifiers.command || modifiers.ctrl, Modifiers::COMMAND),
        (modifiers.shift, Modifiers::SHIFT),
        (modifiers.alt, Modifiers::ALT),
    ] {
        if held {
            kept |= modifier;
        }
    }
    Some(KeyboardShortcut::new(kept, *key))
}

/// What speaks against these keys for a deed.
fn refusal(deed: Deed, keys: &KeyboardShortcut, in_use: &Shortcuts) -> Option<Refusal> {
    let KeyboardShortcut { modifiers, logical_key } = *keys;
    let held = modifiers.command || modifiers.alt;
    if let Some(other) = Deed::ALL.into_iter().find(|other| *other != deed && in_use.keys(*other) == *keys) {
        return Some(Refusal::Taken(other));
    }
    if modifiers == Modifiers::COMMAND && EDITING.contains(&logical_key) {
        return Some(Refusal::Reserved);
    }
    // The key to talk is not heard while somebody writes, so it may be a letter.
    let talks = deed == Deed::Talk && !modifiers.shift && !MOVING.contains(&logical_key);
    (!held && !is_function_key(logical_key) && !talks).then_some(Refusal::Writes)
}

/// With the command key: select all, copy, paste, cut, undo, do again, and quit.
const EDITING: [Key; 7] = [Key::A, Key::C, Key::V, Key::X, Key::Z, Key::Y, Key::Q];

/// They press buttons, and go from one to the next.
const MOVING: [Key; 8] =
    [Key::Tab, Key::Enter, Key::Escape, Key::Backspace, Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight];

fn is_function_key(key: Key) -> bool {
    let number = key.name().strip_prefix('F').and_then(|number| number.parse::<u8>().ok());
    number.is_some() || matches!(key, Key::Insert | Key::PageUp | Key::PageDown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_do_something_else_are_refused_with_what_they_do() {
        let usual = Shortcuts::default();
        let chat = usual.keys(Deed::Chat);

        assert_eq!(refusal(Deed::Hand, &chat, &usual), Some(Refusal::Taken(Deed::Chat)));
        assert_eq!(refusal(Deed::Chat, &chat, &usual), None);
    }

    #[test]
    fn what_writes_or_copies_is_refused_and_function_keys_are_not() {
        let of = |deed, modifiers, key| refusal(deed, &KeyboardShortcut::new(modifiers, key), &Shortcuts::default());

        assert_eq!(of(Deed::Chat, Modifiers::NONE, Key::M), Some(Refusal::Writes));
        assert_eq!(of(Deed::Chat, Modifiers::SHIFT, Key::M), Some(Refusal::Writes));
        assert_eq!(of(Deed::Chat, Modifiers::NONE, Key::Tab), Some(Refusal::Writes));
        assert_eq!(of(Deed::Chat, Modifiers::COMMAND, Key::V), Some(Refusal::Reserved));
        assert_eq!(of(Deed::Chat, Modifiers::ALT, Key::M), None);
        assert_eq!(of(Deed::Chat, Modifiers::NONE, Key::F9), None);
        assert_eq!(of(Deed::Chat, Modifiers::NONE, Key::F), Some(Refusal::Writes));
    }

    #[test]
    fn the_key_to_talk_may_be_a_letter_but_not_one_that_presses_buttons() {
        let of = |key| refusal(Deed::Talk, &KeyboardShortcut::new(Modifiers::NONE, key), &Shortcuts::default());

        assert_eq!(of(Key::V), None);
        assert_eq!(of(Key::Enter), Some(Refusal::Writes));
    }
}
