//! One picture of a call, whoever's it is, wherever it is shown: on the stage or in a window of its own.
use eframe::egui::{Rect, TextureHandle, Ui};
use parlor_call::{MyMedia, ParticipantView, RoomView};
use parlor_media::spec::VideoSpec;
use parlor_protocol::{ParticipantId, TrackState};

use super::{
    actions,
    hearing::Hearing,
    my_screen::my_screen_ui,
    quality::{Quality, quality},
    screen::{ScreenTile, screen_ui, zoom_buttons_ui},
    sizes::Shown,
    stage::Stage,
    tile::{Tile, tile_ui},
    tile_menu::{Deed, Target, tile_menu_ui},
    zoom::Zoom,
};
use crate::{
    engine::PictureId,
    settings::CallChoice,
    ui::{
        scene::Scene,
        share::{Marks, marks_ui},
        theme::metric::ASPECT,
        video_texture::{VideoTextures, covering_height},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// From this loudness on somebody whose program does not tell counts as speaking: about -36 dB below full scale, above the hum of a room.
const SPEAKING: f32 = 0.4;

/// What all pictures of a call are drawn from.
pub(super) struct Props<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) room: &'a RoomView,
    pub(super) textures: &'a VideoTextures,
    pub(super) choice: CallChoice,
    pub(super) hearing: &'a Hearing,
    pub(super) marks: &'a Marks,
    /// How visible plates are, from 0 to 1.
    pub(super) plates: f32,
}

/// Whether our own picture is kept from us.
pub(super) fn hides_self(props: &Props<'_>) -> bool {
    props.choice.hide_self
}

/// Whether somebody is heard at the moment.
pub(super) fn is_loud(scene: &Scene<'_>, other: &ParticipantView) -> bool {
    let level = scene.levels.others.get(&other.id).copied().unwrap_or(0.0);
    other.media.microphone == TrackState::On && other.speaking.unwrap_or(level >= SPEAKING)
}

/// Whether we are heard at the moment, if we are not muted.
pub(super) fn am_loud(scene: &Scene<'_>) -> bool {
    scene.view.call.speaking.unwrap_or(scene.levels.me >= SPEAKING)
}

/// Shows one picture with all that can be done about it.
pub(super) fn picture_ui(
    ui: &mut Ui,
    place: Rect,
    id: PictureId,
    large: bool,
    props: &Props<'_>,
    stage: &mut Stage,
) -> Option<Wish> {
    let pinned = stage.is_pinned(id);
    match id {
        PictureId::Me => {
            stage.note_seen(id, Shown::Nowhere);
            let tile = my_tile(props, pinned);
            let me = say!(words(ui.ctx()), "call-tile-me", name = props.room.nickname.as_str());
            person_ui(ui, place, &tile, &me, props, stage, |_| None)
        }
        PictureId::Camera(who) => {
            let other = find(props, who)?;
            let aspect = props.textures.get(id).map_or(ASPECT, TextureHandle::aspect_ratio);
            stage.note_seen(id, Shown::camera(rows(ui, covering_height(place.size(), aspect))));
            let tile = other_tile(other, props, pinned, words(ui.ctx()));
            let more = |ui: &mut Ui| actions::rows_ui(ui, props.room, other, props.hearing);
            person_ui(ui, place, &tile, other.nickname.as_str(), props, stage, more)
        }
        PictureId::Screen(who) => shared_ui(ui, place, find(props, who)?, large, props, stage),
        PictureId::MyScreen => my_screen_ui(ui, place, props.scene.view),
    }
}

/// How many rows of pixels of the screen something has that is so many points high; none in a window that is
/// minimised, or covered as a whole.
fn rows(ui: &Ui, height: f32) -> f32 {
    let hidden = ui.input(|input| input.viewport().visible()) == Some(false);
    if hidden { 0.0 } else { height * ui.pixels_per_point() }
}

fn find<'a>(props: &Props<'a>, who: ParticipantId) -> Option<&'a ParticipantView> {
    props.scene.view.call.others.iter().find(|other| other.id == who)
}

