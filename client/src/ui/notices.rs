//! What a notice is to a person: words on the screen, a sound, a note to somebody who looks elsewhere.
//!
//! The one place that knows every kind of notice. What lasts longer than a moment is shown from the view instead, and
//! what a notice does to the screens themselves is in [`Screens::hear`](super::screens::Screens::hear).
use std::time::Duration;

use parlor_call::Notice;
use parlor_media::audio::chime::Chime;
use parlor_protocol::{Nickname, Role, RoomChange};

use super::{
    attention::Note,
    call::file_toast,
    toast::ToastKind,
    widgets::sentence,
    words::{Words, say},
};

/// As much of a chat line as a toast shows.
const TOAST_CHARS: usize = 80;
/// As much of a line as a notification of the desktop shows.
const NOTE_CHARS: usize = 160;

/// What there is to say about a notice, and how.
#[derive(Debug, Default, PartialEq)]
pub(super) struct News {
    /// In the window, for some seconds.
    pub(super) toast: Option<(ToastKind, String)>,
    /// To be heard.
    pub(super) chime: Option<Chime>,
    /// By the desktop, where the window is not in front.
    pub(super) note: Option<Note>,
}

impl News {
    fn toast(kind: ToastKind, text: String) -> Self {
        Self { toast: Some((kind, text)), ..Self::default() }
    }

    fn and_chime(self, chime: Chime) -> Self {
        Self { chime: Some(chime), ..self }
    }

    fn and_note(self, title: String, body: String) -> Self {
        Self { note: Some(Note { title, body }), ..self }
    }
}

/// What there is to say about a notice. `reading` tells that the chat is in view.
pub(super) fn news(notice: &Notice, reading: bool, words: Words) -> News {
    match notice {
        Notice::ParticipantJoined { nickname, .. } => {
            let name = nickname.as_str();
            News::toast(ToastKind::Joined, say!(words, "toast-joined", name = name))
                .and_chime(Chime::Joined)
                .and_note(say!(words, "notify-joined", name = name), String::new())
        }
        Notice::ParticipantLeft { nickname, meant, .. } => {
            let id = if *meant { "toast-left" } else { "toast-lost" };
            News::toast(ToastKind::Left, say!(words, id, name = nickname.as_str())).and_chime(Chime::Left)
        }
        Notice::ChatReceived { nickname, private, text, .. } => said(nickname, *private, text, reading, words),
        Notice::HandRaised { nickname, .. } => {
            let name = nickname.as_str();
            News::toast(ToastKind::Hand, say!(words, "chat-hand-raised", name = name))
                .and_chime(Chime::Hand)
                .and_note(say!(words, "notify-hand", name = name), String::new())
        }
        Notice::File(notice) => News { toast: file_toast(words, notice, reading), ..News::default() },
        Notice::RoomChanged { by, change } => {
            let server = words.say("toast-the-server");
            News::toast(ToastKind::Room, changed(by.as_ref().map_or(&server, Nickname::as_str), change, words))
        }
        Notice::Appointed { nickname, role } => {
            News::toast(ToastKind::Room, appointed(nickname.as_ref(), *role, words))
        }
        Notice::Announcement { text } => {
            News::toast(ToastKind::Announcement, say!(words, "toast-announcement", text = text.as_str()))
        }
        Notice::ServerStopping { back_in } => News::toast(ToastKind::Problem, stopping(*back_in, words)),
        Notice::ServerLost { .. } => News::toast(ToastKind::Problem, words.say("toast-server-lost").into_owned()),
        Notice::ServerBack => News::toast(ToastKind::Done, words.say("toast-server-back").into_owned()),
        Notice::ProcessorBusy { busy: true } => {
            News::toast(ToastKind::Problem, words.say("toast-processor-busy").into_owned())
        }
        Notice::ProcessorBusy { busy: false } => {
            News::toast(ToastKind::Done, words.say("toast-processor-free").into_owned())
        }
        Notice::Problem { message } => News::toast(ToastKind::Problem, sentence(message)),
        // The view tells of recordings: see `RecordingNews`. The lobby shows why we are not let in and what cannot be
        // reached for as long as it matters, and a dialog that we were removed. The rest is seen as it happens.
        Notice::Recording { .. }
        | Notice::Refused { .. }
        | Notice::ServerUnreachable { .. }
        | Notice::Removed { .. }
        | Notice::Entered
        | Notice::FirstFrame { .. }
        | Notice::Reacted { .. }
        | Notice::Pointed { .. } => News::default(),
    }
}

