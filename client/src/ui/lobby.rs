//! The screen before a call: who you are, what you look like, where you want to go.
mod devices;
mod form;
mod found;
mod join;
mod links;
mod options;
mod passcode;
mod preview;
mod room_row;
mod rooms;
mod server_field;

pub(crate) use self::{devices::devices_ui, form::Form};

use eframe::egui::{
    CentralPanel, CursorIcon, Frame, Margin, Panel, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    dialogs::Dialog,
    icons,
    scene::Scene,
    theme::{self, Weight, metric},
    top_bar,
    video_texture::VideoTextures,
    widgets::{column_in, paint_glyph, paint_text},
    wish::Wish,
    words::words,
};
use crate::engine::PictureId;

/// Height of what stands below the preview: labels, pickers, meters, tests, and two lines of words.
const DEVICES_HEIGHT: f32 = 156.0;
/// The right column is this high where the window allows: enough for a few rooms.
const JOIN_HEIGHT: f32 = 640.0;

/// Shows the whole screen.
pub(crate) fn lobby_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    form: &mut Form,
    recent: &[String],
    textures: &VideoTextures,
) -> Vec<Wish> {
    let palette = theme::palette(ui.ctx());
    let mut wishes: Vec<_> = links::pasted_link(ui.ctx(), form).into_iter().collect();
    let bar = Frame::new().fill(palette.bg).inner_margin(Margin::symmetric(metric::SPACE_XXL as i8, 0));
    Panel::top("lobby-bar").exact_size(metric::LOBBY_BAR_HEIGHT).show_separator_line(false).frame(bar).show(ui, |ui| {
        wishes.extend(bar_ui(ui));
    });
    CentralPanel::default().frame(Frame::new().fill(palette.bg)).show(ui, |ui| {
        let places = Places::within(ui.max_rect());
        // What comes first is first for the Tab key too.
        wishes.extend(column_in(ui, places.join, |ui| join::join_ui(ui, scene, form, recent)));
        let me = preview::Me { name: &form.nickname, texture: textures.get(PictureId::Me) };
        wishes.extend(preview::preview_ui(ui, places.preview, scene.view, &me));
        wishes.extend(column_in(ui, places.devices, |ui| devices_ui(ui, scene)));
    });
    wishes.extend(passcode::passcode_ui(ui.ctx(), scene, form));
    wishes
}

/// Where the three parts of the screen go.
#[derive(Debug)]
struct Places {
    preview: Rect,
    devices: Rect,
    join: Rect,
}

impl Places {
    fn within(area: Rect) -> Self {
        let width = (area.width() - 2.0 * metric::LOBBY_MARGIN).min(metric::LOBBY_MAX_WIDTH);
        let join_width = metric::LOBBY_COLUMN_WIDTH.min(width * 0.4);
        let left_room = area.height() - metric::SPACE_XL - DEVICES_HEIGHT - metric::SPACE_L;
        let left_width = (width - metric::SPACE_XXXL - join_width).min(left_room * metric::ASPECT);
        let preview_size = vec2(left_width, left_width / metric::ASPECT);
        let left_height = preview_size.y + metric::SPACE_L + DEVICES_HEIGHT;
        let join_height = left_height.max(JOIN_HEIGHT).min(area.height() - metric::SPACE_S);

        let left = area.center().x - (left_width + metric::SPACE_XXXL + join_width) / 2.0;
        let middle = area.center().y - metric::SPACE_S;
        let preview = Rect::from_min_size(pos2(left, middle - left_height / 2.0), preview_size);
        let devices =
            Rect::from_min_size(preview.left_bottom() + vec2(0.0, metric::SPACE_L), vec2(left_width, DEVICES_HEIGHT));
        let join_left = preview.right() + metric::SPACE_XXXL;
        let join_top = (middle - join_height / 2.0).max(area.top());
        let join = Rect::from_min_size(pos2(join_left, join_top), vec2(join_width, join_height));
        Self { preview, devices, join }
    }
}

fn bar_ui(ui: &mut Ui) -> Option<Wish> {
    logo_ui(ui).or(top_bar::buttons_ui(ui))
}

/// The name of the program, which tells more about it once it is pressed.
fn logo_ui(ui: &mut Ui) -> Option<Wish> {
    let palette = theme::palette(ui.ctx());
    let row = ui.max_rect();
    let logo = Rect::from_center_size(pos2(row.left() + 15.0, row.center().y), vec2(30.0, 30.0));
    ui.painter().rect_filled(logo, 9, palette.accent);
    paint_glyph(ui.painter(), logo.center(), icons::CAMERA, theme::glyph_fill(metric::GLYPH_S), palette.on_accent);
    let name = ("Parlor", theme::sans(18.0, Weight::Semibold), palette.text);
    let at = pos2(logo.right() + metric::SPACE_S, row.center().y);
    let name = paint_text(ui.painter(), at, eframe::egui::Align2::LEFT_CENTER, name, row.width());
    let response = ui.allocate_rect(logo.union(name), Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
    let about = words(ui.ctx()).say("settings-about-program");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &*about));
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(response.rect.expand(3.0), metric::RADIUS_BUTTON, ring, StrokeKind::Outside);
    }
    response.clicked().then_some(Wish::Open(Dialog::About))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_every_window_the_parts_stay_inside_and_apart() {
        for (width, height) in [(960.0, 544.0), (1280.0, 744.0), (2560.0, 1384.0), (960.0, 1400.0), (2000.0, 544.0)] {
            let area = Rect::from_min_size(pos2(0.0, 56.0), vec2(width, height));

            let places = Places::within(area);

            for part in [places.preview, places.devices, places.join] {
                assert!(area.contains_rect(part), "{width}x{height}: {places:?}");
            }
            assert!(places.preview.bottom() < places.devices.top(), "{places:?}");
            assert!(places.preview.right() < places.join.left(), "{places:?}");
        }
    }
}
