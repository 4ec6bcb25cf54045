//! How long things get when they are written as JSON, without writing them.
use parlor_protocol::{FileMessage, PastLine, PeerMessage, Relayed, RoomInfo};

/// More than the field names and numbers of any message take.
const FRAME_BYTES: usize = 200;

/// The length of a text in JSON (RFC 8259, section 7), as `serde_json` writes it.
pub(super) fn text(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
            0..=0x1f => 6,
            _ => 1,
        })
        .sum::<usize>()
        + 3
}

/// At least the length of a room in a list.
pub(super) fn room(room: &RoomInfo) -> usize {
    let topic = room.topic.as_ref().map_or(0, |topic| text(topic.as_str()));
    let people: usize = room.people.iter().map(|nickname| text(nickname.as_str())).sum();
    FRAME_BYTES + text(room.name.as_str()) + topic + people
}

/// At least the length of what is relayed.
pub(super) fn relayed(message: &Relayed) -> usize {
    FRAME_BYTES
        + match message {
            Relayed::Offer { sdp, .. } | Relayed::Answer { sdp, .. } => text(sdp),
            Relayed::Candidate { candidate, .. } => {
                text(&candidate.candidate) + candidate.sdp_mid.as_deref().map_or(0, text)
            }
            Relayed::Peer { message: PeerMessage::Chat { text: line, .. } } => text(line.as_str()),
            Relayed::Peer { message: PeerMessage::File { file: FileMessage::Offer { name, .. } } } => {
                text(name.as_str())
            }
            Relayed::Peer { message: PeerMessage::History { lines, .. } } => lines.iter().map(past_line).sum(),
            Relayed::Peer {
                message:
                    PeerMessage::State { .. }
                    | PeerMessage::ChatReceived { .. }
                    | PeerMessage::HistoryWanted { .. }
                    | PeerMessage::Presence { .. }
                    | PeerMessage::Reaction { .. }
                    | PeerMessage::Watch { .. }
                    | PeerMessage::Speaking { .. }
                    | PeerMessage::Point { .. }
                    | PeerMessage::File { .. }
                    | PeerMessage::Leaving,
            } => 0,
        }
}

fn past_line(line: &PastLine) -> usize {
    FRAME_BYTES + text(line.nickname.as_str()) + text(line.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_it_is_written() {
        for sample in ["", "plain", "\"quoted\"", "line\r\nline\t", "\u{1}\u{1f}\u{8}", "🦀ß\\"] {
            let written = serde_json::to_string(sample).unwrap().len() + 1; // a comma
            assert!((written..=written + 8).contains(&text(sample)), "{sample:?}");
        }
    }
}
