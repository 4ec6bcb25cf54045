//! Draws attention to what happens while the window is not in front: notifications of the desktop, and a mark on the
//! window in its bar.
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread,
};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use super::words::Words;

/// Notifications that may wait for a slow desktop. Beyond that they would come too late to be of use.
const WAITING: usize = 8;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// In large letters.
    pub(super) title: String,
    /// Below; may be empty.
    pub(super) body: String,
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
    /// Draws attention where the window is not in front. `allowed` is what the person has set.
    pub(super) fn draw(&mut self, ctx: &Context, note: Note, allowed: bool) {
        if ctx.input(|input| input.focused) {
            return;
        }
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

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

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
        let note = Note { title: "Ada".to_owned(), body: "hello".to_owned() };

        desk.hand_on(note.clone(), Wanted::ByNews);
        desk.hand_on(note, Wanted::ByPerson);
        wakes.recv_timeout(PATIENCE).unwrap();

        assert_eq!(desk.refusals.try_iter().collect::<Vec<_>>(), ["no desktop"]);
    }

    #[test]
    fn a_desktop_that_hangs_holds_nothing_up() {
        let (go_on, wait) = sync_channel::<()>(1);
        let desk = Desk::open(move |_| wait.recv().map_err(|error| error.to_string()), || ()).unwrap();
        let note = Note { title: "Ada".to_owned(), body: "hello".to_owned() };

        for _ in 0..100 {
            desk.hand_on(note.clone(), Wanted::ByNews);
        }

        drop(go_on);
    }
}