fn person_ui(
    ui: &mut Ui,
    place: Rect,
    tile: &Tile<'_>,
    what: &str,
    props: &Props<'_>,
    stage: &mut Stage,
    more: impl Fn(&mut Ui) -> Option<Wish>,
) -> Option<Wish> {
    let response = tile_ui(ui, place, tile, props.plates);
    let menu = say!(words(ui.ctx()), "call-tile-menu", name = what);
    let target = Target { id: tile.id, what, menu: &menu, pinned: tile.pinned };
    let chosen = tile_menu_ui(ui, &response, target, more);
    let by_double = chosen.double_clicked.then_some(Deed::Pin);
    let deed = chosen.deed.or(by_double);
    chosen.wish.or_else(|| stage.mark(tile.id, deed?, props, ui.ctx()))
}

fn shared_ui(
    ui: &mut Ui,
    place: Rect,
    other: &ParticipantView,
    large: bool,
    props: &Props<'_>,
    stage: &mut Stage,
) -> Option<Wish> {
    let id = PictureId::Screen(other.id);
    let name = other.nickname.as_str();
    let texture = props.textures.get(id);
    let tile = ScreenTile { id, name, texture, pinned: stage.is_pinned(id), large };
    let mut zoom = if large { stage.zoom(id) } else { Zoom::default() };
    let was_whole = zoom.is_whole();
    let (response, placed) = screen_ui(ui, place, &tile, &mut zoom, props.plates);
    let size = texture.map(TextureHandle::size_vec2);
    stage.note_seen(id, Shown::screen(rows(ui, placed.height()), size));
    if let Some(texture) = texture.filter(|_| large) {
        zoom_buttons_ui(ui, place, texture.size_vec2(), &mut zoom);
        stage.note_looked(id, zoom);
    }
    let words = words(ui.ctx());
    let what = say!(words, "call-screen-of", name = name);
    let menu = say!(words, "call-screen-menu", name = name);
    let target = Target { id, what: &what, menu: &menu, pinned: tile.pinned };
    let chosen = tile_menu_ui(ui, &response, target, |_| None);
    // A double click on what is looked at closely shows the whole of it.
    let by_double = (chosen.double_clicked && was_whole).then_some(Deed::Pin);
    let deed = chosen.deed.or(by_double);
    let pointed = large.then(|| {
        let (to_screen, to_picture) = (|at| placed.to_screen(at), |at| placed.to_picture(at));
        marks_ui(ui, props.scene, props.marks, other.id, to_screen, to_picture)
    });
    chosen.wish.or(pointed.flatten()).or_else(|| stage.mark(id, deed?, props, ui.ctx()))
}

fn other_tile<'a>(other: &'a ParticipantView, props: &Props<'a>, pinned: bool, words: Words) -> Tile<'a> {
    let (id, quality) = (PictureId::Camera(other.id), quality(props.scene.view, other));
    Tile {
        id,
        name: other.nickname.as_str(),
        role: other.role,
        me: false,
        muted: other.media.microphone != TrackState::On,
        speaking: is_loud(props.scene, other),
        texture: props.textures.get(id).filter(|_| other.watched.camera && other.media.camera == TrackState::On),
        mirrored: false,
        hand: hand_of(props.scene, props.room, other.id),
        recording: other.signs.recording,
        signal: (1..4).contains(&quality.level()).then_some(quality),
        pinned,
        trouble: trouble(quality, words, other.nickname.as_str()),
    }
}

fn my_tile<'a>(props: &Props<'a>, pinned: bool) -> Tile<'a> {
    let (scene, room) = (props.scene, props.room);
    let MyMedia { microphone, camera, .. } = scene.view.call.media;
    let muted = microphone.wanted != TrackState::On || microphone.actual == TrackState::Off;
    let is_camera = matches!(scene.view.studio.camera.chosen, VideoSpec::Camera(_));
    Tile {
        id: PictureId::Me,
        name: room.nickname.as_str(),
        role: room.role,
        me: true,
        muted,
        speaking: !muted && am_loud(scene),
        texture: props.textures.get(PictureId::Me).filter(|_| camera.wanted == TrackState::On),
        mirrored: is_camera && !props.choice.unmirrored,
        hand: hand_of(scene, room, room.me),
        recording: scene.view.call.signs.recording,
        signal: None,
        pinned,
        trouble: None,
    }
}

/// What is said over a picture that cannot be a live one.
fn trouble(quality: Quality, words: Words, name: &str) -> Option<String> {
    match quality {
        Quality::Dialing => Some(quality.brief(words)),
        Quality::Lost { .. } | Quality::Silent { .. } => Some(quality.sentence(words, name)),
        Quality::LosesTheirs { .. }
        | Quality::LosesOurs { .. }
        | Quality::Slow { .. }
        | Quality::Narrow { .. }
        | Quality::Choppy { .. }
        | Quality::Good => None,
    }
}

