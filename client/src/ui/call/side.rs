//! What stands at the right edge of the call: one panel at a time, or none.

use crate::ui::theme::metric;

/// A panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What was said.
    Chat,
    /// Everybody in the room, and what can be done about them.
    People,
    /// The numbers of the call, as plots.
    Statistics,
}

impl Side {
    /// How wide it is.
    pub(super) const fn width(self) -> f32 {
        match self {
            Self::Chat | Self::People => metric::CHAT_WIDTH,
            Self::Statistics => metric::STATISTICS_WIDTH,
        }
    }

    /// Opens a panel in place of what is open, or closes it.
    pub(crate) fn toggle(open: &mut Option<Self>, panel: Self) {
        *open = if *open == Some(panel) { None } else { Some(panel) };
    }
}
