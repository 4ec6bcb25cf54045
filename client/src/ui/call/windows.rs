//! Pictures in windows of their own, and the small window that stays above all others.
use eframe::egui::{Align2, Id, Rect, Ui, Vec2, ViewportBuilder, ViewportId, vec2};
use parlor_call::Command;

use super::{
    picture::{Props, picture_ui},
    stage::Stage,
};
use crate::{
    engine::PictureId,
    ui::{
        icons, my_tracks,
        theme::{self, metric},
        widgets::{ControlTone, control_ui, row_in},
        wish::Wish,
        words::{say, words},
    },
};

/// Shows all windows beside the main one. One that is closed gives its picture back to the stage.
pub(super) fn windows_ui(ui: &Ui, props: &Props<'_>, stage: &mut Stage) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for id in stage.popped() {
        wishes.extend(popped_ui(ui, id, props, stage));
    }
    if stage.small_window {
        wishes.extend(small_ui(ui, props, stage));
    }
    wishes
}

fn popped_ui(ui: &Ui, id: PictureId, props: &Props<'_>, stage: &mut Stage) -> Option<Wish> {
    let words = words(ui.ctx());
    let builder = ViewportBuilder::default()
        .with_title(say!(words, "call-window-title", name = title(id, props, ui)))
        .with_app_id("parlor")
        .with_inner_size([metric::POPPED_WIDTH, metric::POPPED_HEIGHT])
        .with_min_inner_size([metric::TILE_MIN_WIDTH, metric::TILE_MIN_WIDTH / metric::ASPECT]);
    let window = ViewportId::from_hash_of(("picture", id));
    ui.ctx().show_viewport_immediate(window, builder, |ui, _| {
        let place = ground_ui(ui);
        let wish = picture_ui(ui, place, id, true, props, stage);
        let back = Align2::LEFT_TOP.align_size_within_rect(Vec2::splat(metric::GHOST), place.shrink(metric::SPACE_S));
        if back_ui(ui, place, back) || closed(ui) {
            stage.bring_back(id);
        }
        wish
    })
}

/// Who matters most, and what one needs at hand while doing something else.
fn small_ui(ui: &Ui, props: &Props<'_>, stage: &mut Stage) -> Vec<Wish> {
    let words = words(ui.ctx());
    let room = props.room.name.as_str();
    let builder = ViewportBuilder::default()
        .with_title(say!(words, "call-window-title", name = room))
        .with_app_id("parlor")
        .with_always_on_top()
        .with_inner_size([metric::MINI_WIDTH, metric::MINI_HEIGHT])
        .with_min_inner_size([metric::TILE_MIN_WIDTH, metric::TILE_MIN_WIDTH]);
    let window = ViewportId::from_hash_of("small");
    ui.ctx().show_viewport_immediate(window, builder, |ui, _| {
        let whole = ground_ui(ui);
        let (picture, row) = whole.split_top_bottom_at_y(whole.bottom() - metric::CONTROL_PILL_HEIGHT);
        let id = stage.foremost(props.scene);
        let mut wishes: Vec<_> = picture_ui(ui, picture, id, false, props, stage).into_iter().collect();
        wishes.extend(small_buttons_ui(ui, row, props, stage));
        if closed(ui) {
            stage.small_window = false;
        }
        wishes
    })
}

fn small_buttons_ui(ui: &mut Ui, row: Rect, props: &Props<'_>, stage: &mut Stage) -> Option<Wish> {
    let words = words(ui.ctx());
    let media = &props.scene.view.call.media;
    let switches = [my_tracks::microphone(media), my_tracks::camera(media)];
    let size = vec2(metric::CONTROL_HEIGHT, metric::SPACE_XXXL);
    let width = 4.0 * size.x + 3.0 * metric::SPACE_S;
    row_in(ui, Align2::CENTER_CENTER.align_size_within_rect(vec2(width, size.y), row), |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_S;
        let mut wish = None;
        for switch in switches {
            let tone = if switch.on { ControlTone::Plain } else { ControlTone::Alarm };
            let name = switch.name(words);
            if control_ui(ui, tone, switch.glyph, &name, &name, size).clicked() {
                wish = Some(switch.command.into());
            }
        }
        let back = words.say("call-window-back");
        if control_ui(ui, ControlTone::Plain, icons::ARROWS_IN, &back, &back, size).clicked() {
            stage.small_window = false;
        }
        let leave = words.say("call-leave");
        let left = control_ui(ui, ControlTone::Alarm, icons::PHONE_X, &leave, &leave, size).clicked();
        if left { Some(Command::Leave.into()) } else { wish }
    })
}

/// The whole of a window.
fn ground_ui(ui: &mut Ui) -> Rect {
    let place = ui.max_rect();
    ui.expand_to_include_rect(place);
    ui.painter().rect_filled(place, 0, theme::palette(ui.ctx()).bg);
    place
}

/// A button that brings the picture back, seen under the pointer; windows that are part of another have no cross.
fn back_ui(ui: &mut Ui, window: Rect, place: Rect) -> bool {
    let name = words(ui.ctx()).say("call-window-back");
    let focused = Id::unique("call-window-back-used").with(ui.scope_id());
    let seen = ui.rect_contains_pointer(window) || ui.data(|data| data.get_temp(focused)).unwrap_or(false);
    row_in(ui, place, |ui| {
        ui.multiply_opacity(if seen { 1.0 } else { 0.0 });
        let button = control_ui(ui, ControlTone::Glass, icons::ARROWS_IN, &name, &name, place.size());
        let has_focus = button.has_focus();
        ui.data_mut(|data| data.insert_temp::<bool>(focused, has_focus));
        button.clicked()
    })
}

fn closed(ui: &Ui) -> bool {
    ui.ctx().input(|input| input.viewport().close_requested())
}

fn title(id: PictureId, props: &Props<'_>, ui: &Ui) -> String {
    let words = words(ui.ctx());
    let others = &props.scene.view.call.others;
    let name = |who| others.iter().find(|other| other.id == who).map_or("", |other| other.nickname.as_str());
    match id {
        PictureId::Me | PictureId::MyScreen => {
            say!(words, "call-tile-me", name = props.room.nickname.as_str())
        }
        PictureId::Camera(who) => name(who).to_owned(),
        PictureId::Screen(who) => say!(words, "call-screen-of", name = name(who)),
    }
}
