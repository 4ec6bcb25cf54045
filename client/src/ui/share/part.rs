//! A part of a screen: drawn with the pointer on a small picture of it, or told in numbers.
use std::collections::BTreeMap;

use eframe::egui::{
    CursorIcon, DragValue, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, Ui, WidgetInfo, pos2, vec2,
};
use parlor_media::{
    frame::Size,
    spec::{ScreenRegion, VideoSpec},
    video::screens::Shareable,
};

use super::card::thumbnail_ui;
use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{field_label_ui, paragraph_ui},
    words::{Words, say},
};

/// Nothing can be read in less.
const SMALLEST: u32 = 32;

/// What is drawn so far.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Which of the screens.
    screen: usize,
    region: Option<ScreenRegion>,
    /// Where the pointer went down.
    from: Option<Pos2>,
}

/// Shows the screens and what is drawn on one of them; returns the part, once there is one.
pub(super) fn part_ui(
    ui: &mut Ui,
    part: &mut Part,
    screens: &[Shareable],
    thumbnails: &BTreeMap<String, TextureHandle>,
    words: Words,
) -> Option<VideoSpec> {
    // Where the desktop asks which screen, there are no parts to choose before.
    let known: Vec<_> = screens.iter().filter(|screen| id(screen).is_some() && screen.size.width > 0).collect();
    if known.len() > 1 {
        let number = |index: usize| say!(words, "share-screen", number = index + 1);
        let names: Vec<_> = (0..known.len()).map(|index| (index, number(index))).collect();
        if let Some(other) = super::tabs_ui(ui, &names, part.screen) {
            *part = Part { screen: other, ..Part::default() };
        }
    }
    let Some(screen) = known.get(part.screen).or(known.first()) else {
        paragraph_ui(ui, &words.say("share-screen-asked-hint"));
        return None;
    };
    paragraph_ui(ui, &words.say("share-drag"));
    draw_ui(ui, part, screen, thumbnails, words);
    numbers_ui(ui, part, screen, words);
    part.region.map(VideoSpec::Region)
}

fn draw_ui(
    ui: &mut Ui,
    part: &mut Part,
    screen: &Shareable,
    thumbnails: &BTreeMap<String, TextureHandle>,
    words: Words,
) {
    let height = metric::SHARE_PART_HEIGHT.min(ui.available_width() / metric::ASPECT);
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::CLICK | Sense::DRAG);
    let name = say!(words, "share-part-of", screen = screen.title.as_str());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let picture = thumbnail_ui(ui, place, icons::MONITOR, thumbnails.get(&screen.spec.to_string()));
    let response = response.on_hover_cursor(CursorIcon::Crosshair);
    if response.drag_started() {
        part.from = ui.input(|input| input.pointer.press_origin());
    }
    if let (Some(from), Some(to)) = (part.from, response.interact_pointer_pos())
        && let Some(id) = id(screen)
    {
        part.region = Some(region(id, Rect::from_two_pos(from, to), picture, screen.size));
    }
    if response.drag_stopped() {
        part.from = None;
    }
    if let Some(region) = part.region {
        let palette = theme::palette(ui.ctx());
        let drawn = on_picture(&region, picture, screen.size);
        let shade = palette.scrim;
        for beside in beside(picture, drawn) {
            ui.painter().rect_filled(beside, 0, shade);
        }
        ui.painter().rect_stroke(drawn, 0, Stroke::new(2.0, palette.accent), StrokeKind::Outside);
    }
}

fn numbers_ui(ui: &mut Ui, part: &mut Part, screen: &Shareable, words: Words) {
    let Some(id) = id(screen) else { return };
    let Size { width, height } = screen.size;
    let mut region = part.region.unwrap_or(ScreenRegion { screen: id, x: 0, y: 0, width, height });
    let before = region;
    let column = (ui.available_width() - 3.0 * metric::SPACE_M) / 4.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_M;
        for (name, value, most) in [
            (words.say("share-left"), &mut region.x, width.saturating_sub(SMALLEST)),
            (words.say("share-top"), &mut region.y, height.saturating_sub(SMALLEST)),
            (words.say("share-width"), &mut region.width, width),
            (words.say("share-height"), &mut region.height, height),
        ] {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
                field_label_ui(ui, &name);
                let field = DragValue::new(value).range(0..=most).speed(1.0);
                let response = ui.add_sized(vec2(column, metric::FIELD_HEIGHT), field);
                response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &*name));
            });
        }
    });
    if region != before {
        part.region = Some(inside(region, screen.size));
    }
}

