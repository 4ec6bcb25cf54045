//! Whether the call fills the screen, and whether the bars are shown then.
use std::time::{Duration, Instant};

use eframe::egui::{Context, CursorIcon, Event, Key, Popup, ViewportCommand, ViewportId};

use crate::ui::shortcuts::{self, Deed};

/// The bars go when nothing has moved for so long.
const IDLE: Duration = Duration::from_secs(3);
/// How long they take to come and to go, in seconds.
const FADE_SECONDS: f32 = 0.2;

/// What is known about the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FullScreen {
    on: bool,
    /// What the window system said last.
    reported: Option<bool>,
    /// When somebody last moved or pressed anything; none before anybody has.
    touched: Option<Instant>,
}

impl FullScreen {
    /// Whether the call fills the screen.
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Fills the screen, or goes back to a window.
    pub(super) fn set(&mut self, on: bool, ctx: &Context, now: Instant) {
        if self.on != on {
            self.on = on;
            self.touched = Some(now);
            // It may be a smaller window in which this was asked for.
            ctx.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Fullscreen(on));
        }
    }

    /// Takes in what keys and the window system say.
    pub(super) fn watch(&mut self, ctx: &Context, now: Instant) {
        self.heed(ctx.input(|input| input.viewport().fullscreen));
        if shortcuts::pressed(ctx, Deed::FullScreen) {
            self.set(!self.on, ctx, now);
        }
        if self.on && is_free(ctx) && ctx.input(|input| input.key_pressed(Key::Escape)) {
            self.set(false, ctx, now);
        }
        if ctx.input(|input| input.events.iter().any(is_of_a_person)) || !is_free(ctx) {
            self.touched = Some(now);
        }
    }

    /// How visible bars and plates are, from 0 to 1. Hides the pointer with them.
    pub(super) fn bars(&self, ctx: &Context, now: Instant) -> f32 {
        let rest = self.rest(now);
        if let Some(rest) = rest {
            ctx.request_repaint_after(rest);
        }
        let shown = !self.on || rest.is_some();
        if !shown {
            ctx.set_cursor_icon(CursorIcon::None);
        }
        ctx.animate_bool_with_time(eframe::egui::Id::unique("call-bars"), shown, FADE_SECONDS)
    }

    /// How long the bars are still shown in full screen.
    fn rest(&self, now: Instant) -> Option<Duration> {
        let until = self.touched.filter(|_| self.on)? + IDLE;
        until.checked_duration_since(now).filter(|rest| !rest.is_zero())
    }

    /// The window system is right where it changes its mind; what it said before we asked is old.
    fn heed(&mut self, reported: Option<bool>) {
        if let Some(reported) = reported {
            if self.reported.is_some_and(|before| before != reported) {
                self.on = reported;
            }
            self.reported = Some(reported);
        }
    }
}

/// Whether nothing is open that Escape closes, and nobody writes.
fn is_free(ctx: &Context) -> bool {
    let modal = ctx.memory(|memory| memory.top_modal_layer().is_some());
    !modal && !Popup::is_any_open(ctx) && !ctx.egui_wants_keyboard_input()
}

fn is_of_a_person(event: &Event) -> bool {
    matches!(
        event,
        Event::PointerMoved(_)
            | Event::MouseMoved(_)
            | Event::PointerButton { .. }
            | Event::MouseWheel { .. }
            | Event::Touch { .. }
            | Event::Key { .. }
            | Event::Text(_)
    )
}

#[cfg(test)]
mod tests {
    use eframe::egui::RawInput;

    use super::*;

    #[test]
    fn bars_go_when_nothing_moves_and_come_back_with_the_pointer() {
        let start = Instant::now();
        let mut screen = FullScreen { on: true, touched: Some(start), ..FullScreen::default() };

        let soon = screen.rest(start + IDLE / 2);
        let late = screen.rest(start + IDLE);
        screen.touched = Some(start + IDLE);

        assert_eq!((soon, late), (Some(IDLE / 2), None));
        assert!(screen.rest(start + IDLE).is_some());
    }

    #[test]
    fn the_main_window_is_asked_to_fill_the_screen_once() {
        let ctx = Context::default();
        let mut screen = FullScreen::default();
        let mut asked = |on| {
            let mut output = ctx.run_ui(RawInput::default(), |ui| screen.set(on, ui.ctx(), Instant::now()));
            output.textures_delta.clear();
            output.viewport_output[&ViewportId::ROOT].commands.clone()
        };

        let (first, second, last) = (asked(true), asked(true), asked(false));

        assert!(first.contains(&ViewportCommand::Fullscreen(true)), "{first:?}");
        assert!(!second.contains(&ViewportCommand::Fullscreen(true)), "{second:?}");
        assert!(last.contains(&ViewportCommand::Fullscreen(false)), "{last:?}");
    }

    #[test]
    fn the_window_system_may_end_it() {
        let mut screen = FullScreen { reported: Some(false), on: true, ..FullScreen::default() };

        screen.heed(Some(false));
        let before_it_is_done = screen.is_on();
        screen.heed(Some(true));
        let done = screen.is_on();
        screen.heed(None);
        screen.heed(Some(false));

        assert_eq!((before_it_is_done, done, screen.is_on()), (true, true, false));
    }

    #[test]
    fn a_window_system_that_says_nothing_new_leaves_it_as_asked() {
        let mut screen = FullScreen { on: true, ..FullScreen::default() };

        for _ in 0..3 {
            screen.heed(Some(false));
        }

        assert!(screen.is_on());
    }
}
