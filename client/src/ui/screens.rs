//! Everything that the window shows, as far as it needs neither a window nor an engine.
//!
//! [`App`](super::app::App) feeds it with views and notices and sends on what it asks for; so do the tests.
use std::{path::PathBuf, time::Instant};

use eframe::egui::{Context, Pos2, Theme, ThemePreference, Ui, ViewportCommand, vec2};
use parlor_call::{Command as CallCommand, FileCommand, Notice, Place, ServerView};
use parlor_protocol::{RoomName, TrackState};

use super::{
    StartWith,
    attention::Attention,
    call::{CallScreen, Side, call_ui},
    devices::DeviceNews,
    dialogs::{Dialog, Machine, SettingsPanel, dialogs_ui, guests, settings_ui},
    lobby::{Form, lobby_ui},
    my_tracks::{self, PushToTalk, push_ui},
    outside::{Outcome, Outside},
    recording::{RecordingNews, recording_news_ui},
    scene::Scene,
    share::{SharePanel, share_ui},
    shortcuts::{self, Deed, Shortcuts},
    theme::metric,
    toast::{ToastKind, Toasts, toast_for, toasts_ui},
    trust::{TrustPanel, trust_ui},
    video_texture::VideoTextures,
    widgets::sentence,
    wish::Wish,
    words::{self, Language, Words, say},
};
use crate::{
    engine::{Command, HostView, PictureId, Pictures, View},
    settings::{Change, Saver, Settings, ThemeChoice},
};

/// The screens, and all that they remember between two frames.
pub(crate) struct Screens {
    settings: Settings,
    form: Form,
    call: CallScreen,
    dialog: Option<Dialog>,
    share: SharePanel,
    /// The room that we are or were in.
    room: Option<RoomName>,
    /// Whether the engine was asked to search for servers.
    searching: bool,
    /// Whether the person knows what closing the window takes with it.
    closing: bool,
    trust: TrustPanel,
    recording: RecordingNews,
    /// Where the engine has recordings go.
    recordings: Option<PathBuf>,
    settings_panel: SettingsPanel,
    /// There from the first change on.
    saver: Option<Saver>,
    attention: Attention,
    /// Whether something is worth saving that came about without a frame.
    unsaved: bool,
    toasts: Toasts,
    textures: VideoTextures,
    /// What to ask the engine next.
    pending: Vec<Command>,
    talk: PushToTalk,
    devices: DeviceNews,
    /// Whether we were in a room when we looked last.
    was_in_room: bool,
    outside: Outside,
}

impl Screens {
    /// The screens as they are at the start, and what to ask the engine first.
    pub(crate) fn start(mut settings: Settings, start: StartWith, now: Instant) -> (Self, Vec<Command>) {
        let mut toasts = Toasts::default();
        if let Some(trouble) = settings.take_trouble() {
            toasts.push(ToastKind::Problem, trouble, now);
        }
        let mut form = Form::new(&settings);
        let recordings = settings.recordings.clone();
        let first = match start {
            StartWith::Lobby if settings.server.is_empty() || !settings.connect_at_start => Vec::new(),
            StartWith::Lobby => form.reconnect().into_iter().collect(),
            StartWith::Link { invite, nickname } => {
                let nickname = nickname.or_else(|| settings.nickname.parse().ok());
                vec![Command::Accept { invite, nickname }]
            }
            StartWith::Room { server, room, nickname, entry, passcode, options } => {
                form.fill(server, room.as_ref(), nickname.as_ref());
                let dial = form.reconnect();
                let enter = CallCommand::Enter { room, nickname, entry, passcode, options };
                dial.into_iter().chain([enter.into()]).collect()
            }
        };
        for command in &first {
            form.note(command);
        }
        let before = my_tracks::before_a_call(settings.call).into_iter().map(Command::from);
        let first = before.chain(first).collect();
        let screens = Self {
            settings,
            form,
            call: CallScreen::default(),
            dialog: None,
            share: SharePanel::default(),
            room: None,
            searching: false,
            closing: false,
            trust: TrustPanel::default(),
            recording: RecordingNews::default(),
            recordings,
            settings_panel: SettingsPanel::default(),
            saver: None,
            attention: Attention::default(),
            unsaved: false,
            toasts,
            textures: VideoTextures::default(),
            pending: Vec::new(),
            talk: PushToTalk::default(),
            devices: DeviceNews::default(),
            was_in_room: false,
            outside: Outside::default(),
        };
        (screens, first)
    }

    /// Has a window look, speak and heed keys as it was set.
    pub(crate) fn install(&self, ctx: &Context) {
        ctx.set_theme(match self.settings.theme {
            ThemeChoice::System => ThemePreference::System,
            ThemeChoice::Dark => Theme::Dark.into(),
            ThemeChoice::Light => Theme::Light.into(),
        });
        words::install(ctx, self.language());
        shortcuts::install(ctx, Shortcuts::with(&self.settings.shortcuts));
    }

