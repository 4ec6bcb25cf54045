//! Draws attention to what happens while the window is not in front: notifications of the desktop, and a mark on the
//! window in its bar.
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread,
};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};
use parlor_call::Notice;

use super::words::{Words, say};

/// Notifications that may wait for a slow desktop. Beyond that they would come too late to be of use.
const WAITING: usize = 8;
/// As much of a line as a notification shows.
const CHARS: usize = 160;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    title: String,
    body: String,
}

/// Hands notifications to the desktop, on a thread that starts with the first one.
#[derive(Debug, Default)]
pub(super) struct Attention {
    desk: Option<Desk>,
}

/// The thread, as this side sees it.
#[derive(Debug)]
struct Desk {
    notes: SyncSender<(Note, Wanted)>,
    refusals: Receiver<String>,
}

/// Whether somebody waits to see a notification, and wants to hear why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    ByPerson,
    ByNews,
}

impl Attention {
    /// Draws attention to a notice where that is called for. `allowed` is what the person has set.
    pub(super) fn draw(&mut self, ctx: &Context, notice: &Notice, allowed: bool, words: Words) {
        if ctx.input(|input| input.focused) {
            return;
        }
        let Some(note) = note(notice, words) else { return };
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        if allowed {
            self.hand_on(ctx, note, Wanted::ByNews);
        }
    }

    /// Shows one, to see what they look like.
    pub(super) fn show_example(&mut self, ctx: &Context, words: Words) {
        let title = words.say("settings-example-title").into_owned();
        let body = words.say("settings-example-body").into_owned();
        self.hand_on(ctx, Note { title, body }, Wanted::ByPerson);
    }

    /// Why an example could not be shown. Each is handed out once.
    pub(super) fn take_refusal(&self) -> Option<String> {
        self.desk.as_ref()?.refusals.try_recv().ok()
    }

    fn hand_on(&mut self, ctx: &Context, note: Note, wanted: Wanted) {
        if self.desk.is_none() {
            let ctx = ctx.clone();
            self.desk = Desk::open(show, move || ctx.request_repaint())
                .inspect_err(|error| tracing::warn!(%error, "no thread for notifications"))
                .ok();
        }
        if let Some(desk) = &self.desk {
            desk.hand_on(note, wanted);
        }
    }
}

impl Desk {
    /// Nobody waits for the thread: a desktop may take its time to answer, and nothing is lost with a notification.
    fn open(
        show: impl Fn(&Note) -> Result<(), String> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (notes, waiting) = sync_channel::<(Note, Wanted)>(WAITING);
        let (refuse, refusals) = sync_channel(1);
        thread::Builder::new().name("notifications".to_owned()).spawn(move || {
            while let Ok((note, wanted)) = waiting.recv() {
                let Err(error) = show(&note) else { continue };
                match wanted {
                    Wanted::ByPerson => {
                        // One that waits to be read says the same.
                        let _ = refuse.try_send(error);
                        wake();
                    }
                    Wanted::ByNews => tracing::debug!(error, "the desktop shows no notification"),
                }
            }
        })?;
        Ok(Self { notes, refusals })
    }

    fn hand_on(&self, note: Note, wanted: Wanted) {
        match self.notes.try_send((note, wanted)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => tracing::debug!("the desktop is too slow for a notification"),
            Err(TrySendError::Disconnected(_)) => tracing::error!("the thread for notifications is gone"),
        }
    }
}

