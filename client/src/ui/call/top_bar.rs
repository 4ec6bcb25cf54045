//! Which room this is, how many are in it, and for how long.
use eframe::egui::{CursorIcon, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{RoomView, ServerView};

use super::{
    network::network_ui,
    recording::recording_chip_ui,
    room_panel::{RoomPanel, room_panel_ui},
    stage::Stage,
};
use crate::{
    engine::HostView,
    settings::{CallChoice, Change, Layout},
    ui::{
        dialogs::Dialog,
        icons,
        scene::Scene,
        shortcuts::{self, Deed},
        theme::{self, metric},
        widgets::{ChipTone, chip_ui, elided, ghost_ui, menu_row_ui, menu_ui, paint_glyph, row_from_right_in},
        wish::Wish,
        words::{say, words},
    },
};

/// Room for everything else in the bar: people, time, a word about the server; the network and four buttons.
const BESIDE_TITLE: f32 = 700.0;
/// Narrower bars lack what is always so.
const WIDE: f32 = 1060.0;
/// Width of the menu of layouts.
const MENU_WIDTH: f32 = 208.0;

pub(super) fn top_bar_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    room: &RoomView,
    choice: CallChoice,
    panel: &mut RoomPanel,
    stage: &mut Stage,
) -> Vec<Wish> {
    let bar = ui.max_rect();
    let mut wishes = row_from_right_in(ui, bar, |ui| right_ui(ui, scene, choice, stage));
    ui.horizontal_centered(|ui| {
        let words = words(ui.ctx());
        let title = title_ui(ui, room);
        wishes.extend(room_panel_ui(&title, scene, room, panel));
        let count = scene.view.call.others.len() + 1;
        let name = say!(words, "call-people-here", count = count, capacity = room.rules.capacity);
        chip_ui(ui, ChipTone::Plain, icons::USERS, &count.to_string(), &name);
        marks_ui(ui, room, bar.width());
        recording_chip_ui(ui, scene);
        let palette = theme::palette(ui.ctx());
        let time = scene.now.since(room.since);
        ui.label(RichText::new(time).font(theme::small()).color(palette.text3));
        server_ui(ui, &scene.view.call.server);
    });
    wishes
}

/// A word about the server, where it is not there.
fn server_ui(ui: &mut Ui, server: &ServerView) {
    let words = words(ui.ctx());
    match server {
        ServerView::Up => {}
        ServerView::Off | ServerView::Connecting => {
            let (text, name) = (words.say("call-server-dialing"), words.say("call-server-dialing-long"));
            chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, &text, &name);
        }
        ServerView::Down { reason, .. } => {
            let name = say!(words, "call-server-down-long", reason = reason.as_str());
            chip_ui(ui, ChipTone::Warning, icons::WIFI_SLASH, &words.say("call-server-down"), &name);
        }
    }
}

/// What stands at the right end, the outermost first.
fn right_ui(ui: &mut Ui, scene: &Scene<'_>, choice: CallChoice, stage: &mut Stage) -> Vec<Wish> {
    let words = words(ui.ctx());
    ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
    let mut wishes = Vec::new();
    full_screen_ui(ui, scene, stage);
    wishes.extend(layout_ui(ui, choice));
    if ghost_ui(ui, icons::USER_PLUS, &words.say("call-invite")).clicked() {
        wishes.push(Wish::Open(Dialog::Invite));
    }
    if matches!(scene.view.host, HostView::Running { .. })
        && ghost_ui(ui, icons::BROADCAST, &words.say("call-host")).clicked()
    {
        wishes.push(Wish::Open(Dialog::Host));
    }
    if let Some(stats) = &scene.view.stats {
        network_ui(ui, stats);
    }
    wishes
}

fn full_screen_ui(ui: &mut Ui, scene: &Scene<'_>, stage: &mut Stage) {
    let on = stage.full.is_on();
    let (glyph, id) =
        if on { (icons::CORNERS_IN, "call-full-screen-leave") } else { (icons::CORNERS_OUT, "call-full-screen") };
    let name = words(ui.ctx()).say(id);
    let button = ghost_ui(ui, glyph, &name);
    if button.clicked() {
        stage.full.set(!on, ui.ctx(), scene.now.instant);
    }
    let keys = shortcuts::label(ui.ctx(), Deed::FullScreen);
    button.on_hover_text(keys);
}

