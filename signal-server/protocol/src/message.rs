//! What a client and the server say to each other.
use serde::{Deserialize, Serialize};

use crate::{
    ConnectReport, MediaState, Nickname, ParticipantId, Passcode, RelayAccess, Relayed, Remark, Role, RoomChange,
    RoomInfo, RoomName, RoomOptions, RoomRules, RoomSeal, SeatToken,
};

/// Everything a client may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message: which protocol, which program.
    Hello {
        /// The protocol version, [`VERSION`](crate::VERSION).
        version: u32,
        /// The program and its version, for the server's log.
        agent: String,
    },
    /// Makes a room and enters it. Refused where there is one of that name.
    Create {
        /// The name; none has the server make one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomName>,
        /// What to be called; none has the server make one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nickname: Option<Nickname>,
        /// Proves the seat.
        token: SeatToken,
        /// What others have to know to come in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passcode: Option<Passcode>,
        /// How the room is to be.
        #[serde(default, skip_serializing_if = "RoomOptions::is_default")]
        options: RoomOptions,
    },
    /// Enters a room. Refused where there is none of that name, unless asked to make it.
    Join {
        /// The name.
        room: RoomName,
        /// What to be called; none has the server make one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nickname: Option<Nickname>,
        /// Proves the seat.
        token: SeatToken,
        /// Whether a missing room is to be made.
        #[serde(default)]
        create: bool,
        /// What one has to know to come in; that of the new room where it is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passcode: Option<Passcode>,
        /// How the room is to be where it is made.
        #[serde(default, skip_serializing_if = "RoomOptions::is_default")]
        options: RoomOptions,
        /// The newest seal of this room, by somebody who was in it already: a server that was started anew makes the
        /// room again as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<RoomSeal>,
    },
    /// Leaves the room and goes back to the lobby.
    Leave,
    /// Tells the room what of this participant can be seen and heard.
    State {
        /// All tracks.
        media: MediaState,
    },
    /// Carries something to one participant of the same room.
    Relay {
        /// The receiver.
        to: ParticipantId,
        /// What to carry.
        message: Relayed,
    },
    /// Changes the room; for its owner and moderators.
    ChangeRoom {
        /// What.
        #[serde(flatten)]
        change: RoomChange,
    },
    /// Gives somebody another role; for the owner. To make somebody else the owner makes oneself a moderator.
    Appoint {
        /// Whom.
        participant: ParticipantId,
        /// Their new role.
        role: Role,
    },
    /// Removes somebody from the room, for as long as the room lasts; for its owner and moderators.
    Remove {
        /// Whom.
        participant: ParticipantId,
        /// What they are told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Remark>,
    },
    /// Tells how a connection to another participant came about, for the server's numbers.
    Report {
        /// How.
        #[serde(flatten)]
        report: ConnectReport,
    },
}

