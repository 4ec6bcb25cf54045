//! Notices that come and go by themselves.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use eframe::egui::{
    Align2, Area, Color32, Context, Id, Order, Pos2, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
};

use super::{
    icons,
    theme::{self, Palette, metric},
    widgets::{paint_glyph, wrapped},
};

const HEIGHT: f32 = 40.0;
const MAX_TEXT_WIDTH: f32 = 420.0;
const SHORT: Duration = Duration::from_secs(4);
const LONG: Duration = Duration::from_secs(8);
/// Long enough for somebody who is just speaking.
const LONGEST: Duration = Duration::from_secs(30);
/// Older ones make room.
const CAPACITY: usize = 4;

/// What a toast says by its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToastKind {
    /// Somebody came.
    Joined,
    /// Somebody went.
    Left,
    /// Somebody wrote.
    Chat,
    /// Somebody has a file for us.
    File,
    /// Done.
    Done,
    /// Somebody raised their hand.
    Hand,
    /// Somebody changed the room.
    Room,
    /// The server's administrator says something to everybody.
    Announcement,
    /// Something failed.
    Problem,
}

/// The toasts on show, oldest first.
#[derive(Debug, Default)]
pub(super) struct Toasts(VecDeque<Toast>);

#[derive(Debug, PartialEq)]
struct Toast {
    kind: ToastKind,
    text: String,
    until: Instant,
}

impl Toasts {
    /// Shows a few words for some seconds.
    pub(super) fn push(&mut self, kind: ToastKind, text: String, now: Instant) {
        let life = match kind {
            ToastKind::Announcement => LONGEST,
            ToastKind::Problem | ToastKind::File => LONG,
            ToastKind::Joined
            | ToastKind::Left
            | ToastKind::Chat
            | ToastKind::Done
            | ToastKind::Hand
            | ToastKind::Room => SHORT,
        };
        self.0.retain(|toast| toast.text != text);
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(Toast { kind, text, until: now + life });
    }

    /// Forgets the ones whose time is over.
    pub(super) fn prune(&mut self, now: Instant) {
        self.0.retain(|toast| toast.until > now);
    }
}

/// Paints the toasts one below the other, from the middle of the top edge down.
pub(super) fn toasts_ui(ctx: &Context, toasts: &Toasts, top: Pos2, now: Instant) {
    let palette = theme::palette(ctx);
    let mut y = top.y;
    for (index, toast) in toasts.0.iter().enumerate() {
        let (glyph, color) = look(toast.kind, palette);
        let area = Area::new(Id::unique(("toast", index)))
            .order(Order::Foreground)
            .fixed_pos(Pos2::new(top.x, y))
            .pivot(Align2::CENTER_TOP)
            .interactable(false);
        let shown = area.show(ctx, |ui| {
            let words = wrapped(ui.painter(), &toast.text, theme::chip(), palette.text, MAX_TEXT_WIDTH);
            let size = vec2(words.size().x + 58.0, (words.size().y + metric::SPACE_XL).max(HEIGHT));
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &toast.text));
            let painter = ui.painter();
            painter.add(theme::shadow(ui.ctx().theme()).as_shape(rect, metric::RADIUS_TILE));
            let announced = toast.kind == ToastKind::Announcement;
            let line = if announced { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
            painter.rect(rect, metric::RADIUS_TILE, palette.card, line, StrokeKind::Inside);
            let icon = rect.left_center() + vec2(metric::SPACE_L + metric::GLYPH_S / 2.0, 0.0);
            paint_glyph(painter, icon, glyph, theme::glyph_fill(metric::GLYPH_S), color);
            let place = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(42.0, 0.0), words.size());
            painter.galley(place.min, words, palette.text);
        });
        y += shown.response.rect.height() + metric::SPACE_S;
        ctx.request_repaint_after(toast.until.saturating_duration_since(now));
    }
}

fn look(kind: ToastKind, palette: &Palette) -> (&'static str, Color32) {
    match kind {
        ToastKind::Joined => (icons::USER_PLUS, palette.ok),
        ToastKind::Left => (icons::SIGN_OUT, palette.text2),
        ToastKind::Chat => (icons::CHAT, palette.accent),
        ToastKind::File => (icons::FILE, palette.accent),
        ToastKind::Done => (icons::CHECK, palette.ok),
        ToastKind::Hand => (icons::HAND, palette.warn),
        ToastKind::Room => (icons::SLIDERS, palette.text2),
        ToastKind::Announcement => (icons::BROADCAST, palette.accent),
        ToastKind::Problem => (icons::WARNING, palette.warn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toast_goes_when_its_time_is_over_and_a_problem_stays_longer() {
        let start = Instant::now();
        let mut toasts = Toasts::default();
        toasts.push(ToastKind::Joined, "Ada joined the room".to_owned(), start);
        toasts.push(ToastKind::Problem, "The disk is full".to_owned(), start);

        toasts.prune(start + SHORT);

        let left: Vec<_> = toasts.0.iter().map(|toast| toast.text.as_str()).collect();
        assert_eq!(left, ["The disk is full"]);
    }

    #[test]
    fn the_same_words_are_shown_once_and_live_anew() {
        let start = Instant::now();
        let mut toasts = Toasts::default();

        toasts.push(ToastKind::Done, "Copied".to_owned(), start);
        toasts.push(ToastKind::Done, "Copied".to_owned(), start + Duration::from_secs(3));
        toasts.prune(start + SHORT);

        assert_eq!(toasts.0.len(), 1);
    }

    #[test]
    fn a_flood_shows_the_newest_only() {
        let start = Instant::now();
        let mut toasts = Toasts::default();

        for number in 0..20 {
            toasts.push(ToastKind::Joined, format!("Guest {number} joined the room"), start);
        }

        assert_eq!(toasts.0.len(), CAPACITY);
        assert_eq!(toasts.0.back().map(|toast| toast.text.as_str()), Some("Guest 19 joined the room"));
    }

    #[test]
    fn an_announcement_outlives_everything_else() {
        let start = Instant::now();
        let mut toasts = Toasts::default();
        toasts.push(ToastKind::Announcement, "From the server: cake at four".to_owned(), start);

        toasts.prune(start + LONG);
        let after_long = toasts.0.len();
        toasts.prune(start + LONGEST);

        assert_eq!((after_long, toasts.0.len()), (1, 0));
    }
}