    /// Takes note of what the program runs on, for reports about it.
    pub(crate) fn know(&mut self, machine: Machine) {
        self.settings_panel.know(machine);
    }

    /// Draws attention to a notice while the window is not in front.
    pub(crate) fn attend(&mut self, ctx: &Context, notice: &Notice) {
        let words = self.words();
        self.attention.draw(ctx, notice, self.settings.notifications.desktop, words);
    }

    /// Takes in a notice.
    pub(crate) fn hear(&mut self, notice: Notice, now: Instant) {
        if let Some((kind, text)) = toast_for(&notice, self.call.side == Some(Side::Chat), self.words()) {
            self.toasts.push(kind, text, now);
        }
        let chime = self.call.chimes.hear(&notice, self.call.side == Some(Side::Chat), now);
        let chime = chime.filter(|_| self.settings.notifications.sounds);
        self.pending.extend(chime.map(Command::Chime));
        self.call.marks.hear(&notice, now);
        match notice {
            Notice::Refused { reason, .. } => self.form.refused(&reason),
            Notice::Entered => self.form.entered(),
            Notice::Removed { by, remark } => {
                self.dialog = Some(Dialog::Removed { room: self.room.take(), by, remark });
            }
            Notice::Reacted { who, reaction } => self.call.reactions.push(who, reaction, now),
            Notice::HandRaised { .. }
            | Notice::ParticipantJoined { .. }
            | Notice::ParticipantLeft { .. }
            | Notice::ChatReceived { .. }
            | Notice::FirstFrame { .. }
            | Notice::Pointed { .. }
            | Notice::Recording { .. }
            | Notice::File(_)
            | Notice::RoomChanged { .. }
            | Notice::Appointed { .. }
            | Notice::Announcement { .. }
            | Notice::ServerStopping { .. }
            | Notice::ServerLost { .. }
            | Notice::ServerBack
            | Notice::ServerUnreachable { .. }
            | Notice::Problem { .. } => {}
        }
    }

