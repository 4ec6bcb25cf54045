//! Notices that come and go by themselves.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use eframe::egui::{
    Align2, Area, Color32, Context, Id, Order, Pos2, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
};
use parlor_call::Notice;

use super::{
    icons,
    theme::{self, Palette, metric},
    widgets::{paint_glyph, sentence, wrapped},
};

const HEIGHT: f32 = 40.0;
const MAX_TEXT_WIDTH: f32 = 420.0;
const SHORT: Duration = Duration::from_secs(4);
const LONG: Duration = Duration::from_secs(8);
/// Older ones make room.
const CAPACITY: usize = 4;
/// As much of a chat line as a toast shows.
const CHAT_CHARS: usize = 80;

/// What a toast says by its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToastKind {
    /// Somebody came.
    Joined,
    /// Somebody went.
    Left,
    /// Somebody wrote.
    Chat,
    /// Done.
    Done,
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
        let life = if kind == ToastKind::Problem { LONG } else { SHORT };
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

/// What to say about a notice, if a toast is the place for it. `chat_open` tells whether chat lines are in view anyway.
pub(super) fn toast_for(notice: &Notice, chat_open: bool) -> Option<(ToastKind, String)> {
    match notice {
        Notice::Entered | Notice::FirstFrame { .. } => None,
        Notice::ParticipantJoined { nickname, .. } => Some((ToastKind::Joined, format!("{nickname} joined the room"))),
        Notice::ParticipantLeft { nickname, meant: true, .. } => {
            Some((ToastKind::Left, format!("{nickname} left the room")))
        }
        Notice::ParticipantLeft { nickname, meant: false, .. } => {
            Some((ToastKind::Left, format!("{nickname} lost the connection")))
        }
        Notice::ChatReceived { .. } if chat_open => None,
        Notice::ChatReceived { nickname, private, text, .. } => {
            let to_you = if *private { " (to you only)" } else { "" };
            let text: String = text.chars().take(CHAT_CHARS).collect();
            Some((ToastKind::Chat, format!("{nickname}{to_you}: {text}")))
        }
        // The lobby shows these two for as long as they matter.
        Notice::Refused { .. } | Notice::ServerUnreachable { .. } => None,
        Notice::ServerLost { .. } => {
            Some((ToastKind::Problem, "The server is out of reach. The call goes on.".to_owned()))
        }
        Notice::ServerBack => Some((ToastKind::Done, "Back on the server".to_owned())),
        Notice::Problem { message } => Some((ToastKind::Problem, sentence(message))),
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
            let line = Stroke::new(1.0, palette.line);
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
        ToastKind::Done => (icons::CHECK, palette.ok),
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
    fn a_chat_line_is_announced_only_while_the_chat_is_closed() {
        let line = Notice::ChatReceived {
            from: parlor_protocol::ParticipantId::new(1),
            nickname: "Ada".parse().unwrap(),
            private: true,
            text: "hello".to_owned(),
        };

        assert_eq!(toast_for(&line, true), None);
        assert_eq!(toast_for(&line, false), Some((ToastKind::Chat, "Ada (to you only): hello".to_owned())));
    }
}
