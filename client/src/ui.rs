//! The window: a face of the engine. It looks at pictures of what is, and returns what a person wants.
//!
//! [`run`] opens it. Inside, every screen and widget is a function from a picture to a wish; their names end in `_ui`.
//! Colours and sizes are in [`theme`] alone.
mod app;
mod attention;
mod call;
mod devices;
mod dialogs;
mod icons;
mod initials;
mod lobby;
mod my_tracks;
mod notices;
mod outside;
mod recording;
mod renderer;
mod scene;
mod screens;
mod share;
mod shortcuts;
#[cfg(test)]
mod tests;
mod theme;
mod toast;
mod top_bar;
mod trust;
mod video_texture;
mod wake;
mod widgets;
mod wish;
mod words;

use std::{sync::Arc, time::Instant};

use anyhow::Context as _;
use eframe::{NativeOptions, egui::ViewportBuilder};
use parlor_call::Entry;
use parlor_protocol::{Invite, Nickname, Passcode, RoomName, RoomOptions};

use crate::{
    engine::EngineHandle,
    settings::{self, Settings},
};
use app::App;
use dialogs::Machine;
use screens::Screens;
use theme::metric;
use wake::RepaintGate;

const ICON: &[u8] = include_bytes!("../../assets/parlor.png");

/// What the window does first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StartWith {
    /// It shows the lobby, and the rooms of the server used last, if there was one.
    #[default]
    Lobby,
    /// It goes straight into a room.
    Room {
        /// Where: `host`, `host:port` or `ws://host:port`.
        server: String,
        /// The room; none has the server make one up.
        room: Option<RoomName>,
        /// What to be called; none has the server make one up.
        nickname: Option<Nickname>,
        /// What to do about a missing or an existing room.
        entry: Entry,
        /// What opens the room.
        passcode: Option<Passcode>,
        /// How the room is to be where it is made.
        options: RoomOptions,
    },
    /// It goes where an invite link leads.
    Link {
        /// The link.
        invite: Box<Invite>,
        /// What to be called; none takes the nickname in the settings.
        nickname: Option<Nickname>,
    },
}

/// Opens the window and returns when it is closed. Must be called on the main thread.
///
/// The settings choose the theme and fill the lobby; the devices in them are the business of whoever started the
/// engine. What the person chooses is saved to them.
///
/// # Errors
/// Where there is no display or no graphics to draw with.
pub fn run(engine: EngineHandle, mut settings: Settings, start: StartWith) -> anyhow::Result<()> {
    if settings.nickname.is_empty() {
        settings.nickname = settings::suggested_nickname();
    }
    let icon = eframe::icon_data::from_png_bytes(ICON).context("the bundled icon is broken")?;
    let viewport = ViewportBuilder::default()
        .with_title("Parlor")
        .with_app_id("parlor")
        .with_icon(Arc::new(icon))
        .with_inner_size([metric::WINDOW_WIDTH, metric::WINDOW_HEIGHT])
        .with_min_inner_size([metric::WINDOW_MIN_WIDTH, metric::WINDOW_MIN_HEIGHT]);
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    let create = Box::new(move |creation: &eframe::CreationContext<'_>| {
        let ctx = creation.egui_ctx.clone();
        theme::install(&ctx);
        let (mut screens, first) = Screens::start(settings, start, Instant::now());
        screens.install(&ctx);
        screens.know(Machine::look(renderer::name(creation.gl.as_deref())));
        let gate = RepaintGate::start(move || wake::repaint_once(&ctx))?;
        let wake_up = gate.wake_up();
        engine.wake_with(move || wake_up.wake());
        for command in first {
            engine.send(command);
        }
        let app: Box<dyn eframe::App> = Box::new(App::new(engine, screens, gate));
        Ok(app)
    });
    // eframe's error is not `Sync`, so it is told rather than kept.
    eframe::run_native("parlor", options, create)
        .map_err(|error| anyhow::anyhow!("the window could not be opened: {error}"))
}
