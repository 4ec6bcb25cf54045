//! One line of chat, as a bubble.
use std::time::Duration;

use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use parlor_call::{Audience, Author, ChatLine, Command, Delivery};

use super::text::{self, Link};
use crate::ui::{
    icons,
    scene::Now,
    theme::{self, Palette, Weight, metric},
    widgets::{ControlTone, column_in, control_ui, menu_row_ui, menu_ui, paint_glyph, paint_text},
    wish::Wish,
    words::{Words, say, words},
};

/// Lines further apart than this get a time of their own.
const TOGETHER: Duration = Duration::from_secs(120);
const MAX_SHARE: f32 = 0.82;
const MENU_WIDTH: f32 = 232.0;
/// As much of a link as a menu shows.
const LINK_CHARS: usize = 40;

/// Shows a line; those of one person that follow each other closely stand together under one head.
pub(super) fn chat_line_ui(ui: &mut Ui, line: &ChatLine, alone: bool, now: &Now, width: f32) -> Option<Wish> {
    if alone {
        ui.add_space(14.0);
        head_ui(ui, line, now, width);
    }
    ui.add_space(metric::SPACE_XS);
    let pressed = bubble_ui(ui, line, width);
    pressed.or(delivery_ui(ui, line, width))
}

/// Whether a line stands under the same head as the one before it.
pub(super) fn belongs_to(line: &ChatLine, before: &ChatLine) -> bool {
    line.author == before.author
        && line.audience == before.audience
        && line.at.saturating_duration_since(before.at) < TOGETHER
}

/// Whom a line that is not for everybody is for.
pub(super) fn private_words(line: &ChatLine, words: Words) -> Option<String> {
    match &line.audience {
        Audience::Everyone => None,
        Audience::Me => Some(words.say("chat-private-to-you").into_owned()),
        Audience::One { nickname, .. } => Some(say!(words, "chat-private-to-one", name = nickname.as_str())),
    }
}

/// Who wrote it.
pub(super) fn author_words(line: &ChatLine, words: Words) -> String {
    match &line.author {
        Author::Me => words.say("chat-you").into_owned(),
        Author::Other { nickname, .. } => nickname.to_string(),
    }
}

/// What there is to say about a line that has not arrived.
pub(super) fn undelivered(delivery: Delivery, words: Words) -> Option<String> {
    match delivery {
        Delivery::Delivered => None,
        Delivery::Sending => Some(words.say("chat-sending").into_owned()),
        Delivery::Failed => Some(words.say("chat-failed").into_owned()),
    }
}

fn head_ui(ui: &mut Ui, line: &ChatLine, now: &Now, width: f32) {
    let palette = theme::palette(ui.ctx());
    let (row, _) = ui.allocate_exact_size(vec2(width, metric::CHAT_HEAD_HEIGHT), Sense::hover());
    let painter = ui.painter();
    let time = now.clock(line.at);
    let private = private_words(line, words(ui.ctx()));
    let (facts, ink) = match &private {
        Some(private) => (format!("{private} · {time}"), palette.accent),
        None => (time, palette.text3),
    };
    let (lock_width, lock) = if private.is_some() { (17.0, icons::LOCK) } else { (0.0, "") };
    let lock_font = theme::glyph_fill(12.0);
    match &line.author {
        Author::Me => {
            let text = (facts.as_str(), theme::stamp(), ink);
            let text = paint_text(painter, row.right_center(), Align2::RIGHT_CENTER, text, width - lock_width);
            paint_glyph(painter, pos2(text.left() - 9.0, row.center().y), lock, lock_font, ink);
        }
        Author::Other { nickname, .. } => {
            let font = theme::sans(12.5, Weight::Semibold);
            let name = (nickname.as_str(), font, palette.text);
            let name = paint_text(painter, row.left_center(), Align2::LEFT_CENTER, name, width * 0.6);
            let left = name.right() + metric::SPACE_S;
            paint_glyph(painter, pos2(left + 6.0, row.center().y), lock, lock_font, ink);
            let at = pos2(left + lock_width, row.center().y);
            let text = (facts.as_str(), theme::stamp(), ink);
            paint_text(painter, at, Align2::LEFT_CENTER, text, row.right() - at.x);
        }
    }
}

/// The colours of a bubble: its ground, the line around it, its text, the links in it.
struct Look {
    fill: Color32,
    line: Color32,
    ink: Color32,
    link: Color32,
}

