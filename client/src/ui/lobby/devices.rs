//! Camera, microphone and speaker: which one, and how loud.
use std::path::Path;

use eframe::egui::{Align, Layout, Ui, vec2};
use parlor_media::{
    audio::spec::{AudioSpec, DEFAULT_TONE_HZ, SpeakerSpec},
    device::Device,
    spec::VideoSpec,
};

use crate::{
    engine::{Command, DeviceStatus, StudioView},
    ui::{
        icons,
        theme::{self, metric},
        widgets::{
            Choice, Picked, Picker, clipped, column_in, field_label_ui, meter_ui, paint_glyph, picker_ui, sentence,
        },
        wish::Wish,
    },
};

/// Three dropdowns side by side.
pub(super) fn devices_ui(ui: &mut Ui, studio: &StudioView, level: f32) -> Vec<Wish> {
    let width = (ui.available_width() - 2.0 * metric::SPACE_L) / 3.0;
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.x = metric::SPACE_L;
    ui.horizontal_top(|ui| {
        let (camera, microphone, speaker) = (&studio.camera, &studio.microphone, &studio.speaker);
        let cameras = camera_choices(&studio.devices.cameras, &camera.chosen);
        let current = current_camera(&studio.devices.cameras, &camera.chosen);
        // What is wrong with the camera is said on the preview, in larger letters.
        wishes.extend(column_ui(ui, width, |ui| {
            device_ui(ui, icons::CAMERA, "Camera", &cameras, &current, Command::ChooseCamera)
        }));
        let microphones = microphone_choices(&studio.devices.microphones, &microphone.chosen);
        wishes.extend(column_ui(ui, width, |ui| {
            let current = &microphone.chosen;
            let wish = device_ui(ui, icons::MICROPHONE, "Microphone", &microphones, current, Command::ChooseMicrophone);
            if !trouble_ui(ui, &microphone.status) {
                meter_ui(ui, "Microphone level", level, width);
            }
            wish
        }));
        let speakers = speaker_choices(&studio.devices.speakers, &speaker.chosen);
        wishes.extend(column_ui(ui, width, |ui| {
            let current = &speaker.chosen;
            let wish = device_ui(ui, icons::SPEAKER, "Speaker", &speakers, current, Command::ChooseSpeaker);
            trouble_ui(ui, &speaker.status);
            wish
        }));
    });
    wishes
}

fn column_ui<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(width, super::DEVICES_HEIGHT), eframe::egui::Sense::hover());
    column_in(ui, rect, add)
}

fn device_ui<Spec: Clone + PartialEq>(
    ui: &mut Ui,
    glyph: &str,
    name: &str,
    choices: &[Choice<Spec>],
    current: &Spec,
    choose: impl FnOnce(Spec) -> Command,
) -> Option<Wish> {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 16.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (rect, _) = ui.allocate_exact_size(vec2(metric::GLYPH_XS, 16.0), eframe::egui::Sense::hover());
        let color = theme::palette(ui.ctx()).text2;
        paint_glyph(ui.painter(), rect.center(), glyph, theme::glyph(metric::GLYPH_XS), color);
        field_label_ui(ui, name);
    });
    let picked = choices.iter().find(|choice| choice.value == *current).map_or("", |choice| &choice.label);
    let picker = Picker { name, picked, width: ui.available_width() };
    match picker_ui(ui, &picker, choices, current) {
        Picked::Nothing => None,
        Picked::Opened => Some(Command::RefreshDevices.into()),
        Picked::Made(spec) => Some(choose(spec).into()),
    }
}

/// Says in two lines what is wrong with a device; the rest is in the tooltip. True where there was something to say.
fn trouble_ui(ui: &mut Ui, status: &DeviceStatus) -> bool {
    let DeviceStatus::Failed { message } = status else { return false };
    let message = &sentence(message);
    let color = theme::palette(ui.ctx()).danger;
    let words = clipped(ui.painter(), (message, theme::stamp(), color), ui.available_width(), 2);
    let (rect, response) = ui.allocate_exact_size(words.size(), eframe::egui::Sense::hover());
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, message));
    ui.painter().galley(rect.min, words, color);
    response.on_hover_text(message);
    true
}

/// The camera in use: where none was chosen by name, it is the first one listed.
fn current_camera(cameras: &[Device], chosen: &VideoSpec) -> VideoSpec {
    match (chosen, cameras.first()) {
        (VideoSpec::Camera(None), Some(first)) => VideoSpec::Camera(Some(first.id.clone())),
        (chosen, _) => chosen.clone(),
    }
}

