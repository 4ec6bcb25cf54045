//! The microphones and speakers that a person can choose from.
use std::collections::BTreeMap;

use cpal::{
    ErrorKind,
    traits::{DeviceTrait, HostTrait},
};

use super::host::{self, Direction};
use crate::device::{self, Device};

/// Every microphone that answers, the preferred one first. Empty where there is no sound system.
///
/// Asks the sound system and may take some hundred milliseconds: not for a thread that draws.
pub fn microphones() -> Vec<Device> {
    list(Direction::Capture)
}

/// Every speaker that answers, the preferred one first. Empty where there is no sound system.
///
/// Asks the sound system and may take some hundred milliseconds: not for a thread that draws.
pub fn speakers() -> Vec<Device> {
    list(Direction::Playback)
}

fn list(direction: Direction) -> Vec<Device> {
    let Ok(host) = host::connect() else {
        return Vec::new();
    };
    let preferred = match direction {
        Direction::Capture => host.default_input_device(),
        Direction::Playback => host.default_output_device(),
    };
    let found = match host.devices() {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "the sound devices cannot be listed");
            return Vec::new();
        }
    };
    let preferred = preferred.and_then(|device| device.id().ok()).map(|id| id.to_string());
    let mut devices: Vec<_> = found
        .filter(|device| match direction {
            Direction::Capture => device.supports_input(),
            Direction::Playback => device.supports_output(),
        })
        .filter_map(|device| Some((device.id().ok()?.to_string(), device)))
        .filter(|(id, device)| is_for_people(id) && is_alive(device, direction))
        .map(|(id, device)| Device { label: host::described(&device), id })
        .collect();
    drop_numbered_twins(&mut devices);
    devices.sort_by_key(|device| preferred.as_ref() != Some(&device.id));
    tell_apart(&mut devices);
    device::remember(&devices);
    devices
}

/// Whether a person would choose it. ALSA lists dozens of ways to the same card, of which `plughw` converts
/// everything; a sound server lists what each speaker plays as if it were a microphone.
fn is_for_people(id: &str) -> bool {
    match id.split_once(':') {
        Some(("alsa", name)) => matches!(name, "default" | "pipewire" | "pulse") || name.starts_with("plughw:"),
        Some((_, name)) => !name.ends_with(".monitor"),
        None => true,
    }
}

/// Whether it would open now, or after another program (or this one) has let go of it.
fn is_alive(device: &cpal::Device, direction: Direction) -> bool {
    let config = match direction {
        Direction::Capture => device.default_input_config(),
        Direction::Playback => device.default_output_config(),
    };
    match config {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::DeviceBusy,
    }
}

/// ALSA lists each card by name and again by number; the number changes with the order of plugging in.
fn drop_numbered_twins(devices: &mut Vec<Device>) {
    let is_numbered = |id: &str| {
        id.split_once("plughw:CARD=").is_some_and(|(_, rest)| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let named = devices.iter().any(|device| device.id.contains("plughw:CARD=") && !is_numbered(&device.id));
    if named {
        devices.retain(|device| !is_numbered(&device.id));
    }
}

/// Two of the same make have the same name: the second and further ones get a number.
fn tell_apart(devices: &mut [Device]) {
    let mut seen = BTreeMap::<String, u32>::new();
    for device in devices {
        let count = seen.entry(device.label.clone()).or_default();
        *count += 1;
        if *count > 1 {
            device.label = format!("{} ({count})", device.label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, label: &str) -> Device {
        Device { id: id.to_owned(), label: label.to_owned() }
    }

    #[test]
    fn listing_devices_works_on_any_machine_from_any_thread() {
        let background = std::thread::spawn(|| (microphones(), speakers()));

        let (microphones, speakers) = background.join().unwrap();

        for devices in [microphones, speakers] {
            let mut labels: Vec<_> = devices.iter().map(|device| &device.label).collect();
            labels.sort();
            labels.dedup();
            assert_eq!(labels.len(), devices.len(), "every label is different");
        }
    }

    #[test]
    fn what_no_person_would_choose_is_left_out() {
        for id in ["alsa:default", "alsa:plughw:CARD=PCH,DEV=0", "pulseaudio:alsa_input.usb", "wasapi:{1}"] {
            assert!(is_for_people(id), "{id}");
        }
        for id in ["alsa:null", "alsa:hw:CARD=PCH,DEV=0", "alsa:surround51:CARD=PCH", "pulseaudio:spk.monitor"] {
            assert!(!is_for_people(id), "{id}");
        }
    }

    #[test]
    fn a_card_that_is_listed_by_name_is_not_listed_by_number_too() {
        let mut devices = vec![
            device("alsa:plughw:CARD=PCH,DEV=0", "Card"),
            device("alsa:plughw:CARD=0,DEV=0", "Card"),
            device("alsa:default", "Default"),
        ];

        drop_numbered_twins(&mut devices);

        assert_eq!(
            devices.iter().map(|device| &*device.id).collect::<Vec<_>>(),
            ["alsa:plughw:CARD=PCH,DEV=0", "alsa:default"]
        );
    }

    #[test]
    fn two_of_the_same_make_can_be_told_apart() {
        let mut devices = [device("a", "USB Headset"), device("b", "USB Headset"), device("c", "Camera")];

        tell_apart(&mut devices);

        assert_eq!(devices.map(|device| device.label), ["USB Headset", "USB Headset (2)", "Camera"]);
    }
}
