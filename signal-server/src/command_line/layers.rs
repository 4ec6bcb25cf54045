//! Flag before environment before file before default: decides for each setting whose word counts.
use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use clap::{
    ArgMatches, Args, Command, FromArgMatches,
    builder::{OsStr, Resettable},
    parser::ValueSource,
};
use thiserror::Error;

use super::{
    arguments::Settings,
    file::{self, FileError, Kind},
};

/// Where settings are when nobody says where.
const USUAL_FILE: &str = "/etc/parlor/parlor-server.toml";
/// How the variables of the server begin.
const PREFIX: &str = "PARLOR_SERVER_";

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub(super) enum SettingsError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{file}, together with the command line and the environment: {message}", file = file.display())]
    Together { file: PathBuf, message: String },
}

/// Whose word counts for a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    CommandLine,
    Environment,
    File,
    Default,
}

/// All settings as they are in the end.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) settings: Settings,
    /// The same, setting by setting.
    pub(super) values: ArgMatches,
    /// Where it comes from, for each setting that is not the default.
    pub(super) origins: BTreeMap<String, Origin>,
    /// The file that was read, if there was one.
    pub(super) file: Option<PathBuf>,
}

impl Layers {
    /// Reads the chosen file, or the usual one where it is there, and puts what was given on the command line and in
    /// the environment over it.
    pub(super) fn read(given: &ArgMatches, chosen: Option<PathBuf>) -> Result<Self, SettingsError> {
        let table = table();
        let (mut flags, mut origins) = (Vec::new(), BTreeMap::new());
        for setting in table.get_arguments().filter(|flag| file::is_setting(flag)) {
            let id = setting.get_id().as_str();
            let origin = match given.value_source(id) {
                Some(ValueSource::CommandLine) => Origin::CommandLine,
                Some(ValueSource::EnvVariable) => Origin::Environment,
                _ => continue,
            };
            origins.insert(id.to_owned(), origin);
            let long = setting.get_long().unwrap_or_default();
            if Kind::of(setting) == Kind::Switch {
                flags.extend(given.get_flag(id).then(|| OsString::from(format!("--{long}"))));
                continue;
            }
            for value in given.get_raw(id).into_iter().flatten() {
                let mut flag = OsString::from(format!("--{long}="));
                flag.push(value);
                flags.push(flag);
            }
        }
        let file = chosen.or_else(usual_file);
        for entry in file.as_deref().map(|file| file::read(file, &table)).transpose()?.unwrap_or_default() {
            if is_overruled(&entry.id, &origins, &table) {
                continue;
            }
            flags.extend(entry.flags.into_iter().map(OsString::from));
            origins.insert(entry.id, Origin::File);
        }
        let together = |error: clap::Error| SettingsError::Together {
            file: file.clone().unwrap_or_default(),
            message: error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        };
        let values = table.try_get_matches_from(flags).map_err(together)?;
        let settings = Settings::from_arg_matches(&values).map_err(together)?;
        Ok(Self { settings, values, origins, file })
    }

    /// Where this setting comes from.
    pub(super) fn origin(&self, id: &str) -> Origin {
        self.origins.get(id).copied().unwrap_or(Origin::Default)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        })
    }
}

/// All settings, as flags and nothing else: the environment has been looked at already.
pub(super) fn table() -> Command {
    let flags = Settings::augment_args(Command::new("settings")).no_binary_name(true).disable_help_flag(true);
    flags.mut_args(|flag| flag.env(Resettable::<OsStr>::Reset))
}

/// What to say about variables that look like settings and are none.
pub(super) fn unknown_variables() -> Vec<String> {
    let flags = Settings::augment_args(Command::new("settings"));
    let known: Vec<_> = flags.get_arguments().filter_map(|flag| flag.get_env()?.to_str()).collect();
    let set = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let unknown = set.filter(|name| name.starts_with(PREFIX) && !known.contains(&&**name));
    unknown
        .map(|name| {
            let suggestion = file::nearest(&name, known.iter().copied());
            format!("{name} is set and is no setting{}", file::or_rather(suggestion.as_deref()))
        })
        .collect()
}

/// One that is there and cannot be read is trouble to hear of, not to pass over.
fn usual_file() -> Option<PathBuf> {
    Path::new(USUAL_FILE).exists().then(|| PathBuf::from(USUAL_FILE))
}

/// Whether somebody who counts more has said this, or what cannot be at the same time.
fn is_overruled(id: &str, origins: &BTreeMap<String, Origin>, table: &Command) -> bool {
    let more = |other: &str| matches!(origins.get(other), Some(Origin::CommandLine | Origin::Environment));
    let excludes = |one: &str, other: &str| {
        let mut flags = table.get_arguments();
        flags.find(|flag| flag.get_id() == one).is_some_and(|flag| {
            table.get_arg_conflicts_with(flag).iter().any(|conflicting| conflicting.get_id() == other)
        })
    };
    let mut others = origins.keys().filter(|other| more(other));
    more(id) || others.any(|other| excludes(id, other) || excludes(other, id))
}
