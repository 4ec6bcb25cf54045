//! What is new in the view, told once.
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use parlor_call::{Author, ChatLine, FileId, FileView, LinkView, ParticipantView, Place};
use parlor_protocol::{MediaState, ParticipantId};

use super::{Ended, Face, nickname_of};
use crate::{
    cli::{
        event::{Event, PastLine},
        files,
    },
    engine::{Command, DeviceStatus, RecordingView, TrustView, View, stats::Stats},
};

/// What was told last, to tell only what is new.
#[derive(Default)]
pub(super) struct Seen {
    joined: bool,
    trust: Option<TrustView>,
    links: BTreeMap<ParticipantId, LinkView>,
    media: BTreeMap<ParticipantId, MediaState>,
    files: BTreeMap<FileId, &'static str>,
    hands: Vec<String>,
    history: bool,
    devices: [Option<String>; 3],
    recorders: BTreeSet<ParticipantId>,
    speakers: BTreeSet<ParticipantId>,
    recording: RecordingView,
    stats: Option<Arc<Stats>>,
}

impl Face {
    /// Tells what is new in the view. Returns whether it is the end.
    pub(super) fn look(&mut self) -> Option<Ended> {
        let view = self.engine.view();
        self.look_at_devices(&view);
        self.look_at_recording(&view);
        let ended = self.look_at_trust(&view);
        self.look_at_room(&view);
        ended
    }

    /// Answers a question about a key where the answer was given before, and says what it is about otherwise.
    fn look_at_trust(&mut self, view: &View) -> Option<Ended> {
        if self.seen.trust == view.trust {
            return None;
        }
        self.seen.trust.clone_from(&view.trust);
        let (server, pin, code) = match view.trust.clone()? {
            TrustView::Unknown { server, pin } => (server, pin, "unknown_key"),
            TrustView::Changed { server, offered, .. } => (server, offered, "changed_key"),
        };
        if self.trust.as_ref().is_some_and(|trust| trust.is_of(pin)) {
            self.engine.send(Command::Trust { server, pin });
            return None;
        }
        let remedy = format!("compare it with the code on the host's screen, and join with --trust {}", pin.code());
        let message = match &view.trust {
            Some(TrustView::Changed { known, .. }) => format!(
                "{server} has another key than it should have (its code was {}), so nothing was said to it: it was \
                 set up anew, or somebody pretends to be it. Ask the host. Only if they confirm the new code, {remedy}",
                known.code()
            ),
            Some(TrustView::Unknown { .. }) | None => {
                format!("the key of {server} is not known yet, so nothing was said to it: {remedy}")
            }
        };
        self.tell(&Event::error(code, message));
        // A call that goes on needs no server.
        (!matches!(view.call.place, Place::Room(_))).then_some(Ended::NotTrusted)
    }

