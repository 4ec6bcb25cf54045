//! The key to talk: it unmutes the microphone, or mutes it, for as long as it is held.
use eframe::egui::{Align2, Area, Context, Event, Id, Order, Role, Sense, WidgetInfo, vec2};
use parlor_call::Command;
use parlor_protocol::TrackState;

use crate::{
    settings::Push,
    ui::{
        icons,
        shortcuts::{self, Deed},
        theme::{self, metric},
        widgets::{elided, paint_glyph},
        words::{say, words},
    },
};

/// The longest hint, in points.
const MAX_WIDTH: f32 = 360.0;

/// What the key did, as long as it is held.
#[derive(Debug, Default)]
pub(crate) struct PushToTalk {
    held: Option<Held>,
}

/// What is undone when the key is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Talking,
    Silent,
}

impl PushToTalk {
    /// What the keyboard asks for. The key counts while the window has the focus and nobody writes.
    pub(crate) fn keyboard(&mut self, ctx: &Context, push: Push, microphone: TrackState) -> Option<Command> {
        if push == Push::Off && self.held.is_none() {
            return None;
        }
        let heeded = push != Push::Off && ctx.input(|input| input.focused) && !ctx.text_edit_focused();
        self.follow(push, heeded && is_down(ctx), microphone)
    }

    /// What changes when the key is `down`, or no longer.
    fn follow(&mut self, push: Push, down: bool, microphone: TrackState) -> Option<Command> {
        match (self.held, down) {
            (None, true) => {
                let (held, command) = match (push, microphone) {
                    (Push::ToTalk, TrackState::Muted) => (Held::Talking, Command::SetMuted(false)),
                    (Push::ToMute, TrackState::On) => (Held::Silent, Command::SetMuted(true)),
                    (Push::Off | Push::ToTalk | Push::ToMute, TrackState::On | TrackState::Muted | TrackState::Off) => {
                        return None;
                    }
                };
                self.held = Some(held);
                Some(command)
            }
            (Some(held), false) => {
                self.held = None;
                Some(Command::SetMuted(held == Held::Talking))
            }
            (None, false) | (Some(_), true) => None,
        }
    }
}

/// Whether the key is held. Its presses are taken: a button that has the focus is not pressed by them.
fn is_down(ctx: &Context) -> bool {
    let keys = shortcuts::keys(ctx, Deed::Talk);
    ctx.input_mut(|input| {
        let down = input.key_down(keys.logical_key) && input.modifiers.matches_exact(keys.modifiers);
        input.events.retain(|event| !matches!(event, Event::Key { key, .. } if down && *key == keys.logical_key));
        down
    })
}

/// Says above the bottom edge what the key does; nothing where it does nothing at the moment.
pub(crate) fn push_ui(ctx: &Context, push: Push, microphone: TrackState, talk: &PushToTalk) {
    let (words, key) = (words(ctx), shortcuts::label(ctx, Deed::Talk));
    let palette = theme::palette(ctx);
    let (text, color) = match (talk.held, push, microphone) {
        (Some(Held::Talking), _, _) => (words.say("push-talking").into_owned(), palette.live),
        (Some(Held::Silent), _, _) => (words.say("push-silent").into_owned(), palette.warn),
        (None, Push::ToTalk, TrackState::Muted) => (say!(words, "push-to-talk", key = key), palette.on_scrim),
        (None, Push::ToMute, TrackState::On) => (say!(words, "push-to-mute", key = key), palette.on_scrim),
        (None, Push::Off | Push::ToTalk | Push::ToMute, TrackState::On | TrackState::Muted | TrackState::Off) => return,
    };
    let up = metric::CONTROLS_HEIGHT + metric::SPACE_S;
    let area = Area::new(Id::unique("push-to-talk"))
        .order(Order::Middle)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -up))
        .interactable(false);
    area.show(ctx, |ui| {
        let before = metric::SPACE_M + metric::GLYPH_XS + metric::SPACE_S;
        let words = elided(ui.painter(), &text, theme::chip(), palette.on_scrim, MAX_WIDTH);
        let size = vec2(before + words.size().x + metric::SPACE_M, metric::CHIP_HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
        ui.painter().rect_filled(rect, size.y / 2.0, palette.scrim);
        let icon = rect.left_center() + vec2(metric::SPACE_M + metric::GLYPH_XS / 2.0, 0.0);
        paint_glyph(ui.painter(), icon, icons::MICROPHONE, theme::glyph_fill(metric::GLYPH_XS), color);
        let at = rect.left_center() + vec2(before, -words.size().y / 2.0);
        ui.painter().galley(at, words, palette.on_scrim);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_muted_microphone_is_heard_while_the_key_is_held() {
        let mut talk = PushToTalk::default();

        let pressed = talk.follow(Push::ToTalk, true, TrackState::Muted);
        let held = talk.follow(Push::ToTalk, true, TrackState::On);
        let released = talk.follow(Push::ToTalk, false, TrackState::On);

        assert_eq!((pressed, held), (Some(Command::SetMuted(false)), None));
        assert_eq!(released, Some(Command::SetMuted(true)));
    }

    #[test]
    fn a_key_that_is_let_go_before_the_engine_has_answered_mutes_all_the_same() {
        let mut talk = PushToTalk::default();

        talk.follow(Push::ToTalk, true, TrackState::Muted);

        assert_eq!(talk.follow(Push::ToTalk, false, TrackState::Muted), Some(Command::SetMuted(true)));
    }

    #[test]
    fn a_microphone_that_is_on_is_silent_while_the_key_is_held() {
        let mut talk = PushToTalk::default();

        let pressed = talk.follow(Push::ToMute, true, TrackState::On);
        let released = talk.follow(Push::ToMute, false, TrackState::Muted);

        assert_eq!((pressed, released), (Some(Command::SetMuted(true)), Some(Command::SetMuted(false))));
    }

    #[test]
    fn a_microphone_that_is_so_already_stays_so_when_the_key_is_let_go() {
        for (push, microphone) in
            [(Push::ToTalk, TrackState::On), (Push::ToMute, TrackState::Muted), (Push::ToTalk, TrackState::Off)]
        {
            let mut talk = PushToTalk::default();

            let pressed = talk.follow(push, true, microphone);
            let released = talk.follow(push, false, microphone);

            assert_eq!((pressed, released), (None, None), "{push:?} {microphone:?}");
        }
    }

    #[test]
    fn a_mode_that_is_turned_off_while_the_key_is_held_leaves_nobody_unmuted() {
        let mut talk = PushToTalk::default();
        talk.follow(Push::ToTalk, true, TrackState::Muted);

        let released = talk.follow(Push::Off, false, TrackState::On);

        assert_eq!(released, Some(Command::SetMuted(true)));
    }
}
