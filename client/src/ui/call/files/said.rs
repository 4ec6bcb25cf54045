//! Transfers in words.
use parlor_call::{FileDirection, FileEnd, FileNotice, FileState, FileView, Unusable};
use parlor_protocol::TransferEnd;

use crate::ui::{
    toast::ToastKind,
    words::{Words, say},
};

/// A number of bytes, as `2.1 MB`.
pub(super) fn size(words: Words, bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return say!(words, "files-bytes", count = bytes);
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// How far a transfer is, in one line.
pub(super) fn state(words: Words, file: &FileView) -> String {
    let (who, whole) = (file.nickname.as_str(), size(words, file.size));
    let out = file.direction == FileDirection::Out;
    let towards = || if out { say!(words, "files-to", name = who) } else { say!(words, "files-from", name = who) };
    match &file.state {
        FileState::Offered if out => say!(words, "files-offered-out", size = whole, who = who),
        FileState::Offered => say!(words, "files-offered-in", size = whole, who = who),
        FileState::Opening => say!(words, "files-opening", size = whole),
        FileState::Moving { done, bytes_per_second } => {
            let so_far = size(words, *done);
            match bytes_per_second.filter(|speed| *speed > 0) {
                Some(speed) => {
                    let left = time(words, file.size.saturating_sub(*done) / speed);
                    let speed = size(words, speed);
                    say!(words, "files-moving-fast", done = so_far, size = whole, speed = speed, left = left)
                }
                None => say!(words, "files-moving", done = so_far, size = whole, who = towards()),
            }
        }
        FileState::Paused { done } => say!(words, "files-paused", done = size(words, *done), size = whole),
        FileState::Checking => say!(words, "files-checking", size = whole),
        FileState::Ended(end) => ended(words, file, end, (whole, towards())),
    }
}

/// What to say about a notice, where a toast is the place for it.
pub(in crate::ui) fn toast(words: Words, notice: &FileNotice, chat_open: bool) -> Option<(ToastKind, String)> {
    Some(match notice {
        // The cards beside the chat show these.
        FileNotice::Offered { .. } | FileNotice::Saved { .. } | FileNotice::Delivered { .. } if chat_open => {
            return None;
        }
        FileNotice::Failed { .. } if chat_open => return None,
        FileNotice::Offered { from, name, size: bytes, .. } => {
            let size = size(words, *bytes);
            let text = say!(words, "files-toast-offered", name = from.as_str(), file = name.as_str(), size = size);
            (ToastKind::File, text)
        }
        FileNotice::Saved { from, name, .. } => {
            (ToastKind::Done, say!(words, "files-toast-saved", name = from.as_str(), file = name.as_str()))
        }
        FileNotice::Delivered { to, name } => {
            (ToastKind::Done, say!(words, "files-toast-delivered", name = to.as_str(), file = name.as_str()))
        }
        FileNotice::Failed { name, end } => {
            let why = match end {
                FileEnd::Left => words.say("files-toast-left"),
                FileEnd::Failed { .. } | FileEnd::Done { .. } | FileEnd::Declined | FileEnd::Cancelled { .. } => {
                    words.say("files-toast-trouble")
                }
            };
            (ToastKind::Problem, say!(words, "files-toast-failed", file = name.as_str(), why = why))
        }
        FileNotice::Nobody { name } => (ToastKind::Problem, say!(words, "files-toast-nobody", file = name.as_str())),
        FileNotice::TooMany { name, to } => {
            (ToastKind::Problem, say!(words, "files-toast-too-many", file = name.as_str(), name = to.as_str()))
        }
        FileNotice::Unusable { name, why } => (ToastKind::Problem, unusable(words, name.as_str(), why)),
    })
}

fn ended(words: Words, file: &FileView, end: &FileEnd, (whole, towards): (String, String)) -> String {
    let who = file.nickname.as_str();
    match end {
        FileEnd::Done { .. } if file.direction == FileDirection::Out => {
            say!(words, "files-delivered", size = whole, who = towards)
        }
        FileEnd::Done { .. } => say!(words, "files-received", size = whole, who = towards),
        FileEnd::Declined if file.direction == FileDirection::Out => say!(words, "files-declined", who = who),
        FileEnd::Declined => words.say("files-declined-by-us").into_owned(),
        FileEnd::Cancelled { by_us: true } => words.say("files-cancelled-by-us").into_owned(),
        FileEnd::Cancelled { by_us: false } => say!(words, "files-cancelled-by-them", who = who),
        FileEnd::Left => say!(words, "files-left", who = who),
        FileEnd::Failed { reason, ours, detail } => {
            let why = failed(words, who, *reason, *ours);
            if detail.is_empty() { why } else { format!("{why} ({detail})") }
        }
    }
}

fn failed(words: Words, who: &str, reason: TransferEnd, ours: bool) -> String {
    match (reason, ours) {
        (TransferEnd::Cancelled, true) => words.say("files-cancelled-by-us").into_owned(),
        (TransferEnd::Cancelled, false) => say!(words, "files-cancelled-by-them", who = who),
        (TransferEnd::Unknown, _) => say!(words, "files-failed-unknown", who = who),
        (TransferEnd::TooMany, _) => words.say("files-failed-too-many").into_owned(),
        (TransferEnd::Unreadable, true) => words.say("files-failed-unreadable-ours").into_owned(),
        (TransferEnd::Unreadable, false) => say!(words, "files-failed-unreadable-theirs", who = who),
        (TransferEnd::NoRoom, true) => words.say("files-failed-no-room-ours").into_owned(),
        (TransferEnd::NoRoom, false) => say!(words, "files-failed-no-room-theirs", who = who),
        (TransferEnd::Unwritable, true) => words.say("files-failed-unwritable-ours").into_owned(),
        (TransferEnd::Unwritable, false) => say!(words, "files-failed-unwritable-theirs", who = who),
        (TransferEnd::Damaged, _) => words.say("files-failed-damaged").into_owned(),
    }
}

fn unusable(words: Words, file: &str, why: &Unusable) -> String {
    match why {
        Unusable::Missing => say!(words, "files-toast-missing", file = file),
        Unusable::Folder => say!(words, "files-toast-folder", file = file),
        Unusable::NoFile => say!(words, "files-toast-no-file", file = file),
        Unusable::NotAllowed => say!(words, "files-toast-not-allowed", file = file),
        Unusable::Other(why) => say!(words, "files-toast-other", file = file, why = why.as_str()),
    }
}

/// So many seconds, no more exact than one can tell.
fn time(words: Words, seconds: u64) -> String {
    match seconds {
        0..60 => say!(words, "files-seconds", count = seconds.max(1)),
        60..3600 => say!(words, "files-minutes", count = seconds.div_ceil(60)),
        3600.. => say!(words, "files-hours", hours = seconds / 3600, minutes = seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn sizes_are_as_exact_as_people_say_them() {
        let words = Words::new(Language::English);

        for (bytes, said) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (9_960, "10 kB"),
            (999_600, "1.0 MB"),
            (104_857_600, "105 MB"),
            (1_073_741_824, "1.1 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(size(words, bytes), said);
        }
    }

    #[test]
    fn the_time_left_is_said_in_the_largest_units() {
        let words = Words::new(Language::English);

        assert_eq!([0, 59, 61, 3900].map(|seconds| time(words, seconds)), ["1 s", "59 s", "2 min", "1 h 5 min"]);
    }
}