fn said(nickname: &Nickname, private: bool, text: &str, reading: bool, words: Words) -> News {
    let name = nickname.as_str();
    let news = if reading {
        News::default()
    } else {
        let (id, text) = (if private { "toast-chat-private" } else { "toast-chat" }, first(text, TOAST_CHARS));
        News::toast(ToastKind::Chat, say!(words, id, name = name, text = text)).and_chime(Chime::Message)
    };
    // Others may look at this screen.
    if private {
        news.and_note(say!(words, "notify-private", name = name), String::new())
    } else {
        news.and_note(name.to_owned(), shortened(text))
    }
}

fn first(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= NOTE_CHARS {
        return text.to_owned();
    }
    text.chars().take(NOTE_CHARS - 1).chain(['…']).collect()
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

fn appointed(nickname: Option<&Nickname>, role: Role, words: Words) -> String {
    match (nickname, role) {
        (Some(name), Role::Owner) => say!(words, "toast-owner", name = name.as_str()),
        (Some(name), Role::Moderator) => say!(words, "toast-moderator", name = name.as_str()),
        (Some(name), Role::Member) => say!(words, "toast-member", name = name.as_str()),
        (None, Role::Owner) => words.say("toast-owner-you").into_owned(),
        (None, Role::Moderator) => words.say("toast-moderator-you").into_owned(),
        (None, Role::Member) => words.say("toast-member-you").into_owned(),
    }
}

fn stopping(back_in: Option<Duration>, words: Words) -> String {
    match back_in.map(|back_in| back_in.as_secs().max(1)) {
        Some(seconds) => say!(words, "toast-server-restarts", seconds = seconds),
        None => words.say("toast-server-stops").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::ParticipantId;

    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn a_chat_line_is_announced_only_while_the_chat_is_closed() {
        let line = Notice::ChatReceived {
            from: ParticipantId::new(1),
            nickname: "Ada".parse().unwrap(),
            private: true,
            text: "hello".to_owned(),
        };

        assert_eq!(news(&line, true, ENGLISH).toast, None);
        assert_eq!(news(&line, false, ENGLISH).toast, Some((ToastKind::Chat, "Ada (to you only): hello".to_owned())));
    }

    #[test]
    fn changes_of_the_room_are_told_with_whoever_made_them() {
        let said = |change| {
            let notice = Notice::RoomChanged { by: "Ada".parse().ok(), change };
            news(&notice, false, ENGLISH).toast.map(|(_, text)| text).unwrap()
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
            news(&notice, false, ENGLISH).toast.map(|(_, text)| text).unwrap()
        };

        assert_eq!(said(None, Role::Owner), "You are now the owner of the room");
        assert_eq!(said(Some("Ada"), Role::Moderator), "Ada is now a moderator");
        assert_eq!(said(Some("Ada"), Role::Member), "Ada is no longer a moderator");
    }

    #[test]
    fn a_server_that_stops_says_when_it_is_back_where_it_knows() {
        let said = |back_in| news(&Notice::ServerStopping { back_in }, false, ENGLISH).toast.unwrap().1;

        assert_eq!(said(Some(Duration::from_secs(10))), "The server restarts and is back in about 10 s. Calls go on.");
        assert_eq!(said(None), "The server is being stopped. Calls go on, but nobody can join.");
    }

    #[test]
    fn a_private_line_is_told_without_what_it_says() {
        let said = note(&chat(true, "my secret")).unwrap();

        assert!(said.title.contains("Ada"), "{said:?}");
        assert_eq!(said.body, "");
    }

    #[test]
    fn a_line_to_everybody_is_told_as_far_as_there_is_room() {
        let short = note(&chat(false, "안녕하세요")).unwrap();
        let long = note(&chat(false, &"가".repeat(500))).unwrap();

        assert_eq!(short, Note { title: "Ada".to_owned(), body: "안녕하세요".to_owned() });
        assert_eq!(long.body.chars().count(), NOTE_CHARS);
        assert!(long.body.ends_with('…'));
    }

    #[test]
    fn what_can_wait_is_not_told() {
        assert_eq!(note(&Notice::Entered), None);
        assert_eq!(note(&Notice::ServerBack), None);
    }

    #[test]
    fn a_line_that_is_read_as_it_comes_is_told_only_to_somebody_who_looks_elsewhere() {
        let read = news(&chat(false, "hello"), true, ENGLISH);
        let unread = news(&chat(false, "hello"), false, ENGLISH);

        assert_eq!((read.toast, read.chime), (None, None));
        assert!(read.note.is_some());
        assert_eq!(unread.chime, Some(Chime::Message));
    }

    fn note(notice: &Notice) -> Option<Note> {
        news(notice, false, ENGLISH).note
    }

    fn chat(private: bool, text: &str) -> Notice {
        let nickname = "Ada".parse().unwrap();
        Notice::ChatReceived { from: ParticipantId::new(1), nickname, private, text: text.to_owned() }
    }
}
