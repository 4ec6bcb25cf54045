//! What the operating system lists: cameras, microphones, speakers.
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// One device, as a person picks it from a list and as a settings file remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The stable name that the settings keep; it survives a re-plug where the operating system has such a name.
    pub id: String,
    /// What a person reads, different for every device of a list.
    pub label: String,
}

/// How many names are remembered: more devices than anybody owns.
const MOST_NAMES: usize = 256;

/// What devices are called, by their ids. One that was unplugged can no longer be asked.
static NAMES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Remembers what devices are called. Whoever knows it from an earlier run says so before the first one is opened.
pub fn remember<'a>(devices: impl IntoIterator<Item = &'a Device>) {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    for Device { id, label } in devices {
        if names.len() < MOST_NAMES || names.contains_key(id) {
            names.insert(id.clone(), label.clone());
        }
    }
}

/// What the device with this id is called, or was when it was last seen.
pub fn remembered(id: &str) -> Option<String> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_was_seen_keeps_its_name() {
        let device = |label: &str| Device { id: "usb-1".to_owned(), label: label.to_owned() };

        remember(&[device("Brio"), device("Brio (2)")]);

        assert_eq!(remembered("usb-1").as_deref(), Some("Brio (2)"));
        assert_eq!(remembered("usb-2"), None);
    }
}