fn camera_choices(cameras: &[Device], chosen: &VideoSpec) -> Vec<Choice<VideoSpec>> {
    let mut choices = devices(cameras, VideoSpec::Camera);
    if choices.is_empty() {
        choices.push(choice("First camera found", VideoSpec::Camera(None)));
    }
    choices.push(choice("Test pattern", VideoSpec::Pattern(0)));
    choices.push(choice("No camera", VideoSpec::None));
    with_current(choices, &current_camera(cameras, chosen), |spec| match spec {
        VideoSpec::Camera(None) => "First camera found".to_owned(),
        VideoSpec::Camera(Some(id)) => format!("{id} (not connected)"),
        VideoSpec::Pattern(tag) => format!("Test pattern {tag}"),
        VideoSpec::File(path) => file_name(path),
        VideoSpec::None => "No camera".to_owned(),
    })
}

fn microphone_choices(microphones: &[Device], chosen: &AudioSpec) -> Vec<Choice<AudioSpec>> {
    let mut choices = vec![choice("System default", AudioSpec::Microphone(None))];
    choices.extend(devices(microphones, AudioSpec::Microphone));
    choices.push(choice("Test tone", AudioSpec::Tone(DEFAULT_TONE_HZ)));
    choices.push(choice("No microphone", AudioSpec::None));
    with_current(choices, chosen, |spec| match spec {
        AudioSpec::Microphone(None) => "System default".to_owned(),
        AudioSpec::Microphone(Some(id)) => format!("{id} (not connected)"),
        AudioSpec::Tone(hertz) => format!("Test tone, {hertz} Hz"),
        AudioSpec::File(path) => file_name(path),
        AudioSpec::None => "No microphone".to_owned(),
    })
}

fn speaker_choices(speakers: &[Device], chosen: &SpeakerSpec) -> Vec<Choice<SpeakerSpec>> {
    let mut choices = vec![choice("System default", SpeakerSpec::Speaker(None))];
    choices.extend(devices(speakers, SpeakerSpec::Speaker));
    choices.push(choice("No sound", SpeakerSpec::Null));
    with_current(choices, chosen, |spec| match spec {
        SpeakerSpec::Speaker(None) => "System default".to_owned(),
        SpeakerSpec::Speaker(Some(id)) => format!("{id} (not connected)"),
        SpeakerSpec::Wav(path) => file_name(path),
        SpeakerSpec::Null => "No sound".to_owned(),
    })
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

    #[test]
    fn the_first_camera_is_the_one_where_none_was_chosen() {
        let cameras = [device("usb-1", "BRIO"), device("usb-2", "Cam")];

        let choices = camera_choices(&cameras, &VideoSpec::Camera(None));

        assert_eq!(labels(&choices), ["BRIO", "Cam", "Test pattern", "No camera"]);
        assert_eq!(current_camera(&cameras, &VideoSpec::Camera(None)), choices[0].value);
    }

    #[test]
    fn without_cameras_the_test_pattern_is_still_there() {
        let choices = camera_choices(&[], &VideoSpec::Camera(None));

        assert_eq!(labels(&choices), ["First camera found", "Test pattern", "No camera"]);
    }

    #[test]
    fn a_device_that_was_unplugged_stays_in_the_list() {
        let gone = VideoSpec::Camera(Some("usb-9".to_owned()));

        let choices = camera_choices(&[device("usb-1", "BRIO")], &gone);

        assert_eq!(choices[0], Choice { label: "usb-9 (not connected)".to_owned(), value: gone });
    }

    #[test]
    fn a_tone_of_the_command_line_is_in_the_list_beside_the_usual_one() {
        let choices = microphone_choices(&[device("m", "Built-in")], &AudioSpec::Tone(880));

        let expected = ["Test tone, 880 Hz", "System default", "Built-in", "Test tone", "No microphone"];
        assert_eq!(labels(&choices), expected);
    }

    #[test]
    fn a_file_is_called_by_its_name_without_its_folder() {
        let choices = camera_choices(&[], &VideoSpec::File("/home/ada/clips/head.webm".into()));

        assert_eq!(choices[0].label, "head.webm");
    }

    #[test]
    fn sound_can_be_sent_nowhere() {
        let choices = speaker_choices(&[device("s", "Headset")], &SpeakerSpec::Speaker(None));

        assert_eq!(labels(&choices), ["System default", "Headset", "No sound"]);
    }

    fn device(id: &str, label: &str) -> Device {
        Device { id: id.to_owned(), label: label.to_owned() }
    }

    fn labels<Spec>(choices: &[Choice<Spec>]) -> Vec<&str> {
        choices.iter().map(|choice| choice.label.as_str()).collect()
    }
}
