//! The screen of a call: everybody in tiles, the chat beside them, the controls below.
mod actions;
mod alone;
mod chat;
pub(crate) mod chimes;
mod control_bar;
mod devices;
mod files;
mod full_screen;
mod grid;
pub(crate) mod hearing;
mod muted_hint;
mod my_screen;
mod network;
mod people_panel;
mod picture;
pub(crate) mod quality;
mod reactions;
mod recording;
mod room_panel;
mod screen;
mod side;
mod sizes;
mod stage;
mod statistics;
mod tile;
mod tile_menu;
mod top_bar;
mod windows;
mod zoom;

pub(super) use self::files::toast as file_toast;
pub(crate) use self::side::Side;

use std::time::{Duration, Instant};

use eframe::egui::{Area, CentralPanel, Context, Frame, Id, Margin, Order, Panel, Pos2, Rect, Ui, vec2};
use parlor_call::{Command as CallCommand, Place, RoomView};

use self::{
    chat::Chat,
    chimes::Chimes,
    files::{Files, drop_ui},
    hearing::Hearing,
    muted_hint::{MutedTalk, muted_hint_ui},
    people_panel::{PeoplePanel, people_panel_ui},
    picture::Props,
    reactions::{Reactions, reactions_ui},
    room_panel::RoomPanel,
    sizes::{Shown, Sizes},
    stage::{Stage, stage_ui},
    statistics::{StatisticsPanel, statistics_ui},
};
use super::{
    scene::Scene,
    share::{self, Marks},
    theme::{self, metric},
    video_texture::VideoTextures,
    wish::Wish,
};
use crate::{
    engine::{PictureId, RecordingView, View},
    settings::CallChoice,
};

/// What the screen of a call remembers between two frames.
#[derive(Debug, Default)]
pub(crate) struct CallScreen {
    /// What is open at the right edge.
    pub(crate) side: Option<Side>,
    /// How loud everybody is to be.
    pub(crate) hearing: Hearing,
    /// What of the call is to be heard beside the people.
    pub(crate) chimes: Chimes,
    pub(crate) statistics: StatisticsPanel,
    /// Where people point in shared pictures.
    pub(crate) marks: Marks,
    /// What floats over the stage.
    pub(crate) reactions: Reactions,
    /// How the person wants calls to be.
    choice: CallChoice,
    stage: Stage,
    sizes: Sizes,
    /// The call that these are about, by its beginning.
    sized: Option<Instant>,
    chat: Chat,
    people: PeoplePanel,
    muted_talk: MutedTalk,
    files: Files,
    room_panel: RoomPanel,
}

impl CallScreen {
    /// Whether a picture had a place in the last frame, or may have one in the first.
    pub(crate) fn shows(&self, id: PictureId) -> bool {
        self.stage.shows(id)
    }

    /// Forgets the call, once it is over.
    pub(crate) fn leave(&mut self, ctx: &Context, now: Instant) {
        self.stage.leave(ctx, now);
        (self.sizes, self.sized) = (Sizes::default(), None);
    }

    /// What to ask for so that pictures come as large as they are shown, as of the last frame; none come where the
    /// windows are not `looked_at`. What is recorded is wanted whole, whoever looks.
    pub(crate) fn watch_sizes(&mut self, view: &View, looked_at: bool, now: Instant) -> Vec<CallCommand> {
        let Place::Room(room) = &view.call.place else { return Vec::new() };
        // People keep their ids: those of the next call have been told nothing yet.
        if self.sized.replace(room.since) != Some(room.since) {
            self.sizes = Sizes::default();
        }
        let recorded = matches!(view.recording, RecordingView::Running { .. });
        let shown = |id| match (recorded, looked_at) {
            (true, _) => Shown::Whole,
            (false, true) => self.stage.shown(id),
            (false, false) => Shown::Nowhere,
        };
        self.sizes.watch(view.call.others.iter().map(|other| other.id), shown, now)
    }

    /// When [`watch_sizes`](Self::watch_sizes) asks for something next, although nothing changes.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.sizes.poll_timeout()
    }
}

