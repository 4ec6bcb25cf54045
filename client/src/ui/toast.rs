//! Notices that come and go by themselves.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use eframe::egui::{
    Align2, Area, Color32, Context, Id, Order, Pos2, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
};
use parlor_call::Notice;
use parlor_protocol::{Nickname, Role as RoomRole, RoomChange};

use super::{
    call::file_toast,
    icons,
    theme::{self, Palette, metric},
    widgets::{paint_glyph, sentence, wrapped},
    words::{Words, say},
};

const HEIGHT: f32 = 40.0;
const MAX_TEXT_WIDTH: f32 = 420.0;
const SHORT: Duration = Duration::from_secs(4);
const LONG: Duration = Duration::from_secs(8);
/// Long enough for somebody who is just speaking.
const LONGEST: Duration = Duration::from_secs(30);
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

/// What to say about a notice, if a toast is the place for it. `chat_open` tells whether chat lines are in view anyway.
pub(super) fn toast_for(notice: &Notice, chat_open: bool, words: Words) -> Option<(ToastKind, String)> {
    match notice {
        Notice::Entered | Notice::FirstFrame { .. } | Notice::Reacted { .. } | Notice::Pointed { .. } => None,
        Notice::File(notice) => file_toast(words, notice, chat_open),
        Notice::HandRaised { nickname, .. } => {
            Some((ToastKind::Hand, say!(words, "chat-hand-raised", name = nickname.as_str())))
        }
        // The view tells it: see `RecordingNews`.
        Notice::Recording { .. } => None,
        Notice::ParticipantJoined { nickname, .. } => {
            Some((ToastKind::Joined, say!(words, "toast-joined", name = nickname.as_str())))
        }
        Notice::ParticipantLeft { nickname, meant: true, .. } => {
            Some((ToastKind::Left, say!(words, "toast-left", name = nickname.as_str())))
        }
        Notice::ParticipantLeft { nickname, meant: false, .. } => {
            Some((ToastKind::Left, say!(words, "toast-lost", name = nickname.as_str())))
        }
        Notice::ChatReceived { .. } if chat_open => None,
        Notice::ChatReceived { nickname, private, text, .. } => {
            let (name, text) = (nickname.as_str(), text.chars().take(CHAT_CHARS).collect::<String>());
            let said = if *private {
                say!(words, "toast-chat-private", name = name, text = text)
            } else {
                say!(words, "toast-chat", name = name, text = text)
            };
            Some((ToastKind::Chat, said))
        }
        // The lobby shows these two for as long as they matter.
        Notice::Refused { .. } | Notice::ServerUnreachable { .. } => None,
        Notice::ServerLost { .. } => Some((ToastKind::Problem, words.say("toast-server-lost").into_owned())),
        // A dialog tells it.
        Notice::Removed { .. } => None,
        Notice::RoomChanged { by, change } => {
            let server = words.say("toast-the-server");
            Some((ToastKind::Room, changed(by.as_ref().map_or(&server, Nickname::as_str), change, words)))
        }
        Notice::Appointed { nickname, role } => Some((ToastKind::Room, appointed(nickname.as_ref(), *role, words))),
        Notice::Announcement { text } => {
            Some((ToastKind::Announcement, say!(words, "toast-announcement", text = text.as_str())))
        }
        Notice::ServerStopping { back_in } => Some((ToastKind::Problem, stopping(*back_in, words))),
        Notice::ServerBack => Some((ToastKind::Done, words.say("toast-server-back").into_owned())),
        Notice::Problem { message } => Some((ToastKind::Problem, sentence(message))),
    }
}

fn changed(by: &str, change: &RoomChange, words: Words) -> String {
    match change {
        RoomChange::Lock { locked: true } => say!(words, "toast-locked", name = by),
        RoomChange::Lock { locked: false } => say!(words, "toast-unlocked", name = by),
        RoomChange::Hide { hidden: true } => say!(words, "toast-hidden", name = by),
        RoomChange::Hide { hidden: false } => say!(words, "toast-listed", name = by),
        RoomChange::Rename { name } => say!(words, "toast-renamed", name = by, room = name.as_str()),
        RoomChange::SetTopic { topic: Some(topic) } => say!(words, "toast-topic", name = by, topic = topic.as_str()),
        RoomChange::SetTopic { topic: None } => say!(words, "toast-no-topic", name = by),
        RoomChange::SetCapacity { capacity } => say!(words, "toast-capacity", name = by, count = *capacity),
        // What it is, nobody is told; whether there is one shows in the bar.
        RoomChange::SetPasscode { .. } => say!(words, "toast-passcode", name = by),
    }
}

fn appointed(nickname: Option<&Nickname>, role: RoomRole, words: Words) -> String {
    match (nickname, role) {
        (Some(name), RoomRole::Owner) => say!(words, "toast-owner", name = name.as_str()),
        (Some(name), RoomRole::Moderator) => say!(words, "toast-moderator", name = name.as_str()),
        (Some(name), RoomRole::Member) => say!(words, "toast-member", name = name.as_str()),
        (None, RoomRole::Owner) => words.say("toast-owner-you").into_owned(),
        (None, RoomRole::Moderator) => words.say("toast-moderator-you").into_owned(),
        (None, RoomRole::Member) => words.say("toast-member-you").into_owned(),
    }
}

fn stopping(back_in: Option<Duration>, words: Words) -> String {
    match back_in.map(|back_in| back_in.as_secs().max(1)) {
        Some(seconds) => say!(words, "toast-server-restarts", seconds = seconds),
        None => words.say("toast-server-stops").into_owned(),
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
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

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

        assert_eq!(toast_for(&line, true, ENGLISH), None);
        assert_eq!(toast_for(&line, false, ENGLISH), Some((ToastKind::Chat, "Ada (to you only): hello".to_owned())));
    }

    #[test]
    fn changes_of_the_room_are_told_with_whoever_made_them() {
        let said = |change| {
            let notice = Notice::RoomChanged { by: "Ada".parse().ok(), change };
            toast_for(&notice, false, ENGLISH).map(|(_, text)| text).unwrap()
        };

        assert_eq!(said(RoomChange::Lock { locked: true }), "Ada locked the room");
        assert_eq!(said(RoomChange::Rename { name: "Tea".parse().unwrap() }), "Ada renamed the room to “Tea”");
        assert_eq!(said(RoomChange::SetTopic { topic: None }), "Ada took the topic away");
        assert_eq!(said(RoomChange::SetCapacity { capacity: 4 }), "Ada made room for 4 people");
    }

    #[test]
    fn a_role_is_told_as_ours_or_as_somebody_elses() {
        let said = |nickname: Option<&str>, role| {
            let notice = Notice::Appointed { nickname: nickname.and_then(|name| name.parse().ok()), role };
            toast_for(&notice, false, ENGLISH).map(|(_, text)| text).unwrap()
        };

        assert_eq!(said(None, RoomRole::Owner), "You are now the owner of the room");
        assert_eq!(said(Some("Ada"), RoomRole::Moderator), "Ada is now a moderator");
        assert_eq!(said(Some("Ada"), RoomRole::Member), "Ada is no longer a moderator");
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

    #[test]
    fn a_server_that_stops_says_when_it_is_back_where_it_knows() {
        let said = |back_in| toast_for(&Notice::ServerStopping { back_in }, false, ENGLISH).unwrap().1;

        assert_eq!(said(Some(Duration::from_secs(10))), "The server restarts and is back in about 10 s. Calls go on.");
        assert_eq!(said(None), "The server is being stopped. Calls go on, but nobody can join.");
    }
}
