//! What the others will see of us, or why they will not.
use eframe::{
    egui::{Align2, Rect, Role, Sense, TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2},
    epaint::RectShape,
};
use parlor_media::spec::VideoSpec;
use parlor_protocol::TrackState;

use crate::{
    engine::{Command, DeviceStatus, DeviceTrouble, View},
    ui::{
        devices::{Kind, trouble},
        icons, my_tracks,
        theme::{self, metric},
        video_texture::cover,
        widgets::{
            ButtonKind, ControlTone, Plate, button_ui, column_in, control_ui, paint_avatar, paint_centered,
            paint_glyph, paint_plate, row_in,
        },
        wish::Wish,
        words::{Words, say, words},
    },
};

/// Who is before the camera.
#[derive(Clone, Copy)]
pub(super) struct Me<'a> {
    /// The nickname as far as it is written.
    pub(super) name: &'a str,
    /// The newest picture.
    pub(super) texture: Option<&'a TextureHandle>,
}

/// What the preview shows.
#[derive(Debug, PartialEq, Eq)]
enum Shown<'a> {
    Picture { detail: &'a str },
    NoCamera,
    Off,
    Starting,
    Failed { message: String },
}

/// The preview, with the two buttons on it.
pub(super) fn preview_ui(ui: &mut Ui, place: Rect, view: &View, me: &Me<'_>) -> Vec<Wish> {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let shown = shown(view, me.texture.is_some(), words);
    let said = match &shown {
        Shown::Picture { .. } => None,
        Shown::NoCamera => Some(words.say("preview-none")),
        Shown::Off => Some(words.say("preview-off")),
        Shown::Starting => Some(words.say("preview-starting")),
        Shown::Failed { message } => Some(message.clone().into()),
    };
    let name = match &said {
        Some(text) => say!(words, "preview-other", text = &**text),
        None => words.say("preview-shown").into_owned(),
    };
    let response = ui.allocate_rect(place, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));

    let painter = ui.painter();
    painter.rect_filled(place, metric::RADIUS_CARD, palette.tile);
    let mut wishes = Vec::new();
    match (&shown, me.texture) {
        (Shown::Picture { detail }, Some(texture)) => {
            // A person expects a mirror; a test picture has writing on it.
            let mirrored = matches!(view.studio.camera.chosen, VideoSpec::Camera(_));
            let uv = cover(place.size(), texture.size_vec2(), mirrored);
            let picture = RectShape::filled(place, metric::RADIUS_CARD, eframe::egui::Color32::WHITE);
            painter.add(picture.with_texture(texture.id(), uv));
            if !detail.is_empty() {
                let corner = place.right_top() + vec2(-metric::SPACE_M, metric::SPACE_M);
                let plate = Plate { glyph: None, text: detail };
                paint_plate(painter, palette, corner, Align2::RIGHT_TOP, &plate, place.width() / 2.0);
            }
            if !me.name.trim().is_empty() {
                let corner = place.left_top() + Vec2::splat(metric::SPACE_M);
                let plate = Plate { glyph: None, text: me.name.trim() };
                paint_plate(painter, palette, corner, Align2::LEFT_TOP, &plate, place.width() / 2.0);
            }
        }
        (Shown::Failed { message }, _) => wishes.extend(failure_ui(ui, place, view, message)),
        (Shown::NoCamera | Shown::Off | Shown::Starting, _) => {
            paint_words(ui, place, me.name, said.as_deref().unwrap_or_default());
        }
        (Shown::Picture { .. }, None) => {}
    }
    wishes.extend(buttons_ui(ui, place, view));
    wishes
}

fn shown(view: &View, has_picture: bool, words: Words) -> Shown<'_> {
    let camera = &view.studio.camera;
    if camera.chosen == VideoSpec::None {
        return Shown::NoCamera;
    }
    if view.call.media.camera.wanted != TrackState::On {
        return Shown::Off;
    }
    if let Some(message) = trouble(words, Kind::Camera, &camera.status) {
        return Shown::Failed { message };
    }
    match &camera.status {
        DeviceStatus::Running { detail, .. } if has_picture => Shown::Picture { detail },
        DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Failed { .. } | DeviceStatus::Running { .. } => {
            Shown::Starting
        }
    }
}

