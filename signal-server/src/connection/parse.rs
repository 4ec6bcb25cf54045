//! Turns the text of a message into a [`ClientMessage`], or into a reason that says what is wrong with it.
use parlor_protocol::ClientMessage;
use serde_json::error::Category;

use crate::close::CloseReason;

pub(super) fn parse(text: &str) -> Result<ClientMessage, CloseReason> {
    serde_json::from_str(text).map_err(|error| CloseReason::Malformed(explain(&error)))
}

fn explain(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => format!("not JSON: {error}"),
        Category::Data => without_values(&error.to_string()),
    }
}

/// An error about a value quotes that value, which may be a secret, and always before what it expected instead.
fn without_values(text: &str) -> String {
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_said_to_be_so_and_where() {
        assert_eq!(problem("hello"), "not JSON: expected value at line 1 column 1");
        assert_eq!(problem(r#"{"type":"leave""#), "not JSON: EOF while parsing an object at line 1 column 15");
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(problem(r#"{"type":"hello","version":1}"#), "missing field `agent`");
    }

    #[test]
    fn a_bad_name_is_explained() {
        let text = format!(r#"{{"type":"join","room":" ","token":"{}"}}"#, "0".repeat(32));

        assert_eq!(problem(&text), "the room name is empty");
    }

    #[test]
    fn an_unknown_type_is_answered_with_the_known_ones() {
        let problem = problem(r#"{"type":"dance"}"#);

        assert!(
            problem.starts_with("expected one of `hello`, `create`, `join`, `leave`, `state`, `relay`"),
            "{problem}"
        );
    }

    #[test]
    fn no_value_is_repeated_whatever_its_place() {
        for text in [
            r#"{"type":"secret"}"#,
            r#"{"type":"hello","version":"secret","agent":"a"}"#,
            r#"{"type":"hello","version":"secret, expected secret","agent":"a"}"#,
            r#"{"type":"join","room":"r","token":"secret"}"#,
            r#"{"type":"create","token":{"secret":"secret"}}"#,
            r#"{"type":"state","media":{"revision":1,"microphone":"secret","camera":"on","screen":"on"}}"#,
            r#"{"type":"relay","to":"secret","message":{"kind":"secret"}}"#,
            r#""secret""#,
            r#"{"secret":1}"#,
            r#"secret"#,
        ] {
            let problem = problem(text);

            assert!(!problem.contains("secret"), "{text} gave {problem}");
        }
    }

    #[test]
    fn nesting_without_end_is_refused() {
        for text in [format!(r#"{{"a":{}"#, "[".repeat(60_000)), r#"{"a":"#.repeat(12_000)] {
            let problem = problem(&text);

            assert!(problem.starts_with("not JSON: recursion limit exceeded"), "{problem}");
        }
    }

    fn problem(text: &str) -> String {
        match parse(text) {
            Err(CloseReason::Malformed(problem)) => problem,
            other => panic!("{text} is not malformed: {other:?}"),
        }
    }
}
