//! The menu at the end of the control bar: what is needed less often, and what does not fit.
use eframe::egui::{Align2, Frame, Margin, Popup, RectAlign, Stroke, Ui, Vec2};

use super::{Button, press, reactions::reaction_row_ui, record, records, with_keys};
use crate::{
    engine::View,
    settings::{CallChoice, Change},
    ui::{
        call::{CallScreen, Side},
        icons,
        shortcuts::Deed,
        theme::{self, metric},
        widgets::{ControlTone, control_ui, menu_row_ui, paint_text},
        wish::Wish,
        words::words,
    },
};

/// Width of the menu.
const WIDTH: f32 = 292.0;

/// The button with its menu, which begins with the buttons that do not fit.
pub(super) fn more_ui(
    ui: &mut Ui,
    missing: &[Button],
    view: &View,
    screen: &mut CallScreen,
    size: Vec2,
) -> Option<Wish> {
    let name = words(ui.ctx()).say("call-more");
    let button = control_ui(ui, ControlTone::Plain, icons::MORE, &name, &name, size);
    let palette = theme::palette(ui.ctx());
    let frame = Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(metric::RADIUS_TILE)
        .shadow(theme::shadow(ui.ctx().theme()))
        .inner_margin(Margin::same(6));
    let popup = Popup::menu(&button)
        .align(RectAlign::TOP_END)
        .accessible_name(name)
        .gap(metric::SPACE_M)
        .frame(frame)
        .width(WIDTH);
    let shown = popup.show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        let missing = missing_ui(ui, missing, view, screen);
        missing.or(rows_ui(ui, view, screen))
    });
    shown?.inner
}

fn missing_ui(ui: &mut Ui, missing: &[Button], view: &View, screen: &mut CallScreen) -> Option<Wish> {
    let mut wish = None;
    for button in missing {
        if *button == Button::React {
            wish = wish.or(reaction_row_ui(ui).map(Wish::from));
            continue;
        }
        let face = button.face(ui, view);
        if menu_row_ui(ui, face.glyph, &face.name).clicked() {
            ui.close();
            wish = wish.or(press(*button, view, screen));
        }
    }
    wish
}

fn rows_ui(ui: &mut Ui, view: &View, screen: &mut CallScreen) -> Option<Wish> {
    let words = words(ui.ctx());
    let mut wish = None;
    let (glyph, id) = if records(view) { (icons::STOP, "call-record-stop") } else { (icons::RECORD, "call-record") };
    if row_ui(ui, glyph, &words.say(id), Some(Deed::Record)) {
        wish = Some(record(view));
    }
    if row_ui(ui, icons::STATISTICS, &words.say("call-statistics"), Some(Deed::Statistics)) {
        Side::toggle(&mut screen.side, Side::Statistics);
    }
    let id = if screen.stage.small_window { "call-small-window-close" } else { "call-small-window" };
    if row_ui(ui, icons::MINI, &words.say(id), None) {
        screen.stage.small_window = !screen.stage.small_window;
    }
    let hides = screen.choice.hide_self;
    let (glyph, id) = if hides { (icons::EYE, "call-show-self") } else { (icons::EYE_SLASH, "call-hide-self") };
    if row_ui(ui, glyph, &words.say(id), None) {
        wish = Some(Change::Call(CallChoice { hide_self: !hides, ..screen.choice }).into());
    }
    wish
}

/// A row with its keys at the right end.
fn row_ui(ui: &mut Ui, glyph: &str, label: &str, deed: Option<Deed>) -> bool {
    let mut row = menu_row_ui(ui, glyph, label);
    if let Some(deed) = deed {
        let color = theme::palette(ui.ctx()).text3;
        let keys = crate::ui::shortcuts::label(ui.ctx(), deed);
        let at = row.rect.right_center() - eframe::egui::vec2(metric::SPACE_S, 0.0);
        paint_text(ui.painter(), at, Align2::RIGHT_CENTER, (&keys, theme::stamp(), color), WIDTH);
        row = row.on_hover_text(with_keys(ui, label, deed));
    }
    if row.clicked() {
        ui.close();
    }
    row.clicked()
}
