//! What was said before somebody came.
use serde::{Deserialize, Serialize};

use crate::{ChatText, Nickname, ParticipantId, limits};

/// A chat line that its reader was not there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastLine {
    /// Who wrote it; perhaps somebody who has left since.
    pub author: ParticipantId,
    /// What they were called.
    pub nickname: Nickname,
    /// How long ago that was.
    pub age_seconds: u32,
    /// What it says.
    pub text: ChatText,
}

impl PastLine {
    /// The most bytes that it takes in a message: of what may be in a name or a chat line, JSON writes nothing with
    /// more than two bytes for one.
    fn most_bytes(&self) -> usize {
        const AROUND_IT: usize = 96;
        AROUND_IT + 2 * (self.nickname.as_str().len() + self.text.as_str().len())
    }
}

/// As many such lines as go into one message, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<PastLine>", into = "Vec<PastLine>")]
pub struct PastLines(Vec<PastLine>);

impl PastLines {
    /// The first ones of these lines, as many as fit.
    pub fn first_of(lines: impl IntoIterator<Item = PastLine>) -> Self {
        // Room for what stands around the lines, and for what the server wraps around a message.
        let mut room = limits::MESSAGE_BYTES - 1024;
        let fits = |line: &PastLine| {
            let left = room.checked_sub(line.most_bytes());
            room = left.unwrap_or(0);
            left.is_some()
        };
        Self(lines.into_iter().take(limits::PAST_LINES).take_while(fits).collect())
    }

    /// The lines.
    pub fn iter(&self) -> impl Iterator<Item = &PastLine> {
        self.0.iter()
    }
}

impl From<PastLines> for Vec<PastLine> {
    fn from(lines: PastLines) -> Self {
        lines.0
    }
}

impl TryFrom<Vec<PastLine>> for PastLines {
    type Error = String;

    fn try_from(lines: Vec<PastLine>) -> Result<Self, String> {
        let (count, most) = (lines.len(), limits::PAST_LINES);
        if count > most { Err(format!("{count} lines are too many: at most {most}")) } else { Ok(Self(lines)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PeerMessage;

    #[test]
    fn the_longest_lines_that_there_can_be_fit_into_one_message() {
        let longest = PastLine {
            author: ParticipantId::new(u64::MAX),
            nickname: "\"".repeat(limits::NICKNAME_CHARS).parse().expect("a nickname"),
            age_seconds: u32::MAX,
            text: "\\".repeat(limits::CHAT_BYTES).parse().expect("a chat text"),
        };

        let lines = PastLines::first_of(vec![longest; limits::PAST_LINES]);
        let count = Vec::from(lines.clone()).len();
        let message = PeerMessage::History { skip: u16::MAX, lines, more: true };
        let written = serde_json::to_string(&message).expect("JSON");

        assert!(written.len() + 512 < limits::MESSAGE_BYTES, "{} bytes", written.len());
        assert_eq!(count, 7);
    }

    #[test]
    fn as_many_short_lines_as_are_told_at_all_go_into_one_message() {
        let line = PastLine {
            author: ParticipantId::new(1),
            nickname: "Ada".parse().expect("a nickname"),
            age_seconds: 60,
            text: "Good morning everybody!".parse().expect("a chat text"),
        };

        let lines = Vec::from(PastLines::first_of(vec![line; limits::PAST_LINES + 1]));

        assert_eq!(lines.len(), limits::PAST_LINES);
    }

    #[test]
    fn too_many_lines_are_no_message() {
        let line = r#"{"author":"0000000000000001","nickname":"Ada","age_seconds":1,"text":"x"}"#;
        let many = format!("[{}]", vec![line; limits::PAST_LINES + 1].join(","));

        assert!(serde_json::from_str::<PastLines>(&many).is_err());
    }
}
