//! Reactions that float up over whoever feels them. The pictures are our own icons, so that they look the same on a
//! system without a font for emoji.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::Place;
use parlor_protocol::{ParticipantId, Reaction};

use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, Palette, metric},
    widgets::{Plate, paint_glyph, paint_plate},
    words::{Words, words},
};

/// How long one floats.
const LIFE: Duration = Duration::from_secs(3);
/// More at once are too many to see.
const MOST: usize = 48;
/// Those that come together float beside each other.
const LANES: u32 = 5;
/// How often the picture of a floating one is drawn anew.
const PACE: Duration = Duration::from_millis(33);

/// Those that float at the moment, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Reactions {
    floating: VecDeque<Floating>,
    count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Floating {
    who: Option<ParticipantId>,
    reaction: Reaction,
    since: Instant,
    lane: u32,
}

/// Where one is on its way, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Progress {
    height: f32,
    opacity: f32,
    size: f32,
}

impl Reactions {
    /// Somebody, or we, reacted.
    pub(crate) fn push(&mut self, who: Option<ParticipantId>, reaction: Reaction, now: Instant) {
        self.prune(now);
        if self.floating.len() == MOST {
            self.floating.pop_front();
        }
        let lane = self.count % LANES;
        self.count = self.count.wrapping_add(1);
        self.floating.push_back(Floating { who, reaction, since: now, lane });
    }

    /// Forgets those that are gone.
    pub(crate) fn prune(&mut self, now: Instant) {
        self.floating.retain(|floating| floating.age(now) < LIFE);
    }
}

impl Floating {
    fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// It comes up fast, slows down, and fades.
    fn progress(&self, now: Instant) -> Progress {
        let time = (self.age(now).as_secs_f32() / LIFE.as_secs_f32()).clamp(0.0, 1.0);
        let left = 1.0 - time;
        Progress {
            height: 1.0 - left * left,
            opacity: (time / 0.08).min(left / 0.35).clamp(0.0, 1.0),
            size: (0.6 + 4.0 * time).min(1.0),
        }
    }
}

/// Draws what floats over the stage: each over the picture of whoever sent it, which `place_of` knows, or else at the
/// lower edge with a name on it. Without a sender it is ours.
pub(super) fn reactions_ui(
    ui: &mut Ui,
    area: Rect,
    scene: &Scene<'_>,
    reactions: &Reactions,
    place_of: impl Fn(Option<ParticipantId>) -> Option<Rect>,
) {
    let (now, palette, words) = (scene.now.instant, theme::palette(ui.ctx()), words(ui.ctx()));
    let painter = ui.painter().with_clip_rect(area);
    for (index, floating) in reactions.floating.iter().enumerate() {
        if floating.age(now) >= LIFE {
            continue;
        }
        let progress = floating.progress(now);
        let place = place_of(floating.who).filter(|place| area.intersects(*place));
        let center = center(place.unwrap_or(area), floating.lane, progress.height);
        paint(&painter, palette, center, floating.reaction, progress);
        let name = name_of(scene, floating.who, words);
        if place.is_none() {
            let plate = Plate { glyph: None, text: &name };
            let below = center + vec2(0.0, metric::REACTION / 2.0 + metric::SPACE_XS);
            paint_plate(&painter, palette, below, Align2::CENTER_TOP, &plate, area.width() / 4.0);
        }
        let rect = Rect::from_center_size(center, vec2(metric::REACTION, metric::REACTION));
        let response = ui.interact(rect, ui.scope_id().with(("reaction", index)), Sense::hover());
        let said = format!("{name}: {}", reaction_name(floating.reaction, words));
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
    }
    if reactions.floating.iter().any(|floating| floating.age(now) < LIFE) {
        ui.ctx().request_repaint_after(PACE);
    }
}

/// The icon of a reaction and its colour; the same in both themes, as everything that lies on pictures.
pub(super) fn reaction_look(reaction: Reaction, palette: &Palette) -> (&'static str, Color32) {
    match reaction {
        Reaction::ThumbsUp => (icons::THUMBS_UP, palette.reactions[0]),
        Reaction::Clap => (icons::CLAP, palette.reactions[1]),
        Reaction::Heart => (icons::HEART, palette.reactions[2]),
        Reaction::Laugh => (icons::SMILEY, palette.reactions[3]),
        Reaction::Surprise => (icons::LIGHTNING, palette.reactions[4]),
        Reaction::Celebrate => (icons::CONFETTI, palette.reactions[5]),
    }
}