fn paint_words(ui: &Ui, place: Rect, name: &str, words: &str) {
    let palette = theme::palette(ui.ctx());
    let radius = (place.height() * 0.14).clamp(32.0, 56.0);
    let center = place.center() - vec2(0.0, metric::SPACE_XXXL);
    if name.trim().is_empty() {
        ui.painter().circle_filled(center, radius, palette.hover);
        paint_glyph(ui.painter(), center, icons::USER, theme::glyph_fill(radius * 0.8), palette.text3);
    } else {
        paint_avatar(ui.painter(), center, radius, name);
    }
    let below = center + vec2(0.0, radius + metric::SPACE_L);
    ui.painter().text(below, Align2::CENTER_TOP, words, theme::body(), palette.text2);
}

/// Why there is no picture, and the one thing that helps.
fn failure_ui(ui: &mut Ui, place: Rect, view: &View, message: &str) -> Option<Wish> {
    let (palette, said) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let camera = &view.studio.camera;
    let nothing = matches!(camera.status, DeviceStatus::Failed { trouble: DeviceTrouble::NoneFound, .. });
    let (glyph, label, spec) = if nothing {
        (icons::CAMERA_SLASH, said.say("preview-without"), VideoSpec::None)
    } else {
        (icons::ARROW_CLOCKWISE, said.say("device-try-again"), camera.chosen.clone())
    };
    let middle = place.center().x;
    let icon = pos2(middle, place.center().y - 88.0);
    paint_glyph(ui.painter(), icon, icons::CAMERA_SLASH, theme::glyph_fill(32.0), palette.danger);
    let top = icon + vec2(0.0, metric::SPACE_XL);
    let ink = (message, theme::body(), palette.text);
    let words = paint_centered(ui.painter(), top, ink, place.width() * 0.7);
    let size = vec2(200.0, metric::FIELD_HEIGHT);
    let button = Align2::CENTER_TOP.anchor_size(pos2(middle, words.bottom() + metric::SPACE_M), size);
    let pressed = column_in(ui, button, |ui| button_ui(ui, ButtonKind::Secondary, glyph, &label, size).clicked());
    pressed.then(|| Command::ChooseCamera(spec).into())
}

fn buttons_ui(ui: &mut Ui, place: Rect, view: &View) -> Vec<Wish> {
    let media = &view.call.media;
    let size = Vec2::splat(metric::GLASS_BUTTON);
    let row = vec2(2.0 * size.x + metric::SPACE_L, size.y);
    let bottom = place.center_bottom() - vec2(0.0, metric::SPACE_L);
    let row = Align2::CENTER_BOTTOM.anchor_size(bottom, row);
    row_in(ui, row, |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_L;
        [my_tracks::microphone(media), my_tracks::camera(media)]
            .into_iter()
            .filter_map(|switch| {
                let tone = if switch.on { ControlTone::Glass } else { ControlTone::Alarm };
                let button =
                    control_ui(ui, tone, switch.glyph, &switch.name(words(ui.ctx())), &switch.hint(ui.ctx()), size);
                button.clicked().then(|| switch.command.into())
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use parlor_call::{CallView, MyMedia, MyTrack};

    use super::*;
    use crate::{
        engine::{DeviceView, StudioView},
        ui::words::Language,
    };

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn a_running_camera_is_shown_once_its_first_picture_is_there() {
        let status = DeviceStatus::Running { label: "BRIO".to_owned(), detail: "640 x 360".to_owned() };
        let view = view(VideoSpec::Camera(None), status, TrackState::On);

        assert_eq!(shown(&view, false, ENGLISH), Shown::Starting);
        assert_eq!(shown(&view, true, ENGLISH), Shown::Picture { detail: "640 x 360" });
    }

    #[test]
    fn a_camera_that_fails_says_so_unless_it_is_not_wanted() {
        let failed = DeviceStatus::Failed { trouble: DeviceTrouble::Other, message: "in use".to_owned() };

        let wanted = view(VideoSpec::Camera(None), failed.clone(), TrackState::On);
        let unwanted = view(VideoSpec::Camera(None), failed, TrackState::Off);

        assert_eq!(shown(&wanted, true, ENGLISH), Shown::Failed { message: "In use.".to_owned() });
        assert_eq!(shown(&unwanted, true, ENGLISH), Shown::Off);
    }

    #[test]
    fn going_without_a_camera_is_no_failure() {
        let view = view(VideoSpec::None, DeviceStatus::Off, TrackState::On);

        assert_eq!(shown(&view, false, ENGLISH), Shown::NoCamera);
    }

    fn view(chosen: VideoSpec, status: DeviceStatus, wanted: TrackState) -> View {
        let camera = MyTrack { wanted, actual: wanted };
        View {
            call: CallView { media: MyMedia { camera, ..MyMedia::default() }, ..CallView::default() },
            studio: StudioView { camera: DeviceView { chosen, status }, ..StudioView::default() },
            ..View::default()
        }
    }
}
