//! The same few messages in the words of our protocol and in those of socket.io (Engine.IO 4 over a websocket, each
//! packet a text whose first digits say what it is).
use parlor_protocol::VERSION;
use serde_json::{Value, json};

/// Which words a server understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Those of docs/protocol.md.
    Parlor,
    /// Those of socket.io.
    SocketIo,
}

/// What of a server's message matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The list of rooms: one can join.
    Rooms,
    /// One is in the room, under this id.
    Joined { me: String },
    /// Somebody's state, with its revision.
    State(u32),
    /// Something from somebody, with its generation.
    Relayed(u32),
    /// Is to be answered with this.
    Ping(&'static str),
    /// Something went wrong.
    Refused,
    /// Anything else.
    Other,
}

impl Dialect {
    /// Where the websocket is.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Parlor => "/ws",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    pub(crate) fn hello(self) -> String {
        match self {
            Self::Parlor => json!({"type": "hello", "version": VERSION, "agent": "parlor-bench"}).to_string(),
            Self::SocketIo => "40".to_owned(),
        }
    }

    pub(crate) fn join(self, room: &str, number: usize) -> String {
        let token = format!("{number:032x}");
        self.message("join", json!({"room": room, "nickname": "somebody", "token": token, "create": true}))
    }

    pub(crate) fn state(self, revision: u32) -> String {
        // Written by hand: this is what is sent most.
        let media = format!(r#"{{"revision":{revision},"microphone":"on","camera":"on","screen":"off"}}"#);
        match self {
            Self::Parlor => format!(r#"{{"type":"state","media":{media}}}"#),
            Self::SocketIo => format!(r#"42["state",{{"media":{media}}}]"#),
        }
    }

    pub(crate) fn relay(self, to: &str, generation: u32) -> String {
        const CANDIDATE: &str = "candidate:2 1 udp 2122194687 192.168.1.20 49203 typ host generation 0 ufrag EEtu \
                                 network-id 2 network-cost 10";
        let message = format!(
            r#"{{"kind":"candidate","generation":{generation},"candidate":{{"candidate":"{CANDIDATE}","sdp_mid":"0","sdp_mline_index":0}}}}"#
        );
        match self {
            Self::Parlor => format!(r#"{{"type":"relay","to":"{to}","message":{message}}}"#),
            Self::SocketIo => format!(r#"42["relay",{{"to":"{to}","message":{message}}}]"#),
        }
    }

    /// Understands a message. What comes often is not parsed: the load must not cost more than the serving.
    pub(crate) fn read(self, text: &str) -> Heard {
        let kind = match self {
            Self::Parlor => text.strip_prefix(r#"{"type":""#),
            Self::SocketIo if text == "2" => return Heard::Ping("3"),
            Self::SocketIo => text.strip_prefix(r#"42[""#),
        };
        let kind = kind.and_then(|rest| rest.split('"').next()).unwrap_or_default();
        match kind {
            "state" => number_behind(text, r#""revision":"#).map_or(Heard::Other, Heard::State),
            "relayed" => number_behind(text, r#""generation":"#).map_or(Heard::Other, Heard::Relayed),
            "rooms" => Heard::Rooms,
            "joined" => self.joined(text).map_or(Heard::Other, |me| Heard::Joined { me }),
            "refused" | "error" => Heard::Refused,
            _ => Heard::Other,
        }
    }

    fn joined(self, text: &str) -> Option<String> {
        let body: Value = match self {
            Self::Parlor => serde_json::from_str(text).ok()?,
            Self::SocketIo => serde_json::from_str::<Value>(text.strip_prefix("42")?).ok()?.get_mut(1)?.take(),
        };
        Some(body.get("me")?.as_str()?.to_owned())
    }

    fn message(self, kind: &str, mut body: Value) -> String {
        match self {
            Self::Parlor => {
                body["type"] = kind.into();
                body.to_string()
            }
            Self::SocketIo => format!("42{}", json!([kind, body])),
        }
    }
}

fn number_behind(text: &str, key: &str) -> Option<u32> {
    let (_, rest) = text.split_once(key)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use parlor_protocol::ClientMessage;

    use super::*;

    #[test]
    fn what_is_said_to_our_server_is_of_our_protocol() {
        let parlor = Dialect::Parlor;

        for text in [parlor.hello(), parlor.join("r", 1), parlor.state(7), parlor.relay("0123456789abcdef", 7)] {
            let message: Result<ClientMessage, _> = serde_json::from_str(&text);

            assert!(message.is_ok(), "{text}: {message:?}");
        }
    }

    #[test]
    fn both_dialects_are_understood_alike() {
        let said = [
            (r#"{"type":"rooms","rooms":[]}"#, r#"42["rooms",{"rooms":[]}]"#, Heard::Rooms),
            (r#"{"type":"joined","me":"ab"}"#, r#"42["joined",{"me":"ab"}]"#, Heard::Joined { me: "ab".to_owned() }),
            (
                r#"{"type":"state","participant":"ab","media":{"revision":7}}"#,
                r#"42["state",{"participant":"ab","media":{"revision":7}}]"#,
                Heard::State(7),
            ),
            (
                r#"{"type":"relayed","from":"ab","message":{"kind":"candidate","generation":9}}"#,
                r#"42["relayed",{"from":"ab","message":{"kind":"candidate","generation":9}}]"#,
                Heard::Relayed(9),
            ),
            (r#"{"type":"refused","reason":"locked"}"#, r#"42["refused",{}]"#, Heard::Refused),
        ];

        for (ours, theirs, heard) in said {
            assert_eq!(Dialect::Parlor.read(ours), heard, "{ours}");
            assert_eq!(Dialect::SocketIo.read(theirs), heard, "{theirs}");
        }
    }
}
