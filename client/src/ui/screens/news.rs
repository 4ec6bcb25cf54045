//! What happens without a frame: notices, changes of the view, what came of things that take their time.
use std::time::Instant;

use eframe::egui::Context;
use parlor_call::{Notice, Place, ServerView};

use super::Screens;
use crate::{
    engine::{Command, HostView, View},
    settings::{Saver, Settings},
    ui::{
        attention::Note,
        call::Side,
        dialogs::Dialog,
        notices::{News, news},
        outside::Outcome,
        toast::ToastKind,
        widgets::sentence,
        words::say,
    },
};

impl Screens {
    /// Takes in a notice. Returns what to tell by the desktop, where the window is not in front.
    pub(crate) fn hear(&mut self, notice: Notice, now: Instant) -> Option<Note> {
        let News { toast, chime, note } = news(&notice, self.call.side == Some(Side::Chat), self.words());
        if let Some((kind, text)) = toast {
            self.toasts.push(kind, text, now);
        }
        let chime = chime.and_then(|chime| self.call.chimes.ring(chime, now));
        let chime = chime.filter(|_| self.settings.notifications.sounds);
        self.pending.extend(chime.map(Command::Chime));
        self.call.marks.hear(&notice, now);
        if notice == Notice::Entered {
            self.call.chimes.enter(now);
            self.form.entered();
        } else if let Notice::Refused { reason, .. } = notice {
            self.form.refused(&reason);
        } else if let Notice::Removed { by, remark } = notice {
            self.dialog = Some(Dialog::Removed { room: self.room.take(), by, remark });
        } else if let Notice::Reacted { who, reaction } = notice {
            self.call.reactions.push(who, reaction, now);
        }
        note
    }

    /// Draws attention to something while the window is not in front.
    pub(crate) fn attend(&mut self, ctx: &Context, note: Note) {
        self.attention.draw(ctx, note, self.settings.notifications.desktop);
    }

    /// Takes in what changed without being shown, and returns what to ask the engine for. Called also while the window
    /// is hidden: `looked_at` tells whether any of it can be seen.
    pub(crate) fn watch(&mut self, view: &View, looked_at: bool, now: Instant) -> Vec<Command> {
        self.form.watch_host(&view.host);
        if let Place::Room(room) = &view.call.place {
            self.room = Some(room.name.clone());
            // The lobby says it where the devices are.
            for news in self.devices.follow(self.words(), &view.studio) {
                self.toasts.push(ToastKind::Problem, news, now);
            }
        }
        for (kind, text) in self.recording.watch(view, self.words(), now) {
            self.toasts.push(kind, text, now);
        }
        self.remember_reached(view);
        while let Some(outcome) = self.outside.poll() {
            self.tell(outcome, now);
        }
        self.call.reactions.prune(now);
        while let Some(complaint) = self.saver.as_ref().and_then(Saver::take_complaint) {
            tracing::warn!(complaint, "settings not saved");
            self.toasts.push(ToastKind::Problem, sentence(&complaint), now);
        }
        while let Some(reason) = self.attention.take_refusal() {
            let text = say!(self.words(), "settings-desktop-refused", reason = reason);
            self.toasts.push(ToastKind::Problem, text, now);
        }
        self.toasts.prune(now);
        self.call.statistics.history.watch(view.stats.as_deref());
        let mut asked = std::mem::take(&mut self.pending);
        let Settings { volumes, silenced, .. } = &self.settings;
        asked.extend(self.call.hearing.watch(&view.call.others, &view.server_host, volumes, silenced));
        if !looked_at {
            asked.extend(self.call.watch_sizes(view, false, now).into_iter().map(Command::from));
        }
        asked
    }

    /// When to [`watch`](Self::watch) again although nothing changes.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.call.poll_timeout()
    }

    /// A server that has answered is worth remembering; one that never did is not.
    fn remember_reached(&mut self, view: &View) {
        let own = matches!(view.host, HostView::Running { .. });
        let Some(address) = self.form.dialled().filter(|_| view.call.server == ServerView::Up && !own) else { return };
        let address = address.to_string();
        if self.settings.server != address {
            self.settings.remember_server(&address);
            self.unsaved = true;
        }
    }

    fn tell(&mut self, outcome: Outcome, now: Instant) {
        let words = self.words();
        let (kind, text) = match outcome {
            Outcome::Saved(path) => (ToastKind::Done, say!(words, "chat-saved", path = path.display().to_string())),
            Outcome::NotSaved { path, reason } => {
                let path = path.display().to_string();
                (ToastKind::Problem, say!(words, "chat-not-saved", path = path, reason = reason))
            }
            Outcome::NotOpened(link) => (ToastKind::Problem, say!(words, "chat-not-opened", link = link)),
            Outcome::NotShown(folder) => {
                (ToastKind::Problem, say!(words, "files-folder-trouble", folder = folder.display().to_string()))
            }
        };
        self.toasts.push(kind, text, now);
    }
}