/// What a reaction is called.
pub(super) fn reaction_name(reaction: Reaction, words: Words) -> String {
    let name = match reaction {
        Reaction::ThumbsUp => words.say("chat-thumbs-up"),
        Reaction::Clap => words.say("chat-clap"),
        Reaction::Heart => words.say("chat-heart"),
        Reaction::Laugh => words.say("chat-laugh"),
        Reaction::Surprise => words.say("chat-surprise"),
        Reaction::Celebrate => words.say("chat-celebrate"),
    };
    name.into_owned()
}

fn name_of(scene: &Scene<'_>, who: Option<ParticipantId>, words: Words) -> String {
    let call = &scene.view.call;
    let other = who.and_then(|who| call.others.iter().find(|other| other.id == who));
    match (other, who, &call.place) {
        (Some(other), _, _) => other.nickname.to_string(),
        (None, None, Place::Room(room)) => room.nickname.to_string(),
        (None, _, _) => words.say("chat-somebody").into_owned(),
    }
}

/// From the lower edge of a place up, at most two thirds of it.
fn center(place: Rect, lane: u32, height: f32) -> Pos2 {
    let from_middle = lane as f32 - (LANES - 1) as f32 / 2.0;
    let step = (place.width() / (LANES + 1) as f32).min(metric::REACTION);
    let start = place.bottom() - metric::REACTION.min(place.height() / 2.0);
    let way = (place.height() * 2.0 / 3.0 - metric::REACTION / 2.0).clamp(0.0, metric::REACTION_WAY);
    pos2(place.center().x + from_middle * step, start - way * height)
}

fn paint(painter: &Painter, palette: &Palette, center: Pos2, reaction: Reaction, progress: Progress) {
    let (glyph, color) = reaction_look(reaction, palette);
    let size = metric::REACTION * progress.size;
    painter.circle_filled(center, size / 2.0, palette.scrim_hover.gamma_multiply(progress.opacity));
    let font = theme::glyph_fill(size * 0.62);
    paint_glyph(painter, center, glyph, font, color.gamma_multiply(progress.opacity));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_rises_fades_and_is_gone_after_three_seconds() {
        let start = Instant::now();
        let mut reactions = Reactions::default();
        reactions.push(None, Reaction::Clap, start);

        let at = |milliseconds| reactions.floating[0].progress(start + Duration::from_millis(milliseconds));
        let (begin, middle, end) = (at(0), at(1500), at(2990));
        reactions.prune(start + Duration::from_millis(2999));
        let still = reactions.floating.len();
        reactions.prune(start + LIFE);

        assert!(begin.height < middle.height && middle.height < end.height);
        assert!(begin.opacity < 0.01 && middle.opacity > 0.99 && end.opacity < 0.05);
        assert_eq!((still, reactions.floating.len()), (1, 0));
    }

    #[test]
    fn a_flood_shows_the_newest_only() {
        let start = Instant::now();
        let mut reactions = Reactions::default();

        for n in 0..1000 {
            let who = Some(ParticipantId::new(n));
            reactions.push(who, Reaction::Heart, start);
        }

        assert_eq!(reactions.floating.len(), MOST);
        assert_eq!(reactions.floating.back().and_then(|floating| floating.who), Some(ParticipantId::new(999)));
    }

    #[test]
    fn it_floats_within_the_place_of_its_sender_however_small_that_is() {
        for size in [vec2(160.0, 90.0), vec2(640.0, 360.0), vec2(80.0, 45.0)] {
            let place = Rect::from_min_size(pos2(100.0, 100.0), size);
            for lane in 0..LANES {
                for height in [0.0, 0.5, 1.0] {
                    let center = center(place, lane, height);
                    assert!(place.expand(1.0).contains(center), "{size} {lane} {height}: {center}");
                }
            }
        }
    }
}
