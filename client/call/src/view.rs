//! An immutable picture of a call, for faces.
use std::time::Instant;

use parlor_protocol::{
    ChatText, Lines, MediaState, Nickname, ParticipantId, Role, RoomInfo, RoomName, RoomRules, TrackState, Watch,
};

use crate::FileView;

/// Everything a face may show of the call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallView {
    /// The connection to the server.
    pub server: ServerView,
    /// The rooms of that server, by name. Kept up to date while we are in its lobby.
    pub rooms: Vec<RoomInfo>,
    /// Where we are.
    pub place: Place,
    /// Our own tracks.
    pub media: MyMedia,
    /// Whether we speak, where that is detected: never while muted.
    pub speaking: Option<bool>,
    /// The other participants, in the order in which they came.
    pub others: Vec<ParticipantView>,
    /// What we show beside sound and pictures.
    pub signs: Signs,
    /// All chat lines of this room, oldest first.
    pub chat: Vec<ChatLine>,
    /// The files that go from one to the other in this room, oldest first.
    pub files: Vec<FileView>,
}

impl CallView {
    /// Who has a hand up, in the order in which they raised it. None is us.
    pub fn hands(&self) -> Vec<Option<ParticipantId>> {
        let me = match &self.place {
            Place::Room(room) => Some(room.me),
            Place::Lobby | Place::Joining { .. } => None,
        };
        let ours = self.signs.hand.map(|since| (since, me, None));
        let theirs = self.others.iter().filter_map(|other| Some((other.signs.hand?, Some(other.id), Some(other.id))));
        let mut hands: Vec<_> = ours.into_iter().chain(theirs).collect();
        hands.sort_by_key(|(since, who, _)| (*since, *who));
        hands.into_iter().map(|(_, _, who)| who).collect()
    }
}

/// The connection to the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ServerView {
    /// None is wanted.
    #[default]
    Off,
    /// Dialling for the first time.
    Connecting,
    /// Connected.
    Up,
    /// Not connected. Dialled again by itself; media between participants goes on.
    Down {
        /// Why, for people.
        reason: String,
        /// When it is tried again; none where that makes no sense, as with a server of another version.
        retry_at: Option<Instant>,
    },
}

/// Where we are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// In no room.
    #[default]
    Lobby,
    /// Asked to come in, no answer yet.
    Joining {
        /// The room; none while the server makes up a name.
        room: Option<RoomName>,
    },
    /// In a room.
    Room(RoomView),
}

/// The room we are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Its name.
    pub name: RoomName,
    /// How it is.
    pub rules: RoomRules,
    /// Who we are.
    pub me: ParticipantId,
    /// What we are called.
    pub nickname: Nickname,
    /// What we may do.
    pub role: Role,
    /// When we came in.
    pub since: Instant,
}

/// Our own tracks: what we want, and what is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MyMedia {
    /// The microphone.
    pub microphone: MyTrack,
    /// The camera.
    pub camera: MyTrack,
    /// The shared screen.
    pub screen: MyTrack,
}

/// One of our own tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MyTrack {
    /// What was asked for.
    pub wanted: TrackState,
    /// What is sent. Differs from `wanted` while a device opens, and where it cannot be opened.
    pub actual: TrackState,
}

/// Another participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantView {
    /// Who.
    pub id: ParticipantId,
    /// What they are called.
    pub nickname: Nickname,
    /// What can be seen and heard of them.
    pub media: MediaState,
    /// What they may do.
    pub role: Role,
    /// What they show beside sound and pictures.
    pub signs: Signs,
    /// Which of their pictures the person here wants.
    pub watched: Watching,
    /// How large we have them send these: none of a kind that is not watched, or has no place on the screen.
    pub asked: Wanted,
    /// How large they want our pictures.
    pub watches: Wanted,
    /// Whether they speak, where their program tells that: never while they are muted.
    pub speaking: Option<bool>,
    /// The state of our connection to them.
    pub link: LinkView,
}

/// What a participant shows beside sound and pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    /// Since when the hand is up, by our clock. Whose is earlier has raised it first: everybody sees the same order.
    pub hand: Option<Instant>,
    /// Whether they record the call.
    pub recording: bool,
}

/// Which pictures of somebody a person wants to see. What is not wanted is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watching {
    /// Those of the camera.
    pub camera: bool,
    /// Those of the shared screen.
    pub screen: bool,
}

impl Default for Watching {
    fn default() -> Self {
        Self { camera: true, screen: true }
    }
}

/// How large pictures of somebody are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Those of the camera.
    pub camera: Lines,
    /// Those of the shared screen.
    pub screen: Lines,
}

impl Wanted {
    /// None of a kind that is not watched.
    pub(crate) fn of(self, watching: Watching) -> Self {
        let (camera, screen) = (Some(self.camera), Some(self.screen));
        Self {
            camera: camera.filter(|_| watching.camera).unwrap_or(Lines::NONE),
            screen: screen.filter(|_| watching.screen).unwrap_or(Lines::NONE),
        }
    }
}

impl From<Watch> for Wanted {
    fn from(watch: Watch) -> Self {
        Self { camera: watch.camera, screen: watch.screen }
    }
}

/// The state of the connection to one participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkView {
    /// Being made.
    Dialing,
    /// Media can flow.
    Connected,
    /// Broken; made anew by itself.
    Lost,
}

/// One line of chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLine {
    /// Grows from line to line in this view.
    pub id: LineId,
    /// Who wrote it.
    pub author: Author,
    /// Who can read it, beside its author.
    pub audience: Audience,
    /// What it says.
    pub text: ChatText,
    /// When it was written or arrived.
    pub at: Instant,
    /// How far it came.
    pub delivery: Delivery,
    /// Who told us of it; none where we were there when it was said.
    pub told_by: Option<Nickname>,
}

/// Names one chat line of a [`CallView`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LineId(pub(crate) u64);

impl LineId {
    /// The line with this number, for views that are made up.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// Who wrote a chat line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// We did.
    Me,
    /// Somebody else, who may have left since.
    Other {
        /// Who.
        id: ParticipantId,
        /// What they were called then.
        nickname: Nickname,
    },
}

/// Who can read a chat line, beside its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everyone,
    /// We alone.
    Me,
    /// The one we sent it to.
    One {
        /// Who.
        id: ParticipantId,
        /// What they were called then.
        nickname: Nickname,
    },
}

/// How far a chat line came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Some receiver has not confirmed it yet.
    Sending,
    /// All receivers that are still here have it, or it is somebody else's.
    Delivered,
    /// Its only receiver left before it arrived.
    Failed,
}
