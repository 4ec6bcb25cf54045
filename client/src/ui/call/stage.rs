//! The stage: everybody's picture in its place, as the person wants it.
//!
//! What is on it, how it is divided and who is the one speaking are pure functions in the modules below; this is what
//! is remembered between two frames, and the drawing.
mod cast;
mod places;
mod speaker;

use std::{collections::BTreeMap, time::Instant};

use eframe::egui::{Align2, Context, Rect, Ui, Vec2, vec2};
use parlor_call::RoomView;

use self::{
    cast::{Cast, Marks, cast, everybody, foremost},
    places::{Page, Places, Wanted, places},
    speaker::Speaker,
};
use super::{
    alone::alone_ui,
    full_screen::FullScreen,
    picture::{Props, hides_self, is_loud, picture_ui},
    sizes::Shown,
    tile_menu::Deed,
    zoom::Zoom,
};
use crate::{
    engine::PictureId,
    settings::{CallChoice, Change},
    ui::{
        icons,
        scene::Scene,
        theme::metric::{self, ASPECT},
        widgets::{ControlTone, column_in, control_ui},
        wish::Wish,
        words::{say, words},
    },
};

/// Shared screens of odder shapes than this are cut off by black bars.
const ASPECTS: std::ops::RangeInclusive<f32> = 0.4..=3.6;

/// What the stage remembers between two frames.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    pub(super) full: FullScreen,
    /// Whether the small window is open that stays above all others.
    pub(super) small_window: bool,
    marks: Marks,
    /// The picture that fills the screen alone.
    alone: Option<PictureId>,
    speaker: Speaker,
    page: usize,
    zooms: BTreeMap<PictureId, Zoom>,
    /// Where the pictures on the stage are.
    tiles: BTreeMap<PictureId, Rect>,
    /// The pictures of this frame, or the last one, and how they are shown.
    seen: BTreeMap<PictureId, Shown>,
    /// The call that all this is about, by its beginning.
    call: Option<Instant>,
}

impl Stage {
    /// Takes in what happened since the last frame, before anything is drawn.
    pub(super) fn watch(&mut self, ctx: &Context, scene: &Scene<'_>, room: &RoomView) {
        if self.call != Some(room.since) {
            *self = Self { full: self.full.clone(), call: Some(room.since), ..Self::default() };
        }
        let now = scene.now.instant;
        self.full.watch(ctx, now);
        if !self.full.is_on() {
            self.alone = None;
        }
        let others = scene.view.call.others.iter().map(|other| (other.id, is_loud(scene, other)));
        self.speaker.hear(others, now);
        let there = everybody(&scene.view.call, false);
        self.marks.retain(&there);
        self.zooms.retain(|id, _| there.contains(id));
        self.tiles.clear();
        self.seen.clear();
    }

    /// Whether a picture had a place in the last frame, or may have one in the first.
    pub(super) fn shows(&self, id: PictureId) -> bool {
        self.call.is_none() || self.seen.contains_key(&id)
    }

    /// How a picture was shown in the last frame.
    pub(super) fn shown(&self, id: PictureId) -> Shown {
        self.seen.get(&id).copied().unwrap_or_default()
    }

    /// Takes in that a picture has a place, and how it is shown there.
    pub(super) fn note_seen(&mut self, id: PictureId, shown: Shown) {
        let largest = self.seen.entry(id).or_default();
        *largest = largest.or_larger(shown);
    }

    /// Forgets the call, once it is over.
    pub(crate) fn leave(&mut self, ctx: &Context, now: Instant) {
        if self.call.is_some() {
            self.full.set(false, ctx, now);
            *self = Self { full: self.full.clone(), ..Self::default() };
        }
    }

    /// The pictures that have windows of their own.
    pub(super) fn popped(&self) -> impl Iterator<Item = PictureId> + use<> {
        self.marks.popped.clone().into_iter()
    }

    /// Brings a picture back from its window.
    pub(super) fn bring_back(&mut self, id: PictureId) {
        self.marks.popped.remove(&id);
    }

    /// The one picture that matters most: what is pinned, or who speaks.
    pub(super) fn foremost(&self, scene: &Scene<'_>) -> PictureId {
        let here = everybody(&scene.view.call, false);
        let pinned = self.marks.pinned.first().copied();
        pinned.or_else(|| foremost(&here, self.speaker.current())).unwrap_or(PictureId::Me)
    }

    /// Where a picture is on the stage; none where it has no place there.
    pub(super) fn tile(&self, id: PictureId) -> Option<Rect> {
        self.tiles.get(&id).copied()
    }

    /// How closely a shared screen is looked at.
    pub(super) fn zoom(&self, id: PictureId) -> Zoom {
        self.zooms.get(&id).copied().unwrap_or_default()
    }

    /// Takes in how a shared screen is looked at.
    pub(super) fn note_looked(&mut self, id: PictureId, zoom: Zoom) {
        self.zooms.insert(id, zoom);
    }

    pub(super) fn is_pinned(&self, id: PictureId) -> bool {
        self.marks.pinned.contains(&id)
    }

    /// Does to a tile what was asked for, as far as it can be done here.
    pub(super) fn mark(&mut self, id: PictureId, deed: Deed, props: &Props<'_>, ctx: &Context) -> Option<Wish> {
        match deed {
            Deed::Pin => self.marks.toggle_pin(id),
            Deed::PopOut => self.marks.pop_out(id),
            Deed::Fill => {
                self.bring_back(id);
                self.alone = Some(id);
                self.full.set(true, ctx, props.scene.now.instant);
            }
            Deed::HideSelf => return Some(Change::Call(CallChoice { hide_self: true, ..props.choice }).into()),
        }
        None
    }

