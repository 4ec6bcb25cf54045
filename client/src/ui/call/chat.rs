//! The chat: what was said, and a place to say something, to everybody or to one alone.
mod input;
mod line;
mod list;
mod text;
mod transcript;

use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, Ui};
use parlor_call::{Author, ChatLine, ChatTo, Command, LineId, ParticipantView, Place};
use parlor_protocol::{ChatText, Nickname, ParticipantId};

use super::{
    Side,
    files::{Files, files_ui},
};
use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{ghost_ui, menu_row_ui, menu_ui},
    wish::Wish,
    words::words,
};

const MENU_WIDTH: f32 = 232.0;

/// What is half written, read and in view.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    draft: String,
    to: Recipient,
    read_to: Option<LineId>,
    unread: usize,
    /// The newest line when the end of the list was last in sight.
    seen_to: Option<LineId>,
    /// Whether the end of the list is to be brought into sight.
    jump: bool,
}

/// Who the next line is for. Somebody who leaves stays chosen, so that what was meant for them alone does not go to
/// everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Recipient {
    #[default]
    Everyone,
    One {
        id: ParticipantId,
        nickname: Nickname,
    },
}

impl Chat {
    /// How many lines of others came while the chat was closed.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    /// Takes note of what there is to read, and whether it is in view.
    pub(crate) fn watch(&mut self, lines: &[ChatLine], open: bool) {
        if open || lines.is_empty() {
            self.read_to = lines.last().map(|line| line.id);
        }
        if !open || lines.is_empty() {
            // It opens at the newest line.
            self.seen_to = None;
        }
        let new = |line: &&ChatLine| {
            let from_others = matches!(line.author, Author::Other { .. }) && line.told_by.is_none();
            from_others && Some(line.id) > self.read_to
        };
        self.unread = lines.iter().filter(new).count();
    }

    /// Who it goes to next; none where they have left.
    pub(super) fn to(&self, others: &[ParticipantView]) -> Option<ChatTo> {
        let to = match &self.to {
            Recipient::Everyone => ChatTo::Everyone,
            Recipient::One { id, .. } => ChatTo::One(*id),
        };
        self.recipient_is_here(others).then_some(to)
    }

    /// What the draft says, without what cannot be shown and may come along with something pasted.
    fn said(&self) -> Option<ChatText> {
        let may_stay = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        self.draft.chars().filter(may_stay).collect::<String>().parse().ok()
    }

    fn take_command(&mut self) -> Option<Command> {
        let text = self.said()?;
        self.draft.clear();
        self.jump = true;
        let to = match &self.to {
            Recipient::Everyone => ChatTo::Everyone,
            Recipient::One { id, .. } => ChatTo::One(*id),
        };
        Some(Command::SendChat { to, text })
    }

    fn recipient_is_here(&self, others: &[ParticipantView]) -> bool {
        match &self.to {
            Recipient::Everyone => true,
            Recipient::One { id, .. } => others.iter().any(|other| other.id == *id),
        }
    }
}

/// The panel as a whole.
pub(super) fn chat_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    chat: &mut Chat,
    files: &mut Files,
    side: &mut Option<Side>,
) -> Vec<Wish> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let head = Frame::new().inner_margin(Margin { left: 20, right: 12, top: 0, bottom: 0 });
    let head = Panel::top("chat-head").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false).frame(head);
    let wish = head.show(ui, |ui| head_ui(ui, scene, side)).inner;
    let foot = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 16 });
    let height = input::height(ui, chat);
    let foot = Panel::bottom("chat-input").exact_size(height).show_separator_line(false).frame(foot);
    let sent = foot.show(ui, |ui| input::input_ui(ui, &scene.view.call.others, chat, files)).inner;
    let to = chat.to(&scene.view.call.others);
    let mut wishes = files_ui(ui, scene, files, to);
    let body = Frame::new().inner_margin(Margin { left: 16, right: 8, top: 0, bottom: 0 });
    let pressed = CentralPanel::default().frame(body).show(ui, |ui| list::list_ui(ui, scene, chat)).inner;
    wishes.extend(sent.map(Wish::from).or(wish).or(pressed));
    wishes
}

