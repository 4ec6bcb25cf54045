//! The menus of devices in a call: a caret on the buttons of microphone and camera opens them.
use eframe::egui::{CursorIcon, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::{
    engine::{Command, SoundTest, StudioView},
    ui::{
        devices::{Kind, camera_choices, current_camera, microphone_choices, speaker_choices, stands_in, trouble},
        icons,
        theme::{self, metric},
        widgets::{Choice, field_label_ui, is_stale, menu_choice_ui, menu_row_ui, menu_ui, paint_glyph, wrapped},
        wish::Wish,
        words::words,
    },
};

/// Width of the menus: device names are long.
const MENU_WIDTH: f32 = 300.0;
/// What does not fit into a small window scrolls.
const MENU_HEIGHT: f32 = 520.0;
/// What of the window a menu leaves free.
const MENU_MARGIN: f32 = 130.0;
/// The side of the caret.
const CARET: f32 = 18.0;

/// A caret on the corner of a button, and the menu behind it: the cameras, or the microphones with the speakers.
pub(super) fn device_menu_ui(ui: &mut Ui, button: &Response, kind: Kind, studio: &StudioView) -> Vec<Wish> {
    let words = words(ui.ctx());
    let name = match kind {
        Kind::Camera => words.say("device-menu-camera"),
        Kind::Microphone | Kind::Speaker => words.say("device-menu-sound"),
    };
    let caret = caret_ui(ui, button, &name, in_trouble(ui, kind, studio));
    let height = MENU_HEIGHT.min(ui.ctx().content_rect().height() - MENU_MARGIN);
    let shown = menu_ui(&caret, &name, MENU_WIDTH, |ui| {
        let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
        scroll.show(ui, |ui| lists_ui(ui, kind, studio)).inner
    });
    let stale = is_stale(ui, &caret, shown.is_some());
    let refresh = stale.then(|| Wish::from(Command::RefreshDevices));
    shown.unwrap_or_default().into_iter().chain(refresh).collect()
}

fn lists_ui(ui: &mut Ui, kind: Kind, studio: &StudioView) -> Vec<Wish> {
    ui.spacing_mut().item_spacing.y = 2.0;
    match kind {
        Kind::Camera => camera_ui(ui, studio),
        Kind::Microphone | Kind::Speaker => {
            let mut wishes = microphone_ui(ui, studio);
            ui.add_space(metric::SPACE_S);
            wishes.extend(speaker_ui(ui, studio));
            wishes
        }
    }
}

fn camera_ui(ui: &mut Ui, studio: &StudioView) -> Vec<Wish> {
    let (words, camera) = (words(ui.ctx()), &studio.camera);
    let choices = camera_choices(words, &studio.devices.cameras, &camera.chosen);
    let current = current_camera(&studio.devices.cameras, &camera.chosen);
    let mut wishes = Vec::new();
    wishes.extend(section_ui(ui, &words.say("lobby-camera"), &choices, &current, Command::ChooseCamera));
    let missing = studio.missing.camera.as_deref();
    let again = Command::ChooseCamera(camera.chosen.clone());
    let remarks = (trouble(words, Kind::Camera, &camera.status), stands_in(words, missing, &camera.status));
    wishes.extend(remarks_ui(ui, remarks, again));
    wishes
}

fn microphone_ui(ui: &mut Ui, studio: &StudioView) -> Vec<Wish> {
    let (words, microphone) = (words(ui.ctx()), &studio.microphone);
    let choices = microphone_choices(words, &studio.devices.microphones, &microphone.chosen);
    let (title, chosen) = (words.say("lobby-microphone"), &microphone.chosen);
    let mut wishes = Vec::new();
    wishes.extend(section_ui(ui, &title, &choices, chosen, Command::ChooseMicrophone));
    let missing = studio.missing.microphone.as_deref();
    let again = Command::ChooseMicrophone(chosen.clone());
    let remarks = (trouble(words, Kind::Microphone, &microphone.status), stands_in(words, missing, &microphone.status));
    wishes.extend(remarks_ui(ui, remarks, again));
    wishes
}

fn speaker_ui(ui: &mut Ui, studio: &StudioView) -> Vec<Wish> {
    let (words, speaker) = (words(ui.ctx()), &studio.speaker);
    let choices = speaker_choices(words, &studio.devices.speakers, &speaker.chosen);
    let (title, chosen) = (words.say("lobby-speaker"), &speaker.chosen);
    let mut wishes = Vec::new();
    wishes.extend(section_ui(ui, &title, &choices, chosen, Command::ChooseSpeaker));
    let missing = studio.missing.speaker.as_deref();
    let again = Command::ChooseSpeaker(chosen.clone());
    let remarks = (trouble(words, Kind::Speaker, &speaker.status), stands_in(words, missing, &speaker.status));
    wishes.extend(remarks_ui(ui, remarks, again));
    let (glyph, label, command) = match studio.sound_test {
        SoundTest::Off => (icons::PLAY, words.say("sound-test-speaker"), Command::TestSpeaker),
        SoundTest::Speaker { .. } | SoundTest::Recording { .. } | SoundTest::Playing { .. } => {
            (icons::STOP, words.say("sound-test-stop"), Command::StopSoundTest)
        }
    };
    wishes.extend(menu_row_ui(ui, glyph, &label).clicked().then(|| command.into()));
    wishes
}

/// A title and what there is to choose from.
fn section_ui<Spec: Clone + PartialEq>(
    ui: &mut Ui,
    title: &str,
    choices: &[Choice<Spec>],
    current: &Spec,
    choose: impl FnOnce(Spec) -> Command,
) -> Option<Wish> {
    ui.horizontal(|ui| {
        ui.add_space(metric::SPACE_S);
        field_label_ui(ui, title);
    });
    let mut picked = None;
    for choice in choices {
        if menu_choice_ui(ui, &choice.label, choice.value == *current).clicked() {
            picked = Some(choice.value.clone());
        }
    }
    picked.map(|spec| choose(spec).into())
}

/// What is wrong with a device, and a way to try it again.
fn remarks_ui(ui: &mut Ui, (trouble, stands_in): (Option<String>, Option<String>), again: Command) -> Option<Wish> {
    let palette = theme::palette(ui.ctx());
    let failed = trouble.is_some();
    let text = trouble.or(stands_in)?;
    let color = if failed { palette.danger } else { palette.text2 };
    let room = ui.available_width() - 2.0 * metric::SPACE_S;
    let galley = wrapped(ui.painter(), &text, theme::stamp(), color, room);
    let size = vec2(ui.available_width(), galley.size().y + metric::SPACE_S);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    ui.painter().galley(rect.min + vec2(metric::SPACE_S, metric::SPACE_XS), galley, color);
    let label = words(ui.ctx()).say("device-try-again");
    (failed && menu_row_ui(ui, icons::ARROW_CLOCKWISE, &label).clicked()).then(|| again.into())
}

fn in_trouble(ui: &Ui, kind: Kind, studio: &StudioView) -> bool {
    let words = words(ui.ctx());
    match kind {
        Kind::Camera => trouble(words, Kind::Camera, &studio.camera.status).is_some(),
        Kind::Microphone | Kind::Speaker => {
            trouble(words, Kind::Microphone, &studio.microphone.status).is_some()
                || trouble(words, Kind::Speaker, &studio.speaker.status).is_some()
        }
    }
}

/// A small round button on the upper right corner of another one; a warning where a device behind it does not work.
fn caret_ui(ui: &Ui, button: &Response, name: &str, warning: bool) -> Response {
    let palette = theme::palette(ui.ctx());
    let place = Rect::from_center_size(button.rect.right_top() + vec2(-6.0, 6.0), vec2(CARET, CARET));
    let response = ui.interact(place, button.id.with("devices"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let (fill, ink, glyph) = if warning {
        (palette.warn, palette.panel, icons::WARNING)
    } else if response.hovered() || response.has_focus() {
        (palette.accent, palette.on_accent, icons::CARET_UP)
    } else {
        (palette.card, palette.text2, icons::CARET_UP)
    };
    let painter = ui.painter();
    painter.circle_filled(place.center(), CARET / 2.0 + 1.0, palette.panel);
    painter.circle_filled(place.center(), CARET / 2.0, fill);
    paint_glyph(painter, place.center(), glyph, theme::glyph_fill(12.0), ink);
    response.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand)
}