    fn look_at_room(&mut self, view: &View) {
        let Place::Room(room) = &view.call.place else { return };
        if !std::mem::replace(&mut self.seen.joined, true) {
            self.tell(&Event::Joined {
                room: room.name.to_string(),
                me: room.me.to_string(),
                nickname: room.nickname.to_string(),
                capacity: room.rules.capacity,
                participants: view.call.others.iter().map(|other| other.nickname.to_string()).collect(),
            });
            if self.record {
                self.engine.send(Command::Record(true));
            }
        }
        if let Some(share) = self.share.take() {
            self.engine.send(share);
        }
        for other in &view.call.others {
            self.look_at(other);
        }
        self.look_at_history(view);
        self.look_at_hands(view);
        self.seen.links.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        self.seen.recorders.retain(|id| view.call.others.iter().any(|other| other.id == *id));
        self.seen.speakers.retain(|id| view.call.others.iter().any(|other| other.id == *id));
        self.seen.media.retain(|id, _| view.call.others.iter().any(|other| other.id == *id));
        let news =
            view.stats.clone().filter(|stats| self.seen.stats.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, stats)));
        self.look_at_files(&view.call.files, news.is_some());
        if let Some(stats) = news {
            self.tell(&Event::Stats(Box::new(Stats::clone(&stats))));
            self.seen.stats = Some(stats);
        }
    }

    fn look_at(&mut self, other: &ParticipantView) {
        let nickname = other.nickname.to_string();
        if self.seen.links.insert(other.id, other.link) != Some(other.link) {
            let state = match other.link {
                LinkView::Dialing => "dialing",
                LinkView::Connected => "connected",
                LinkView::Lost => "lost",
            };
            self.tell(&Event::Link { nickname: nickname.clone(), state });
        }
        if self.seen.media.insert(other.id, other.media) != Some(other.media) {
            let MediaState { microphone, camera, screen, .. } = other.media;
            self.tell(&Event::Media { nickname: nickname.clone(), microphone, camera, screen });
        }
        let speaking = other.speaking == Some(true);
        if tell_apart(&mut self.seen.speakers, other.id, speaking) {
            self.tell(&Event::Speaking { nickname: nickname.clone(), speaking });
        }
        let on = other.signs.recording;
        if tell_apart(&mut self.seen.recorders, other.id, on) {
            self.tell(&Event::Recording { by: Some(nickname), on, folder: None, message: None });
        }
    }

    /// Tells what becomes of our own recording.
    fn look_at_recording(&mut self, view: &View) {
        let before = std::mem::replace(&mut self.seen.recording, view.recording.clone());
        let told = |on, folder: &PathBuf, message: &Option<String>| {
            let (folder, message) = (Some(folder.display().to_string()), message.clone());
            self.tell(&Event::Recording { by: None, on, folder, message });
        };
        match &view.recording {
            RecordingView::Running { folder, .. } if !matches!(before, RecordingView::Running { .. }) => {
                told(true, folder, &None);
            }
            RecordingView::Done { folder, trouble } if matches!(before, RecordingView::Running { .. }) => {
                told(false, folder, trouble);
            }
            RecordingView::Failed { message } if before != view.recording => {
                self.tell(&Event::error("recording_failed", message));
            }
            RecordingView::Off
            | RecordingView::Running { .. }
            | RecordingView::Done { .. }
            | RecordingView::Failed { .. } => {}
        }
    }

    /// What was said before we came is told in one go, once there is any of it.
    fn look_at_history(&mut self, view: &View) {
        let mut past = view.call.chat.iter().filter_map(|line| Some((line, line.told_by.as_ref()?))).peekable();
        let Some((_, told_by)) = past.peek().copied().filter(|_| !self.seen.history) else { return };
        let line = |(line, _): (&ChatLine, _)| PastLine {
            from: match &line.author {
                Author::Me => String::new(),
                Author::Other { nickname, .. } => nickname.to_string(),
            },
            age_seconds: line.at.elapsed().as_secs(),
            text: line.text.to_string(),
        };
        let event = Event::History { told_by: told_by.to_string(), lines: past.map(line).collect() };
        self.seen.history = true;
        self.tell(&event);
    }

    fn look_at_hands(&mut self, view: &View) {
        let hands = view.call.hands().into_iter();
        let nicknames: Vec<_> = hands.filter_map(|who| nickname_of(view, who)).collect();
        if nicknames != self.seen.hands {
            self.seen.hands.clone_from(&nicknames);
            self.tell(&Event::Hands { nicknames });
        }
    }

    fn look_at_devices(&mut self, view: &View) {
        let studio = &view.studio;
        let statuses = [&studio.camera.status, &studio.microphone.status, &studio.speaker.status];
        for (index, status) in statuses.into_iter().enumerate() {
            let trouble = match status {
                DeviceStatus::Failed { message, .. } => Some(message.clone()),
                DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Running { .. } => None,
            };
            if trouble != self.seen.devices[index] {
                if let Some(message) = trouble.clone() {
                    self.tell(&Event::Notice { message });
                }
                self.seen.devices[index] = trouble;
            }
        }
    }

    /// Tells what is new about files, and once a second how far they are.
    fn look_at_files(&mut self, files: &[FileView], second: bool) {
        for file in files {
            let word = files::word(&file.state);
            let changed = self.seen.files.insert(file.id, word) != Some(word);
            if changed || (second && word == "moving") {
                self.tell(&files::event(file));
            }
        }
        self.seen.files.retain(|id, _| files.iter().any(|file| file.id == *id));
    }
}

/// Keeps those who do something apart from those who do not. Whether it is news of this one.
fn tell_apart(doing: &mut BTreeSet<ParticipantId>, who: ParticipantId, does: bool) -> bool {
    if does { doing.insert(who) } else { doing.remove(&who) }
}