fn look(line: &ChatLine, palette: &Palette) -> Look {
    let mine = line.author == Author::Me;
    let private = line.audience != Audience::Everyone;
    let look = if private {
        Look { fill: palette.accent_soft, line: palette.accent, ink: palette.text, link: palette.accent }
    } else if mine {
        let ink = palette.on_accent;
        Look { fill: palette.accent, line: Color32::TRANSPARENT, ink, link: ink }
    } else {
        Look { fill: palette.input, line: Color32::TRANSPARENT, ink: palette.text, link: palette.accent }
    };
    match line.delivery {
        Delivery::Delivered => look,
        Delivery::Sending => Look { fill: look.fill.gamma_multiply(0.6), ..look },
        Delivery::Failed => Look { fill: look.fill.gamma_multiply(0.6), line: palette.danger, ..look },
    }
}

fn bubble_ui(ui: &mut Ui, line: &ChatLine, width: f32) -> Option<Wish> {
    let words = words(ui.ctx());
    let look = look(line, theme::palette(ui.ctx()));
    let room = width * MAX_SHARE - 2.0 * metric::CHAT_PADDING.x;
    let text = line.text.as_str();
    let links = text::links(text);
    let galley = text::layout(ui, text, &links, (look.ink, look.link), room);
    let size = galley.size() + 2.0 * metric::CHAT_PADDING;
    let (row, _) = ui.allocate_exact_size(vec2(width, size.y), Sense::hover());
    let (bubble, corners) = place(row, size, line.author == Author::Me);
    let response =
        ui.interact(bubble, ui.scope_id().with(("line", line.id)), Sense::click_and_drag() - Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken(line, words)));
    if !ui.is_rect_visible(row) {
        return None;
    }
    ui.painter().rect(bubble, corners, look.fill, Stroke::new(1.0, look.line), StrokeKind::Inside);
    let pressed = text::text_ui(ui, &response, bubble.min + metric::CHAT_PADDING, &galley, text, &links);
    let pressed = pressed.map(|link| Wish::OpenLink(link.address.clone()));
    pressed.or(actions_ui(ui, &response, row, line, &links))
}

fn place(row: Rect, size: eframe::egui::Vec2, mine: bool) -> (Rect, CornerRadius) {
    let round = metric::RADIUS_ROUND;
    if mine {
        let place = Align2::RIGHT_TOP.anchor_size(row.right_top(), size);
        (place, CornerRadius { nw: round, ne: 4, sw: round, se: round })
    } else {
        (Rect::from_min_size(row.min, size), CornerRadius { nw: 4, ne: round, sw: round, se: round })
    }
}

/// What can be done with a line: by the other button of the mouse, or by a button beside the line that shows while the
/// pointer or the keyboard is there.
fn actions_ui(ui: &mut Ui, bubble: &Response, row: Rect, line: &ChatLine, links: &[Link]) -> Option<Wish> {
    let mut by_mouse = None;
    bubble.context_menu(|ui| by_mouse = rows_ui(ui, line, links));
    let side = vec2(metric::CHAT_ACTIONS, metric::CHAT_ACTIONS);
    let button = if line.author == Author::Me {
        Rect::from_min_size(pos2(bubble.rect.left() - side.x - metric::SPACE_XS, row.top()), side)
    } else {
        Rect::from_min_size(pos2(bubble.rect.right() + metric::SPACE_XS, row.top()), side)
    };
    let name = words(ui.ctx()).say("chat-actions");
    let open = ui.ctx().data(|data| data.get_temp::<bool>(bubble.id)).unwrap_or(false);
    let wanted = open || ui.rect_contains_pointer(row.union(button));
    let shown = column_in(ui, button, |ui| {
        ui.set_opacity(if wanted { 1.0 } else { 0.0 });
        let button = control_ui(ui, ControlTone::Plain, icons::DOTS, &name, &name, side);
        let chosen = menu_ui(&button, &name, MENU_WIDTH, |ui| rows_ui(ui, line, links));
        (chosen.is_some() || button.has_focus(), chosen.flatten())
    });
    if shown.0 != open {
        ui.ctx().data_mut(|data| data.insert_temp(bubble.id, shown.0));
    }
    by_mouse.or(shown.1)
}

