//! The chat: what was said, and a line to say something, to everybody or to one alone.
mod line;

use eframe::egui::{
    Align, CentralPanel, Frame, Key, Layout, Margin, Panel, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2,
};
use parlor_call::{Author, ChatLine, ChatTo, Command, LineId, ParticipantView};
use parlor_protocol::{ChatText, Nickname, ParticipantId, limits};

use crate::ui::{
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{Choice, Field, Picked, Picker, ghost_ui, line_ui, paint_glyph, picker_ui},
};

const INPUT_HEIGHT: f32 = 116.0;
/// However many bytes a character takes, as many as this are allowed in a line.
const CHARS: usize = limits::CHAT_BYTES / char::MAX.len_utf8();

/// What is open, half written and read.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    open: bool,
    draft: String,
    to: Recipient,
    read_to: Option<LineId>,
    unread: usize,
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
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// How many lines of others came while the chat was closed.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    /// Takes note of what there is to read.
    pub(crate) fn watch(&mut self, lines: &[ChatLine]) {
        if self.open || lines.is_empty() {
            self.read_to = lines.last().map(|line| line.id);
        }
        let new = |line: &&ChatLine| matches!(line.author, Author::Other { .. }) && Some(line.id) > self.read_to;
        self.unread = lines.iter().filter(new).count();
    }

    fn take_command(&mut self) -> Option<Command> {
        let text = self.draft.parse().ok()?;
        self.draft.clear();
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
pub(super) fn chat_ui(ui: &mut Ui, scene: &Scene<'_>, chat: &mut Chat) -> Option<Command> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let head = Frame::new().inner_margin(Margin { left: 20, right: 12, top: 0, bottom: 0 });
    Panel::top("chat-head").exact_size(metric::CALL_BAR_HEIGHT).show_separator_line(false).frame(head).show(ui, |ui| {
        let palette = theme::palette(ui.ctx());
        ui.horizontal_centered(|ui| {
            ui.label(RichText::new("Messages").font(theme::panel_title()).color(palette.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ghost_ui(ui, icons::CLOSE, "Close chat").clicked() {
                    chat.toggle();
                }
            });
        });
    });
    let foot = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 16 });
    let sent = Panel::bottom("chat-input")
        .exact_size(INPUT_HEIGHT)
        .show_separator_line(false)
        .frame(foot)
        .show(ui, |ui| input_ui(ui, &scene.view.call.others, chat))
        .inner;
    let body = Frame::new().inner_margin(Margin { left: 16, right: 8, top: 0, bottom: 0 });
    CentralPanel::default().frame(body).show(ui, |ui| lines_ui(ui, scene));
    sent
}

fn lines_ui(ui: &mut Ui, scene: &Scene<'_>) {
    let lines = &scene.view.call.chat;
    if lines.is_empty() {
        let palette = theme::palette(ui.ctx());
        ui.vertical_centered(|ui| {
            ui.add_space(ui.available_height() * 0.4);
            ui.label(RichText::new("Nothing has been said yet").font(theme::body()).color(palette.text3));
        });
        return;
    }
    ScrollArea::vertical().stick_to_bottom(true).auto_shrink(false).show(ui, |ui| {
        let width = ui.available_width() - metric::SPACE_S;
        let mut before: Option<&ChatLine> = None;
        for chat_line in lines {
            line::chat_line_ui(ui, chat_line, before, &scene.now, width);
            before = Some(chat_line);
        }
        ui.add_space(metric::SPACE_S);
    });
}

fn input_ui(ui: &mut Ui, others: &[ParticipantView], chat: &mut Chat) -> Option<Command> {
    ui.spacing_mut().item_spacing = vec2(metric::SPACE_S, metric::SPACE_S);
    recipient_ui(ui, others, chat);
    let here = chat.recipient_is_here(others);
    let hint = match &chat.to {
        Recipient::Everyone => "Message everyone".to_owned(),
        Recipient::One { nickname, .. } if here => format!("Message {nickname} only"),
        Recipient::One { nickname, .. } => format!("{nickname} has left"),
    };
    ui.horizontal(|ui| {
        let field = Field { label: "Message", hint: &hint, limit: CHARS, remark: None };
        let width = ui.available_width() - metric::FIELD_HEIGHT - metric::SPACE_S;
        let message = line_ui(ui, &field, &mut chat.draft, width);
        let entered = message.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let can_send = here && chat.draft.parse::<ChatText>().is_ok();
        let pressed = send_ui(ui, can_send);
        if entered || pressed {
            message.request_focus();
        }
        if can_send && (entered || pressed) { chat.take_command() } else { None }
    })
    .inner
}

fn recipient_ui(ui: &mut Ui, others: &[ParticipantView], chat: &mut Chat) {
    let mut choices = vec![Choice { label: "To everyone".to_owned(), value: Recipient::Everyone }];
    choices.extend(others.iter().map(|other| Choice {
        label: format!("To {} only", other.nickname),
        value: Recipient::One { id: other.id, nickname: other.nickname.clone() },
    }));
    let picked = match &chat.to {
        Recipient::Everyone => "To everyone".to_owned(),
        Recipient::One { nickname, .. } => format!("To {nickname} only"),
    };
    let picker = Picker { name: "Recipient", picked: &picked, width: ui.available_width() };
    match picker_ui(ui, &picker, &choices, &chat.to) {
        Picked::Made(to) => chat.to = to,
        Picked::Nothing | Picked::Opened => {}
    }
}

fn send_ui(ui: &mut Ui, enabled: bool) -> bool {
    ui.add_enabled_ui(enabled, |ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(metric::FIELD_HEIGHT, metric::FIELD_HEIGHT), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), "Send message"));
        let palette = theme::palette(ui.ctx());
        let lit = response.hovered() || response.has_focus();
        let fill = if lit { palette.accent_hover } else { palette.accent };
        ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, fill);
        let font = theme::glyph_fill(metric::GLYPH_S);
        paint_glyph(ui.painter(), rect.center(), icons::PAPER_PLANE, font, palette.on_accent);
        response.clicked()
    })
    .inner
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

        chat.watch(&lines);
        let closed = chat.unread();
        chat.toggle();
        chat.watch(&lines);
        chat.toggle();
        chat.watch(&lines);

        assert_eq!(closed, 2);
        assert_eq!(chat.unread(), 0);
    }

    #[test]
    fn the_next_room_starts_with_nothing_read() {
        let mut chat = Chat { open: true, ..Chat::default() };
        chat.watch(&[line(other())]);
        chat.toggle();

        chat.watch(&[]);
        chat.watch(&[line(other())]);

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
        }
    }
}
