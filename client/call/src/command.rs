//! What a person, or a script, may ask of a call.
use parlor_protocol::{
    ChatText, Lines, Nickname, ParticipantId, Passcode, Reaction, Remark, Role, RoomChange, RoomName, RoomOptions,
};

use crate::{FileCommand, LineId, Wanted, Watching};

/// One wish. The call turns it into actions; it never fails, but may answer with a [`Notice`](crate::Notice).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Look at a server: dial it, keep it dialled, show its rooms. Leaves the room of another server.
    Connect {
        /// The websocket address, `wss://HOST:PORT` or `ws://HOST:PORT`.
        server: String,
    },
    /// Stop looking at any server. Leaves the room.
    Disconnect,
    /// Enter a room of the server that we are connected to.
    Enter {
        /// The room; none asks the server to make one up, and needs [`Entry::Create`].
        room: Option<RoomName>,
        /// What to be called; none has the server make one up.
        nickname: Option<Nickname>,
        /// What to do about a missing or an existing room.
        entry: Entry,
        /// What one has to know to come in; that of the new room where it is made.
        passcode: Option<Passcode>,
        /// How the room is to be where it is made.
        options: RoomOptions,
    },
    /// Leave the room, stay connected to the server.
    Leave,
    /// Send silence, or sound.
    SetMuted(bool),
    /// Want the microphone's device open, or closed.
    SetMicrophone(bool),
    /// Want the camera open, or closed.
    SetCamera(bool),
    /// Want the screen shared, or not.
    SetScreen(bool),
    /// Raise the hand, or lower it.
    SetHand(bool),
    /// Let the others know that the call is recorded here, or no longer.
    SetRecording(bool),
    /// Let the others see what we feel.
    React(Reaction),
    /// Receive these pictures of somebody, and no others.
    Watch {
        /// Whose.
        who: ParticipantId,
        /// Which.
        watching: Watching,
    },
    /// Receive pictures of somebody that are of use at this size: they are shown no larger. What [`Watch`](Self::Watch)
    /// has stopped does not come back by it.
    Show {
        /// Whose.
        who: ParticipantId,
        /// How large they are shown.
        wanted: Wanted,
    },
    /// Receive the camera's pictures of somebody with no more lines than this for a while, however large they are shown:
    /// larger ones do not come through.
    Ease {
        /// Whose.
        who: ParticipantId,
        /// How many lines; [`Lines::ALL`] once it is over.
        camera: Lines,
    },
    /// Point at something in a picture that somebody, perhaps we, share.
    Point {
        /// Who shares it.
        of: ParticipantId,
        /// How far from its left edge, from 0 to 65535.
        x: u16,
        /// How far from its top.
        y: u16,
    },
    /// Say something.
    SendChat {
        /// To whom.
        to: ChatTo,
        /// What.
        text: ChatText,
    },
    /// Something about files.
    File(FileCommand),
    /// Say again what was not delivered.
    SendAgain(LineId),
    /// Change the room. The server sees to it that only its owner and moderators do.
    ChangeRoom(RoomChange),
    /// Give somebody another role.
    Appoint {
        /// Whom.
        who: ParticipantId,
        /// Their new role.
        role: Role,
    },
    /// Remove somebody from the room.
    Remove {
        /// Whom.
        who: ParticipantId,
        /// What they are told.
        remark: Option<Remark>,
    },
}

/// What to do about a room that is missing, or there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It must be there.
    Join,
    /// Make it where it is missing.
    JoinOrCreate,
    /// It must not be there.
    Create,
}

/// Who a chat line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatTo {
    /// Everybody in the room.
    Everyone,
    /// One participant alone.
    One(ParticipantId),
}
