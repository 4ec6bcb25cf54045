//! What can be done with a tile: two buttons on it under the pointer, and the same by the other button of the mouse.
use eframe::egui::{Align2, Rect, Response, Sense, Ui, Vec2, vec2};

use crate::{
    engine::PictureId,
    ui::{
        icons,
        theme::metric,
        widgets::{ControlTone, control_ui, lasting_context_menu_ui, lasting_menu_ui, menu_row_ui, row_from_right_in},
        wish::Wish,
        words::{say, words},
    },
};

/// Width of the menu.
const WIDTH: f32 = 248.0;

/// Something done to a tile that concerns the stage alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Hold it in a large place, or no longer.
    Pin,
    /// Give it a window of its own.
    PopOut,
    /// Fill the screen with it alone.
    Fill,
    /// Do not show ourselves to ourselves.
    HideSelf,
}

/// A tile, as its menu sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) id: PictureId,
    /// What it shows, as `Ada` or `Ada's screen`.
    pub(super) what: &'a str,
    /// What the menu is called.
    pub(super) menu: &'a str,
    pub(super) pinned: bool,
}

/// What comes of one frame of a tile's buttons and menu.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// To be done here.
    pub(super) deed: Option<Deed>,
    /// What the further rows ask for.
    pub(super) wish: Option<Wish>,
    /// Whether the tile itself was clicked twice.
    pub(super) double_clicked: bool,
}

/// Shows both, with further rows below ours.
pub(super) fn tile_menu_ui(
    ui: &mut Ui,
    tile: &Response,
    target: Target<'_>,
    more: impl Fn(&mut Ui) -> Option<Wish>,
) -> Chosen {
    let corner = tile.rect.right_top() + vec2(-metric::SPACE_S, metric::SPACE_S);
    let row = vec2(2.0 * metric::GHOST + metric::SPACE_XS, metric::GHOST);
    let row = Align2::RIGHT_TOP.anchor_size(corner, row);
    let whole = tile.interact(Sense::CLICK);
    let (mut deed, mut wish) = buttons_ui(ui, tile, row, target, &more);
    let by_mouse = lasting_context_menu_ui(&whole, target.menu, WIDTH, |ui| rows_ui(ui, target, &more));
    let (by_mouse, further) = by_mouse.unwrap_or_default();
    deed = deed.or(by_mouse);
    wish = wish.or(further);
    Chosen { deed, wish, double_clicked: whole.double_clicked() }
}

/// Seen under the pointer and with the focus of the keyboard only; they can be pressed by name always.
fn buttons_ui(
    ui: &mut Ui,
    tile: &Response,
    row: Rect,
    target: Target<'_>,
    more: &impl Fn(&mut Ui) -> Option<Wish>,
) -> (Option<Deed>, Option<Wish>) {
    let words = words(ui.ctx());
    let used = tile.id.with("used");
    let seen = ui.rect_contains_pointer(tile.rect) || ui.data(|data| data.get_temp(used)).unwrap_or(false);
    let (done, in_use) = row_from_right_in(ui, row, |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_XS;
        ui.multiply_opacity(if seen { 1.0 } else { 0.0 });
        let size = Vec2::splat(metric::GHOST);
        let dots = control_ui(ui, ControlTone::Glass, icons::DOTS, target.menu, &words.say("call-tile-actions"), size);
        let chosen = lasting_menu_ui(&dots, target.menu, WIDTH, |ui| rows_ui(ui, target, more));
        let (glyph, words) = pin_words(ui, target);
        let pin = control_ui(ui, ControlTone::Glass, glyph, &words, &words, size);
        let in_use = chosen.is_some() || dots.has_focus() || pin.has_focus();
        let (deed, wish) = chosen.unwrap_or_default();
        ((deed.or(pin.clicked().then_some(Deed::Pin)), wish), in_use)
    });
    ui.data_mut(|data| data.insert_temp::<bool>(used, in_use));
    done
}

fn rows_ui(ui: &mut Ui, target: Target<'_>, more: &impl Fn(&mut Ui) -> Option<Wish>) -> (Option<Deed>, Option<Wish>) {
    let words = words(ui.ctx());
    let pin = if target.pinned { (icons::UNPIN, "call-menu-unpin") } else { (icons::PIN, "call-menu-pin") };
    let hide = (target.id == PictureId::Me).then_some((Deed::HideSelf, (icons::EYE_SLASH, "call-hide-self")));
    let rows = [
        (Deed::Pin, pin),
        (Deed::PopOut, (icons::POP_OUT, "call-menu-pop-out")),
        (Deed::Fill, (icons::CORNERS_OUT, "call-menu-fill")),
    ];
    let mut deed = None;
    for (row, (glyph, id)) in rows.into_iter().chain(hide) {
        if menu_row_ui(ui, glyph, &words.say(id)).clicked() {
            ui.close();
            deed = Some(row);
        }
    }
    (deed, more(ui))
}

fn pin_words(ui: &Ui, target: Target<'_>) -> (&'static str, String) {
    let words = words(ui.ctx());
    if target.pinned {
        (icons::UNPIN, say!(words, "call-unpin", name = target.what))
    } else {
        (icons::PIN, say!(words, "call-pin", name = target.what))
    }
}
