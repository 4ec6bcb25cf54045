//! One line of chat, as a bubble.
use std::time::Duration;

use eframe::egui::{Align2, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{Audience, Author, ChatLine, Delivery};

use crate::ui::{
    icons,
    scene::Now,
    theme::{self, Weight, metric},
    widgets::{paint_glyph, paint_text, wrapped},
};

/// Lines further apart than this get a time of their own.
const TOGETHER: Duration = Duration::from_secs(120);
const MAX_SHARE: f32 = 0.82;
const PADDING: eframe::egui::Vec2 = vec2(12.0, 9.0);
const HEAD_HEIGHT: f32 = 20.0;

/// Shows a line; those of one person that follow each other closely stand together under one head.
pub(super) fn chat_line_ui(ui: &mut Ui, line: &ChatLine, before: Option<&ChatLine>, now: &Now, width: f32) {
    let mine = line.author == Author::Me;
    if !before.is_some_and(|before| belongs_to(line, before)) {
        ui.add_space(14.0);
        head_ui(ui, line, now, width);
    }
    ui.add_space(metric::SPACE_XS);
    bubble_ui(ui, line, mine, width);
    if let Some(words) = undelivered(line.delivery) {
        let palette = theme::palette(ui.ctx());
        let (row, _) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
        let color = if line.delivery == Delivery::Failed { palette.danger } else { palette.text3 };
        let text = (words, theme::stamp(), color);
        paint_text(ui.painter(), row.right_center(), Align2::RIGHT_CENTER, text, width);
    }
}

fn belongs_to(line: &ChatLine, before: &ChatLine) -> bool {
    line.author == before.author
        && line.audience == before.audience
        && line.at.saturating_duration_since(before.at) < TOGETHER
}

fn undelivered(delivery: Delivery) -> Option<&'static str> {
    match delivery {
        Delivery::Delivered => None,
        Delivery::Sending => Some("Sending…"),
        Delivery::Failed => Some("Not delivered"),
    }
}

/// Whom a line that is not for everybody is for.
fn private_words(line: &ChatLine) -> Option<String> {
    match &line.audience {
        Audience::Everyone => None,
        Audience::Me => Some("to you only".to_owned()),
        Audience::One { nickname, .. } => Some(format!("to {nickname} only")),
    }
}

fn head_ui(ui: &mut Ui, line: &ChatLine, now: &Now, width: f32) {
    let palette = theme::palette(ui.ctx());
    let (row, _) = ui.allocate_exact_size(vec2(width, HEAD_HEIGHT), Sense::hover());
    let painter = ui.painter();
    let time = now.clock(line.at);
    let private = private_words(line);
    let facts = match &private {
        Some(private) => format!("{private} · {time}"),
        None => time,
    };
    let (lock_width, lock) = if private.is_some() { (17.0, icons::LOCK) } else { (0.0, "") };
    let lock_font = theme::glyph_fill(12.0);
    match &line.author {
        Author::Me => {
            let text = (facts.as_str(), theme::stamp(), palette.text3);
            let text = paint_text(painter, row.right_center(), Align2::RIGHT_CENTER, text, width - lock_width);
            paint_glyph(painter, pos2(text.left() - 9.0, row.center().y), lock, lock_font, palette.text3);
        }
        Author::Other { nickname, .. } => {
            let font = theme::sans(12.5, Weight::Semibold);
            let name = (nickname.as_str(), font, palette.text);
            let name = paint_text(painter, row.left_center(), Align2::LEFT_CENTER, name, width * 0.6);
            let left = name.right() + metric::SPACE_S;
            paint_glyph(painter, pos2(left + 6.0, row.center().y), lock, lock_font, palette.text3);
            let at = pos2(left + lock_width, row.center().y);
            let text = (facts.as_str(), theme::stamp(), palette.text3);
            paint_text(painter, at, Align2::LEFT_CENTER, text, row.right() - at.x);
        }
    }
}

fn bubble_ui(ui: &mut Ui, line: &ChatLine, mine: bool, width: f32) {
    let palette = theme::palette(ui.ctx());
    let (fill, ink) = if mine { (palette.accent, palette.on_accent) } else { (palette.input, palette.text) };
    let room = width * MAX_SHARE - 2.0 * PADDING.x;
    let words = wrapped(ui.painter(), line.text.as_str(), theme::body(), ink, room);
    let size = words.size() + 2.0 * PADDING;
    let (row, response) = ui.allocate_exact_size(vec2(width, size.y), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken(line)));

    let round = metric::RADIUS_ROUND;
    let (bubble, corners) = if mine {
        let place = Align2::RIGHT_TOP.anchor_size(row.right_top(), size);
        (place, CornerRadius { nw: round, ne: 4, sw: round, se: round })
    } else {
        (Rect::from_min_size(row.min, size), CornerRadius { nw: 4, ne: round, sw: round, se: round })
    };
    let fill = if line.delivery == Delivery::Delivered { fill } else { fill.gamma_multiply(0.6) };
    ui.painter().rect_filled(bubble, corners, fill);
    ui.painter().galley(bubble.min + PADDING, words, ink);
}

/// The line as a screen reader says it.
fn spoken(line: &ChatLine) -> String {
    let author = match &line.author {
        Author::Me => "You",
        Author::Other { nickname, .. } => nickname.as_str(),
    };
    let mut head = author.to_owned();
    for words in [private_words(line).as_deref(), undelivered(line.delivery)].into_iter().flatten() {
        head += ", ";
        head += words;
    }
    format!("{head}: {}", line.text)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use parlor_call::LineId;
    use parlor_protocol::ParticipantId;

    use super::*;

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

        assert_eq!(spoken(&received), "Ada: hello");
        assert_eq!(spoken(&failed), "You, to Bob only, Not delivered: hello");
    }

    fn line(at: Instant) -> ChatLine {
        ChatLine {
            id: LineId::default(),
            author: Author::Other { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap() },
            audience: Audience::Everyone,
            text: "hello".parse().unwrap(),
            at,
            delivery: Delivery::Delivered,
        }
    }
}
