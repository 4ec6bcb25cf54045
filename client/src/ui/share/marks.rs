//! Where people point in shared pictures: a ring with a name, for everybody, for two seconds.
use std::time::{Duration, Instant};

use eframe::egui::{Align2, CursorIcon, Pos2, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use parlor_call::{Command, Notice, Place};
use parlor_protocol::ParticipantId;

use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{Plate, paint_plate},
    wish::Wish,
    words::{say, words},
};

/// How long a mark is seen.
const LASTS: Duration = Duration::from_secs(2);
/// From when on it fades.
const FADES: Duration = Duration::from_millis(1500);
/// How long one pulse of its ring takes, in seconds.
const PULSE: f32 = 0.8;

/// All marks that are to be seen.
#[derive(Debug, Default)]
pub(crate) struct Marks(Vec<Mark>);

#[derive(Debug)]
struct Mark {
    by: Option<ParticipantId>,
    name: String,
    of: ParticipantId,
    /// Where, in a picture that is 1 wide and 1 high.
    at: Pos2,
    since: Instant,
}

impl Marks {
    /// Takes in that somebody points at something. Each has one mark: it moves along.
    pub(crate) fn hear(&mut self, notice: &Notice, now: Instant) {
        let Notice::Pointed { by, nickname, of, x, y } = notice else { return };
        self.0.retain(|mark| mark.by != *by && is_fresh(mark, now));
        let share = |place: u16| f32::from(place) / f32::from(u16::MAX);
        let at = pos2(share(*x), share(*y));
        self.0.push(Mark { by: *by, name: nickname.to_string(), of: *of, at, since: now });
    }

    /// Whoever else points at what we share at the moment.
    pub(super) fn pointing_at_me(&self, scene: &Scene<'_>) -> Option<&str> {
        let Place::Room(room) = &scene.view.call.place else { return None };
        let mut of_me = self.0.iter().filter(|mark| mark.of == room.me && mark.by.is_some());
        of_me.find(|mark| is_fresh(mark, scene.now.instant)).map(|mark| mark.name.as_str())
    }
}

fn is_fresh(mark: &Mark, now: Instant) -> bool {
    now.saturating_duration_since(mark.since) < LASTS
}

/// Shows the marks in the picture that `of` shares, and lets us make one: with Ctrl held, by a click or while the button
/// is down. `to_screen` and `to_picture` tell where on the screen a point of the picture is, and the other way round;
/// the picture is 1 wide and 1 high.
pub(crate) fn marks_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    marks: &Marks,
    of: ParticipantId,
    to_screen: impl Fn(Pos2) -> Option<Pos2>,
    to_picture: impl Fn(Pos2) -> Option<Pos2>,
) -> Option<Wish> {
    for mark in marks.0.iter().filter(|mark| mark.of == of && is_fresh(mark, scene.now.instant)) {
        if let Some(at) = to_screen(mark.at) {
            mark_ui(ui, mark, at, scene.now.instant);
        }
        ui.ctx().request_repaint();
    }
    let (held, down, pos) =
        ui.input(|input| (input.modifiers.command, input.pointer.primary_down(), input.pointer.latest_pos()));
    let pos = pos.filter(|_| held)?;
    // What lies before the picture, such as a dialog, is not pointed through.
    if ui.ctx().layer_id_at(pos).is_some_and(|layer| layer != ui.layer_id()) {
        return None;
    }
    let at = to_picture(pos)?;
    ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    if !down {
        return None;
    }
    // The pointer may rest: the mark stays for as long as the button is down.
    ui.ctx().request_repaint_after(Duration::from_millis(100));
    let share = |place: f32| (place.clamp(0.0, 1.0) * f32::from(u16::MAX)).round() as u16;
    Some(Command::Point { of, x: share(at.x), y: share(at.y) }.into())
}

fn mark_ui(ui: &mut Ui, mark: &Mark, at: Pos2, now: Instant) {
    let palette = theme::palette(ui.ctx());
    let age = now.saturating_duration_since(mark.since);
    let left = LASTS.saturating_sub(age).as_secs_f32() / (LASTS - FADES).as_secs_f32();
    let color = theme::avatar_color(&mark.name);
    let mut painter = ui.painter().clone();
    painter.multiply_opacity(left.min(1.0));
    let pulse = (age.as_secs_f32() / PULSE).fract();
    let halo = color.gamma_multiply(1.0 - pulse);
    painter.circle_stroke(at, metric::MARK_RADIUS * (1.0 + pulse), Stroke::new(2.0, halo));
    painter.circle_stroke(at, metric::MARK_RADIUS, Stroke::new(5.0, palette.scrim));
    painter.circle_stroke(at, metric::MARK_RADIUS, Stroke::new(3.0, color));
    painter.circle_filled(at, 3.0, color);
    let below = at + vec2(0.0, metric::MARK_RADIUS + metric::SPACE_S);
    let plate = Plate { glyph: Some((icons::CURSOR, palette.on_scrim)), text: &mark.name };
    paint_plate(&painter, palette, below, Align2::CENTER_TOP, &plate, metric::MARK_NAME);
    let words = words(ui.ctx());
    let place = eframe::egui::Rect::from_center_size(at, Vec2::splat(2.0 * metric::MARK_RADIUS));
    let response = ui.interact(place, ui.scope_id().with(("mark", mark.of, mark.by)), Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, say!(words, "share-mark", name = mark.name.as_str())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_one_mark_that_moves_along_and_goes_after_two_seconds() {
        let start = Instant::now();
        let mut marks = Marks::default();

        marks.hear(&pointed(2, 0, 0), start);
        marks.hear(&pointed(2, u16::MAX, u16::MAX), start + Duration::from_millis(100));
        marks.hear(&pointed(3, 0, u16::MAX), start + Duration::from_secs(1));

        let places: Vec<_> = marks.0.iter().map(|mark| mark.at).collect();
        assert_eq!(places, [pos2(1.0, 1.0), pos2(0.0, 1.0)]);
        assert!(marks.0.iter().all(|mark| is_fresh(mark, start + Duration::from_secs(2))));
        assert!(!is_fresh(&marks.0[0], start + Duration::from_millis(2100)));
    }

    #[test]
    fn marks_that_nobody_sees_any_more_are_forgotten() {
        let start = Instant::now();
        let mut marks = Marks::default();

        (0..100).for_each(|who| marks.hear(&pointed(who, 0, 0), start + who * LASTS));

        assert_eq!(marks.0.len(), 1);
    }

    fn pointed(by: u32, x: u16, y: u16) -> Notice {
        let (by, of) = (Some(ParticipantId::new(by.into())), ParticipantId::new(1));
        Notice::Pointed { by, nickname: "Ada".parse().unwrap(), of, x, y }
    }
}
