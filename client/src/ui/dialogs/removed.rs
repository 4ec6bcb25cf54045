//! The news that we were removed from a room.
use eframe::egui::{Context, vec2};
use parlor_protocol::{Nickname, Remark, RoomName};

use super::Outcome;
use crate::ui::{
    icons,
    theme::metric,
    widgets::{ButtonKind, Dialog, Message, button_ui, dialog_ui, message_ui, paragraph_ui},
    words::{Words, say, words},
};

pub(super) fn removed_ui(
    ctx: &Context,
    room: Option<&RoomName>,
    by: Option<&Nickname>,
    remark: Option<&Remark>,
) -> Outcome {
    let words = words(ctx);
    let dialog = Dialog { id: "removed", title: &words.say("removed-title"), width: metric::DIALOG_WIDTH };
    let (read, closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, &news(room, by, words));
        if let Some(remark) = remark {
            message_ui(ui, &Message { failed: false, glyph: icons::CHAT, text: remark.as_str(), action: None });
        }
        let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
        button_ui(ui, ButtonKind::Primary, "", &words.say("removed-back"), size).clicked()
    });
    Outcome { wishes: Vec::new(), closed: read || closed }
}

fn news(room: Option<&RoomName>, by: Option<&Nickname>, words: Words) -> String {
    let (room, by) = (room.map(RoomName::as_str), by.map(Nickname::as_str));
    match (room, by) {
        (Some(room), Some(by)) => say!(words, "removed-by", name = by, room = room),
        (None, Some(by)) => say!(words, "removed-by-from-here", name = by),
        (Some(room), None) => say!(words, "removed-by-server", room = room),
        (None, None) => words.say("removed-by-server-from-here").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn the_news_say_who_did_it_and_where() {
        let (room, by) = ("Standup".parse().ok(), "Ada".parse().ok());

        let english = Words::new(Language::English);
        let by_ada = news(room.as_ref(), by.as_ref(), english);
        let by_nobody = news(None, None, english);

        assert!(by_ada.starts_with("Ada removed you from the room “Standup”."), "{by_ada}");
        assert!(by_nobody.starts_with("The server's administrator removed you from the room."), "{by_nobody}");
    }
}
