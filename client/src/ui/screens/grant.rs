//! What a person wishes, done: here, or by the engine.
use std::time::Instant;

use eframe::egui::{Context, ViewportCommand};
use parlor_call::{Command as CallCommand, FileCommand, Place};
use parlor_protocol::ParticipantId;

use super::Screens;
use crate::{
    engine::Command,
    settings::{Change, Saver, Settings},
    ui::{my_tracks, toast::ToastKind, widgets::sentence, wish::Wish},
};

impl Screens {
    /// Prepares for a new recording. It goes where the settings say now, which may be elsewhere than at the start.
    pub(super) fn say_where_to_record(&mut self, commands: &mut Vec<Command>) {
        let place = commands.iter().position(|command| *command == Command::Record(true));
        if place.is_some() {
            self.recording.forget();
        }
        if let Some(place) = place.filter(|_| self.recordings != self.settings.recordings) {
            self.recordings.clone_from(&self.settings.recordings);
            commands.insert(place, Command::RecordIn(self.recordings.clone()));
        }
    }

    /// Has the engine search for servers while the lobby is shown, and only then.
    pub(super) fn look_around(&mut self, place: &Place) -> Option<Command> {
        let wanted = !matches!(place, Place::Room(_));
        (std::mem::replace(&mut self.searching, wanted) != wanted).then_some(Command::Discover(wanted))
    }

    /// Whoever comes out of a call goes into the next one as they chose to.
    pub(super) fn prepare(&mut self, place: &Place) -> Vec<Command> {
        let in_room = matches!(place, Place::Room(_));
        if !std::mem::replace(&mut self.was_in_room, in_room) || in_room {
            return Vec::new();
        }
        my_tracks::before_a_call(self.settings.call).into_iter().map(Command::from).collect()
    }

    /// Does what can be done here; returns what is for the engine.
    pub(super) fn grant(&mut self, ctx: &Context, wish: Wish, now: Instant) -> Option<Command> {
        match wish {
            Wish::Ask(command) => {
                self.form.note(&command);
                if remember(&mut self.settings, &command) {
                    self.save(ctx, now);
                }
                Some(command)
            }
            Wish::Change(change) => {
                let command = match &change {
                    Change::Video(video) => Some(Command::SetVideo(*video)),
                    Change::Sound(sound) => Some(Command::SetSound(*sound)),
                    Change::Theme(_)
                    | Change::Language(_)
                    | Change::Call(_)
                    | Change::ConnectAtStart(_)
                    | Change::Notifications(_)
                    | Change::Shortcut { .. }
                    | Change::UsualShortcuts
                    | Change::Downloads(_)
                    | Change::Recordings(_) => None,
                };
                self.settings.apply(change);
                self.install(ctx);
                self.save(ctx, now);
                command
            }
            Wish::TryNotification => {
                self.attention.show_example(ctx, self.words());
                None
            }
            Wish::SetVolume { who, volume, settled } => {
                let asked = self.call.hearing.set_volume(who, volume);
                if settled {
                    self.remember_hearing(ctx, who, now);
                }
                asked
            }
            Wish::SetSilenced { who, silenced } => {
                let asked = self.call.hearing.set_silenced(who, silenced);
                self.remember_hearing(ctx, who, now);
                asked
            }
            Wish::Show(side) => {
                self.call.side = Some(side);
                None
            }
            Wish::Open(dialog) => {
                self.dialog = Some(dialog);
                None
            }
            Wish::AcceptFile(file) => {
                let folder = self.settings.downloads_folder();
                Some(CallCommand::File(FileCommand::Accept { file, folder }).into())
            }
            Wish::OpenFolder(folder) => {
                self.outside.show(ctx, folder);
                None
            }
            Wish::CloseWindow => {
                self.closing = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
                None
            }
            Wish::SaveText(file) => {
                self.outside.save(ctx, file, self.settings.downloads.clone());
                None
            }
            Wish::OpenLink(link) => {
                self.outside.open(ctx, link);
                None
            }
            Wish::Copy { text, done } => {
                ctx.copy_text(text);
                self.toasts.push(ToastKind::Done, done.into_owned(), now);
                None
            }
        }
    }

    /// Keeps how somebody is heard for when they come again.
    fn remember_hearing(&mut self, ctx: &Context, who: ParticipantId, now: Instant) {
        let Settings { volumes, silenced, .. } = &mut self.settings;
        self.call.hearing.remember(who, volumes, silenced);
        self.save(ctx, now);
    }

    /// Saves on another thread. What goes wrong there is told by [`watch`](Self::watch).
    pub(super) fn save(&mut self, ctx: &Context, now: Instant) {
        if self.saver.is_none() {
            let ctx = ctx.clone();
            match Saver::start(move || ctx.request_repaint()) {
                Ok(saver) => self.saver = Some(saver),
                Err(error) => self.toasts.push(ToastKind::Problem, sentence(&error.to_string()), now),
            }
        }
        if let Some(saver) = &self.saver {
            saver.save(self.settings.clone());
        }
    }
}

/// Keeps what is worth keeping for the next start. Returns whether that is news.
fn remember(settings: &mut Settings, command: &Command) -> bool {
    let news = match command {
        Command::ChooseCamera(spec) => put(&mut settings.camera, spec.clone()),
        Command::ChooseMicrophone(spec) => put(&mut settings.microphone, spec.clone()),
        Command::ChooseSpeaker(spec) => put(&mut settings.speaker, spec.clone()),
        Command::Call(CallCommand::Enter { room, nickname, .. }) | Command::Host { room, nickname, .. } => {
            let named = nickname.as_ref().is_some_and(|name| put(&mut settings.nickname, name.to_string()));
            room.as_ref().is_some_and(|room| put(&mut settings.room, room.to_string())) || named
        }
        Command::Call(_)
        | Command::Accept { .. }
        | Command::Trust { .. }
        | Command::Distrust
        | Command::Discover(_)
        | Command::RefreshDevices
        | Command::SetVolume { .. }
        | Command::Chime(_)
        | Command::TestSpeaker
        | Command::TestMicrophone
        | Command::StopSoundTest
        | Command::SetVideo(_)
        | Command::SetSound(_)
        | Command::Share { .. }
        | Command::StopSharing
        | Command::RecordIn(_)
        | Command::ListShareables
        | Command::Record(_)
        | Command::SendFile { .. }
        | Command::StopHosting => return false,
    };
    // What devices are called may have become known since they were chosen.
    let names = settings.device_names.clone();
    settings.name_devices();
    news || names != settings.device_names
}

/// Whether a value is another one than before.
fn put<T: PartialEq>(place: &mut T, value: T) -> bool {
    let news = *place != value;
    *place = value;
    news
}
