//! The news of recordings: who began one, whether one minds, and where ours is.
mod card;

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use eframe::egui::Context;
use parlor_call::{CallView, Command as CallCommand, Place};
use parlor_protocol::{Nickname, ParticipantId};

use super::{
    theme::metric,
    toast::ToastKind,
    widgets::{ButtonKind, Dialog, dialog_ui, paragraph_ui, row_of_two},
    wish::Wish,
    words::{Words, say, words},
};
use crate::engine::{RecordingView, View};

/// Who records when we have just come in has begun before: we are asked. Later it is news.
const JUST_CAME: Duration = Duration::from_secs(15);

/// What the window knows of recordings.
#[derive(Debug, Default)]
pub(crate) struct RecordingNews {
    /// Who records.
    recorders: BTreeMap<ParticipantId, Nickname>,
    /// Whether the person is to say whether they mind.
    asks: bool,
    /// Our own, as it was last.
    seen: RecordingView,
    /// Whether the end of our own is to be shown.
    told: bool,
}

impl RecordingNews {
    /// Takes in what changed; returns what to say in passing.
    pub(crate) fn watch(&mut self, view: &View, words: Words, now: Instant) -> Vec<(ToastKind, String)> {
        let mut news = self.watch_others(&view.call, words, now);
        news.extend(self.watch_ours(&view.recording, words));
        news
    }

    /// The person starts one anew: whatever became of the last is no news, and the same again would be.
    pub(crate) fn forget(&mut self) {
        self.seen = RecordingView::Off;
        self.told = true;
    }

    fn watch_others(&mut self, call: &CallView, words: Words, now: Instant) -> Vec<(ToastKind, String)> {
        let Place::Room(room) = &call.place else {
            self.recorders.clear();
            self.asks = false;
            return Vec::new();
        };
        let recorders = call.others.iter().filter(|other| other.signs.recording);
        let recorders: BTreeMap<_, _> = recorders.map(|other| (other.id, other.nickname.clone())).collect();
        let just_came = now.saturating_duration_since(room.since) < JUST_CAME;
        let mut news = Vec::new();
        for (id, name) in &recorders {
            if self.recorders.contains_key(id) {
                continue;
            }
            if just_came {
                self.asks = true;
            } else {
                news.push((ToastKind::Room, say!(words, "recording-begun", name = name.as_str())));
            }
        }
        for (id, name) in &self.recorders {
            if !recorders.contains_key(id) {
                news.push((ToastKind::Room, say!(words, "recording-over", name = name.as_str())));
            }
        }
        self.recorders = recorders;
        self.asks &= !self.recorders.is_empty();
        news
    }

    fn watch_ours(&mut self, recording: &RecordingView, words: Words) -> Option<(ToastKind, String)> {
        if self.seen == *recording {
            return None;
        }
        let before = std::mem::replace(&mut self.seen, recording.clone());
        match recording {
            RecordingView::Off => None,
            RecordingView::Running { .. } if matches!(before, RecordingView::Running { .. }) => None,
            RecordingView::Running { .. } => {
                self.told = true;
                Some((ToastKind::Room, words.say("recording-started").into_owned()))
            }
            RecordingView::Done { .. } | RecordingView::Failed { .. } => {
                self.told = false;
                None
            }
        }
    }
}

/// Shows what stays until the person has seen it: the question whether they mind, and the end of our own recording.
pub(crate) fn recording_news_ui(ctx: &Context, news: &mut RecordingNews) -> Option<Wish> {
    if news.asks {
        let (wish, answered) = question_ui(ctx, &news.recorders);
        news.asks = !answered;
        return wish;
    }
    if news.told {
        return None;
    }
    let (wish, read) = match &news.seen {
        RecordingView::Off | RecordingView::Running { .. } => return None,
        RecordingView::Done { folder, trouble } => card::done_ui(ctx, folder, trouble.as_deref()),
        RecordingView::Failed { message } => card::failed_ui(ctx, message),
    };
    news.told = read;
    wish
}

/// Whether whoever comes into a call that is recorded minds. True with the wish once they have said so.
fn question_ui(ctx: &Context, recorders: &BTreeMap<ParticipantId, Nickname>) -> (Option<Wish>, bool) {
    let words = words(ctx);
    let title = words.say("recording-ask-title");
    let names: Vec<_> = recorders.values().map(Nickname::as_str).collect();
    let ask = match names.as_slice() {
        [name] => say!(words, "recording-ask", names = *name),
        names => say!(words, "recording-ask-several", names = names.join(", ")),
    };
    let dialog = Dialog { id: "recording-ask", title: &title, width: metric::DIALOG_WIDTH };
    let ((leaves, stays), closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, &ask);
        let stay = (&*words.say("recording-stay"), true);
        let (leave, stay) = row_of_two(ui, &words.say("recording-leave"), ButtonKind::Primary, stay);
        (leave.clicked(), stay.clicked())
    });
    (leaves.then(|| CallCommand::Leave.into()), leaves || stays || closed)
}

/// A folder as a person reads it: their own home is nothing they need to be told.
fn short(folder: &Path) -> String {
    let home = directories::UserDirs::new();
    let below_home = home.as_ref().and_then(|home| folder.strip_prefix(home.home_dir()).ok());
    below_home.map_or_else(|| folder.display().to_string(), |below| Path::new("~").join(below).display().to_string())
}
