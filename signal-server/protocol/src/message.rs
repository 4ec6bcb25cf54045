//! What a client and the server say to each other.
use serde::{Deserialize, Serialize};

use crate::{MediaState, Nickname, ParticipantId, Relayed, RoomName, SeatToken};

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
        /// How many it takes.
        capacity: usize,
        /// Your id.
        me: ParticipantId,
        /// What you are called, which may differ from what you asked for.
        nickname: Nickname,
        /// Who was here before you. You make the offers to them.
        participants: Vec<ParticipantInfo>,
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
    /// Somebody is gone.
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

/// A room as the lobby shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// Its name.
    pub name: RoomName,
    /// How many are in it.
    pub participants: usize,
    /// How many it takes.
    pub capacity: usize,
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
    /// The server has as many rooms as it takes.
    ServerFull,
    /// Too many failed attempts from this address.
    TooManyAttempts,
}

/// How somebody went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// They said so.
    Left,
    /// Their connection to the server broke. They may be back, and their media may still flow.
    Dropped,
}

/// What could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message makes no sense at this point.
    OutOfPlace,
    /// The receiver is not in the room (any more).
    NotInRoom,
}
