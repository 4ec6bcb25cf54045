//! Camera, microphone and speaker: which one, how loud, and whether they work.
use eframe::egui::{Align, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use crate::{
    engine::{Command, DeviceStatus, SoundTest, StudioView},
    ui::{
        devices::{Kind, camera_choices, current_camera, microphone_choices, speaker_choices, stands_in, trouble},
        icons,
        scene::Scene,
        theme::{self, metric},
        widgets::{
            ButtonKind, Choice, Picked, Picker, button_ui, clipped, column_in, field_label_ui, meter_ui, paint_glyph,
            picker_ui,
        },
        wish::Wish,
        words::{say, words},
    },
};

/// How often the seconds of a test are counted.
const COUNT: std::time::Duration = std::time::Duration::from_millis(200);

/// Three dropdowns side by side.
pub(crate) fn devices_ui(ui: &mut Ui, scene: &Scene<'_>) -> Vec<Wish> {
    let width = (ui.available_width() - 2.0 * metric::SPACE_L) / 3.0;
    if scene.view.studio.sound_test != SoundTest::Off {
        ui.ctx().request_repaint_after(COUNT);
    }
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.x = metric::SPACE_L;
    ui.horizontal_top(|ui| {
        wishes.extend(column_ui(ui, width, |ui| camera_ui(ui, &scene.view.studio)));
        wishes.extend(column_ui(ui, width, |ui| microphone_ui(ui, scene)));
        wishes.extend(column_ui(ui, width, |ui| speaker_ui(ui, scene)));
    });
    wishes
}

fn column_ui<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(width, super::DEVICES_HEIGHT), Sense::hover());
    column_in(ui, rect, add)
}

fn camera_ui(ui: &mut Ui, studio: &StudioView) -> Vec<Wish> {
    let (words, camera) = (words(ui.ctx()), &studio.camera);
    let choices = camera_choices(words, &studio.devices.cameras, &camera.chosen);
    let current = current_camera(&studio.devices.cameras, &camera.chosen);
    let name = words.say("lobby-camera");
    let wish = device_ui(ui, icons::CAMERA, &name, &choices, &current, Command::ChooseCamera);
    // What is wrong with the camera is said on the preview, in larger letters.
    if let Some(remark) = stands_in(words, studio.missing.camera.as_deref(), &camera.status) {
        remark_ui(ui, &remark, false);
    }
    wish.into_iter().collect()
}

fn microphone_ui(ui: &mut Ui, scene: &Scene<'_>) -> Vec<Wish> {
    let (words, studio) = (words(ui.ctx()), &scene.view.studio);
    let microphone = &studio.microphone;
    let choices = microphone_choices(words, &studio.devices.microphones, &microphone.chosen);
    let (name, current) = (words.say("lobby-microphone"), &microphone.chosen);
    let mut wishes = Vec::new();
    wishes.extend(device_ui(ui, icons::MICROPHONE, &name, &choices, current, Command::ChooseMicrophone));
    if let Some(trouble) = trouble(words, Kind::Microphone, &microphone.status) {
        remark_ui(ui, &trouble, true);
        wishes.extend(try_again_ui(ui).then(|| Command::ChooseMicrophone(current.clone()).into()));
        return wishes;
    }
    let width = ui.available_width();
    meter_ui(ui, &words.say("lobby-microphone-level"), scene.levels.me, width);
    let left = studio.sound_test.seconds_left(scene.now.instant);
    let (label, command) = match studio.sound_test {
        SoundTest::Recording { .. } => (say!(words, "sound-test-recording", seconds = left), Command::StopSoundTest),
        SoundTest::Playing { .. } => (say!(words, "sound-test-playing", seconds = left), Command::StopSoundTest),
        SoundTest::Off | SoundTest::Speaker { .. } => {
            (words.say("sound-test-microphone").into_owned(), Command::TestMicrophone)
        }
    };
    let running = matches!(microphone.status, DeviceStatus::Running { .. });
    let hint = words.say("sound-test-hint-microphone");
    let busy = command == Command::StopSoundTest;
    wishes.extend(test_ui(ui, icons::RECORD, (&label, &hint), busy, running).then(|| command.into()));
    if let Some(remark) = stands_in(words, studio.missing.microphone.as_deref(), &microphone.status) {
        remark_ui(ui, &remark, false);
    }
    wishes
}

fn speaker_ui(ui: &mut Ui, scene: &Scene<'_>) -> Vec<Wish> {
    let (words, studio) = (words(ui.ctx()), &scene.view.studio);
    let speaker = &studio.speaker;
    let choices = speaker_choices(words, &studio.devices.speakers, &speaker.chosen);
    let (name, current) = (words.say("lobby-speaker"), &speaker.chosen);
    let mut wishes = Vec::new();
    wishes.extend(device_ui(ui, icons::SPEAKER, &name, &choices, current, Command::ChooseSpeaker));
    if let Some(trouble) = trouble(words, Kind::Speaker, &speaker.status) {
        remark_ui(ui, &trouble, true);
        wishes.extend(try_again_ui(ui).then(|| Command::ChooseSpeaker(current.clone()).into()));
        return wishes;
    }
    let width = ui.available_width();
    meter_ui(ui, &words.say("lobby-speaker-level"), scene.levels.speaker, width);
    let (label, command) = match studio.sound_test {
        SoundTest::Speaker { .. } => (words.say("sound-test-stop"), Command::StopSoundTest),
        SoundTest::Off | SoundTest::Recording { .. } | SoundTest::Playing { .. } => {
            (words.say("sound-test-speaker"), Command::TestSpeaker)
        }
    };
    let running = matches!(speaker.status, DeviceStatus::Running { .. });
    let hint = words.say("sound-test-hint-speaker");
    let busy = command == Command::StopSoundTest;
    wishes.extend(test_ui(ui, icons::PLAY, (&label, &hint), busy, running).then(|| command.into()));
    if let Some(remark) = stands_in(words, studio.missing.speaker.as_deref(), &speaker.status) {
        remark_ui(ui, &remark, false);
    }
    wishes
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
        let (rect, _) = ui.allocate_exact_size(vec2(metric::GLYPH_XS, 16.0), Sense::hover());
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

/// A button as wide as the column: tries a device, or ends that.
fn test_ui(ui: &mut Ui, glyph: &str, (label, hint): (&str, &str), busy: bool, enabled: bool) -> bool {
    let size = vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT);
    let (kind, glyph) = if busy { (ButtonKind::Secondary, icons::STOP) } else { (ButtonKind::Quiet, glyph) };
    let button = ui.add_enabled_ui(enabled || busy, |ui| button_ui(ui, kind, glyph, label, size)).inner;
    button.on_hover_text(hint).clicked()
}

fn try_again_ui(ui: &mut Ui) -> bool {
    let size = vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT);
    let label = words(ui.ctx()).say("device-try-again");
    button_ui(ui, ButtonKind::Secondary, icons::ARROW_CLOCKWISE, &label, size).clicked()
}

/// Says in two lines what is the matter with a device; the rest is in the tooltip.
fn remark_ui(ui: &mut Ui, text: &str, failed: bool) {
    let palette = theme::palette(ui.ctx());
    let color = if failed { palette.danger } else { palette.text2 };
    let words = clipped(ui.painter(), (text, theme::stamp(), color), ui.available_width(), 2);
    let (rect, response) = ui.allocate_exact_size(words.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().galley(rect.min, words, color);
    response.on_hover_text(text);
}
