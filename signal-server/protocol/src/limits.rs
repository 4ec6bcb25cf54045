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
