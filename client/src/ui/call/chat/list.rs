//! All lines, with what stands between them: the day, and what was said before we came.
use eframe::egui::{
    Align, Align2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, scroll_area::ScrollAreaOutput, vec2,
};
use jiff::civil::Date;
use parlor_call::{Author, ChatLine};

use super::{Chat, line};
use crate::ui::{
    icons,
    scene::{Now, Scene},
    theme::{self, metric},
    widgets::{ButtonKind, button_ui, column_in, paint_centered, paint_text},
    wish::Wish,
    words::{Words, say, words},
};

/// Nearer to its end than this the list goes along with what is new.
const NEAR: f32 = 24.0;
const DIVIDER_HEIGHT: f32 = 34.0;

/// Shows all lines, and a way to the newest where it is out of sight.
pub(super) fn list_ui(ui: &mut Ui, scene: &Scene<'_>, chat: &mut Chat) -> Option<Wish> {
    let lines = &scene.view.call.chat;
    if lines.is_empty() {
        empty_ui(ui);
        return None;
    }
    let place = ui.max_rect();
    let jump = std::mem::take(&mut chat.jump);
    let shown = ScrollArea::vertical().stick_to_bottom(true).auto_shrink(false).show(ui, |ui| {
        let wish = lines_ui(ui, lines, &scene.now);
        ui.add_space(metric::SPACE_S);
        if jump {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
        }
        wish
    });
    if is_at_end(&shown) || chat.seen_to.is_none() {
        chat.seen_to = lines.last().map(|line| line.id);
    }
    if !is_at_end(&shown) && chip_ui(ui, place, unseen(lines, chat)) {
        chat.jump = true;
        ui.ctx().request_repaint();
    }
    shown.inner
}

/// How many lines of others came while the end of the list was out of sight.
fn unseen(lines: &[ChatLine], chat: &Chat) -> usize {
    let new = |line: &&ChatLine| line.author != Author::Me && Some(line.id) > chat.seen_to;
    lines.iter().filter(new).count()
}

fn is_at_end<R>(shown: &ScrollAreaOutput<R>) -> bool {
    shown.state.clamped_offset().y + shown.inner_rect.height() >= shown.content_size.y - NEAR
}

