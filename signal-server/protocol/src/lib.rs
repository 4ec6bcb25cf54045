//! The words that clients, peers and the signaling server say to each other.
//!
//! Everything here is data: it is parsed on the way in, so that a [`Nickname`] or a [`RoomName`] that exists is a
//! good one, and it is written as JSON, one message a websocket text frame. `docs/protocol.md` shows every message.
#![forbid(unsafe_code)]

mod address;
mod file;
mod file_name;
mod id;
mod invite;
pub mod limits;
mod message;
mod name;
mod network;
mod past;
mod pin;
mod presence;
mod room;
mod signal;
mod state;

pub use address::{DEFAULT_PORT, ParseAddressError, ServerAddress};
pub use file::{Checksum, FileMessage, TransferEnd, TransferId};
pub use file_name::FileName;
pub use id::{ParseIdError, ParticipantId, SeatToken};
pub use invite::{Invite, InviteKey, ParseInviteError, SCHEME};
pub use message::{ByeReason, ClientMessage, ErrorCode, ParticipantInfo, RefusedReason, ServerMessage};
pub use name::{ChatText, Nickname, ParseNameError, Remark, RoomName, Topic};
pub use network::{CandidateKind, ConnectReport, RelayAccess};
pub use past::{PastLine, PastLines};
pub use pin::Pin;
pub use presence::{Lines, Presence, RaisedHand, Reaction, Watch};
pub use room::{Passcode, Role, RoomChange, RoomInfo, RoomOptions, RoomRules, RoomSeal};
pub use signal::{ChatNumber, Generation, IceCandidate, PeerMessage, Relayed};
pub use state::{MediaState, TrackState};

/// The version of this protocol. It grows with every change that an older side would misread.
pub const VERSION: u32 = 4;

/// Says in words which side has to be updated.
///
/// ```
/// assert_eq!(
///     parlor_protocol::version_mismatch(1, 2),
///     "this server is older than your program (it speaks version 1, you speak version 2): update the server"
/// );
/// ```
pub fn version_mismatch(server: u32, client: u32) -> String {
    if server < client {
        format!(
            "this server is older than your program (it speaks version {server}, you speak version {client}): update the server"
        )
    } else {
        format!(
            "your program is older than this server (it speaks version {server}, you speak version {client}): update your program"
        )
    }
}