    /// Takes in what changed without being shown, and returns what to ask the engine for. Called also while the window
    /// is hidden.
    pub(crate) fn watch(&mut self, view: &View, now: Instant) -> Vec<Command> {
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
        asked.extend(self.call.hearing.watch(&view.call.others, &view.server_host, &self.settings.volumes));
        asked
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

    /// Whether the window may go at once. Where others use the server in it, the person is asked first.
    pub(crate) fn may_close(&mut self, view: &View) -> bool {
        if self.closing || guests(&view.host) == 0 {
            return true;
        }
        self.dialog = Some(Dialog::CloseWindow);
        false
    }

    /// Takes the newest pictures of everybody who is to be seen.
    pub(crate) fn take_pictures(&mut self, ctx: &Context, pictures: &Pictures, view: &View) {
        let shown: Vec<_> = pictures.ids().into_iter().filter(|id| self.shows(view, *id)).collect();
        self.textures.refresh(ctx, pictures, |id| shown.contains(&id));
    }

    /// Whether somebody's pictures are looked at. Those on other pages of the stage are not worth the work.
    pub(crate) fn shows(&self, view: &View, id: PictureId) -> bool {
        is_shown(view, id) && self.call.shows(id)
    }

    /// Shows a picture as if it had just come from somebody.
    #[cfg(test)]
    pub(crate) fn show_picture(&mut self, ctx: &Context, id: PictureId, frame: &parlor_media::frame::VideoFrame) {
        self.textures.put(ctx, id, frame);
    }

    fn language(&self) -> Language {
        Language::of(self.settings.language)
    }

    /// Speaks that language.
    fn words(&self) -> Words {
        Words::new(self.language())
    }

    /// Draws one frame and returns what the person asked the engine for.
    pub(crate) fn ui(&mut self, ui: &mut Ui, scene: &Scene<'_>) -> Vec<Command> {
        let top = ui.max_rect().center_top() + vec2(0.0, metric::SPACE_L);
        let (media, push) = (&scene.view.call.media, self.settings.call.push);
        let mut wishes: Vec<Wish> = self.settings_panel.listen(ui.ctx()).into_iter().collect();
        wishes.extend(my_tracks::keyboard(ui.ctx(), media).map(Wish::from));
        wishes.extend(self.talk.keyboard(ui.ctx(), push, media.microphone.wanted).map(Wish::from));
        if shortcuts::pressed(ui.ctx(), Deed::Settings) && self.dialog.is_none() {
            self.dialog = Some(Dialog::Settings);
        }
        let toasts_at = match &scene.view.call.place {
            Place::Lobby | Place::Joining { .. } => {
                self.call.leave(ui.ctx(), scene.now.instant);
                wishes.extend(lobby_ui(ui, scene, &mut self.form, &self.settings.recent_servers, &self.textures));
                top
            }
            Place::Room(room) => {
                let choice = self.settings.call;
                let (more, stage): (_, Pos2) = call_ui(ui, scene, room, choice, &mut self.call, &self.textures);
                wishes.extend(more);
                push_ui(ui.ctx(), push, media.microphone.wanted, &self.talk);
                stage
            }
        };
        wishes.extend(dialogs_ui(ui.ctx(), scene, &mut self.dialog));
        wishes.extend(recording_news_ui(ui.ctx(), &mut self.recording));
        wishes.extend(share_ui(ui.ctx(), scene, &mut self.dialog, &mut self.share));
        wishes.extend(settings_ui(ui.ctx(), scene, &self.settings, &mut self.settings_panel, &mut self.dialog));
        wishes.extend(trust_ui(ui.ctx(), scene.view.trust.as_ref(), &mut self.trust));
        let now = scene.now.instant;
        let mut commands: Vec<_> = wishes.into_iter().filter_map(|wish| self.grant(ui.ctx(), wish, now)).collect();
        self.say_where_to_record(&mut commands);
        if std::mem::take(&mut self.unsaved) {
            self.save(ui.ctx(), now);
        }
        commands.extend(self.look_around(&scene.view.call.place));
        commands.extend(self.prepare(&scene.view.call.place));
        toasts_ui(ui.ctx(), &self.toasts, toasts_at, now);
        commands
    }

    /// Prepares for a new recording. It goes where the settings say now, which may be elsewhere than at the start.
    fn say_where_to_record(&mut self, commands: &mut Vec<Command>) {
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
    fn look_around(&mut self, place: &Place) -> Option<Command> {
        let wanted = !matches!(place, Place::Room(_));
        (std::mem::replace(&mut self.searching, wanted) != wanted).then_some(Command::Discover(wanted))
    }

    /// Whoever comes out of a call goes into the next one as they chose to.
    fn prepare(&mut self, place: &Place) -> Vec<Command> {
        let in_room = matches!(place, Place::Room(_));
        if !std::mem::replace(&mut self.was_in_room, in_room) || in_room {
            return Vec::new();
        }
        my_tracks::before_a_call(self.settings.call).into_iter().map(Command::from).collect()
    }

    /// Does what can be done here; returns what is for the engine.
    fn grant(&mut self, ctx: &Context, wish: Wish, now: Instant) -> Option<Command> {
        match wish {
            Wish::Ask(command) => {
                self.form.note(&command);
                if self.remember(&command) {
                    self.save(ctx, now);
                }
                Some(command)
            }
            Wish::Change(change) => {
                let command = match &change {
                    Change::Video(video) => Some(Command::SetVideo(*video)),
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
                    self.call.hearing.remember(who, &mut self.settings.volumes);
                    self.save(ctx, now);
                }
                asked
            }
            Wish::SetSilenced { who, silenced } => self.call.hearing.set_silenced(who, silenced),
            Wish::Show(side) => {
                self.call.side = Some(side);
                None
            }
            Wish::HideSelf(hide) => {
                self.settings.call.hide_self = hide;
                self.save(ctx, now);
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

    /// Keeps what is worth keeping for the next start. Returns whether that is news.
    fn remember(&mut self, command: &Command) -> bool {
        let before = self.settings.clone();
        match command {
            Command::ChooseCamera(spec) => self.settings.camera = spec.clone(),
            Command::ChooseMicrophone(spec) => self.settings.microphone = spec.clone(),
            Command::ChooseSpeaker(spec) => self.settings.speaker = spec.clone(),
            Command::Call(CallCommand::Enter { room, nickname, .. }) | Command::Host { room, nickname, .. } => {
                if let Some(nickname) = nickname {
                    self.settings.nickname = nickname.to_string();
                }
                if let Some(room) = room {
                    self.settings.room = room.to_string();
                }
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
            | Command::Share { .. }
            | Command::StopSharing
            | Command::RecordIn(_)
            | Command::ListShareables
            | Command::Record(_)
            | Command::SendFile { .. }
            | Command::StopHosting => {}
        }
        self.settings.name_devices();
        self.settings != before
    }

    /// Saves on another thread. What goes wrong there is told by [`watch`](Self::watch).
    fn save(&mut self, ctx: &Context, now: Instant) {
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

/// Whether anybody's picture has a place on the screen.
fn is_shown(view: &View, id: PictureId) -> bool {
    let find = |who| view.call.others.iter().find(|other| other.id == who);
    match id {
        PictureId::Me => view.call.media.camera.wanted == TrackState::On,
        PictureId::Camera(who) => {
            find(who).is_some_and(|other| other.watched.camera && other.media.camera == TrackState::On)
        }
        // Shown to the others only: a screen that shows itself shows itself in itself.
        PictureId::MyScreen => false,
        PictureId::Screen(who) => {
            find(who).is_some_and(|other| other.watched.screen && other.media.screen == TrackState::On)
        }
    }
}
