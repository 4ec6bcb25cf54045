//! The row of buttons below the stage.
use eframe::egui::{Rect, Sense, Stroke, StrokeKind, Ui, vec2};
use parlor_call::Command;

use super::{CHAT_KEYS, chat::Chat};
use crate::{
    engine::View,
    ui::{
        dialogs::{Dialog, guests},
        icons, my_tracks,
        theme::{self, metric},
        widgets::{ControlTone, control_ui, paint_badge, row_in},
        wish::Wish,
    },
};

/// Buttons of the usual width.
const BUTTONS: usize = 3;

pub(super) fn control_bar_ui(ui: &mut Ui, view: &View, chat: &mut Chat) -> Vec<Wish> {
    let media = &view.call.media;
    let palette = theme::palette(ui.ctx());
    let size = vec2(metric::CONTROL_WIDTH, metric::CONTROL_HEIGHT);
    let width = BUTTONS as f32 * (size.x + metric::SPACE_S) + 1.0 + metric::SPACE_S + metric::LEAVE_WIDTH;
    let pill = vec2(width + 2.0 * metric::SPACE_S, metric::CONTROL_PILL_HEIGHT);
    let pill = Rect::from_center_size(ui.max_rect().center() - vec2(0.0, 3.0), pill);
    let line = Stroke::new(1.0, palette.line);
    ui.painter().rect(pill, metric::RADIUS_BAR, palette.panel, line, StrokeKind::Inside);

    row_in(ui, pill.shrink(metric::SPACE_S), |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_S;
        let mut wishes = Vec::new();
        for switch in [my_tracks::microphone(media), my_tracks::camera(media)] {
            let tone = if switch.on { ControlTone::Plain } else { ControlTone::Alarm };
            if control_ui(ui, tone, switch.glyph, switch.name, &switch.hint(ui.ctx()), size).clicked() {
                wishes.push(switch.command.into());
            }
        }
        let tone = if chat.is_open() { ControlTone::Active } else { ControlTone::Plain };
        let hint = format!("Chat ({})", ui.ctx().format_shortcut(&CHAT_KEYS));
        let button = control_ui(ui, tone, icons::CHAT, "Chat", &hint, size);
        if chat.unread() > 0 {
            paint_badge(ui, button.rect, chat.unread());
        }
        if button.clicked() {
            chat.toggle();
        }
        let (divider, _) = ui.allocate_exact_size(vec2(1.0, metric::SPACE_XL), Sense::hover());
        ui.painter().rect_filled(divider, 0, palette.line);
        let leave = vec2(metric::LEAVE_WIDTH, size.y);
        if control_ui(ui, ControlTone::Alarm, icons::PHONE_X, "Leave call", "Leave call", leave).clicked() {
            // Whoever is the server may think that leaving ends it for everybody.
            let hosts_others = guests(&view.host) > 0;
            wishes.push(if hosts_others { Wish::Open(Dialog::Leave) } else { Command::Leave.into() });
        }
        wishes
    })
}
