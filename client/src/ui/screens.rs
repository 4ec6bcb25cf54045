//! Everything that the window shows, as far as it needs neither a window nor an engine.
//!
//! [`App`](super::app::App) feeds it with views and notices and sends on what it asks for; so do the tests.
use std::time::Instant;

use eframe::egui::{Context, Pos2, Theme, ThemePreference, Ui, ViewportCommand, vec2};
use parlor_call::{Command as CallCommand, Notice, Place};
use parlor_protocol::{RoomName, TrackState};

use super::{
    StartWith,
    call::{Chat, RoomPanel, call_ui},
    dialogs::{Dialog, dialogs_ui, guests},
    lobby::{Form, lobby_ui},
    my_tracks,
    scene::Scene,
    theme::metric,
    toast::{ToastKind, Toasts, toast_for, toasts_ui},
    trust::{TrustPanel, trust_ui},
    video_texture::VideoTextures,
    widgets::sentence,
    wish::Wish,
};
use crate::{
    engine::{Command, PictureId, Pictures, View},
    settings::{Settings, ThemeChoice},
};

/// The screens, and all that they remember between two frames.
pub(crate) struct Screens {
    settings: Settings,
    form: Form,
    chat: Chat,
    room_panel: RoomPanel,
    dialog: Option<Dialog>,
    /// The room that we are or were in.
    room: Option<RoomName>,
    /// Whether the engine was asked to search for servers.
    searching: bool,
    /// Whether the person knows what closing the window takes with it.
    closing: bool,
    trust: TrustPanel,
    toasts: Toasts,
    textures: VideoTextures,
}

