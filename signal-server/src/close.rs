//! Why the server closes a websocket: the code for programs, the reason for people (RFC 6455, section 7.4).
use std::borrow::Cow;

/// Longest reason a close frame carries, in bytes: a control frame has 125, the code takes two.
const REASON_BYTES: usize = 123;

/// Why a connection is closed by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The server stops.
    GoingAway,
    /// A newer connection showed the same seat token.
    TakenOver,
    /// The first message was something else than `hello`.
    NoHello,
    /// There was no `hello` in time.
    HelloLate,
    /// The two sides speak different versions.
    VersionMismatch,
    /// A message is none of this protocol; the text says what is wrong with it.
    Malformed(String),
    /// A binary message, where all are text.
    Binary,
    /// The frames break RFC 6455.
    BadFrame,
    /// A text message is not UTF-8.
    NotUtf8,
    /// A message is over the limit.
    TooLarge,
    /// Messages came faster than the limit.
    TooFast,
    /// What was sent to it was not read.
    TooSlow,
    /// It gave no sign of life.
    Silent,
}

impl CloseReason {
    /// The code of the close frame.
    pub fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::BadFrame => 1002,
            Self::NotUtf8 => 1007,
            Self::TakenOver
            | Self::NoHello
            | Self::HelloLate
            | Self::VersionMismatch
            | Self::Malformed(_)
            | Self::Binary
            | Self::TooFast
            | Self::Silent => 1008,
            Self::TooLarge => 1009,
            Self::TooSlow => 1013,
        }
    }

    /// The text of the close frame: at most 123 bytes.
    pub fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::GoingAway => "the server is shutting down",
            Self::TakenOver => "the same participant has connected again",
            Self::NoHello => "the first message has to be hello",
            Self::HelloLate => "no hello in time",
            Self::VersionMismatch => "the two sides speak different versions of the protocol",
            Self::Malformed(problem) => return Cow::Owned(cut(format!("malformed message: {problem}"))),
            Self::Binary => "malformed message: it is binary, but every message is text",
            Self::BadFrame => "a frame breaks the websocket protocol",
            Self::NotUtf8 => "a text message is not UTF-8",
            Self::TooLarge => "the message is too large: at most 64 KiB",
            Self::TooFast => "too many messages: slow down",
            Self::TooSlow => "you read too slowly: connect again when the network is better",
            Self::Silent => "no answer to several pings",
        })
    }
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(REASON_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_two_characters() {
        let reason = CloseReason::Malformed("ü".repeat(200));

        let text = reason.text();

        assert!(text.len() <= REASON_BYTES && text.len() > REASON_BYTES - 2, "{} bytes", text.len());
        assert!(text.ends_with('ü'));
    }
}
