//! Invite links that are pasted anywhere in the lobby.
use eframe::egui::{Context, Event};
use parlor_protocol::Invite;

use super::form::Form;
use crate::ui::wish::Wish;

/// Follows a link from the clipboard, wherever the cursor stands; it is not written into the field there. Other text
/// is left to the fields.
pub(super) fn pasted_link(ctx: &Context, form: &mut Form) -> Option<Wish> {
    let mut link = None;
    ctx.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Paste(text) if Invite::is_link(text) => {
                link = Some(text.clone());
                false
            }
            _ => true,
        });
    });
    form.follow(&link?).map(Wish::from)
}