/// Everything the server may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to a client's `hello`.
    Hello {
        /// The protocol version.
        version: u32,
        /// The program and its version.
        agent: String,
        /// What the server is called, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// All rooms: on entering the lobby.
    Rooms {
        /// The rooms, by name.
        rooms: Vec<RoomInfo>,
    },
    /// What has changed in the list of rooms: to those in the lobby, at most four times a second.
    RoomsChanged {
        /// New rooms, and rooms with another count.
        changed: Vec<RoomInfo>,
        /// Rooms that are gone.
        closed: Vec<RoomName>,
    },
    /// You are in the room.
    Joined {
        /// Its name.
        room: RoomName,
        /// How it is.
        rules: RoomRules,
        /// Your id.
        me: ParticipantId,
        /// What you are called, which may differ from what you asked for.
        nickname: Nickname,
        /// What you may do.
        role: Role,
        /// Who was here before you, in the order in which they came. You make the offers to them.
        participants: Vec<ParticipantInfo>,
        /// The server's own STUN and TURN server, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relay: Option<RelayAccess>,
        /// To show when you come back to this room.
        seal: RoomSeal,
    },
    /// The room is another than before.
    RoomChanged {
        /// Its name now.
        room: RoomName,
        /// How it is now.
        rules: RoomRules,
        /// Who changed it; none where the server did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ParticipantId>,
        /// Replaces the seal you have.
        seal: RoomSeal,
    },
    /// Somebody, perhaps you, has another role.
    Appointed {
        /// Who.
        participant: ParticipantId,
        /// Their role now.
        role: Role,
    },
    /// You are no longer in the room, and back in the lobby.
    Removed {
        /// Who removed you; none where the server's administrator did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Nickname>,
        /// What they say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Remark>,
    },
    /// Fresh access to the server's own STUN and TURN server, before the old one runs out.
    Relay {
        /// Replaces the access you have.
        access: RelayAccess,
    },
    /// The server's administrator says something to everybody.
    Announcement {
        /// What.
        text: Remark,
    },
    /// The server is about to stop. Calls go on; connect again by yourself.
    Stopping {
        /// When it is likely to be back; none where it says nothing about that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_in_seconds: Option<u32>,
    },
    /// You are not in the room, or not on this server.
    Refused {
        /// For programs.
        #[serde(flatten)]
        reason: RefusedReason,
        /// For people: the cause and the remedy.
        message: String,
    },
    /// Somebody came in. They make the offer to you.
    Welcome {
        /// Who.
        participant: ParticipantInfo,
    },
    /// Somebody is gone. With `removed` it may follow one with `dropped`.
    Bye {
        /// Who.
        participant: ParticipantId,
        /// Whether they meant to.
        reason: ByeReason,
    },
    /// What of somebody can be seen and heard has changed.
    State {
        /// Who.
        participant: ParticipantId,
        /// All tracks.
        media: MediaState,
    },
    /// Something from one participant to you alone.
    Relayed {
        /// The sender.
        from: ParticipantId,
        /// What they sent.
        message: Relayed,
    },
    /// What you asked for could not be done; the connection stays.
    Error {
        /// For programs.
        code: ErrorCode,
        /// For people.
        message: String,
    },
}

/// A participant as the others of the room see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantInfo {
    /// Who.
    pub id: ParticipantId,
    /// What they are called.
    pub nickname: Nickname,
    /// What can be seen and heard of them.
    pub media: MediaState,
    /// What they may do.
    #[serde(default)]
    pub role: Role,
}

/// Why somebody may not come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RefusedReason {
    /// The two sides speak different versions.
    VersionMismatch {
        /// The server's.
        server: u32,
        /// The client's.
        client: u32,
    },
    /// There is no such room.
    NoSuchRoom,
    /// There is a room of that name already.
    RoomExists,
    /// The room is full.
    RoomFull {
        /// How many it takes.
        capacity: usize,
    },
    /// The room is locked.
    Locked,
    /// One has to know a passcode to come in.
    PasscodeNeeded,
    /// The passcode is not that of the room.
    WrongPasscode,
    /// They were removed from this room.
    Removed,
    /// The server has as many rooms as it takes.
    ServerFull,
    /// Too many failed attempts from this address.
    TooManyAttempts,
}

impl RefusedReason {
    /// The word for programs, as it is written.
    pub fn code(&self) -> &'static str {
        match self {
            Self::VersionMismatch { .. } => "version_mismatch",
            Self::NoSuchRoom => "no_such_room",
            Self::RoomExists => "room_exists",
            Self::RoomFull { .. } => "room_full",
            Self::Locked => "locked",
            Self::PasscodeNeeded => "passcode_needed",
            Self::WrongPasscode => "wrong_passcode",
            Self::Removed => "removed",
            Self::ServerFull => "server_full",
            Self::TooManyAttempts => "too_many_attempts",
        }
    }
}

/// How somebody went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// They said so.
    Left,
    /// Their connection to the server broke. They may be back, and their media may still flow.
    Dropped,
    /// They were removed.
    Removed,
}

/// What could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message makes no sense at this point.
    OutOfPlace,
    /// The receiver is not in the room (any more).
    NotInRoom,
    /// It takes another role.
    NotAllowed,
    /// There is a room of that name already.
    NameTaken,
    /// Too much, or too fast: it was not done, or not passed on.
    TooMuch,
}