/// What was drawn, in pixels of the screen.
fn region(screen: u32, drawn: Rect, picture: Rect, size: Size) -> ScreenRegion {
    let drawn = drawn.intersect(picture);
    let pixels = |from: f32, length: f32, side: u32| {
        let share = if length > 0.0 { (from / length).clamp(0.0, 1.0) } else { 0.0 };
        (share * side as f32).round() as u32
    };
    let x = pixels(drawn.left() - picture.left(), picture.width(), size.width);
    let y = pixels(drawn.top() - picture.top(), picture.height(), size.height);
    let width = pixels(drawn.width().max(0.0), picture.width(), size.width);
    let height = pixels(drawn.height().max(0.0), picture.height(), size.height);
    inside(ScreenRegion { screen, x, y, width, height }, size)
}

/// Where a part lies on the small picture.
fn on_picture(region: &ScreenRegion, picture: Rect, size: Size) -> Rect {
    let scale = vec2(picture.width() / size.width.max(1) as f32, picture.height() / size.height.max(1) as f32);
    let corner = picture.min + vec2(region.x as f32, region.y as f32) * scale;
    Rect::from_min_size(corner, vec2(region.width as f32, region.height as f32) * scale)
}

/// The part made as large as it must be, and moved so that all of it is on the screen.
fn inside(region: ScreenRegion, size: Size) -> ScreenRegion {
    let length = |length: u32, side: u32| length.clamp(SMALLEST.min(side), side.max(1));
    let (width, height) = (length(region.width, size.width), length(region.height, size.height));
    let x = region.x.min(size.width.saturating_sub(width));
    let y = region.y.min(size.height.saturating_sub(height));
    ScreenRegion { x, y, width, height, ..region }
}

/// Everything of a picture that is not in the part.
fn beside(picture: Rect, part: Rect) -> [Rect; 4] {
    let (left, right) = (picture.left(), picture.right());
    [
        Rect::from_min_max(picture.min, pos2(right, part.top())),
        Rect::from_min_max(pos2(left, part.bottom()), picture.max),
        Rect::from_min_max(pos2(left, part.top()), part.left_bottom()),
        Rect::from_min_max(part.right_top(), pos2(right, part.bottom())),
    ]
}

fn id(screen: &Shareable) -> Option<u32> {
    match screen.spec {
        VideoSpec::Screen(id) => id,
        VideoSpec::Camera(_)
        | VideoSpec::Window(_)
        | VideoSpec::Region(_)
        | VideoSpec::Pattern(_)
        | VideoSpec::File(_)
        | VideoSpec::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Size = Size::new(1920, 1080);

    #[test]
    fn what_is_drawn_on_the_small_picture_is_meant_on_the_screen() {
        let picture = Rect::from_min_size(pos2(100.0, 50.0), vec2(480.0, 270.0));
        let drawn = Rect::from_min_size(pos2(220.0, 50.0), vec2(240.0, 135.0));

        let part = region(7, drawn, picture, SCREEN);

        assert_eq!(part, ScreenRegion { screen: 7, x: 480, y: 0, width: 960, height: 540 });
        assert_eq!(on_picture(&part, picture, SCREEN), drawn);
    }

    #[test]
    fn a_part_never_leaves_the_screen_however_it_is_drawn() {
        let picture = Rect::from_min_size(pos2(0.0, 0.0), vec2(480.0, 270.0));
        for (from, to) in [
            (pos2(-50.0, -50.0), pos2(600.0, 400.0)),
            (pos2(480.0, 270.0), pos2(480.0, 270.0)),
            (pos2(900.0, 900.0), pos2(950.0, 950.0)),
            (pos2(f32::NAN, 0.0), pos2(10.0, 10.0)),
        ] {
            let part = region(7, Rect::from_two_pos(from, to), picture, SCREEN);

            assert!(part.x + part.width <= 1920 && part.y + part.height <= 1080, "{from:?} {to:?}: {part:?}");
            assert!(part.width >= SMALLEST && part.height >= SMALLEST, "{part:?}");
        }
    }
}
