//! What a participant shows beside sound and pictures.
use serde::{Deserialize, Serialize};

/// Lasting signs of a participant, told whenever they change and to everybody who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Presence {
    /// Grows with each change: the highest one seen is the true one.
    pub revision: u32,
    /// The raised hand; none while it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<RaisedHand>,
    /// Whether they record the call.
    #[serde(default)]
    pub recording: bool,
}

/// Which pictures of somebody are wanted, and how large. What nobody wants is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Watch {
    /// Grows with each change: the highest one seen is the true one.
    pub revision: u32,
    /// Those of the camera.
    pub camera: Lines,
    /// Those of the shared screen.
    pub screen: Lines,
}

/// How many rows of pixels of a picture are of use to whoever shows it: 0 where it is not shown at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lines(pub u16);

impl Lines {
    /// No picture.
    pub const NONE: Self = Self(0);
    /// As many as there are.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether there is to be a picture.
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

impl Default for Lines {
    /// Whoever has not said how large they show a picture gets it whole.
    fn default() -> Self {
        Self::ALL
    }
}

/// A hand that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedHand {
    /// One more than that of every hand that its owner saw up when they raised it: by this, and by the id of the
    /// participant where it is the same, everybody gets the same order, whatever the network does.
    pub turn: u32,
    /// How long ago it was raised, in milliseconds.
    pub ago_ms: u32,
}

/// What somebody feels at the moment. It passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// 👍
    ThumbsUp,
    /// 👏
    Clap,
    /// ❤
    Heart,
    /// 😂
    Laugh,
    /// 😮
    Surprise,
    /// 🎉
    Celebrate,
}

impl Reaction {
    /// All of them, as they are offered.
    pub const ALL: [Self; 6] = [Self::ThumbsUp, Self::Clap, Self::Heart, Self::Laugh, Self::Surprise, Self::Celebrate];

    /// Its picture.
    pub const fn emoji(self) -> &'static str {
        match self {
            Self::ThumbsUp => "👍",
            Self::Clap => "👏",
            Self::Heart => "❤",
            Self::Laugh => "😂",
            Self::Surprise => "😮",
            Self::Celebrate => "🎉",
        }
    }
}
