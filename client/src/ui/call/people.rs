//! Everybody in the room, as tiles.
use eframe::egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};
use parlor_call::{LinkView, MyMedia, ParticipantView, RoomView};
use parlor_media::spec::VideoSpec;
use parlor_protocol::TrackState;

use super::{
    actions,
    grid::grid,
    tile::{Tile, tile_ui},
};
use crate::{
    engine::PictureId,
    ui::{
        icons,
        scene::Scene,
        theme::{self, metric},
        video_texture::VideoTextures,
        widgets::{Plate, column_in, paint_plate},
        wish::Wish,
    },
};

/// From this loudness on somebody counts as speaking: about -36 dB below full scale, above the hum of a room.
const SPEAKING: f32 = 0.4;

/// Tiles for all others, in the order in which they came, and for us at the end.
pub(super) fn people_ui(
    ui: &mut Ui,
    area: Rect,
    scene: &Scene<'_>,
    room: &RoomView,
    textures: &VideoTextures,
) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let others = &scene.view.call.others;
    let places = grid(area, others.len() + 1, metric::SPACE_M);
    let me = others.len();
    for (other, place) in others.iter().zip(&places) {
        let level = scene.levels.others.get(&other.id).copied().unwrap_or(0.0);
        let tile = tile_ui(ui, *place, &other_tile(other, level, textures));
        wishes.extend(actions_ui(ui, &tile, room, other));
    }
    if let Some(place) = places.get(me) {
        tile_ui(ui, *place, &my_tile(scene, room, textures));
        if others.is_empty() {
            alone_ui(ui, *place);
        }
    }
    wishes
}

/// A button on the tile, and the same menu by the other button of the mouse.
fn actions_ui(ui: &mut Ui, tile: &Response, room: &RoomView, other: &ParticipantView) -> Option<Wish> {
    if !actions::any(room, other) {
        return None;
    }
    let size = vec2(metric::GHOST, metric::GHOST);
    let corner = tile.rect.right_top() + vec2(-metric::SPACE_S - size.x, metric::SPACE_S);
    let by_button = column_in(ui, Rect::from_min_size(corner, size), |ui| actions::plate_button_ui(ui, room, other));
    let mut by_mouse = None;
    tile.interact(Sense::CLICK).context_menu(|ui| by_mouse = actions::menu_rows_ui(ui, room, other));
    by_button.or(by_mouse)
}

fn other_tile<'a>(other: &'a ParticipantView, level: f32, textures: &'a VideoTextures) -> Tile<'a> {
    let id = PictureId::Camera(other.id);
    let muted = other.media.microphone != TrackState::On;
    Tile {
        id,
        name: other.nickname.as_str(),
        role: other.role,
        me: false,
        muted,
        speaking: !muted && level >= SPEAKING,
        texture: textures.get(id).filter(|_| other.media.camera == TrackState::On),
        mirrored: false,
        trouble: match other.link {
            LinkView::Connected => None,
            LinkView::Dialing => Some("Connecting…"),
            LinkView::Lost => Some("Connection lost, trying again…"),
        },
    }
}

fn my_tile<'a>(scene: &'a Scene<'_>, room: &'a RoomView, textures: &'a VideoTextures) -> Tile<'a> {
    let MyMedia { microphone, camera, .. } = scene.view.call.media;
    let muted = microphone.wanted != TrackState::On || microphone.actual == TrackState::Off;
    Tile {
        id: PictureId::Me,
        name: room.nickname.as_str(),
        role: room.role,
        me: true,
        muted,
        speaking: !muted && scene.levels.me >= SPEAKING,
        texture: textures.get(PictureId::Me).filter(|_| camera.wanted == TrackState::On),
        mirrored: matches!(scene.view.studio.camera.chosen, VideoSpec::Camera(_)),
        trouble: None,
    }
}

fn alone_ui(ui: &mut Ui, place: Rect) {
    let text = "Nobody else is here yet";
    let palette = theme::palette(ui.ctx());
    let plate = Plate { glyph: Some((icons::USERS, palette.on_scrim)), text };
    let top = place.center_top() + vec2(0.0, metric::SPACE_S);
    let rect = paint_plate(ui.painter(), palette, top, Align2::CENTER_TOP, &plate, place.width());
    let response = ui.interact(rect, ui.scope_id().with("alone"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{MediaState, ParticipantId, Role};

    use super::*;

    #[test]
    fn somebody_muted_does_not_speak_however_loud_the_room_is() {
        let textures = VideoTextures::default();
        let speaking = participant(TrackState::On, LinkView::Connected);
        let muted = participant(TrackState::Muted, LinkView::Connected);

        assert!(other_tile(&speaking, 0.9, &textures).speaking);
        assert!(!other_tile(&speaking, 0.2, &textures).speaking);
        assert!(!other_tile(&muted, 0.9, &textures).speaking);
    }

    #[test]
    fn a_connection_that_is_not_there_is_said_in_words() {
        let textures = VideoTextures::default();
        let words = |link| {
            let participant = participant(TrackState::On, link);
            other_tile(&participant, 0.0, &textures).trouble
        };

        assert_eq!(words(LinkView::Connected), None);
        assert_eq!(words(LinkView::Dialing), Some("Connecting…"));
        assert_eq!(words(LinkView::Lost), Some("Connection lost, trying again…"));
    }

    fn participant(microphone: TrackState, link: LinkView) -> ParticipantView {
        let media = MediaState { microphone, ..MediaState::default() };
        ParticipantView { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap(), media, role: Role::Member, link }
    }
}
