//! Everything that the window shows, as far as it needs neither a window nor an engine.
//!
//! [`App`](super::app::App) feeds it with views and notices and sends on what it asks for; so do the tests. What
//! happens between two frames is in [`news`], and what comes of wishes in [`grant`].
mod grant;
mod news;

use std::{path::PathBuf, time::Instant};

use eframe::egui::{Context, Pos2, Theme, ThemePreference, Ui, vec2};
use parlor_call::{Command as CallCommand, Place};
use parlor_protocol::{RoomName, TrackState};

use super::{
    StartWith,
    attention::Attention,
    call::{CallScreen, call_ui},
    devices::DeviceNews,
    dialogs::{Dialog, Machine, SettingsPanel, dialogs_ui, guests, settings_ui},
    lobby::{Form, lobby_ui},
    my_tracks::{self, PushToTalk, push_ui},
    outside::Outside,
    recording::{RecordingNews, recording_news_ui},
    scene::Scene,
    share::{SharePanel, share_ui},
    shortcuts::{self, Deed, Shortcuts},
    theme::metric,
    toast::{ToastKind, Toasts, toasts_ui},
    trust::{TrustPanel, trust_ui},
    video_texture::VideoTextures,
    wish::Wish,
    words::{self, Language, Words},
};
use crate::{
    engine::{Command, PictureId, Pictures, View},
    settings::{Saver, Settings, ThemeChoice},
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

    fn language(&self) -> Language {
        Language::of(self.settings.language)
    }

    /// Speaks that language.
    fn words(&self) -> Words {
        Words::new(self.language())
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
