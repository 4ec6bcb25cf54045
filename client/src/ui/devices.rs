//! Cameras, microphones and speakers as lists to choose from, and what is wrong with them, in words. For the lobby, for
//! the menus in a call and for the settings.
use std::path::Path;

use parlor_media::{
    audio::spec::{AudioSpec, DEFAULT_TONE_HZ, SpeakerSpec},
    device::{self, Device},
    spec::VideoSpec,
};

use super::{
    widgets::{Choice, sentence},
    words::{Words, say},
};
use crate::engine::{DeviceStatus, DeviceTrouble, StudioView};

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Pictures from us.
    Camera,
    /// Sound from us.
    Microphone,
    /// Sound from the others.
    Speaker,
}

/// The cameras to choose from. Where none was chosen by name, the first one listed is the one in use.
pub(crate) fn camera_choices(words: Words, cameras: &[Device], chosen: &VideoSpec) -> Vec<Choice<VideoSpec>> {
    let mut choices = devices(cameras, VideoSpec::Camera);
    if choices.is_empty() {
        choices.push(choice(&words.say("device-first-camera"), VideoSpec::Camera(None)));
    }
    choices.push(choice(&words.say("device-test-pattern"), VideoSpec::Pattern(0)));
    choices.push(choice(&words.say("device-no-camera"), VideoSpec::None));
    with_current(choices, &current_camera(cameras, chosen), |spec| match spec {
        VideoSpec::Camera(None) => words.say("device-first-camera").into_owned(),
        VideoSpec::Camera(Some(id)) => not_connected(words, id),
        VideoSpec::Pattern(tag) => say!(words, "device-numbered-pattern", number = *tag),
        VideoSpec::Screen(_) | VideoSpec::Window(_) | VideoSpec::Region(_) => spec.to_string(),
        VideoSpec::File(path) => file_name(path),
        VideoSpec::None => words.say("device-no-camera").into_owned(),
    })
}

/// The camera in use, as it stands in the list.
pub(crate) fn current_camera(cameras: &[Device], chosen: &VideoSpec) -> VideoSpec {
    match (chosen, cameras.first()) {
        (VideoSpec::Camera(None), Some(first)) => VideoSpec::Camera(Some(first.id.clone())),
        (chosen, _) => chosen.clone(),
    }
}

/// The microphones to choose from.
pub(crate) fn microphone_choices(words: Words, microphones: &[Device], chosen: &AudioSpec) -> Vec<Choice<AudioSpec>> {
    let mut choices = vec![choice(&words.say("device-default"), AudioSpec::Microphone(None))];
    choices.extend(devices(microphones, AudioSpec::Microphone));
    choices.push(choice(&words.say("device-test-tone"), AudioSpec::Tone(DEFAULT_TONE_HZ)));
    choices.push(choice(&words.say("device-no-microphone"), AudioSpec::None));
    with_current(choices, chosen, |spec| match spec {
        AudioSpec::Microphone(None) => words.say("device-default").into_owned(),
        AudioSpec::Microphone(Some(id)) => not_connected(words, id),
        AudioSpec::Tone(hertz) => say!(words, "device-pitched-tone", hertz = *hertz),
        AudioSpec::File(path) => file_name(path),
        AudioSpec::None => words.say("device-no-microphone").into_owned(),
    })
}

/// The speakers to choose from.
pub(crate) fn speaker_choices(words: Words, speakers: &[Device], chosen: &SpeakerSpec) -> Vec<Choice<SpeakerSpec>> {
    let mut choices = vec![choice(&words.say("device-default"), SpeakerSpec::Speaker(None))];
    choices.extend(devices(speakers, SpeakerSpec::Speaker));
    choices.push(choice(&words.say("device-no-sound"), SpeakerSpec::Null));
    with_current(choices, chosen, |spec| match spec {
        SpeakerSpec::Speaker(None) => words.say("device-default").into_owned(),
        SpeakerSpec::Speaker(Some(id)) => not_connected(words, id),
        SpeakerSpec::Wav(path) => file_name(path),
        SpeakerSpec::Null => words.say("device-no-sound").into_owned(),
    })
}

