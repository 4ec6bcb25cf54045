//! Where a line is written: to whom, what, and how much room is left.
use eframe::egui::{
    Align2, Event, Frame, Key, KeyboardShortcut, Margin, Modifiers, Response, RichText, Role, ScrollArea, Sense,
    Stroke, TextEdit, Ui, Widget, WidgetInfo, vec2,
};
use parlor_call::{Command, ParticipantView};
use parlor_protocol::limits;

use super::{Chat, Recipient};
use crate::ui::call::files::{Files, attach_button_ui};
use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{Choice, Picked, Picker, paint_glyph, paint_text, picker_ui, wrapped},
    words::{say, words},
};

/// However many bytes a character takes, as many as this are allowed in a line.
const CHARS: usize = limits::CHAT_BYTES / char::MAX.len_utf8();
/// From so many characters on it shows how many there are.
const MANY: usize = CHARS * 4 / 5;
const COUNT_WIDTH: f32 = 84.0;
/// Between the text and the ends of the field.
const MARGIN: i8 = 11;

/// How high the input is: it grows with what is written, up to some lines.
pub(super) fn height(ui: &Ui, chat: &Chat) -> f32 {
    let buttons = metric::GHOST + metric::FIELD_HEIGHT + 2.0 * metric::SPACE_S;
    let width = metric::CHAT_WIDTH - 2.0 * metric::SPACE_L - buttons;
    let font = theme::body();
    let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let width = width - 2.0 * f32::from(MARGIN);
    let rows = wrapped(ui.painter(), &chat.draft, font, theme::palette(ui.ctx()).text, width).rows.len();
    metric::CHAT_INPUT_HEIGHT + row * (rows.clamp(1, metric::CHAT_INPUT_ROWS) - 1) as f32
}

/// Shows the input. Enter sends; Shift and Enter begin a new line.
pub(super) fn input_ui(ui: &mut Ui, others: &[ParticipantView], chat: &mut Chat, files: &mut Files) -> Option<Command> {
    ui.spacing_mut().item_spacing = vec2(metric::SPACE_S, metric::SPACE_S);
    let words = words(ui.ctx());
    ui.horizontal(|ui| {
        let count = chat.draft.chars().count();
        let count_width = if count >= MANY { COUNT_WIDTH } else { 0.0 };
        let width = ui.available_width() - count_width;
        recipient_ui(ui, others, chat, width);
        if count >= MANY {
            count_ui(ui, count);
        }
    });
    let here = chat.recipient_is_here(others);
    let hint = match &chat.to {
        Recipient::Everyone => words.say("chat-message-everyone").into_owned(),
        Recipient::One { nickname, .. } if here => say!(words, "chat-message-one", name = nickname.as_str()),
        Recipient::One { nickname, .. } => say!(words, "chat-has-left", name = nickname.as_str()),
    };
    ui.horizontal_top(|ui| {
        attach_button_ui(ui, files);
        let width = ui.available_width() - metric::FIELD_HEIGHT - metric::SPACE_S;
        let message = message_ui(ui, &mut chat.draft, &hint, width);
        // Not `has_focus`, which also asks whether the window has it: keys that arrive are meant for this window.
        let entered =
            ui.memory(|memory| memory.has_focus(message.id)) && ui.input(|input| input.events.iter().any(is_enter));
        let can_send = here && chat.said().is_some();
        let pressed = send_ui(ui, can_send);
        if pressed {
            message.request_focus();
        }
        if can_send && (entered || pressed) { chat.take_command() } else { None }
    })
    .inner
}

/// Whether Enter was pressed by itself.
fn is_enter(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if modifiers.is_none())
}

fn recipient_ui(ui: &mut Ui, others: &[ParticipantView], chat: &mut Chat, width: f32) {
    let words = words(ui.ctx());
    let to_one = |nickname: &parlor_protocol::Nickname| say!(words, "chat-to-one", name = nickname.as_str());
    let everyone = words.say("chat-to-everyone").into_owned();
    let mut choices = vec![Choice { label: everyone.clone(), value: Recipient::Everyone }];
    choices.extend(others.iter().map(|other| Choice {
        label: to_one(&other.nickname),
        value: Recipient::One { id: other.id, nickname: other.nickname.clone() },
    }));
    let picked = match &chat.to {
        Recipient::Everyone => everyone,
        Recipient::One { nickname, .. } => to_one(nickname),
    };
    let picker = Picker { name: &words.say("chat-recipient"), picked: &picked, width };
    match picker_ui(ui, &picker, &choices, &chat.to) {
        Picked::Made(to) => chat.to = to,
        Picked::Nothing | Picked::Opened => {}
    }
}

/// How much of a line is written, once that matters.
fn count_ui(ui: &mut Ui, count: usize) {
    let palette = theme::palette(ui.ctx());
    let text = say!(words(ui.ctx()), "chat-limit", used = count, limit = CHARS);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::FIELD_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    let color = if count < CHARS { palette.text3 } else { palette.danger };
    let words = (text.as_str(), theme::stamp(), color);
    paint_text(ui.painter(), rect.right_center(), Align2::RIGHT_CENTER, words, rect.width());
}

fn message_ui(ui: &mut Ui, draft: &mut String, hint: &str, width: f32) -> Response {
    let id = ui.make_persistent_id("message");
    let palette = theme::palette(ui.ctx());
    let line = if ui.memory(|memory| memory.has_focus(id)) { palette.accent } else { palette.field_line };
    let row = ui.fonts_mut(|fonts| fonts.row_height(&theme::body()));
    let margin = Margin::symmetric(MARGIN, ((metric::FIELD_HEIGHT - row) / 2.0 - 1.0).round() as i8);
    let frame = Frame::new()
        .fill(palette.field)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(metric::RADIUS_FIELD)
        .inner_margin(margin);
    let most = metric::FIELD_HEIGHT + row * (metric::CHAT_INPUT_ROWS - 1) as f32;
    let shown = ScrollArea::vertical().id_salt("message").max_height(most).max_width(width).show(ui, |ui| {
        TextEdit::multiline(draft)
            .id(id)
            .hint_text(RichText::new(hint).color(palette.text3))
            .font(theme::body())
            .text_color(palette.text)
            .char_limit(CHARS)
            .desired_rows(1)
            .desired_width(width)
            .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
            .frame(frame)
            .ui(ui)
    });
    let response = shown.inner;
    let (enabled, label) = (ui.is_enabled(), words(ui.ctx()).say("chat-message"));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, enabled, &label);
        info.current_text_value = Some(draft.clone());
        info.hint_text = Some(hint.to_owned());
        info
    });
    response
}

fn send_ui(ui: &mut Ui, enabled: bool) -> bool {
    let name = words(ui.ctx()).say("chat-send");
    ui.add_enabled_ui(enabled, |ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(metric::FIELD_HEIGHT, metric::FIELD_HEIGHT), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
        let palette = theme::palette(ui.ctx());
        let lit = response.hovered() || response.has_focus();
        let fill = if lit { palette.accent_hover } else { palette.accent };
        ui.painter().rect_filled(rect, metric::RADIUS_BUTTON, fill);
        let font = theme::glyph_fill(metric::GLYPH_S);
        paint_glyph(ui.painter(), rect.center(), icons::PAPER_PLANE, font, palette.on_accent);
        response.on_hover_text(&*name).clicked()
    })
    .inner
}
