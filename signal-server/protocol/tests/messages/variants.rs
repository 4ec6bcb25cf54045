//! The names of all messages: one that is added to the protocol does not compile until it is added here, and then
//! the tests miss its golden file and its example.
use parlor_protocol::{
    ByeReason, ClientMessage, ErrorCode, FileMessage, PeerMessage, RefusedReason, Relayed, RoomChange, ServerMessage,
};

/// Generates a function that names a value, and the list of all names.
macro_rules! names {
    ($function:ident, $all:ident, $type:ident { $($variant:ident => $name:literal,)* }) => {
        pub(crate) fn $function(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => $name,)* }
        }

        pub(crate) const $all: &[&str] = &[$($name),*];
    };
}

names!(client, CLIENT, ClientMessage {
    Hello => "hello",
    Create => "create",
    Join => "join",
    Leave => "leave",
    State => "state",
    Relay => "relay",
    ChangeRoom => "change_room",
    Appoint => "appoint",
    Remove => "remove",
    Report => "report",
});

names!(server, SERVER, ServerMessage {
    Hello => "hello",
    Rooms => "rooms",
    RoomsChanged => "rooms_changed",
    Joined => "joined",
    RoomChanged => "room_changed",
    Appointed => "appointed",
    Removed => "removed",
    Relay => "relay",
    Announcement => "announcement",
    Stopping => "stopping",
    Refused => "refused",
    Welcome => "welcome",
    Bye => "bye",
    State => "state",
    Relayed => "relayed",
    Error => "error",
});

names!(change, CHANGE, RoomChange {
    Lock => "lock",
    Hide => "hide",
    Rename => "rename",
    SetTopic => "set_topic",
    SetCapacity => "set_capacity",
    SetPasscode => "set_passcode",
});

names!(relayed, RELAYED, Relayed {
    Offer => "offer",
    Answer => "answer",
    Candidate => "candidate",
    Peer => "peer",
});

names!(peer, PEER, PeerMessage {
    State => "state",
    Chat => "chat",
    ChatReceived => "chat_received",
    HistoryWanted => "history_wanted",
    History => "history",
    Presence => "presence",
    Reaction => "reaction",
    Watch => "watch",
    Speaking => "speaking",
    Point => "point",
    File => "file",
    Leaving => "leaving",
});

names!(file, FILE, FileMessage {
    Offer => "offer",
    Accept => "accept",
    Decline => "decline",
    Sent => "sent",
    Received => "received",
    End => "end",
});

names!(refused, REFUSED, RefusedReason {
    VersionMismatch => "version_mismatch",
    NoSuchRoom => "no_such_room",
    RoomExists => "room_exists",
    RoomFull => "room_full",
    Locked => "locked",
    PasscodeNeeded => "passcode_needed",
    WrongPasscode => "wrong_passcode",
    Removed => "removed",
    ServerFull => "server_full",
    TooManyAttempts => "too_many_attempts",
});

names!(bye, BYE, ByeReason {
    Left => "left",
    Dropped => "dropped",
    Removed => "removed",
});

names!(error, ERROR, ErrorCode {
    OutOfPlace => "out_of_place",
    NotInRoom => "not_in_room",
    NotAllowed => "not_allowed",
    NameTaken => "name_taken",
    TooMuch => "too_much",
});

/// What a client says, and about what: `change_room/lock`.
pub(crate) fn client_in_full(message: &ClientMessage) -> String {
    match message {
        ClientMessage::ChangeRoom { change: one } => format!("{}/{}", client(message), change(one)),
        ClientMessage::Hello { .. }
        | ClientMessage::Create { .. }
        | ClientMessage::Join { .. }
        | ClientMessage::Leave
        | ClientMessage::State { .. }
        | ClientMessage::Relay { .. }
        | ClientMessage::Appoint { .. }
        | ClientMessage::Remove { .. }
        | ClientMessage::Report { .. } => client(message).to_owned(),
    }
}

/// All that [`client_in_full`] can say.
pub(crate) fn all_client_in_full() -> Vec<String> {
    all_in_full(CLIENT)
}

/// What a peer says, and about what: `file/offer`.
pub(crate) fn peer_in_full(message: &PeerMessage) -> String {
    match message {
        PeerMessage::File { file: one } => format!("{}/{}", peer(message), file(one)),
        PeerMessage::State { .. }
        | PeerMessage::Chat { .. }
        | PeerMessage::ChatReceived { .. }
        | PeerMessage::Presence { .. }
        | PeerMessage::Reaction { .. }
        | PeerMessage::HistoryWanted { .. }
        | PeerMessage::History { .. }
        | PeerMessage::Watch { .. }
        | PeerMessage::Speaking { .. }
        | PeerMessage::Point { .. }
        | PeerMessage::Leaving => peer(message).to_owned(),
    }
}

/// All that [`peer_in_full`] can say.
pub(crate) fn all_peer_in_full() -> Vec<String> {
    all_in_full(PEER)
}

/// What the server says, and why: `refused/room_full`.
pub(crate) fn server_in_full(message: &ServerMessage) -> String {
    let name = server(message);
    match message {
        ServerMessage::Refused { reason, .. } => format!("{name}/{}", refused(reason)),
        ServerMessage::Bye { reason, .. } => format!("{name}/{}", bye(reason)),
        ServerMessage::Error { code, .. } => format!("{name}/{}", error(code)),
        ServerMessage::Hello { .. }
        | ServerMessage::Rooms { .. }
        | ServerMessage::RoomsChanged { .. }
        | ServerMessage::Joined { .. }
        | ServerMessage::RoomChanged { .. }
        | ServerMessage::Appointed { .. }
        | ServerMessage::Removed { .. }
        | ServerMessage::Relay { .. }
        | ServerMessage::Announcement { .. }
        | ServerMessage::Stopping { .. }
        | ServerMessage::Welcome { .. }
        | ServerMessage::State { .. }
        | ServerMessage::Relayed { .. } => name.to_owned(),
    }
}

/// All that [`server_in_full`] can say.
pub(crate) fn all_server_in_full() -> Vec<String> {
    all_in_full(SERVER)
}

fn all_in_full(names: &[&str]) -> Vec<String> {
    let in_full = |name: &&str| match reasons(name) {
        [] => vec![(*name).to_owned()],
        reasons => reasons.iter().map(|reason| format!("{name}/{reason}")).collect(),
    };
    names.iter().flat_map(in_full).collect()
}

fn reasons(name: &str) -> &'static [&'static str] {
    match name {
        "refused" => REFUSED,
        "bye" => BYE,
        "error" => ERROR,
        "change_room" => CHANGE,
        "file" => FILE,
        _ => &[],
    }
}
