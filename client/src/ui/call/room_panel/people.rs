//! Everybody in the room in a list, with what they may do and what may be done about it.
use eframe::egui::{Align2, Rect, Role as Part, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{ParticipantView, RoomView};
use parlor_protocol::{ParticipantId, Role};

use crate::ui::{
    call::actions,
    icons,
    theme::{self, metric},
    widgets::{field_label_ui, ghost_ui, paint_avatar, paint_glyph, paint_text, row_from_right_in},
    wish::Wish,
};

/// Shows the list. Below the one who is `unfolded` stands what may be done about them: a menu of its own would close
/// the panel.
pub(super) fn people_ui(
    ui: &mut Ui,
    others: &[ParticipantView],
    room: &RoomView,
    unfolded: &mut Option<ParticipantId>,
) -> Vec<Wish> {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        field_label_ui(ui, &format!("{} of {} people", others.len() + 1, room.rules.capacity));
        row_ui(ui, &format!("{} (you)", room.nickname), room.nickname.as_str(), room.role);
        let mut wishes = Vec::new();
        for other in others {
            let rect = row_ui(ui, other.nickname.as_str(), other.nickname.as_str(), other.role);
            if !actions::any(room, other) {
                continue;
            }
            let name = format!("Actions for {}", other.nickname);
            if row_from_right_in(ui, rect, |ui| ghost_ui(ui, icons::DOTS, &name).clicked()) {
                *unfolded = if *unfolded == Some(other.id) { None } else { Some(other.id) };
            }
            if *unfolded == Some(other.id) {
                wishes.extend(ui.indent(other.id, |ui| actions::menu_rows_ui(ui, room, other)).inner);
            }
        }
        wishes
    })
    .inner
}

fn row_ui(ui: &mut Ui, label: &str, nickname: &str, role: Role) -> Rect {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), metric::PERSON_ROW_HEIGHT), Sense::hover());
    let name = actions::role_name(role).map_or_else(|| label.to_owned(), |role| format!("{label}, {role}"));
    response.widget_info(|| WidgetInfo::labeled(Part::Label, true, format!("In the room: {name}")));
    let palette = theme::palette(ui.ctx());
    let radius = metric::SPACE_L;
    let painter = ui.painter();
    paint_avatar(painter, rect.left_center() + vec2(radius, 0.0), radius, nickname);
    let left = rect.left() + 2.0 * radius + metric::SPACE_M;
    let room = rect.right() - metric::GHOST - metric::SPACE_L - metric::GLYPH_S - left;
    let words = (label, theme::body(), palette.text);
    let words = paint_text(painter, pos2(left, rect.center().y), Align2::LEFT_CENTER, words, room);
    if let Some(glyph) = actions::role_glyph(role) {
        let at = words.right_center() + vec2(metric::SPACE_S + metric::GLYPH_XS / 2.0, 0.0);
        paint_glyph(painter, at, glyph, theme::glyph_fill(metric::GLYPH_XS), palette.warn);
    }
    rect
}