fn empty_ui(ui: &mut Ui) {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    let rect = ui.max_rect();
    let (title, hint) = (words.say("chat-empty"), words.say("chat-empty-hint"));
    let top = pos2(rect.center().x, rect.top() + rect.height() * 0.36);
    let width = rect.width() - metric::SPACE_XXL;
    let title_place = paint_centered(ui.painter(), top, (&title, theme::body(), palette.text2), width);
    let below = pos2(top.x, title_place.bottom() + metric::SPACE_S);
    let hint_place = paint_centered(ui.painter(), below, (&hint, theme::stamp(), palette.text3), width);
    for (place, text) in [(title_place, title), (hint_place, hint)] {
        let response = ui.interact(place, ui.scope_id().with(&text), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    }
}

fn lines_ui(ui: &mut Ui, lines: &[ChatLine], now: &Now) -> Option<Wish> {
    let width = ui.available_width() - metric::SPACE_S;
    let words = words(ui.ctx());
    let mut wish = None;
    let mut before: Option<&ChatLine> = None;
    for line in lines {
        let dividers = dividers(line, before, now, words);
        for divider in &dividers {
            divider_ui(ui, divider, width);
        }
        let together = before.is_some_and(|before| line::belongs_to(line, before)) && dividers.is_empty();
        wish = wish.or(line::chat_line_ui(ui, line, !together, now, width));
        before = Some(line);
    }
    wish
}

/// What stands over a line: who told us of it and of those behind it, that we came, another day.
fn dividers(line: &ChatLine, before: Option<&ChatLine>, now: &Now, words: Words) -> Vec<String> {
    let mut dividers = Vec::new();
    match (&line.told_by, before.is_some_and(|before| before.told_by.is_some())) {
        (Some(teller), false) => dividers.push(say!(words, "chat-before-you-came", name = teller.as_str())),
        (None, true) => dividers.push(words.say("chat-you-came").into_owned()),
        (Some(_), true) | (None, false) => {}
    }
    let (day, today) = (now.day(line.at), now.wall.date());
    if before.map_or(today, |before| now.day(before.at)) != day {
        dividers.push(day_words(day, today, words));
    }
    dividers
}

/// A date as a person says it.
pub(super) fn day_words(day: Date, today: Date, words: Words) -> String {
    if day == today {
        words.say("chat-today").into_owned()
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        words.say("chat-yesterday").into_owned()
    } else {
        day.strftime(&*words.say("chat-date")).to_string()
    }
}

fn divider_ui(ui: &mut Ui, text: &str, width: f32) {
    let palette = theme::palette(ui.ctx());
    let (row, response) = ui.allocate_exact_size(vec2(width, DIVIDER_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let painter = ui.painter();
    let middle = pos2(row.center().x, row.bottom() - 10.0);
    let words = (text, theme::stamp(), palette.text3);
    let words = paint_text(painter, middle, Align2::CENTER_CENTER, words, width - 2.0 * metric::SPACE_XL);
    let line = Stroke::new(1.0, palette.line);
    painter.hline(row.left()..=words.left() - metric::SPACE_S, middle.y, line);
    painter.hline(words.right() + metric::SPACE_S..=row.right(), middle.y, line);
}

/// A button at the lower edge of the list. Returns whether it was pressed.
fn chip_ui(ui: &mut Ui, place: Rect, new: usize) -> bool {
    let words = words(ui.ctx());
    let (kind, label) = match new {
        0 => (ButtonKind::Secondary, words.say("chat-newest").into_owned()),
        new => (ButtonKind::Primary, say!(words, "chat-new", count = new)),
    };
    let text = ui.painter().layout_no_wrap(label.clone(), theme::button(), theme::palette(ui.ctx()).text);
    let size = vec2(text.size().x + metric::GLYPH_S + metric::SPACE_XXXL, metric::SMALL_BUTTON_HEIGHT);
    let chip = Align2::CENTER_BOTTOM.anchor_size(place.center_bottom() - vec2(0.0, metric::SPACE_S), size);
    column_in(ui, chip, |ui| button_ui(ui, kind, icons::ARROW_DOWN, &label, size).clicked())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use parlor_call::{Audience, Delivery, LineId};
    use parlor_protocol::ParticipantId;

    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn a_day_is_said_where_it_changes_and_at_the_top_unless_it_is_today() {
        let now = Now { instant: Instant::now() + Duration::from_secs(400_000), wall: wall("2026-03-02T10:05:00") };
        let english = Words::new(Language::English);
        let at = |hours: u64| line(&now, hours);

        assert_eq!(dividers(&at(1), None, &now, english), [] as [&str; 0]);
        assert_eq!(dividers(&at(1), Some(&at(2)), &now, english), [] as [&str; 0]);
        assert_eq!(dividers(&at(1), Some(&at(11)), &now, english), ["Today"]);
        assert_eq!(dividers(&at(11), None, &now, english), ["Yesterday"]);
        assert_eq!(dividers(&at(60), None, &now, english), ["27 February 2026"]);
        assert_eq!(dividers(&at(60), None, &now, Words::new(Language::Korean)), ["2026년 2월 27일"]);
    }

    #[test]
    fn what_was_told_has_a_beginning_and_an_end() {
        let now = Now { instant: Instant::now() + Duration::from_secs(400_000), wall: wall("2026-03-02T10:05:00") };
        let english = Words::new(Language::English);
        let told = ChatLine { told_by: "Ada".parse().ok(), ..line(&now, 1) };

        assert_eq!(dividers(&told, None, &now, english), ["From before you came, told by Ada"]);
        assert_eq!(dividers(&told, Some(&told), &now, english), [] as [&str; 0]);
        assert_eq!(dividers(&line(&now, 1), Some(&told), &now, english), ["You came in"]);
    }

    fn wall(time: &str) -> jiff::Zoned {
        format!("{time}+00:00[+00:00]").parse().unwrap()
    }

    fn line(now: &Now, hours_ago: u64) -> ChatLine {
        ChatLine {
            id: LineId::default(),
            author: Author::Other { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap() },
            audience: Audience::Everyone,
            text: "hello".parse().unwrap(),
            at: now.instant - Duration::from_secs(hours_ago * 3600),
            delivery: Delivery::Delivered,
            told_by: None,
        }
    }
}
