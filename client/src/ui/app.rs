//! The window: an engine's handle on one side, the screens on the other.
use std::time::{Duration, Instant};

use eframe::egui::{Context, Ui, ViewportCommand};
use parlor_call::{Command as CallCommand, Place};

use super::{
    scene::{Now, Scene},
    screens::Screens,
    wake::{Pace, RepaintGate},
};
use crate::engine::{EngineHandle, View};

/// How long a window that is being closed waits for the engine to leave the room.
const LEAVE_PATIENCE: Duration = Duration::from_millis(500);

/// What eframe runs.
pub(super) struct App {
    engine: EngineHandle,
    screens: Screens,
    closing: Closing,
    frames: FrameCount,
    // Beside the handle that wakes it, so that it stops when the window is gone.
    gate: RepaintGate,
}

/// Tells the log about once a second how often the window was painted.
#[derive(Debug, Default)]
struct FrameCount {
    since: Option<Instant>,
    frames: u32,
}

impl FrameCount {
    fn count(&mut self, now: Instant) {
        let since = *self.since.get_or_insert(now);
        self.frames += 1;
        if now.duration_since(since) >= Duration::from_secs(1) {
            tracing::debug!(frames = self.frames, "painted");
            *self = Self { since: Some(now), frames: 0 };
        }
    }
}

/// How far the closing of the window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    No,
    Leaving { until: Instant },
    Done,
}

impl App {
    pub(super) fn new(engine: EngineHandle, screens: Screens, gate: RepaintGate) -> Self {
        Self { engine, screens, closing: Closing::No, frames: FrameCount::default(), gate }
    }

    /// Lets the others know before the window goes: it stays until we are out of the room, but not for long.
    fn close(&mut self, ctx: &Context, view: &View, now: Instant) {
        let mut asked = ctx.input(|input| input.viewport().close_requested());
        if asked && self.closing == Closing::No && !self.screens.may_close(view) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            asked = false;
        }
        let in_room = view.call.place != Place::Lobby;
        let next = closing(self.closing, asked, in_room, now);
        if let (Closing::No, Closing::Leaving { .. }) = (self.closing, next) {
            self.engine.send(CallCommand::Leave);
        }
        if let Closing::Leaving { until } = next {
            if asked {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
            ctx.request_repaint_after(until.saturating_duration_since(now));
        }
        if let (Closing::Leaving { .. }, Closing::Done) = (self.closing, next) {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.closing = next;
    }
}

fn closing(before: Closing, asked: bool, in_room: bool, now: Instant) -> Closing {
    match before {
        Closing::No if asked && in_room => Closing::Leaving { until: now + LEAVE_PATIENCE },
        Closing::No if asked => Closing::Done,
        Closing::Leaving { until } if !in_room || now >= until => Closing::Done,
        Closing::No | Closing::Leaving { .. } | Closing::Done => before,
    }
}

/// A call is looked at beside other work. The lobby is not.
fn pace(place: &Place, focused: bool) -> Pace {
    match place {
        Place::Lobby | Place::Joining { .. } if !focused => Pace::Calm,
        Place::Lobby | Place::Joining { .. } | Place::Room(_) => Pace::Lively,
    }
}

/// Whether any window of ours can be seen, as far as the window system tells.
fn is_looked_at(ctx: &Context) -> bool {
    ctx.input(|input| input.raw.viewports.values().any(|window| window.visible() != Some(false)))
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let now = Instant::now();
        while let Some(notice) = self.engine.take_notice() {
            if let Some(note) = self.screens.hear(notice, now) {
                self.screens.attend(ctx, note);
            }
        }
        let view = self.engine.view();
        for command in self.screens.watch(&view, is_looked_at(ctx), now) {
            self.engine.send(command);
        }
        if let Some(at) = self.screens.poll_timeout() {
            ctx.request_repaint_after(at.saturating_duration_since(now));
        }
        self.gate.set_pace(pace(&view.call.place, ctx.input(|input| input.focused)));
        self.close(ctx, &view, now);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frames.count(Instant::now());
        let (view, levels) = (self.engine.view(), self.engine.levels());
        self.screens.take_pictures(ui.ctx(), self.engine.pictures(), &view);
        let scene = Scene { view: &view, levels: &levels, now: Now::read() };
        for command in self.screens.ui(ui, &scene) {
            self.engine.send(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_in_the_lobby_closes_at_once() {
        assert_eq!(closing(Closing::No, true, false, Instant::now()), Closing::Done);
    }

    #[test]
    fn a_window_in_a_room_closes_once_it_has_left() {
        let now = Instant::now();

        let leaving = closing(Closing::No, true, true, now);
        let still = closing(leaving, false, true, now + LEAVE_PATIENCE / 2);
        let left = closing(still, false, false, now + LEAVE_PATIENCE / 2);

        assert_eq!(leaving, Closing::Leaving { until: now + LEAVE_PATIENCE });
        assert_eq!(still, leaving);
        assert_eq!(left, Closing::Done);
    }

    #[test]
    fn an_engine_that_does_not_answer_does_not_keep_the_window_open() {
        let now = Instant::now();
        let leaving = closing(Closing::No, true, true, now);

        assert_eq!(closing(leaving, true, true, now + LEAVE_PATIENCE), Closing::Done);
    }

    #[test]
    fn a_lobby_that_nobody_sits_before_is_painted_at_a_calm_pace() {
        assert_eq!([true, false].map(|focused| pace(&Place::Lobby, focused)), [Pace::Lively, Pace::Calm]);
    }

    #[test]
    fn nothing_closes_unasked() {
        assert_eq!(closing(Closing::No, false, false, Instant::now()), Closing::No);
    }
}
