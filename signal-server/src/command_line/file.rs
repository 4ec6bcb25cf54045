//! Reads the file of settings and checks each of them by itself. What comes of it is said as flags, for
//! [`layers`](super::layers).
use std::{
    any::TypeId,
    error::Error as _,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, Command};
use thiserror::Error;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Flags that are no settings.
const NO_KEYS: [&str; 4] = ["config", "check_config", "help", "version"];
/// How much two words have to be alike, 0 to 1, for one to be a slip of the other.
const ALIKE: f64 = 0.8;

/// Why a file of settings cannot be used.
#[derive(Debug, Error)]
pub(super) enum FileError {
    #[error("the settings in {file} cannot be read: {source}", file = file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("{place}: this is not TOML: {message}")]
    NotToml { place: Place, message: String },
    #[error("{place}: there is no setting {key:?}{suggestion}", suggestion = or_rather(.suggestion.as_deref()))]
    UnknownKey { place: Place, key: String, suggestion: Option<String> },
    #[error("{place}: {key} is there for the second time; leave one of them out")]
    Twice { place: Place, key: String },
    #[error("{place}: {key} has to be {expected}, and not a TOML {found}")]
    WrongType { place: Place, key: String, expected: &'static str, found: &'static str },
    #[error("{place}: {key} cannot be {value}: {reason}")]
    WrongValue { place: Place, key: String, value: String, reason: String },
}

/// Where in a file something is.
#[derive(Debug)]
pub(super) struct Place {
    file: PathBuf,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file.display(), self.line)
    }
}

/// What a file says about one setting.
#[derive(Debug)]
pub(super) struct Entry {
    /// Which setting, by its id in the table.
    pub(super) id: String,
    /// The same on a command line; nothing for a switch that is off and for an empty list.
    pub(super) flags: Vec<String>,
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Switch,
    List,
    Number,
    Text,
}

impl Kind {
    pub(super) fn of(setting: &Arg) -> Self {
        let numbers = [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>()];
        if matches!(setting.get_action(), ArgAction::SetTrue) {
            Self::Switch
        } else if matches!(setting.get_action(), ArgAction::Append) {
            Self::List
        } else if numbers.iter().any(|number| setting.get_value_parser().type_id() == *number) {
            Self::Number
        } else {
            Self::Text
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::List => "a list of texts, as [\"one\", \"two\"]",
            Self::Number => "a whole number",
            Self::Text => "a text in quotation marks",
        }
    }
}

/// Whether this flag is a setting that a file may have.
pub(super) fn is_setting(flag: &Arg) -> bool {
    !NO_KEYS.contains(&flag.get_id().as_str()) && flag.get_long().is_some()
}

/// Reads a file. `table` has all settings.
pub(super) fn read(file: &Path, table: &Command) -> Result<Vec<Entry>, FileError> {
    let text = fs::read_to_string(file).map_err(|source| FileError::Read { file: file.to_owned(), source })?;
    parse(&text, file, table)
}

/// Understands the text of a file.
pub(super) fn parse(text: &str, file: &Path, table: &Command) -> Result<Vec<Entry>, FileError> {
    let place = |offset: usize| {
        let line = 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        Place { file: file.to_owned(), line }
    };
    let said = DeTable::parse(text).map_err(|error| FileError::NotToml {
        place: place(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut entries: Vec<Entry> = Vec::new();
    for (key, value) in said.get_ref() {
        let at = || place(key.span().start);
        let name = key.get_ref().as_ref();
        let setting = find(table, name).map_err(|suggestion| FileError::UnknownKey {
            place: at(),
            key: name.to_owned(),
            suggestion,
        })?;
        let id = setting.get_id().as_str().to_owned();
        if entries.iter().any(|entry| entry.id == id) {
            return Err(FileError::Twice { place: at(), key: name.to_owned() });
        }
        let flags = as_flags(setting, value).map_err(|(expected, found)| FileError::WrongType {
            place: at(),
            key: name.to_owned(),
            expected,
            found,
        })?;
        if let Err(reason) = check(setting, &flags, table) {
            let secret = setting.is_hide_env_values_set();
            let value = if secret { "what it is".to_owned() } else { shown(text, value) };
            return Err(FileError::WrongValue { place: at(), key: name.to_owned(), value, reason });
        }
        entries.push(Entry { id, flags });
    }
    Ok(entries)
}

/// The word that this one may be a slip of.
pub(super) fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<String> {
    let rated = words.map(|other| (strsim::jaro_winkler(word, other), other));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(alike, _)| *alike > ALIKE).map(|(_, other)| other.to_owned())
}

/// The end of a sentence about a word that is unknown.
pub(super) fn or_rather(suggestion: Option<&str>) -> String {
    suggestion.map(|word| format!("; is {word:?} meant?")).unwrap_or_default()
}

fn find<'a>(table: &'a Command, key: &str) -> Result<&'a Arg, Option<String>> {
    let wanted = key.replace('_', "-");
    let settings = || table.get_arguments().filter(|flag| is_setting(flag));
    settings()
        .find(|setting| setting.get_long() == Some(&wanted))
        .ok_or_else(|| nearest(&wanted, settings().filter_map(Arg::get_long)))
}

/// Says it as on a command line. The error is what was expected, and what was found.
fn as_flags(setting: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, (&'static str, &'static str)> {
    let (kind, value) = (Kind::of(setting), value.get_ref());
    let wrong = |value: &DeValue<'_>| (kind.expected(), value.type_str());
    let long = setting.get_long().unwrap_or_default();
    let flag = |value: &str| format!("--{long}={value}");
    match (kind, value) {
        (Kind::Switch, DeValue::Boolean(on)) => Ok(on.then(|| format!("--{long}")).into_iter().collect()),
        (Kind::Text, DeValue::String(text)) => Ok(vec![flag(text)]),
        (Kind::Number, DeValue::Integer(number)) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            // One that is too long for us is too long for every setting.
            Ok(vec![flag(&number.unwrap_or(i64::MAX).to_string())])
        }
        (Kind::List, DeValue::Array(values)) => {
            let text = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(flag).ok_or(wrong(value.get_ref()));
            values.iter().map(text).collect()
        }
        _ => Err(wrong(value)),
    }
}

/// Checks a setting by itself; whether it goes with the others is seen later. The error says why not.
fn check(setting: &Arg, flags: &[String], table: &Command) -> Result<(), String> {
    let Err(error) = table.clone().try_get_matches_from(flags) else { return Ok(()) };
    if let Some(reason) = error.source() {
        return Err(reason.to_string());
    }
    let possible: Vec<_> = setting.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if possible.is_empty() {
        // As clap says it, without the word "error" and how to use the program.
        let said = error.to_string();
        return Err(said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned());
    }
    Err(format!("choose one of {}", possible.join(", ")))
}

fn shown(text: &str, value: &Spanned<DeValue<'_>>) -> String {
    text.get(value.span()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
