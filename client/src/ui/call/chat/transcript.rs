//! The chat as a text, for the clipboard and for a file.
use parlor_call::{ChatLine, RoomView};

use super::line::{author_words, private_words, undelivered};
use crate::ui::{
    outside::TextFile,
    scene::Now,
    words::{Words, say},
};

/// All lines, one below the other, each with the time and whoever wrote it.
pub(super) fn transcript(lines: &[ChatLine], now: &Now, words: Words) -> String {
    let mut text = String::new();
    let mut day = None;
    for line in lines {
        let then = now.then(line.at);
        if day.replace(then.date()) != Some(then.date()) {
            text += &then.strftime("%Y-%m-%d\n").to_string();
        }
        let told = line.told_by.as_ref().map(|teller| say!(words, "chat-told-by", name = teller.as_str()));
        let facts: Vec<_> =
            [private_words(line, words), undelivered(line.delivery, words), told].into_iter().flatten().collect();
        let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
        // What belongs to one line is recognised by what stands before it.
        let said = line.text.as_str().replace('\n', "\n        ");
        text += &format!("[{}] {}{facts}: {said}\n", then.strftime("%H:%M"), author_words(line, words));
    }
    text
}

/// The same as a file.
pub(super) fn file(room: &RoomView, lines: &[ChatLine], now: &Now, words: Words) -> TextFile {
    let date = now.wall.strftime("%Y-%m-%d %H:%M").to_string();
    let head = say!(words, "chat-transcript", room = room.name.as_str(), date = date);
    let name = say!(words, "chat-file", date = now.wall.strftime("%Y-%m-%d %H.%M").to_string());
    TextFile { name, text: format!("{head}\n\n{}", transcript(lines, now, words)) }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use parlor_call::{Audience, Author, Delivery, LineId};
    use parlor_protocol::ParticipantId;

    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn a_text_has_the_day_the_time_the_author_and_whom_it_was_for() {
        let wall = "2026-03-02T00:05:30+00:00[+00:00]".parse().unwrap();
        let now = Now { instant: Instant::now() + Duration::from_secs(90_000), wall };
        let bob = Audience::One { id: ParticipantId::new(8), nickname: "Bob".parse().unwrap() };
        let told = ChatLine { told_by: "Bob".parse().ok(), ..line(&now, "hello\nall", 600) };
        let private =
            ChatLine { author: Author::Me, audience: bob, delivery: Delivery::Failed, ..line(&now, "psst", 60) };

        let text = transcript(&[told, line(&now, "네 🫖", 120), private], &now, Words::new(Language::English));

        let expected = "2026-03-01\n\
            [23:55] Ada (told by Bob): hello\n        all\n\
            2026-03-02\n\
            [00:03] Ada: 네 🫖\n\
            [00:04] You (to Bob only, Not delivered): psst\n";
        assert_eq!(text, expected);
    }

    fn line(now: &Now, text: &str, seconds_ago: u64) -> ChatLine {
        ChatLine {
            id: LineId::default(),
            author: Author::Other { id: ParticipantId::new(7), nickname: "Ada".parse().unwrap() },
            audience: Audience::Everyone,
            text: text.parse().unwrap(),
            at: now.instant - Duration::from_secs(seconds_ago),
            delivery: Delivery::Delivered,
            told_by: None,
        }
    }
}