/// What is wrong with a device and what helps; none while it works or is not wanted.
pub(crate) fn trouble(words: Words, kind: Kind, status: &DeviceStatus) -> Option<String> {
    let DeviceStatus::Failed { trouble, message } = status else { return None };
    Some(match trouble {
        DeviceTrouble::NoneFound => match kind {
            Kind::Camera => words.say("camera-none-found"),
            Kind::Microphone => words.say("microphone-none-found"),
            Kind::Speaker => words.say("speaker-none-found"),
        }
        .into_owned(),
        DeviceTrouble::NotConnected { name } => say!(words, "device-not-plugged-in", name = name.as_str()),
        DeviceTrouble::Busy { name } => say!(words, "device-busy", name = name.as_str()),
        DeviceTrouble::Denied { name } => denied(words, kind, name),
        DeviceTrouble::Unsupported { name } => say!(words, "device-unsupported", name = name.as_str()),
        DeviceTrouble::Lost { name } => say!(words, "device-lost", name = name.as_str()),
        DeviceTrouble::Silent { name } => say!(words, "device-silent", name = name.as_str()),
        DeviceTrouble::NoSoundSystem => words.say("sound-system-missing").into_owned(),
        DeviceTrouble::Other => sentence(message),
    })
}

/// That another device stands in for the one that was chosen.
pub(crate) fn stands_in(words: Words, missing: Option<&str>, status: &DeviceStatus) -> Option<String> {
    let (Some(name), DeviceStatus::Running { label, .. }) = (missing, status) else { return None };
    Some(say!(words, "device-stands-in", name = name, other = label.as_str()))
}

/// What was said about the devices last, so that each trouble is said once.
#[derive(Debug, Default)]
pub(crate) struct DeviceNews([Option<String>; 3]);

impl DeviceNews {
    /// What is wrong that was not wrong before.
    pub(crate) fn follow(&mut self, words: Words, studio: &StudioView) -> Vec<String> {
        let (camera, microphone, speaker) = (&studio.camera.status, &studio.microphone.status, &studio.speaker.status);
        let missing = &studio.missing;
        let now = [
            trouble(words, Kind::Camera, camera).or_else(|| stands_in(words, missing.camera.as_deref(), camera)),
            trouble(words, Kind::Microphone, microphone)
                .or_else(|| stands_in(words, missing.microphone.as_deref(), microphone)),
            trouble(words, Kind::Speaker, speaker).or_else(|| stands_in(words, missing.speaker.as_deref(), speaker)),
        ];
        // While one opens, nothing is known about it.
        let opening = [camera, microphone, speaker].map(|status| *status == DeviceStatus::Opening);
        let mut news = Vec::new();
        for ((before, now), opening) in self.0.iter_mut().zip(now).zip(opening) {
            if !opening && *before != now {
                news.extend(now.clone());
                *before = now;
            }
        }
        news
    }
}

#[cfg(target_os = "linux")]
fn denied(words: Words, kind: Kind, name: &str) -> String {
    match kind {
        Kind::Camera => say!(words, "device-denied-group", name = name, group = "video"),
        Kind::Microphone | Kind::Speaker => say!(words, "device-denied-group", name = name, group = "audio"),
    }
}

#[cfg(not(target_os = "linux"))]
fn denied(words: Words, _: Kind, name: &str) -> String {
    say!(words, "device-denied", name = name)
}

fn not_connected(words: Words, id: &str) -> String {
    say!(words, "device-not-connected", name = device::remembered(id).unwrap_or_else(|| id.to_owned()))
}

/// There is room for the end of a path only, and that is what people know a file by.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn devices<Spec>(devices: &[Device], spec: impl Fn(Option<String>) -> Spec) -> Vec<Choice<Spec>> {
    devices.iter().map(|device| choice(&device.label, spec(Some(device.id.clone())))).collect()
}

fn choice<Spec>(label: &str, value: Spec) -> Choice<Spec> {
    Choice { label: label.to_owned(), value }
}