/// Somebody's place among those whose hand is up, from 1 on: who raised it first is first.
fn hand_of(scene: &Scene<'_>, room: &RoomView, who: ParticipantId) -> Option<usize> {
    let call = &scene.view.call;
    let ours = (call.signs.hand, room.me);
    let theirs = call.others.iter().map(|other| (other.signs.hand, other.id));
    let mut raised: Vec<_> = theirs.chain([ours]).filter_map(|(hand, id)| hand.map(|since| (since, id))).collect();
    raised.sort_unstable();
    raised.iter().position(|(_, id)| *id == who).map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use parlor_call::LinkView;

    use super::*;
    use crate::{
        engine::{Levels, View},
        ui::{
            scene::Now,
            tests::fixtures::{now, participant, room_with},
            words::Language,
        },
    };

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn somebody_muted_does_not_speak_however_loud_the_room_is() {
        let (speaking, mut muted) = (participant(2, "Ada"), participant(3, "Bob"));
        muted.media.microphone = TrackState::Muted;
        let levels = |level| Levels { others: [(speaking.id, level), (muted.id, level)].into(), ..Levels::default() };
        let view = room_with(vec![speaking.clone(), muted.clone()]);

        assert!(is_loud(&scene(&view, &levels(0.9)), &speaking));
        assert!(!is_loud(&scene(&view, &levels(0.2)), &speaking));
        assert!(!is_loud(&scene(&view, &levels(0.9)), &muted));
    }

    #[test]
    fn a_connection_that_is_not_there_is_said_in_words() {
        let said = |link| {
            let mut ada = participant(2, "Ada");
            ada.link = link;
            let view = room_with(vec![ada.clone()]);
            with_props(&view, CallChoice::default(), |props| other_tile(&ada, props, false, ENGLISH).trouble)
        };

        assert_eq!(said(LinkView::Connected), None);
        assert_eq!(said(LinkView::Dialing).as_deref(), Some("Connecting…"));
        assert_eq!(said(LinkView::Lost).as_deref(), Some("The connection to Ada is lost, reconnecting"));
    }

    #[test]
    fn hands_are_counted_in_the_order_in_which_they_were_raised() {
        let (mut ada, mut bob, eve) = (participant(2, "Ada"), participant(3, "Bob"), participant(4, "Eve"));
        ada.signs.hand = Some(now());
        bob.signs.hand = Some(now() - Duration::from_secs(9));
        let mut view = room_with(vec![ada.clone(), bob.clone(), eve.clone()]);
        view.call.signs.hand = Some(now() - Duration::from_secs(4));

        let places = with_props(&view, CallChoice::default(), |props| {
            [ada.id, bob.id, eve.id, props.room.me].map(|who| hand_of(props.scene, props.room, who))
        });

        assert_eq!(places, [Some(3), Some(1), None, Some(2)]);
    }

    #[test]
    fn our_own_camera_is_a_mirror_unless_that_is_not_wanted() {
        let mut view = room_with(Vec::new());
        let mirrored = |view: &View, unmirrored| {
            let choice = CallChoice { unmirrored, ..CallChoice::default() };
            with_props(view, choice, |props| my_tile(props, false).mirrored)
        };

        assert!(mirrored(&view, false));
        assert!(!mirrored(&view, true));
        view.studio.camera.chosen = VideoSpec::Pattern(1);
        assert!(!mirrored(&view, false), "what is written in a test picture is to be read");
    }

    fn with_props<T>(view: &View, choice: CallChoice, look: impl FnOnce(&Props<'_>) -> T) -> T {
        let levels = Levels::default();
        let scene = scene(view, &levels);
        let parlor_call::Place::Room(room) = &view.call.place else { panic!("not in a room") };
        let (hearing, marks) = (Hearing::default(), Marks::default());
        look(&Props {
            scene: &scene,
            room,
            textures: &VideoTextures::default(),
            choice,
            hearing: &hearing,
            marks: &marks,
            plates: 1.0,
        })
    }

    fn scene<'a>(view: &'a View, levels: &'a Levels) -> Scene<'a> {
        Scene { view, levels, now: Now { instant: now(), wall: jiff::Zoned::now() } }
    }
}
