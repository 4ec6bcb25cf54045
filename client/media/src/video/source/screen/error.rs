//! What keeps us from seeing a screen.

/// Why no picture of a screen or a window is to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenScreenError {
    /// The feature `screen` was left out.
    #[error("this build of Parlor cannot share screens: install one that was built with the feature \"screen\"")]
    NotBuilt,
    /// There is nothing to see.
    #[error("no screen was found: start Parlor in a desktop session")]
    NoDisplay,
    /// The screen was unplugged since it was listed.
    #[error("that screen is not connected any more: choose another one")]
    NoSuchScreen,
    /// The window was closed since it was listed.
    #[error("that window was closed: choose another one")]
    NoSuchWindow,
    /// The window shows nothing.
    #[error("that window is minimised: bring it back, and share it again")]
    Hidden,
    /// The part lies elsewhere.
    #[error("that part lies outside of the screen, which has {width} x {height} pixels: choose it anew")]
    Outside {
        /// Pixels of the screen across.
        width: u32,
        /// Pixels of the screen down.
        height: u32,
    },
    /// The operating system, or the person, says no.
    #[error("the system does not show Parlor the screen ({reason}): allow it when it asks, or in its privacy settings")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// It takes too long.
    #[error("the system does not answer whether Parlor may see the screen: answer its question, and try again")]
    NoAnswer,
}

/// Why pictures of a screen or a window end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScreenLost {
    /// Somebody closed the window.
    #[error("the window {title:?} was closed")]
    WindowClosed {
        /// What it was called.
        title: String,
    },
    /// The screen was unplugged, or has another size now.
    #[error("the screen was disconnected, or has changed: share it again")]
    ScreenGone,
    /// The system takes it back.
    #[error("the system does not show the screen any more ({reason}): share it again")]
    Ended {
        /// What it said.
        reason: String,
    },
}
