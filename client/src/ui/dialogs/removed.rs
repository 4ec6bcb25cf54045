//! The news that we were removed from a room.
use eframe::egui::{Context, vec2};
use parlor_protocol::{Nickname, Remark, RoomName};

use super::Outcome;
use crate::ui::{
    icons,
    theme::metric,
    widgets::{ButtonKind, Dialog, Message, button_ui, dialog_ui, message_ui, paragraph_ui},
};

pub(super) fn removed_ui(
    ctx: &Context,
    room: Option<&RoomName>,
    by: Option<&Nickname>,
    remark: Option<&Remark>,
) -> Outcome {
    let dialog = Dialog { id: "removed", title: "You were removed", width: metric::DIALOG_WIDTH };
    let (read, closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, &news(room, by));
        if let Some(remark) = remark {
            message_ui(ui, &Message { failed: false, glyph: icons::CHAT, text: remark.as_str(), action: None });
        }
        let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
        button_ui(ui, ButtonKind::Primary, "", "Back to the lobby", size).clicked()
    });
    Outcome { wishes: Vec::new(), closed: read || closed }
}

fn news(room: Option<&RoomName>, by: Option<&Nickname>) -> String {
    let who = by.map_or_else(|| "The server's administrator".to_owned(), ToString::to_string);
    let room = room.map_or_else(|| "the room".to_owned(), |room| format!("the room \u{201c}{room}\u{201d}"));
    format!("{who} removed you from {room}. You cannot come back into it while it lasts; other rooms are open to you.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_news_say_who_did_it_and_where() {
        let (room, by) = ("Standup".parse().ok(), "Ada".parse().ok());

        let by_ada = news(room.as_ref(), by.as_ref());
        let by_nobody = news(None, None);

        assert!(by_ada.starts_with("Ada removed you from the room “Standup”."), "{by_ada}");
        assert!(by_nobody.starts_with("The server's administrator removed you from the room."), "{by_nobody}");
    }
}
