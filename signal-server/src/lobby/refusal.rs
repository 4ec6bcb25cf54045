//! Why somebody may not come in, in words.
use parlor_protocol::{RefusedReason, version_mismatch};

/// Whether a refusal may be the answer to a guess.
pub(super) fn is_failed_attempt(reason: &RefusedReason) -> bool {
    match reason {
        RefusedReason::NoSuchRoom
        | RefusedReason::RoomExists
        | RefusedReason::RoomFull { .. }
        | RefusedReason::Locked
        | RefusedReason::PasscodeNeeded
        | RefusedReason::WrongPasscode
        | RefusedReason::Removed => true,
        RefusedReason::VersionMismatch { .. } | RefusedReason::ServerFull | RefusedReason::TooManyAttempts => false,
    }
}

/// The cause and the remedy.
pub(super) fn in_words(reason: &RefusedReason) -> String {
    match reason {
        RefusedReason::VersionMismatch { server, client } => version_mismatch(*server, *client),
        RefusedReason::NoSuchRoom => "there is no such room: check the name, or create it".to_owned(),
        RefusedReason::RoomExists => "there is a room of that name already: join it, or choose another name".to_owned(),
        RefusedReason::RoomFull { capacity } => {
            format!("the room is full: it takes {capacity}. Try again when somebody has left")
        }
        RefusedReason::Locked => "the room is locked: ask somebody inside to let you in".to_owned(),
        RefusedReason::PasscodeNeeded => "the room has a passcode: ask somebody inside for it".to_owned(),
        RefusedReason::WrongPasscode => "that is not the passcode of this room: check it, and try again".to_owned(),
        RefusedReason::Removed => "you were removed from this room, and cannot come back to it".to_owned(),
        RefusedReason::ServerFull => "the server has as many rooms as it takes: join one, or try later".to_owned(),
        RefusedReason::TooManyAttempts => "too many failed attempts from your address: wait a minute".to_owned(),
    }
}
