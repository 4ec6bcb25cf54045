//! One person in the list.
use eframe::egui::{Align2, Color32, Rect, Role as Part, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{ParticipantView, RoomView};
use parlor_protocol::Role;

use crate::ui::{
    call::{actions, hearing::Hearing, quality::Quality},
    icons,
    theme::{self, Palette, metric},
    widgets::{paint_avatar, paint_glyph, paint_text, row_from_right_in},
    wish::Wish,
    words::{Words, say, words},
};

/// How a person is at the moment.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) name: &'a str,
    pub(super) role: Role,
    pub(super) me: bool,
    /// The place of their raised hand among all.
    pub(super) hand: Option<usize>,
    pub(super) recording: bool,
    /// Whether nothing is heard of them by anybody.
    pub(super) muted: bool,
    /// Whether they send pictures.
    pub(super) camera: bool,
    pub(super) speaking: bool,
    /// How well they are reached; none for ourselves.
    pub(super) quality: Option<Quality>,
    /// Whether we do not want to hear them.
    pub(super) silenced: bool,
    /// Whether we do not want to see them.
    pub(super) unwatched: bool,
}

impl Person<'_> {
    fn label(&self, words: Words) -> String {
        if self.me { say!(words, "people-you", name = self.name) } else { self.name.to_owned() }
    }

    /// All that the row shows, for those who cannot see it.
    fn accessible_name(&self, words: Words) -> String {
        let mut facts = vec![self.label(words)];
        facts.extend(actions::role_name(words, self.role).map(Into::into));
        facts.extend(self.hand.map(|number| say!(words, "people-hand", number = number)));
        for (holds, fact) in [
            (self.recording, words.say("people-records")),
            (self.muted, words.say("people-muted")),
            (self.speaking, words.say("people-speaking")),
            (!self.camera, words.say("people-camera-off")),
            (self.silenced, words.say("people-silenced")),
            (self.unwatched, words.say("people-unwatched")),
        ] {
            facts.extend(holds.then(|| fact.into_owned()));
        }
        facts.extend(self.quality.map(|quality| quality.brief(words)));
        say!(words, "people-row", facts = facts.join(", "))
    }

    /// The line below the name.
    fn remark(&self, words: Words) -> String {
        let mut remarks = Vec::new();
        if self.silenced {
            remarks.push(words.say("people-silenced").into_owned());
        }
        if self.unwatched {
            remarks.push(words.say("people-unwatched").into_owned());
        }
        remarks.extend(self.quality.map(|quality| quality.brief(words)));
        remarks.join(" · ")
    }

    /// The icons at the right end, from the right.
    fn marks(&self, palette: &Palette) -> Vec<(&'static str, Color32)> {
        let camera = if self.camera && !self.unwatched {
            (icons::CAMERA, palette.text2)
        } else {
            (icons::CAMERA_SLASH, palette.text3)
        };
        let microphone = match (self.muted, self.silenced, self.speaking) {
            (true, _, _) => (icons::MICROPHONE_SLASH, palette.danger),
            (false, true, _) => (icons::SPEAKER_SLASH, palette.warn),
            (false, false, true) => (icons::MICROPHONE, palette.ok),
            (false, false, false) => (icons::MICROPHONE, palette.text2),
        };
        let mut marks = vec![camera, microphone];
        marks.extend(self.recording.then_some((icons::RECORD, palette.danger)));
        marks
    }
}

/// Shows the row, with a menu of what may be done where it is about somebody else.
pub(super) fn person_ui(
    ui: &mut Ui,
    person: &Person<'_>,
    room: &RoomView,
    about: Option<&ParticipantView>,
    hearing: &Hearing,
) -> Option<Wish> {
    let words = words(ui.ctx());
    let size = vec2(ui.available_width() - metric::SPACE_S, metric::PERSON_ROW_HEIGHT + metric::SPACE_S);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Part::Label, true, person.accessible_name(words)));
    let palette = theme::palette(ui.ctx());
    if response.contains_pointer() {
        ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, palette.hover.gamma_multiply(0.5));
    }
    paint_person(ui, rect, person, words);
    let button = rect.with_min_x(rect.right() - metric::GHOST - metric::SPACE_XS);
    let by_button =
        about.and_then(|other| row_from_right_in(ui, button, |ui| actions::row_button_ui(ui, room, other, hearing)));
    let by_mouse =
        about.and_then(|other| actions::context_menu_ui(&response.interact(Sense::CLICK), room, other, hearing));
    if let Some(quality) = person.quality {
        response.on_hover_text(quality.sentence(words, person.name));
    }
    by_button.or(by_mouse)
}

fn paint_person(ui: &Ui, rect: Rect, person: &Person<'_>, words: Words) {
    let (painter, palette) = (ui.painter(), theme::palette(ui.ctx()));
    let (middle, radius) = (rect.center().y, metric::SPACE_L);
    let avatar = pos2(rect.left() + metric::SPACE_S + radius, middle);
    paint_avatar(painter, avatar, radius, person.name);
    if person.speaking {
        painter.circle_stroke(avatar, radius + 2.0, Stroke::new(2.0, palette.live));
    }

    let mut right = rect.right() - metric::GHOST - metric::SPACE_M;
    for (glyph, ink) in person.marks(palette) {
        right -= metric::GLYPH_S / 2.0;
        paint_glyph(painter, pos2(right, middle), glyph, theme::glyph(metric::GLYPH_S), ink);
        right -= metric::GLYPH_S / 2.0 + metric::SPACE_S;
    }
    if let Some(number) = person.hand {
        let number = number.to_string();
        let words = (number.as_str(), theme::chip(), palette.warn);
        let place = paint_text(painter, pos2(right, middle), Align2::RIGHT_CENTER, words, metric::GLYPH_L);
        right = place.left() - metric::GLYPH_S / 2.0 - 2.0;
        paint_glyph(painter, pos2(right, middle), icons::HAND, theme::glyph_fill(metric::GLYPH_S), palette.warn);
        right -= metric::GLYPH_S / 2.0 + metric::SPACE_S;
    }

    let left = avatar.x + radius + metric::SPACE_M;
    let remark = person.remark(words);
    let role = actions::role_glyph(person.role);
    let width = right - left - role.map_or(0.0, |_| metric::GLYPH_XS + metric::SPACE_S);
    let (at, anchor) = if remark.is_empty() {
        (pos2(left, middle), Align2::LEFT_CENTER)
    } else {
        (pos2(left, middle - 1.0), Align2::LEFT_BOTTOM)
    };
    let name = person.label(words);
    let name = paint_text(painter, at, anchor, (&name, theme::body(), palette.text), width);
    if let Some(glyph) = role {
        let at = name.right_center() + vec2(metric::SPACE_S + metric::GLYPH_XS / 2.0, 0.0);
        paint_glyph(painter, at, glyph, theme::glyph_fill(metric::GLYPH_XS), palette.warn);
    }
    let Some(quality) = person.quality else { return };
    let below = pos2(left, middle + 3.0 + metric::GLYPH_XS / 2.0);
    let ink = quality.ink(palette);
    let icon = below + vec2(metric::GLYPH_XS / 2.0, 0.0);
    paint_glyph(painter, icon, quality.glyph(), theme::glyph_fill(metric::GLYPH_XS), ink);
    let at = below + vec2(metric::GLYPH_XS + metric::SPACE_XS, 0.0);
    let remark = (remark.as_str(), theme::stamp(), ink);
    paint_text(painter, at, Align2::LEFT_CENTER, remark, right - at.x);
}
