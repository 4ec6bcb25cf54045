//! The dialogs that a person opened, or that news opened for them.
mod confirm;
pub(crate) mod host;
mod invite;
mod removed;
mod settings;

use eframe::egui::Context;
use parlor_protocol::{Nickname, ParticipantId, Remark, RoomName};

pub(crate) use self::settings::{Machine, SettingsPanel, settings_ui};
use super::{scene::Scene, wish::Wish};
use crate::engine::HostView;

/// What is in front of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// How others come here.
    Invite,
    /// The server in this program.
    Host,
    /// Whether to stop the server in this program although others use it.
    StopHosting,
    /// Whether to leave a room that this program is the server of.
    Leave,
    /// Whether to close a window that others' server ends with.
    CloseWindow,
    /// Whether to remove somebody, and what they are told.
    Remove {
        /// Whom.
        who: ParticipantId,
        /// What they are called.
        nickname: Nickname,
        /// What they are told, as it was written.
        remark: String,
    },
    /// Whether to make somebody else the owner of the room.
    HandOver {
        /// Whom.
        who: ParticipantId,
        /// What they are called.
        nickname: Nickname,
    },
    /// What to share.
    Share,
    /// Everything that can be set.
    Settings,
    /// What this program is, and whose work is in it.
    About,
    /// That we were removed.
    Removed {
        /// From which room.
        room: Option<RoomName>,
        /// By whom; none where the server's administrator did it.
        by: Option<Nickname>,
        /// What they say.
        remark: Option<Remark>,
    },
}

/// What comes of one frame of a dialog.
struct Outcome {
    wishes: Vec<Wish>,
    closed: bool,
}

/// Shows the dialog that is open, and forgets it once it is closed.
pub(crate) fn dialogs_ui(ctx: &Context, scene: &Scene<'_>, open: &mut Option<Dialog>) -> Vec<Wish> {
    let Some(dialog) = open else { return Vec::new() };
    let outcome = match dialog {
        Dialog::Invite => invite::invite_ui(ctx, scene),
        Dialog::Host => host::host_ui(ctx, scene),
        Dialog::StopHosting => confirm::stop_hosting_ui(ctx, &scene.view.host),
        Dialog::Leave => confirm::leave_ui(ctx, scene),
        Dialog::CloseWindow => confirm::close_window_ui(ctx, &scene.view.host),
        Dialog::Remove { who, nickname, remark } => confirm::remove_ui(ctx, scene, (*who, nickname), remark),
        Dialog::HandOver { who, nickname } => confirm::hand_over_ui(ctx, scene, *who, nickname),
        // It remembers more than fits here: see `share_ui`.
        Dialog::Share => return Vec::new(),
        // These two remember more between two frames: see `settings_ui`.
        Dialog::Settings | Dialog::About => return Vec::new(),
        Dialog::Removed { room, by, remark } => removed::removed_ui(ctx, room.as_ref(), by.as_ref(), remark.as_ref()),
    };
    if outcome.closed {
        *open = None;
        ctx.request_repaint();
    }
    outcome.wishes
}

/// How many others are connected to the server in this program; none where there is no such server.
pub(crate) fn guests(host: &HostView) -> usize {
    match host {
        // One connection is our own.
        HostView::Running { numbers, .. } => numbers.connections.saturating_sub(1),
        HostView::Off | HostView::Failed { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::HostNumbers;

    #[test]
    fn our_own_connection_is_no_guest() {
        let host = |connections| HostView::Running {
            addresses: Vec::new(),
            invite: None,
            code: String::new(),
            numbers: HostNumbers { connections, ..HostNumbers::default() },
        };

        assert_eq!([0, 1, 4].map(|connections| guests(&host(connections))), [0, 0, 3]);
        assert_eq!(guests(&HostView::Off), 0);
    }
}