fn head_ui(ui: &mut Ui, scene: &Scene<'_>, side: &mut Option<Side>) -> Option<Wish> {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let title = RichText::new(words.say("chat-title")).font(theme::panel_title()).color(palette.text);
    ui.horizontal_centered(|ui| {
        ui.label(title);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if ghost_ui(ui, icons::CLOSE, &words.say("chat-close")).clicked() {
                *side = None;
            }
            if scene.view.call.chat.is_empty() {
                return None;
            }
            let name = words.say("chat-more");
            let more = ghost_ui(ui, icons::DOTS, &name);
            menu_ui(&more, &name, MENU_WIDTH, |ui| menu_rows_ui(ui, scene)).flatten()
        })
        .inner
    })
    .inner
}

fn menu_rows_ui(ui: &mut Ui, scene: &Scene<'_>) -> Option<Wish> {
    let (words, call) = (words(ui.ctx()), &scene.view.call);
    let Place::Room(room) = &call.place else { return None };
    let copied = menu_row_ui(ui, icons::COPY, &words.say("chat-copy-all")).clicked();
    let saved = menu_row_ui(ui, icons::DOWNLOAD, &words.say("chat-save")).clicked();
    if copied || saved {
        ui.close();
    }
    if copied {
        let text = transcript::transcript(&call.chat, &scene.now, words);
        Some(Wish::Copy { text, done: words.say("chat-copied") })
    } else {
        saved.then(|| Wish::SaveText(transcript::file(room, &call.chat, &scene.now, words)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use parlor_call::{Audience, Delivery};

    use super::*;

    #[test]
    fn lines_count_as_unread_until_the_chat_is_opened() {
        let mut chat = Chat::default();
        let lines = [line(Author::Me), line(other()), line(other())];

        chat.watch(&lines, false);
        let closed = chat.unread();
        chat.watch(&lines, true);
        chat.watch(&lines, false);

        assert_eq!(closed, 2);
        assert_eq!(chat.unread(), 0);
    }

    #[test]
    fn what_was_said_before_we_came_is_never_unread() {
        let mut chat = Chat::default();
        let told = ChatLine { told_by: "Bob".parse().ok(), ..line(other()) };

        chat.watch(&[told.clone(), told, line(other())], false);

        assert_eq!(chat.unread(), 1);
    }

    #[test]
    fn the_next_room_starts_with_nothing_read() {
        let mut chat = Chat::default();
        chat.watch(&[line(other())], true);

        chat.watch(&[], false);
        chat.watch(&[line(other())], false);

        assert_eq!(chat.unread(), 1);
    }

    #[test]
    fn a_private_line_never_goes_to_everybody() {
        let ada = ParticipantId::new(7);
        let to = Recipient::One { id: ada, nickname: "Ada".parse().unwrap() };
        let mut chat = Chat { draft: "secret".to_owned(), to, ..Chat::default() };

        assert!(!chat.recipient_is_here(&[]));
        let command = chat.take_command();

        assert_eq!(command, Some(Command::SendChat { to: ChatTo::One(ada), text: "secret".parse().unwrap() }));
        assert_eq!(chat.draft, "");
    }

    #[test]
    fn what_cannot_be_shown_is_left_out_of_what_is_sent() {
        let mut chat = Chat { draft: "pasted\r\n\u{7}bell".to_owned(), ..Chat::default() };

        let command = chat.take_command();

        let text = "pasted\nbell".parse().unwrap();
        assert_eq!(command, Some(Command::SendChat { to: ChatTo::Everyone, text }));
    }

    #[test]
    fn an_empty_line_is_not_sent() {
        let mut chat = Chat { draft: "   ".to_owned(), ..Chat::default() };

        assert_eq!(chat.take_command(), None);
    }

    fn other() -> Author {
        Author::Other { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap() }
    }

    fn line(author: Author) -> ChatLine {
        ChatLine {
            id: LineId::default(),
            author,
            audience: Audience::Everyone,
            text: "hello".parse().unwrap(),
            at: Instant::now(),
            delivery: Delivery::Delivered,
            told_by: None,
        }
    }
}