/// What to say about a notice to somebody who looks elsewhere; nothing where it can wait.
fn note(notice: &Notice, words: Words) -> Option<Note> {
    let (title, body) = match notice {
        Notice::ParticipantJoined { nickname, .. } => {
            (say!(words, "notify-joined", name = nickname.as_str()), String::new())
        }
        // Others may look at this screen.
        Notice::ChatReceived { nickname, private: true, .. } => {
            (say!(words, "notify-private", name = nickname.as_str()), String::new())
        }
        Notice::ChatReceived { nickname, private: false, text, .. } => (nickname.to_string(), shortened(text)),
        Notice::HandRaised { nickname, .. } => (say!(words, "notify-hand", name = nickname.as_str()), String::new()),
        Notice::Entered
        | Notice::ParticipantLeft { .. }
        | Notice::Reacted { .. }
        | Notice::Pointed { .. }
        | Notice::File(_)
        | Notice::Recording { .. }
        | Notice::FirstFrame { .. }
        | Notice::Refused { .. }
        | Notice::Removed { .. }
        | Notice::RoomChanged { .. }
        | Notice::Appointed { .. }
        | Notice::Announcement { .. }
        | Notice::ServerStopping { .. }
        | Notice::ServerLost { .. }
        | Notice::ServerBack
        | Notice::ServerUnreachable { .. }
        | Notice::Problem { .. } => return None,
    };
    Some(Note { title, body })
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= CHARS {
        return text.to_owned();
    }
    text.chars().take(CHARS - 1).chain(['…']).collect()
}

fn show(note: &Note) -> Result<(), String> {
    let mut notification = notify_rust::Notification::new();
    notification.appname("Parlor").summary(&note.title).body(&escaped(&note.body)).icon("parlor");
    notification.show().map(drop).map_err(|error| error.to_string())
}

/// Desktops by the XDG rules take the body for markup.
fn escaped(body: &str) -> String {
    if cfg!(any(windows, target_os = "macos")) {
        return body.to_owned();
    }
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use parlor_protocol::ParticipantId;

    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);
    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn a_private_line_is_told_without_what_it_says() {
        let said = note(&chat(true, "my secret"), ENGLISH).unwrap();

        assert!(said.title.contains("Ada"), "{said:?}");
        assert_eq!(said.body, "");
    }

    #[test]
    fn a_line_to_everybody_is_told_as_far_as_there_is_room() {
        let short = note(&chat(false, "안녕하세요"), ENGLISH).unwrap();
        let long = note(&chat(false, &"가".repeat(500)), ENGLISH).unwrap();

        assert_eq!(short, Note { title: "Ada".to_owned(), body: "안녕하세요".to_owned() });
        assert_eq!(long.body.chars().count(), CHARS);
        assert!(long.body.ends_with('…'));
    }

    #[test]
    fn what_can_wait_is_not_told() {
        assert_eq!(note(&Notice::Entered, ENGLISH), None);
        assert_eq!(note(&Notice::ServerBack, ENGLISH), None);
    }

    #[test]
    fn markup_of_others_is_shown_as_they_wrote_it() {
        if cfg!(target_os = "linux") {
            assert_eq!(escaped("<b>1 & 2</b>"), "&lt;b&gt;1 &amp; 2&lt;/b&gt;");
        }
    }

    #[test]
    fn a_desktop_that_refuses_is_complained_about_only_to_whoever_asked() {
        let (woken, wakes) = sync_channel(8);
        let desk = Desk::open(|_| Err("no desktop".to_owned()), move || woken.send(()).unwrap()).unwrap();
        let note = note(&chat(false, "hello"), ENGLISH).unwrap();

        desk.hand_on(note.clone(), Wanted::ByNews);
        desk.hand_on(note, Wanted::ByPerson);
        wakes.recv_timeout(PATIENCE).unwrap();

        assert_eq!(desk.refusals.try_iter().collect::<Vec<_>>(), ["no desktop"]);
    }

    #[test]
    fn a_desktop_that_hangs_holds_nothing_up() {
        let (go_on, wait) = sync_channel::<()>(1);
        let desk = Desk::open(move |_| wait.recv().map_err(|error| error.to_string()), || ()).unwrap();
        let note = note(&chat(false, "hello"), ENGLISH).unwrap();

        for _ in 0..100 {
            desk.hand_on(note.clone(), Wanted::ByNews);
        }

        drop(go_on);
    }

    fn chat(private: bool, text: &str) -> Notice {
        let nickname = "Ada".parse().unwrap();
        Notice::ChatReceived { from: ParticipantId::new(1), nickname, private, text: text.to_owned() }
    }
}