/// A choice that is in force is always in the list, also where it came from the command line or was unplugged.
fn with_current<Spec: Clone + PartialEq>(
    mut choices: Vec<Choice<Spec>>,
    current: &Spec,
    label: impl Fn(&Spec) -> String,
) -> Vec<Choice<Spec>> {
    if !choices.iter().any(|choice| choice.value == *current) {
        choices.insert(0, Choice { label: label(current), value: current.clone() });
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn the_first_camera_is_the_one_where_none_was_chosen() {
        let cameras = [device("usb-1", "BRIO"), device("usb-2", "Cam")];

        let choices = camera_choices(ENGLISH, &cameras, &VideoSpec::Camera(None));

        assert_eq!(labels(&choices), ["BRIO", "Cam", "Test pattern", "No camera"]);
        assert_eq!(current_camera(&cameras, &VideoSpec::Camera(None)), choices[0].value);
    }

    #[test]
    fn without_cameras_the_test_pattern_is_still_there() {
        let choices = camera_choices(ENGLISH, &[], &VideoSpec::Camera(None));

        assert_eq!(labels(&choices), ["First camera found", "Test pattern", "No camera"]);
    }

    #[test]
    fn a_device_that_was_unplugged_stays_in_the_list() {
        let gone = VideoSpec::Camera(Some("usb-9".to_owned()));

        let choices = camera_choices(ENGLISH, &[device("usb-1", "BRIO")], &gone);

        assert_eq!(choices[0], Choice { label: "usb-9 (not connected)".to_owned(), value: gone });
    }

    #[test]
    fn a_device_that_was_unplugged_is_called_as_it_was_when_it_was_seen() {
        device::remember(&[device("usb-7", "Brio 500")]);
        let gone = AudioSpec::Microphone(Some("usb-7".to_owned()));

        let choices = microphone_choices(Words::new(Language::Korean), &[], &gone);

        assert_eq!(choices[0].label, "Brio 500 (연결되지 않음)");
    }

    #[test]
    fn a_tone_of_the_command_line_is_in_the_list_beside_the_usual_one() {
        let choices = microphone_choices(ENGLISH, &[device("m", "Built-in")], &AudioSpec::Tone(880));

        let expected = ["Test tone, 880 Hz", "System default", "Built-in", "Test tone", "No microphone"];
        assert_eq!(labels(&choices), expected);
    }

    #[test]
    fn a_file_is_called_by_its_name_without_its_folder() {
        let choices = camera_choices(ENGLISH, &[], &VideoSpec::File("/home/ada/clips/head.webm".into()));

        assert_eq!(choices[0].label, "head.webm");
    }

    #[test]
    fn sound_can_be_sent_nowhere() {
        let choices = speaker_choices(ENGLISH, &[device("s", "Headset")], &SpeakerSpec::Speaker(None));

        assert_eq!(labels(&choices), ["System default", "Headset", "No sound"]);
    }

    #[test]
    fn trouble_is_told_with_the_name_of_the_device_and_what_helps() {
        let busy = DeviceTrouble::Busy { name: "BRIO".to_owned() };
        let failed = |trouble| DeviceStatus::Failed { trouble, message: "it burns".to_owned() };
        let said = |kind, trouble| self::trouble(ENGLISH, kind, &failed(trouble)).unwrap();

        assert_eq!(said(Kind::Camera, busy), "BRIO is in use by another program: close that one, or choose another.");
        assert!(said(Kind::Speaker, DeviceTrouble::NoneFound).contains("speaker"));
        assert_eq!(said(Kind::Microphone, DeviceTrouble::Other), "It burns.");
        assert_eq!(self::trouble(ENGLISH, Kind::Camera, &DeviceStatus::Opening), None);
    }

    #[test]
    fn what_stands_in_is_named_with_what_it_stands_in_for() {
        let running = DeviceStatus::Running { label: "Built-in".to_owned(), detail: String::new() };

        let said = stands_in(ENGLISH, Some("USB headset"), &running);

        assert_eq!(said.as_deref(), Some("USB headset is not plugged in: using Built-in until it is back."));
        assert_eq!(stands_in(ENGLISH, None, &running), None);
    }

    #[test]
    fn each_trouble_is_news_once() {
        let mut news = DeviceNews::default();
        let mut studio = StudioView::default();
        let lost = DeviceTrouble::Lost { name: "BRIO".to_owned() };
        let failed = DeviceStatus::Failed { trouble: lost, message: String::new() };
        let running = DeviceStatus::Running { label: "Cam".to_owned(), detail: String::new() };
        let mut said = Vec::new();

        for status in [failed.clone(), failed.clone(), DeviceStatus::Opening, failed.clone(), running, failed] {
            studio.camera.status = status;
            said.push(news.follow(ENGLISH, &studio).len());
        }

        assert_eq!(said, [1, 0, 0, 0, 0, 1]);
    }

    fn device(id: &str, label: &str) -> Device {
        Device { id: id.to_owned(), label: label.to_owned() }
    }

    fn labels<Spec>(choices: &[Choice<Spec>]) -> Vec<&str> {
        choices.iter().map(|choice| choice.label.as_str()).collect()
    }
}