    fn cast(&self, props: &Props<'_>) -> Cast {
        let all = everybody(&props.scene.view.call, hides_self(props));
        match self.alone.filter(|id| all.contains(id)) {
            Some(alone) => Cast { large: vec![alone], small: Vec::new() },
            None => cast(&all, props.choice.layout, &self.marks, self.speaker.current()),
        }
    }
}

/// Shows everybody who has a place on the stage.
pub(super) fn stage_ui(ui: &mut Ui, mut area: Rect, props: &Props<'_>, stage: &mut Stage) -> Vec<Wish> {
    let mut wishes = Vec::new();
    if props.scene.view.call.others.is_empty() {
        let (rest, card) = area.split_top_bottom_at_y(area.bottom() - metric::INVITE_CARD_HEIGHT - metric::SPACE_S);
        wishes.extend(alone_ui(ui, card.with_min_y(card.top() + metric::SPACE_M), props.scene));
        area = rest;
    }
    let cast = stage.cast(props);
    let wanted = Wanted {
        large: cast.large.len(),
        aspect: aspect(&cast.large, props),
        small: cast.small.len(),
        page: stage.page,
    };
    let places = places(area, wanted, metric::SPACE_M);
    stage.page = places.page.number;
    let small = cast.small.iter().skip(places.page.first).zip(&places.small);
    stage.tiles.extend(cast.large.iter().zip(&places.large).chain(small).map(|(id, place)| (*id, *place)));
    for (id, place) in cast.large.iter().zip(&places.large) {
        wishes.extend(picture_ui(ui, *place, *id, true, props, stage));
    }
    for (id, place) in cast.small.iter().skip(places.page.first).zip(&places.small) {
        wishes.extend(picture_ui(ui, *place, *id, false, props, stage));
    }
    pages_ui(ui, &places, &mut stage.page);
    if cast.large.is_empty() && cast.small.is_empty() {
        nobody_ui(ui, area, stage);
    }
    wishes
}

/// One shared screen keeps its shape; anything else gets that of tiles.
fn aspect(large: &[PictureId], props: &Props<'_>) -> f32 {
    let [id @ PictureId::Screen(_)] = large else { return ASPECT };
    let size = props.textures.get(*id).map(|texture| texture.size_vec2());
    let aspect = size.filter(|size| size.y > 0.0).map_or(ASPECT, |size| size.x / size.y);
    aspect.clamp(*ASPECTS.start(), *ASPECTS.end())
}

/// Buttons to those who do not fit, where there are such.
fn pages_ui(ui: &mut Ui, places: &Places, page: &mut usize) {
    let (Some(strip), Page { number, pages, .. }) = (places.strip, places.page) else { return };
    let words = words(ui.ctx());
    let upright = strip.height() > strip.width() && !places.large.is_empty();
    let (back, on) = if upright {
        ((icons::CARET_UP, Align2::CENTER_TOP), (icons::CARET_DOWN, Align2::CENTER_BOTTOM))
    } else {
        ((icons::CARET_LEFT, Align2::LEFT_CENTER), (icons::CARET_RIGHT, Align2::RIGHT_CENTER))
    };
    let size = Vec2::splat(metric::GHOST);
    let buttons = [
        (back, "call-page-back", number.checked_sub(1)),
        (on, "call-page-on", Some(number + 1).filter(|next| *next < pages)),
    ];
    for ((glyph, side), id, to) in buttons {
        let Some(to) = to else { continue };
        let (name, hint) = (words.say(id), say!(words, "call-page", number = to + 1, pages = pages));
        let place = side.align_size_within_rect(size, strip.shrink(metric::SPACE_XS));
        let glass = |ui: &mut Ui| control_ui(ui, ControlTone::Glass, glyph, &name, &hint, size);
        if column_in(ui, place, glass).clicked() {
            *page = to;
        }
    }
}

/// All pictures are in windows of their own, or hidden.
fn nobody_ui(ui: &mut Ui, area: Rect, stage: &mut Stage) {
    use crate::ui::widgets::{ButtonKind, button_ui, paragraph_ui};

    let words = words(ui.ctx());
    let place = Rect::from_center_size(area.center(), vec2(metric::DIALOG_WIDTH, 2.0 * metric::BUTTON_HEIGHT));
    column_in(ui, place, |ui| {
        ui.vertical_centered(|ui| {
            if stage.marks.popped.is_empty() {
                paragraph_ui(ui, &words.say("call-stage-empty"));
                return;
            }
            paragraph_ui(ui, &words.say("call-stage-popped"));
            ui.add_space(metric::SPACE_S);
            let size = vec2(metric::DIALOG_WIDTH / 2.0, metric::FIELD_HEIGHT);
            if button_ui(ui, ButtonKind::Secondary, "", &words.say("call-bring-all-back"), size).clicked() {
                stage.marks.popped.clear();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use parlor_protocol::ParticipantId;

    use super::*;

    #[test]
    fn a_new_call_starts_without_the_pins_and_windows_of_the_last() {
        let ctx = Context::default();
        let mut stage = Stage { call: Some(Instant::now()), ..Stage::default() };
        stage.marks.toggle_pin(PictureId::Camera(ParticipantId::new(2)));
        stage.marks.pop_out(PictureId::Me);

        stage.leave(&ctx, Instant::now());

        assert!(stage.popped().next().is_none() && stage.marks.pinned.is_empty());
    }
}
