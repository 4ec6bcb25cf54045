//! Every size the two sides agree on, in one place.

/// Longest websocket message either side accepts, in bytes. A session description takes 2 to 8 KiB.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Longest chat line, in bytes of UTF-8.
pub const CHAT_BYTES: usize = 4 * 1024;
/// Longest room name, in Unicode scalar values.
pub const ROOM_NAME_CHARS: usize = 64;
/// Longest nickname, in Unicode scalar values.
pub const NICKNAME_CHARS: usize = 32;
/// How many participants a room takes unless the server is told otherwise.
pub const ROOM_CAPACITY: usize = 8;
/// Most participants a room can be made for: `joined` lists everybody and has to fit into one message.
pub const MOST_ROOM_CAPACITY: usize = 64;
/// Longest passcode of a room, in Unicode scalar values.
pub const PASSCODE_CHARS: usize = 64;
/// Longest topic of a room, in Unicode scalar values.
pub const TOPIC_CHARS: usize = 120;
/// Longest remark that goes with a removal or an announcement, in Unicode scalar values.
pub const REMARK_CHARS: usize = 200;
/// Longest seal of a room, in bytes.
pub const SEAL_BYTES: usize = 3 * 1024;
/// How many of those in a room the list of rooms names.
pub const ROOM_PEOPLE: usize = 8;
/// How long the seat of somebody whose connection broke is kept for them, in seconds.
pub const SEAT_KEPT_SECONDS: u64 = 30;
/// Longest name of a file, in bytes of UTF-8: leaves room for a number and for the ending of an unfinished file within
/// the 255 that file systems take.
pub const FILE_NAME_BYTES: usize = 200;
/// How many chat lines from before they came a newcomer is told, over all messages.
pub const PAST_LINES: usize = 200;
