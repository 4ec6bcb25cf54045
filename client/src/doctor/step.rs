//! What each step tells, in words or as JSON.
use std::{collections::BTreeSet, io};

use serde::Serialize;

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It works.
    Ok,
    /// It does not, and a call needs it.
    Failed,
    /// It was not tried, or a call can do without.
    Skipped,
}

impl State {
    fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Failed => '✗',
            Self::Skipped => '–',
        }
    }
}

/// One line.
#[derive(Debug, Serialize)]
struct Step<'a> {
    step: &'a str,
    state: State,
    message: &'a str,
}

/// The last line.
#[derive(Debug, Serialize)]
struct Conclusion {
    works: bool,
}

/// Tells every step as it is done.
#[derive(Debug)]
pub(crate) struct Report {
    json: bool,
    say: fn(&str) -> io::Result<()>,
    told: BTreeSet<&'static str>,
    failed: bool,
}

impl Report {
    /// Tells by `say`, a line at a time: as JSON, or in words.
    pub(crate) fn new(json: bool, say: fn(&str) -> io::Result<()>) -> Self {
        Self { json, say, told: BTreeSet::new(), failed: false }
    }

    /// Tells one step: what was found or, where it failed, the cause and the remedy.
    pub(super) fn tell(&mut self, step: &'static str, state: State, message: &str) -> io::Result<()> {
        self.told.insert(step);
        self.failed |= state == State::Failed;
        if self.json {
            return (self.say)(&serde_json::to_string(&Step { step, state, message })?);
        }
        (self.say)(&line(step, state, message))
    }

    /// Tells that a step works, unless something was told of it.
    pub(super) fn tell_unless_told(&mut self, step: &'static str, message: &str) -> io::Result<()> {
        if self.told.contains(step) { Ok(()) } else { self.tell(step, State::Ok, message) }
    }

    /// Tells that a step was not tried, unless something was told of it.
    pub(super) fn skip_untold(&mut self, step: &'static str) -> io::Result<()> {
        if self.told.contains(step) {
            return Ok(());
        }
        self.tell(step, State::Skipped, "not tried: something before it does not work")
    }

    /// Tells what it comes to.
    pub(crate) fn conclude(&self) -> io::Result<()> {
        if self.json {
            return (self.say)(&serde_json::to_string(&Conclusion { works: self.all_works() })?);
        }
        (self.say)(if self.all_works() {
            "Everything that a call needs works from here."
        } else {
            "Not everything that a call needs works: see the lines with ✗."
        })
    }

    /// Whether nothing failed.
    pub(crate) fn all_works(&self) -> bool {
        !self.failed
    }
}

fn line(step: &str, state: State, message: &str) -> String {
    format!("{} {step:<11} {message}", state.mark())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_people_are_aligned() {
        let lines = [
            line("tls", State::Failed, "no"),
            line("microphone", State::Ok, "yes"),
            line("relay", State::Skipped, "-"),
        ];

        let columns: Vec<_> = lines.iter().map(|line| line.chars().position(|c| c == ' ')).collect();
        assert_eq!(columns, [Some(1); 3]);
        assert!(lines.iter().all(|line| line.chars().nth(14).is_some()), "{lines:?}");
        assert_eq!(lines[0], "✗ tls         no");
        assert_eq!(lines[1], "✓ microphone  yes");
    }
}