impl Screens {
    /// The screens as they are at the start, and what to ask the engine first.
    pub(crate) fn start(mut settings: Settings, start: StartWith, now: Instant) -> (Self, Vec<Command>) {
        let mut toasts = Toasts::default();
        if let Some(trouble) = settings.take_trouble() {
            toasts.push(ToastKind::Problem, trouble, now);
        }
        let mut form = Form::new(&settings);
        let first = match start {
            StartWith::Lobby if settings.server.is_empty() => Vec::new(),
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
        let screens = Self {
            settings,
            form,
            chat: Chat::default(),
            room_panel: RoomPanel::default(),
            dialog: None,
            room: None,
            searching: false,
            closing: false,
            trust: TrustPanel::default(),
            toasts,
            textures: VideoTextures::default(),
        };
        (screens, first)
    }

    /// Which theme egui is to use.
    pub(crate) fn theme(&self) -> ThemePreference {
        match self.settings.theme {
            ThemeChoice::System => ThemePreference::System,
            ThemeChoice::Dark => Theme::Dark.into(),
            ThemeChoice::Light => Theme::Light.into(),
        }
    }

    /// Takes in a notice.
    pub(crate) fn hear(&mut self, notice: Notice, now: Instant) {
        if let Some((kind, text)) = toast_for(&notice, self.chat.is_open()) {
            self.toasts.push(kind, text, now);
        }
        match notice {
            Notice::Refused { reason, message } => self.form.refused(&reason, message),
            Notice::Entered => self.form.entered(),
            Notice::Removed { by, remark } => {
                self.dialog = Some(Dialog::Removed { room: self.room.take(), by, remark });
            }
            Notice::ParticipantJoined { .. }
            | Notice::ParticipantLeft { .. }
            | Notice::ChatReceived { .. }
            | Notice::FirstFrame { .. }
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

    /// Takes in what changed without being shown. Called also while the window is hidden.
    pub(crate) fn watch(&mut self, view: &View, now: Instant) {
        self.form.watch_host(&view.host);
        if let Place::Room(room) = &view.call.place {
            self.room = Some(room.name.clone());
        }
        self.toasts.prune(now);
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
        self.textures.refresh(ctx, pictures, |id| is_shown(view, id));
    }

    /// Shows a picture as if it had just come from somebody.
    #[cfg(test)]
    pub(crate) fn show_picture(&mut self, ctx: &Context, id: PictureId, frame: &parlor_media::frame::VideoFrame) {
        self.textures.put(ctx, id, frame);
    }

    /// Draws one frame and returns what the person asked the engine for.
    pub(crate) fn ui(&mut self, ui: &mut Ui, scene: &Scene<'_>) -> Vec<Command> {
        let top = ui.max_rect().center_top() + vec2(0.0, metric::SPACE_L);
        let mut wishes: Vec<Wish> = my_tracks::keyboard(ui.ctx(), &scene.view.call.media).map(Wish::from).collect();
        let toasts_at = match &scene.view.call.place {
            Place::Lobby | Place::Joining { .. } => {
                wishes.extend(lobby_ui(ui, scene, &mut self.form, &self.settings.recent_servers, &self.textures));
                top
            }
            Place::Room(room) => {
                let (more, stage): (_, Pos2) =
                    call_ui(ui, scene, room, (&mut self.chat, &mut self.room_panel), &self.textures);
                wishes.extend(more);
                stage
            }
        };
        wishes.extend(dialogs_ui(ui.ctx(), scene, &mut self.dialog));
        wishes.extend(trust_ui(ui.ctx(), scene.view.trust.as_ref(), &mut self.trust));
        let now = scene.now.instant;
        let mut commands: Vec<_> = wishes.into_iter().filter_map(|wish| self.grant(ui.ctx(), wish, now)).collect();
        commands.extend(self.look_around(&scene.view.call.place));
        toasts_ui(ui.ctx(), &self.toasts, toasts_at, now);
        commands
    }

    /// Has the engine search for servers while the lobby is shown, and only then.
    fn look_around(&mut self, place: &Place) -> Option<Command> {
        let wanted = !matches!(place, Place::Room(_));
        (std::mem::replace(&mut self.searching, wanted) != wanted).then_some(Command::Discover(wanted))
    }

    /// Does what can be done here; returns what is for the engine.
    fn grant(&mut self, ctx: &Context, wish: Wish, now: Instant) -> Option<Command> {
        match wish {
            Wish::Ask(command) => {
                self.form.note(&command);
                if self.remember(&command) {
                    self.save(now);
                }
                Some(command)
            }
            Wish::SetTheme(theme) => {
                self.settings.theme = theme;
                ctx.set_theme(self.theme());
                self.save(now);
                None
            }
            Wish::Open(dialog) => {
                self.dialog = Some(dialog);
                None
            }
            Wish::CloseWindow => {
                self.closing = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
                None
            }
            Wish::Copy { text, done } => {
                ctx.copy_text(text);
                self.toasts.push(ToastKind::Done, done.to_owned(), now);
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
            Command::Call(CallCommand::Connect { server }) => self.settings.remember_server(server),
            Command::Call(CallCommand::Enter { room, nickname, .. }) | Command::Host { room, nickname, .. } => {
                if let Some(nickname) = nickname {
                    self.settings.nickname = nickname.to_string();
                }
                if let Some(room) = room {
                    self.settings.room = room.to_string();
                }
            }
            Command::Accept { invite, .. } => {
                if let Some(address) = invite.addresses.first() {
                    self.settings.remember_server(&address.to_string());
                }
            }
            Command::Call(_)
            | Command::Trust { .. }
            | Command::Distrust
            | Command::Discover(_)
            | Command::RefreshDevices
            | Command::StopHosting => {}
        }
        self.settings != before
    }

    fn save(&mut self, now: Instant) {
        if let Err(error) = self.settings.save() {
            tracing::warn!(%error, "settings not saved");
            self.toasts.push(ToastKind::Problem, sentence(&error.to_string()), now);
        }
    }
}

/// Whether anybody's picture has a place on the screen.
fn is_shown(view: &View, id: PictureId) -> bool {
    match id {
        PictureId::Me => view.call.media.camera.wanted == TrackState::On,
        PictureId::Camera(who) => {
            view.call.others.iter().any(|other| other.id == who && other.media.camera == TrackState::On)
        }
        // There is no place for shared screens on the stage.
        PictureId::Screen(_) => false,
    }
}