fn rows_ui(ui: &mut Ui, line: &ChatLine, links: &[Link]) -> Option<Wish> {
    let words = words(ui.ctx());
    let mut wish = None;
    if menu_row_ui(ui, icons::COPY, &words.say("chat-copy")).clicked() {
        wish = Some(Wish::Copy { text: line.text.to_string(), done: words.say("chat-copied") });
    }
    for link in links {
        let short: String = link.address.chars().take(LINK_CHARS).collect();
        if menu_row_ui(ui, icons::ARROW_RIGHT, &say!(words, "chat-open-link", link = short)).clicked() {
            wish = Some(Wish::OpenLink(link.address.clone()));
        }
    }
    if let [link] = links
        && menu_row_ui(ui, icons::LINK, &words.say("chat-copy-link")).clicked()
    {
        wish = Some(Wish::Copy { text: link.address.clone(), done: words.say("chat-copied") });
    }
    if wish.is_some() {
        ui.close();
    }
    wish
}

/// How far a line of ours has come, and another try where it failed.
fn delivery_ui(ui: &mut Ui, line: &ChatLine, width: f32) -> Option<Wish> {
    let words = words(ui.ctx());
    let palette = theme::palette(ui.ctx());
    let said = undelivered(line.delivery, words)?;
    let (row, _) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
    let failed = line.delivery == Delivery::Failed;
    let mut right = row.right();
    let mut again = None;
    if failed {
        let label = words.say("chat-try-again");
        let galley = ui.painter().layout_no_wrap(label.clone().into_owned(), theme::label(), palette.accent);
        let place = Align2::RIGHT_CENTER.anchor_size(row.right_center(), galley.size());
        let button = ui.interact(place.expand(3.0), ui.scope_id().with(("again", line.id)), Sense::click());
        button.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &label));
        if button.hovered() || button.has_focus() {
            ui.painter().hline(place.x_range(), place.bottom(), Stroke::new(1.0, palette.accent));
        }
        ui.painter().galley(place.min, galley, palette.accent);
        again = button.clicked().then(|| Command::SendAgain(line.id).into());
        right = place.left() - metric::SPACE_S;
    }
    let color = if failed { palette.danger } else { palette.text3 };
    let text = (said.as_str(), theme::stamp(), color);
    paint_text(ui.painter(), pos2(right, row.center().y), Align2::RIGHT_CENTER, text, right - row.left());
    again
}

/// The line as a screen reader says it.
fn spoken(line: &ChatLine, words: Words) -> String {
    let mut head = author_words(line, words);
    for part in [private_words(line, words), undelivered(line.delivery, words)].into_iter().flatten() {
        head += ", ";
        head += &part;
    }
    format!("{head}: {}", line.text)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use parlor_call::LineId;
    use parlor_protocol::ParticipantId;

    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn lines_of_one_person_stand_together_unless_time_or_audience_part_them() {
        let start = Instant::now();
        let first = line(start);
        let soon = line(start + Duration::from_secs(20));
        let late = line(start + TOGETHER);
        let private = ChatLine { audience: Audience::Me, ..soon.clone() };
        let mine = ChatLine { author: Author::Me, ..soon.clone() };

        assert!(belongs_to(&soon, &first));
        assert!(!belongs_to(&late, &first));
        assert!(!belongs_to(&private, &first));
        assert!(!belongs_to(&mine, &first));
    }

    #[test]
    fn a_line_is_read_out_with_whom_it_is_for_and_how_far_it_came() {
        let bob = Audience::One { id: ParticipantId::new(8), nickname: "Bob".parse().unwrap() };
        let received = line(Instant::now());
        let failed = ChatLine { author: Author::Me, audience: bob, delivery: Delivery::Failed, ..received.clone() };

        let english = Words::new(Language::English);
        assert_eq!(spoken(&received, english), "Ada: hello");
        assert_eq!(spoken(&failed, english), "You, to Bob only, Not delivered: hello");
        assert_eq!(spoken(&failed, Words::new(Language::Korean)), "나, Bob님에게만, 전송되지 않음: hello");
    }

    fn line(at: Instant) -> ChatLine {
        ChatLine {
            id: LineId::default(),
            author: Author::Other { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap() },
            audience: Audience::Everyone,
            text: "hello".parse().unwrap(),
            at,
            delivery: Delivery::Delivered,
            told_by: None,
        }
    }
}