/// Shows the whole screen. Also says where toasts go.
pub(crate) fn call_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    room: &RoomView,
    choice: CallChoice,
    screen: &mut CallScreen,
    textures: &VideoTextures,
) -> (Vec<Wish>, Pos2) {
    screen.choice = choice;
    screen.stage.watch(ui.ctx(), scene, room);
    let mut wishes = control_bar::keyboard(ui, scene.view, screen);
    let offered = drop_ui(ui.ctx(), scene, screen.chat.to(&scene.view.call.others));
    if !offered.is_empty() {
        screen.side = Some(Side::Chat);
    }
    wishes.extend(offered);
    let bars = screen.stage.full.bars(ui.ctx(), scene.now.instant);
    let window = ui.max_rect();
    let in_full_screen = screen.stage.full.is_on();
    if !in_full_screen {
        let palette = theme::palette(ui.ctx());
        let bar = Frame::new().fill(palette.panel);
        let head = Panel::top("call-bar").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false).frame(bar);
        head.show(ui, |ui| wishes.extend(top_ui(ui, scene, room, screen)));
    }
    if share::is_sharing(scene.view) {
        let palette = theme::palette(ui.ctx());
        let frame = Frame::new().fill(palette.accent_soft).inner_margin(Margin::symmetric(metric::SPACE_L as i8, 0));
        let bar = Panel::top("sharing-bar").exact_size(metric::SHARE_BAR_HEIGHT).show_separator_line(false);
        bar.frame(frame).show(ui, |ui| wishes.extend(share::sharing_bar_ui(ui, scene, &screen.marks)));
    }
    side_ui(ui, scene, room, screen, &mut wishes);
    let ground = Frame::new().fill(theme::palette(ui.ctx()).bg);
    if !in_full_screen {
        let controls = Panel::bottom("controls").exact_size(metric::CONTROLS_HEIGHT).show_separator_line(false);
        let controls = controls.frame(ground);
        controls.show(ui, |ui| wishes.extend(control_bar::control_bar_ui(ui, scene.view, screen)));
    }
    let margin = if in_full_screen { Margin::ZERO } else { Margin { left: 16, right: 16, top: 12, bottom: 4 } };
    let (hearing, marks) = (&screen.hearing, &screen.marks);
    let props = Props { scene, room, textures, choice, hearing, marks, plates: bars };
    let stage = CentralPanel::default().frame(ground.inner_margin(margin)).show(ui, |ui| {
        wishes.extend(stage_ui(ui, ui.max_rect(), &props, &mut screen.stage));
        let place_of = |who: Option<_>| screen.stage.tile(who.map_or(PictureId::Me, PictureId::Camera));
        reactions_ui(ui, ui.max_rect(), scene, &screen.reactions, place_of);
        wishes.extend(muted_hint_ui(ui, scene, ui.max_rect().center_bottom(), &mut screen.muted_talk));
        ui.max_rect()
    });
    wishes.extend(windows::windows_ui(ui, &props, &mut screen.stage));
    let stage = stage.inner;
    let mut toasts = stage.center_top();
    if in_full_screen && bars > 0.0 {
        wishes.extend(floating_bars_ui(ui, stage.intersect(window), bars, scene, room, screen));
        toasts.y += metric::CALL_BAR_HEIGHT;
    }
    wishes.extend(screen.watch_sizes(scene.view, true, scene.now.instant).into_iter().map(Wish::from));
    // The only thing on this screen that changes by itself is the time.
    ui.ctx().request_repaint_after(Duration::from_secs(1));
    (wishes, toasts + vec2(0.0, metric::SPACE_M))
}

fn top_ui(ui: &mut Ui, scene: &Scene<'_>, room: &RoomView, screen: &mut CallScreen) -> Vec<Wish> {
    let inside = ui.max_rect().shrink2(vec2(metric::SPACE_L, 0.0));
    let mut bar = ui.new_child(eframe::egui::UiBuilder::new().max_rect(inside));
    top_bar::top_bar_ui(&mut bar, scene, room, screen.choice, &mut screen.room_panel, &mut screen.stage)
}

fn side_ui(ui: &mut Ui, scene: &Scene<'_>, room: &RoomView, screen: &mut CallScreen, wishes: &mut Vec<Wish>) {
    // Panels that come first are outermost: the chat is to be as high as the window allows.
    if let Some(open) = screen.side {
        let side = Frame::new().fill(theme::palette(ui.ctx()).panel);
        let panel = Panel::right("side").exact_size(open.width()).resizable(false).show_separator_line(false);
        panel.frame(side).show(ui, |ui| match open {
            Side::Chat => {
                wishes.extend(chat::chat_ui(ui, scene, &mut screen.chat, &mut screen.files, &mut screen.side));
            }
            Side::People => {
                let (people, hearing, side) = (&mut screen.people, &screen.hearing, &mut screen.side);
                wishes.extend(people_panel_ui(ui, scene, room, people, hearing, side));
            }
            Side::Statistics => {
                wishes.extend(statistics_ui(ui, scene, &mut screen.statistics, &mut screen.side));
            }
        });
    }
    screen.chat.watch(&scene.view.call.chat, screen.side == Some(Side::Chat));
}

/// In full screen the bars lie on the pictures, and fade.
fn floating_bars_ui(
    ui: &mut Ui,
    stage: Rect,
    opacity: f32,
    scene: &Scene<'_>,
    room: &RoomView,
    screen: &mut CallScreen,
) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let (top, below) = stage.split_top_bottom_at_y(stage.top() + metric::CALL_BAR_HEIGHT);
    let (_, bottom) = below.split_top_bottom_at_y(below.bottom() - metric::CONTROLS_HEIGHT);
    floating_ui(ui, "floating-bar", top, opacity, |ui| {
        ui.painter().rect_filled(top, 0, theme::palette(ui.ctx()).panel);
        wishes.extend(top_ui(ui, scene, room, screen));
    });
    floating_ui(ui, "floating-controls", bottom, opacity, |ui| {
        wishes.extend(control_bar::control_bar_ui(ui, scene.view, screen));
    });
    wishes
}

fn floating_ui(ui: &Ui, id: &'static str, place: Rect, opacity: f32, add: impl FnOnce(&mut Ui)) {
    // Below menus and dialogs, above the pictures.
    let area = Area::new(Id::unique(id)).order(Order::Middle).fixed_pos(place.min).constrain(false);
    area.show(ui.ctx(), |ui| {
        ui.set_opacity(opacity);
        ui.set_min_size(place.size());
        ui.set_max_size(place.size());
        add(ui);
    });
}