/// How the stage is divided, with a menu of all ways to do it.
fn layout_ui(ui: &mut Ui, choice: CallChoice) -> Option<Wish> {
    let words = words(ui.ctx());
    let name = words.say("call-layout");
    let button = ghost_ui(ui, face(choice.layout).0, &name);
    let mut chosen = None;
    menu_ui(&button, &name, MENU_WIDTH, |ui| {
        for offered in Layout::ALL {
            let (glyph, id) = face(offered);
            let row = menu_row_ui(ui, glyph, &words.say(id));
            if offered == choice.layout {
                let palette = theme::palette(ui.ctx());
                let at = row.rect.right_center() - vec2(metric::SPACE_L, 0.0);
                paint_glyph(ui.painter(), at, icons::CHECK, theme::glyph(metric::GLYPH_XS), palette.accent);
            }
            if row.clicked() {
                ui.close();
                chosen = Some(offered);
            }
        }
    });
    chosen.map(|layout| Change::Call(CallChoice { layout, ..choice }).into())
}

fn face(layout: Layout) -> (&'static str, &'static str) {
    match layout {
        Layout::Automatic => (icons::LAYOUT, "call-layout-automatic"),
        Layout::Grid => (icons::GRID, "call-layout-grid"),
        Layout::Speaker => (icons::SPEAKER_VIEW, "call-layout-speaker"),
    }
}

/// How hard it is to come in, where it is; and, where there is room, that nobody listens in between.
fn marks_ui(ui: &mut Ui, room: &RoomView, width: f32) {
    let words = words(ui.ctx());
    let rules = &room.rules;
    if rules.locked {
        chip_ui(ui, ChipTone::Plain, icons::LOCK, &words.say("call-locked"), &words.say("call-locked-long"));
    } else if rules.passcode {
        chip_ui(ui, ChipTone::Plain, icons::LOCK_KEY, &words.say("call-passcode"), &words.say("call-passcode-long"));
    } else if width >= WIDE {
        chip_ui(ui, ChipTone::Plain, icons::SHIELD, &words.say("call-encrypted"), &words.say("call-encrypted-long"));
    }
}

/// The name of the room with its topic below, which opens the panel of the room.
fn title_ui(ui: &mut Ui, room: &RoomView) -> Response {
    let palette = theme::palette(ui.ctx());
    let width = (ui.available_width() - BESIDE_TITLE).max(160.0);
    let painter = ui.painter();
    let name = elided(painter, room.name.as_str(), theme::panel_title(), palette.text, width);
    let topic = room.rules.topic.as_ref();
    let topic = topic.map(|topic| elided(painter, topic.as_str(), theme::stamp(), palette.text3, width));
    let caret = metric::GLYPH_XS + metric::SPACE_XS;
    let text = topic.as_ref().map_or(0.0, |topic| topic.size().x).max(name.size().x + caret);
    let size = vec2(text + 2.0 * metric::SPACE_S, metric::BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let said = say!(words(ui.ctx()), "call-room", name = room.name.as_str());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));

    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, metric::RADIUS_BUTTON, palette.hover);
    }
    let (left, middle) = (rect.left() + metric::SPACE_S, rect.center().y);
    let name_top = if topic.is_some() { middle - name.size().y + 2.0 } else { middle - name.size().y / 2.0 };
    let icon = pos2(left + name.size().x + metric::SPACE_XS + metric::GLYPH_XS / 2.0, name_top + name.size().y / 2.0);
    paint_glyph(painter, icon, icons::CARET_DOWN, theme::glyph(metric::GLYPH_XS), palette.text2);
    painter.galley(pos2(left, name_top), name, palette.text);
    if let Some(topic) = topic {
        painter.galley(pos2(left, middle + 3.0), topic, palette.text3);
    }
    let hint =
        room.rules.topic.as_ref().map_or_else(|| room.name.to_string(), |topic| format!("{}: {topic}", room.name));
    response.on_hover_text(hint).on_hover_cursor(CursorIcon::PointingHand)
}
